"""Texts that fit one SMS."""

import unicodedata
from itertools import accumulate, takewhile

# 3GPP TS 23.038: the default alphabet without its escape, and the characters of the extension table, which cost two.
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("^{}\\[~]|€\f")
_PLAIN = str.maketrans({"–": "-", "—": "-", "−": "-", "×": "x", "→": ">", "“": '"', "”": '"', "‘": "'", "’": "'"})
LIMIT = 160


def text_message(*sentences: str, limit: int = LIMIT) -> str:
    """As many of the sentences as fit into one message, most important first.

    Characters the GSM alphabet lacks lose their accent or become "?", as one of them would halve the space. A first
    sentence that is too long is cut; a later one that does not fit is left out whole, so no link is ever cut.
    """
    first, *rest = (gsm_text(sentence) for sentence in sentences if sentence)
    text = _clipped(first, limit)
    for sentence in rest:
        if septets(f"{text} {sentence}") <= limit:
            text = f"{text} {sentence}"
    return text


def septets(text: str) -> int:
    """How much of a message's 160 places the text takes."""
    return sum(2 if character in _EXTENSION else 1 for character in text)


def gsm_text(text: str) -> str:
    """The text in the characters every phone can show."""
    return "".join(_nearest(character) for character in text.replace("…", "...").translate(_PLAIN))


def _nearest(character: str) -> str:
    if character in _BASIC or character in _EXTENSION:
        return character
    plain = "".join(c for c in unicodedata.normalize("NFKD", character) if c in _BASIC)
    return plain or ("" if unicodedata.category(character).startswith("M") else "?")


def _clipped(text: str, limit: int) -> str:
    if septets(text) <= limit:
        return text
    places = accumulate(septets(character) for character in text)
    fitting = sum(1 for _ in takewhile(lambda taken: taken <= limit - 3, places))
    return text[:fitting].rstrip() + "..."
