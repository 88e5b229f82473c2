"""Decisions in plain words."""

from orderflow.explanation.account import explain

__all__ = ["explain"]
