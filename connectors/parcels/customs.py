"""Which parcels need a customs declaration, and what happens to them while a request carries none."""

from collections.abc import Set

from connectors.errors import Refused
from connectors.protocols import ShipmentRequest


def refuse_without_customs(request: ShipmentRequest, union: Set[str] = frozenset()) -> None:
    """Returns if the parcel needs no declaration; raises Refused where it does, since no request carries one.

    It needs none inside one country, nor between two countries of `union`.
    """
    origin, destination = request.origin.country, request.destination.country
    if origin == destination or {origin, destination} <= union:
        return
    way = f"from {origin or 'nowhere'} to {destination or 'nowhere'}"
    raise Refused(f"a parcel {way} needs customs data", field="customs", code="customs_missing")
