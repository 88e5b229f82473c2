"""Shopify's ids: `gid://shopify/Order/820982911946154508`, of which we keep the number, as text."""

from typing import Any


def tail(identifier: Any) -> str:
    """The id alone, of a global id or of a plain one; "" for none."""
    return str(identifier or "").rsplit("/", 1)[-1].split("?", 1)[0]


def global_id(kind: str, identifier: str) -> str:
    """The id as the Admin API wants it; one that is global already keeps its number only."""
    return f"gid://shopify/{kind}/{tail(identifier)}"
