"""Refilling: stock that came goes to the orders that wait for it."""
