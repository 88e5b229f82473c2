"""Versions of the configuration: what speaks against one, what it changes, whether it works, and those there were."""
