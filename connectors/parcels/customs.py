"""Which parcels need a customs declaration, and what happens to one whose declaration has gaps."""

from collections.abc import Set

from connectors.errors import Refused
from connectors.protocols import ShipmentRequest
from orderflow.shipping.customs import CustomsDeclaration

# By ISO 3166-1. Some of its territories lie outside its customs union; carriers refuse those themselves.
EUROPEAN_UNION = frozenset(
    {"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"}
    | {"IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"}
)


def customs_of(request: ShipmentRequest, union: Set[str] = EUROPEAN_UNION) -> CustomsDeclaration | None:
    """The declaration the parcel needs; None inside one country and between two countries of `union`.

    Raises Refused where something customs must know is not known, naming it and the product.
    """
    origin, destination = request.origin.country, request.destination.country
    if origin == destination or {origin, destination} <= union:
        return None
    gaps = request.customs.gaps() if request.customs else (f"contents of the parcel from {origin} to {destination}",)
    if gaps or request.customs is None:
        raise Refused(f"customs data is missing: {', '.join(gaps)}", field="products", code="customs_missing")
    return request.customs
