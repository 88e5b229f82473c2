"""Reading JSON that strangers send, bounded before it is parsed."""

import json
import re
from typing import Any

from connectors.errors import Unreadable

MAX_DEPTH = 32
MAX_NODES = 100_000

_TEXT = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
# 2^63 has 19 digits. A longer integer, or a positive exponent of three digits, is no figure of an order.
_HUGE_NUMBER = re.compile(rb"(?<![\d.])\d{20,}|\d[eE]\+?\d{3,}")
_NO_NUMBER = re.compile(rb"NaN|Infinity")
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


def check_document(body: bytes) -> None:
    """Returns if the body may be parsed; raises Unreadable for one that is too deep, too large or not UTF-8.

    Texts are cut out first, so only the skeleton of brackets, commas and numbers is looked at; nothing is parsed.
    """
    if b"\0" in body:
        raise Unreadable("the body holds a zero byte, so it is not JSON in UTF-8")
    skeleton = _TEXT.sub(b"", body)
    if skeleton.count(b",") + skeleton.count(b"[") + skeleton.count(b"{") > MAX_NODES:
        raise Unreadable(f"the body has more than {MAX_NODES} values")
    if _HUGE_NUMBER.search(skeleton):
        raise Unreadable("the body has a number of more than 64 bits")
    if _NO_NUMBER.search(skeleton):
        raise Unreadable("the body has NaN or Infinity, which JSON does not know")
    if _depth(skeleton) > MAX_DEPTH:
        raise Unreadable(f"the body is nested deeper than {MAX_DEPTH}")


def read_document(body: bytes) -> Any:
    """The JSON of a delivery. Raises Unreadable for whatever is not bounded JSON in UTF-8."""
    check_document(body)
    try:
        return json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"the body is not JSON: {error}") from None


def _depth(skeleton: bytes) -> int:
    """The deepest nesting of brackets, told apart from balance: a parser will complain of that."""
    depth = deepest = 0
    for bracket in skeleton.translate(None, _NOT_BRACKETS):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest
