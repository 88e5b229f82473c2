"""Sourcing: which location ships which units."""
