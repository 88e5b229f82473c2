"""Personal data is split off an order and sealed; what is left can be stored in clear and searched."""

import json
from typing import Any, Protocol

from orderflow.order import Order


class Vault(Protocol):
    """What seals and opens bytes; see connectors/vault.py."""

    def seal(self, plain: bytes, /) -> bytes:
        """The bytes encrypted."""
        ...

    def open(self, sealed: bytes, /) -> bytes:
        """The bytes as they were."""
        ...


_ORDER = ("note",)
_PARTS = {
    "customer": ("name", "email", "phone"),
    "destination": ("name", "company", "line1", "line2", "phone"),
}


def split(order: Order, vault: Vault) -> tuple[str, bytes]:
    """The order's document without personal data, and the personal data sealed."""
    document = order.model_dump(mode="json")
    personal: dict[str, Any] = {key: document.pop(key) for key in _ORDER}
    for part, keys in _PARTS.items():
        personal[part] = {key: document[part].pop(key) for key in keys}
    return _text(document), vault.seal(_text(personal).encode())


def join(document: str, sealed: bytes | None, vault: Vault) -> Order:
    """The order as it was split; without personal data where that has been forgotten."""
    if sealed is None:
        return without_personal_data(document)
    order = json.loads(document)
    personal = json.loads(vault.open(sealed))
    for key, value in personal.items():
        order[key] = {**order[key], **value} if key in _PARTS else value
    return Order.model_validate(order)


def email_of(sealed: bytes, vault: Vault) -> str:
    """The mail address in the sealed personal data of one order; empty where it has none."""
    return json.loads(vault.open(sealed))["customer"]["email"].strip()


def forgotten(document: str) -> str:
    """The document without what could still lead to the person, for an order whose personal data are deleted."""
    order = json.loads(document)
    order["customer"] |= {"customer_id": "", "tags": []}
    order["destination"] |= {"city": "", "postal_code": "", "latitude": None, "longitude": None}
    order |= {"tags": [], "attributes": {}}
    order["lines"] = [line | {"attributes": {}} for line in order["lines"]]
    return _text(order)


def without_personal_data(document: str) -> Order:
    """The order of a document alone: nobody's name, address or number is in it."""
    return Order.model_validate_json(document)


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))
