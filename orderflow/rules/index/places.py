"""Values that have an order, as places on one line of whole numbers, so that all of them compare fast and exactly.

A number's place is even where it is a whole number of millionths, the finest a rule may name, and odd between two. A
missing value lies below every number, money of another currency above.
"""

from datetime import date
from decimal import Decimal

MISSING = -(10**40)
INCOMPARABLE = 10**40

MILLIONTHS = 10**6


def place_of(value: int | float | Decimal | date) -> int:
    """The place of a number, an amount or a day."""
    if isinstance(value, int):
        return 2 * MILLIONTHS * value
    if isinstance(value, date):
        return 2 * value.toordinal()
    numerator, denominator = value.as_integer_ratio()
    millionths, rest = divmod(numerator * MILLIONTHS, denominator)
    return 2 * millionths + (rest != 0)
