"""What should happen to an order: held, planned, approved, and written down as a decision."""

from orderflow.routing.verdict import decide
from orderflow.rulings.ruling import Override

__all__ = ["Override", "decide"]
