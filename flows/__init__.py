"""The journeys of orders and stock, readable from top to bottom."""
