"""How far apart two places are."""

from math import asin, cos, radians, sin, sqrt

from orderflow.address import Address

EARTH_RADIUS_KM = 6371.0088  # mean radius, IUGG


def distance_km(origin: Address, destination: Address) -> float:
    """The great-circle distance by the haversine formula. Both addresses must have coordinates."""
    lat1, lon1, lat2, lon2 = map(
        radians, (origin.latitude or 0, origin.longitude or 0, destination.latitude or 0, destination.longitude or 0)
    )
    chord = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(sqrt(chord))
