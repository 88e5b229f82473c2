"""A person nobody else is: every field of an order that says who somebody is holds a word of its own."""

import base64
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken

PERSON = {
    "first_name": "Canaryfirst",
    "last_name": "Canarylast",
    "company": "Canarycompany",
    "address1": "77 Canarystreet",
    "address2": "Canaryfloor 9",
    "phone": "+12015550177",
}
EMAIL = "canarymail@canarydomain.example"
NOTE = "Canarynote: ring at Canaryneighbour"
CANARIES = (*PERSON.values(), EMAIL, "Canaryneighbour", "canarydomain")

_TOKEN = re.compile(rb"gAAAAA[\w-]{60,}={0,2}")


def planted(document: dict[str, Any]) -> dict[str, Any]:
    """The order as placed by that person."""
    address = document["shipping_address"] | PERSON
    named = {"first_name": PERSON["first_name"], "last_name": PERSON["last_name"], "email": EMAIL}
    customer = document["customer"] | named | {"phone": PERSON["phone"]}
    return document | {"email": EMAIL, "note": NOTE, "shipping_address": address, "customer": customer}


def canaries_in(content: bytes, keys: Iterable[str] = ()) -> list[str]:
    """The canaries in these bytes, in clear, in base 64, or sealed with one of the keys."""
    opened = [content, *_opened(content, [Fernet(key) for key in keys])]
    return [word for word in CANARIES if any(form in part for part in opened for form in _forms(word))]


def canaries_below(folder: Path, keys: Iterable[str] = ()) -> dict[str, list[str]]:
    """The canaries in every file below the folder, by file."""
    keys = tuple(keys)
    found = {str(path.relative_to(folder)): canaries_in(path.read_bytes(), keys) for path in _files(folder)}
    return {name: words for name, words in found.items() if words}


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _forms(word: str) -> list[bytes]:
    """The word as it is, and as it stands at each of the three places inside a text in base 64."""
    plain = word.encode()
    shifted = [base64.b64encode(b"\0" * lead + plain)[-(-lead * 8 // 6) or None :] for lead in range(3)]
    return [plain, *(text.rstrip(b"=")[:-1] for text in shifted)]


def _opened(content: bytes, keys: list[Fernet]) -> list[bytes]:
    found = []
    for token in _TOKEN.findall(content):
        for key in keys:
            try:
                found.append(key.decrypt(token))
            except InvalidToken:
                continue
    return found
