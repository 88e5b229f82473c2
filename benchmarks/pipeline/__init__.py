"""How fast orders go through the real flows, and what the processes cost."""
