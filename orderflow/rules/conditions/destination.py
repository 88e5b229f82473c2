"""What a rule may ask of the place the order goes to."""

import re

from orderflow.facts import RoutingFacts
from orderflow.rules.condition import Kind, condition
from orderflow.shipping.zones import distance_km as kilometres_between

# USPS Publication 28, section 28: "PO BOX", also written "P.O. Box" and "Post Office Box".
_PO_BOX = re.compile(r"^\s*(p\.?\s*o\.?|post\s+office)\s*box\b", re.IGNORECASE)


@condition("the country the order goes to", Kind.TEXT)
def destination_country(facts: RoutingFacts) -> str:
    """The ISO 3166-1 alpha-2 code."""
    return facts.order.destination.country


@condition("the state or province the order goes to", Kind.TEXT)
def destination_region(facts: RoutingFacts) -> str:
    """The code without the country ("CA")."""
    return facts.order.destination.region


@condition("the city the order goes to", Kind.TEXT)
def destination_city(facts: RoutingFacts) -> str:
    """The city."""
    return facts.order.destination.city


@condition("the postal code the order goes to", Kind.TEXT)
def destination_postal_code(facts: RoutingFacts) -> str:
    """The code as text, so ranges of places are asked with starts_with."""
    return facts.order.destination.postal_code


@condition("whether the order leaves the shop's home country", Kind.FLAG)
def is_international(facts: RoutingFacts) -> bool | None:
    """Missing where the destination has no country."""
    if not facts.order.destination.country:
        return None
    return facts.order.is_international_from(facts.policy.home_country)


@condition("whether the address names a company", Kind.FLAG)
def is_company_address(facts: RoutingFacts) -> bool:
    """Whether the address has a company line."""
    return bool(facts.order.destination.company)


@condition("whether the address is a post office box", Kind.FLAG)
def is_po_box(facts: RoutingFacts) -> bool:
    """Whether the first or second line begins like one."""
    address = facts.order.destination
    return names_a_box(address.line1) or names_a_box(address.line2)


def names_a_box(address_line: str) -> bool:
    """Whether the line of an address begins as that of a post office box does."""
    return bool(_PO_BOX.match(address_line))


@condition("whether the destination's coordinates are known", Kind.FLAG)
def has_coordinates(facts: RoutingFacts) -> bool:
    """Whether distances can be computed."""
    return facts.order.destination.has_coordinates


@condition("the distance from the location to the destination", Kind.NUMBER, unit="kilometres")
def distance_km(facts: RoutingFacts, location: str) -> float | None:
    """The great-circle distance; missing where either end has no coordinates."""
    place = facts.locations.get(location)
    if place is None or not (place.address.has_coordinates and facts.order.destination.has_coordinates):
        return None
    return kilometres_between(place.address, facts.order.destination)


@condition("the location nearest to the destination", Kind.TEXT)
def nearest_warehouse(facts: RoutingFacts) -> str | None:
    """The code of the nearest location, the first by code among equals; missing without coordinates."""
    if not facts.order.destination.has_coordinates:
        return None
    ranked = [
        (kilometres_between(place.address, facts.order.destination), code)
        for code, place in facts.locations.items()
        if place.address.has_coordinates
    ]
    return min(ranked)[1] if ranked else None
