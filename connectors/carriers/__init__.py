"""Carriers and label platforms: rate, buy, find by reference, void."""
