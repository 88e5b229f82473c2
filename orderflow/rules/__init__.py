"""Rules: which conditions an order meets and what follows."""
