"""What an order is and what should happen to it: pure decisions, data in and decision out."""
