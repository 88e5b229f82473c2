"""Where tables for people go."""
