"""Buying: rates are asked for, one is chosen, and the label is bought exactly once, whatever the carrier answers."""
