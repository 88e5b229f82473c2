"""Experiments: two strategies tried on a few orders beside the active one, and what the figures allow to say."""
