"""What should happen to an order: held, planned, approved, and written down as a decision."""

from orderflow.routing.verdict import Override, decide

__all__ = ["Override", "decide"]
