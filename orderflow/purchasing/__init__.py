"""Buying what runs out."""
