"""Routing: orders are decided in batches, and each decision is saved with everything that follows from it."""
