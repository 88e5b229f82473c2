"""Rerouting: an order that is planned and not labelled goes from somewhere else."""
