"""What the simulated carriers have in common: what carriage costs, and a label one can open.

An address is refused, so that a demo or a test can ask for it by data alone, when its street holds UNDELIVERABLE or
its postal code begins with 00000.
"""

from dataclasses import dataclass
from io import BytesIO
from uuid import uuid4

from reportlab.pdfgen.canvas import Canvas

GRAMS_PER_POUND = 453.6


@dataclass(frozen=True)
class Service:
    """One product of a carrier; the price grows with the zone and with every pound begun."""

    carrier: str
    code: str
    name: str
    base_cents: int
    cents_per_zone: int
    cents_per_pound: int
    days_near: int
    days_far: int

    def cents(self, zone: int, grams: float) -> int:
        """The price in cents, the same for the same parcel every time."""
        pounds = max(1, -int(-grams // GRAMS_PER_POUND))
        return self.base_cents + self.cents_per_zone * zone + (pounds - 1) * (self.cents_per_pound + 4 * zone)

    def days(self, zone: int) -> int:
        """Business days in transit."""
        return self.days_near if zone <= 4 else self.days_far


SERVICES = (
    Service("usps", "usps_ground_advantage", "Ground Advantage", 540, 45, 60, 3, 5),
    Service("usps", "usps_priority_mail", "Priority Mail", 760, 70, 95, 2, 3),
    Service("ups", "ups_ground", "Ground", 890, 75, 55, 2, 4),
    Service("fedex", "fedex_2day", "2Day", 1720, 140, 120, 2, 2),
    Service("ups", "ups_next_day_air", "Next Day Air", 3300, 310, 230, 1, 1),
)


def zone_of(origin: str, destination: str) -> int:
    """1 to 8 by the distance of the first digits of two postal codes; 5 where they have none."""
    if not (origin[:1].isdigit() and destination[:1].isdigit()):
        return 5
    return 1 + min(7, abs(int(origin[0]) - int(destination[0])))


def is_undeliverable(street: str, postal_code: str) -> bool:
    """Whether the simulated post refuses the address."""
    return "UNDELIVERABLE" in street.upper() or postal_code.startswith("00000")


def tracking_number() -> str:
    """A number nobody else has."""
    return f"9400{uuid4().int % 10**18:018d}"


def label_pdf(lines: list[str]) -> bytes:
    """One page of 4 × 6 inches with the lines on it."""
    file = BytesIO()
    canvas = Canvas(file, pagesize=(288, 432), pageCompression=0, invariant=1)
    for place, line in enumerate(["SANDBOX LABEL", *lines]):
        canvas.drawString(18, 400 - 16 * place, line)
    canvas.save()
    return file.getvalue()
