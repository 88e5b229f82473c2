"""Decisions made again: from their record, from a bundle without personal data, or with other rules."""

from orderflow.replay.basis import Basis
from orderflow.replay.inputs import DecisionInputs

__all__ = ["Basis", "DecisionInputs"]
