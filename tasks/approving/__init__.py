"""Approvals: who says yes to a held order, what that allows, and what happens where nobody does."""
