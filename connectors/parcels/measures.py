"""Weights and sizes in the measures carriers ask for, always rounded up: a parcel told too light is surcharged.

International avoirdupois pound: 453.59237 g, of 16 ounces. Inch: 25.4 mm.
"""

from decimal import ROUND_CEILING, Decimal

from orderflow.shipping.rate import Parcel

GRAMS_PER_POUND = Decimal("453.59237")
OUNCES_PER_POUND = 16
MM_PER_INCH = Decimal("25.4")


def pounds(grams: int, digits: int = 2) -> Decimal:
    """The weight in pounds."""
    return _up(grams / GRAMS_PER_POUND, digits)


def ounces(grams: int, digits: int = 1) -> Decimal:
    """The weight in ounces."""
    return _up(grams * OUNCES_PER_POUND / GRAMS_PER_POUND, digits)


def inches(mm: int, digits: int = 2) -> Decimal:
    """The length in inches."""
    return _up(mm / MM_PER_INCH, digits)


def sides_mm(parcel: Parcel) -> tuple[int, int, int]:
    """The sizes with the longest first, as carriers call it length wherever it points."""
    length, width, height = sorted((parcel.length_mm, parcel.width_mm, parcel.height_mm), reverse=True)
    return length, width, height


def _up(amount: Decimal, digits: int) -> Decimal:
    return amount.quantize(Decimal(1).scaleb(-digits), ROUND_CEILING)
