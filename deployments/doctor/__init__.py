"""Whether an installation is well: every check says what it found and, where something is wrong, what mends it."""
