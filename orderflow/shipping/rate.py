"""What a carrier asks for taking a parcel somewhere."""

from enum import StrEnum

from pydantic import Field

from orderflow.money import Money
from orderflow.value import Value


class ShippingSpeed(StrEnum):
    """The service level a rule or a customer asks for, slowest first."""

    ECONOMY = "economy"
    STANDARD = "standard"
    EXPEDITED = "expedited"
    OVERNIGHT = "overnight"


def speed_of(days: int) -> ShippingSpeed:
    """The service level a promise of so many business days amounts to, for offers that name none of ours."""
    levels = ((1, ShippingSpeed.OVERNIGHT), (2, ShippingSpeed.EXPEDITED), (5, ShippingSpeed.STANDARD))
    return next((speed for longest, speed in levels if days <= longest), ShippingSpeed.ECONOMY)


class Rate(Value):
    """One offer: `provider` sells the label ("shippo"), `carrier` drives the van ("usps"), `service` is its product.

    `days` are the business days in transit the offer promises. `rate_id` is the provider's id of the offer.
    """

    provider: str
    carrier: str
    service: str
    speed: ShippingSpeed = ShippingSpeed.STANDARD
    cost: Money
    days: int = Field(ge=0)
    rate_id: str = ""


class Parcel(Value):
    """What is handed to the carrier; weight in grams, sizes in millimetres."""

    weight_grams: int = Field(gt=0)
    length_mm: int = 300
    width_mm: int = 200
    height_mm: int = 150
