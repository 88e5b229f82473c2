"""Tables in files: what several sinks write in the same manner."""
