"""Carriers' complaints about an address, told as the field of ours that a person must mend."""

import re

from connectors.errors import Refused

# Tried in this order: "state or province code" has the word code, "postal code" is the more telling one.
_PARTS = (
    ("postal_code", r"post(al)?[ _.]?code|\bzip|zip[ _.]?code"),
    ("region", r"state|province"),
    ("country", r"country"),
    ("city", r"city|town"),
    ("line1", r"street|address[ _.]?line"),
    ("phone", r"phone"),
    ("name", r"\b(name|contact|firm|company)\b|(first|last|full|person|company)name"),
)
_PATTERNS = tuple((part, re.compile(pattern, re.IGNORECASE)) for part, pattern in _PARTS)


def refused_destination(message: str, where: str = "") -> Refused:
    """The refusal of the recipient's address. `where` is the carrier's own name of the field, if it gave one."""
    part = _part(where) or _part(message)
    return Refused(message, field=f"destination.{part}" if part else "destination", code="address")


def _part(words: str) -> str:
    return next((part for part, pattern in _PATTERNS if pattern.search(words)), "")
