"""Stock: counted, watched, shown."""
