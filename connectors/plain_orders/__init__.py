"""Orders in our own words: read from files, or mapped to by the description of a shop."""
