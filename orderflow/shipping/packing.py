"""From the units of a shipment to the parcels a carrier takes.

Units are packed in the order of their lines: a parcel is filled until the next unit would make it too heavy, then
another is begun. A unit that is too heavy by itself has a parcel of its own, for which no service may be found.
"""

from collections.abc import Mapping, Sequence

from orderflow.shipping.rate import Parcel


def parcel_of(weight_grams: int) -> Parcel:
    """The parcel of a planned shipment, in the standard box."""
    return Parcel(weight_grams=weight_grams)


def packed(grams_each: Sequence[int], units: Mapping[int, int], heaviest_grams: int) -> list[dict[int, int]]:
    """The units per parcel. `units` counts them by an index into `grams_each`; 0 heaviest grams means no limit."""
    if not heaviest_grams or sum(grams_each[i] * count for i, count in units.items()) <= heaviest_grams:
        return [dict(units)]
    parcels: list[dict[int, int]] = []
    room = 0
    for index, count in units.items():
        for _ in range(count):
            if not parcels or grams_each[index] > room:
                parcels.append({})
                room = heaviest_grams
            parcels[-1][index] = parcels[-1].get(index, 0) + 1
            room -= grams_each[index]
    return parcels
