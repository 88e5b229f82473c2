"""What DHL answers, read as far as we need it."""

import re
from base64 import b64decode
from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

import httpx
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from connectors.errors import OutcomeUnknown, Refused
from connectors.parcels.refused_addresses import refused_destination
from connectors.protocols import Label
from orderflow.money import Money
from orderflow.shipping.rate import Rate, speed_of

# The code of our refusal where DHL has no product for the parcel, which is no error to us.
NOT_OFFERED = "not_offered"
# DHL's "requested product(s) not available at origin or destination".
_NO_PRODUCT = re.compile(r"^996\b")
_ABOUT_RECEIVER = re.compile(r"receiver|destination|consignee", re.IGNORECASE)
# The price in the currency that is billed; the others are for information.
_BILLED = "BILLC"
# An offer that does not say how long it takes is counted as slower than any that does.
DAYS_UNSAID = 8
TRACKING_URL = "https://www.dhl.com/global-en/home/tracking.html?tracking-id="

# DHL's own examples write tracking numbers as texts and as numbers.
_Number = Annotated[str, BeforeValidator(lambda value: "" if value is None else str(value))]


class _Answer(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel)


class _Price(_Answer):
    currency_type: str = ""
    price_currency: str = ""
    price: Decimal


class _Delivery(_Answer):
    total_transit_days: int | None = None


class _Product(_Answer):
    product_code: str
    total_price: tuple[_Price, ...] = ()
    delivery_capabilities: _Delivery = _Delivery()

    def as_rates(self) -> Iterator[Rate]:
        """The offer in the billed currency; nothing where the account has no price for the product."""
        days = self.delivery_capabilities.total_transit_days or DAYS_UNSAID
        prices = [price for price in self.total_price if price.price and price.price_currency]
        for price in sorted(prices, key=lambda price: price.currency_type != _BILLED)[:1]:
            yield Rate(
                provider="dhl",
                carrier="dhl",
                service=self.product_code,
                speed=speed_of(days),
                cost=Money.of(price.price, price.price_currency),
                days=days,
                rate_id=self.product_code,
            )


class RatesAnswer(_Answer):
    """The products offered."""

    products: tuple[_Product, ...] = ()

    def as_rates(self) -> list[Rate]:
        """The offers."""
        return [rate for product in self.products for rate in product.as_rates()]


class _Document(_Answer):
    image_format: str = ""
    type_code: str = ""
    content: str = ""


class ShipmentAnswer(_Answer):
    """What came of a shipment."""

    shipment_tracking_number: _Number = ""
    documents: tuple[_Document, ...] = ()

    def as_label(self, rate: Rate) -> Label:
        """The label at the quoted price, for DHL tells none here."""
        number = self.shipment_tracking_number
        if not number:
            raise OutcomeUnknown("DHL answers success without a tracking number")
        return Label(
            provider="dhl",
            provider_reference=number,
            carrier="dhl",
            service=rate.service,
            tracking_number=number,
            cost=rate.cost,
            document=self._label_file(),
            tracking_url=f"{TRACKING_URL}{number}",
        )

    def _label_file(self) -> bytes:
        """The label's PDF, or nothing where it cannot be read: the label is bought all the same."""
        content = next((item.content for item in self.documents if item.type_code == "label"), "")
        try:
            return b64decode(content, validate=True)
        except ValueError:
            return b""


class _Refusal(_Answer):
    detail: str = ""
    title: str = ""
    message: str = ""
    additional_details: tuple[str, ...] = ()


def refusal_of(response: httpx.Response) -> Refused:
    """What a 4xx means; the details name fields by their path (#/customerDetails/receiverDetails/…)."""
    if response.status_code in {401, 403}:
        return Refused(f"DHL refuses the credentials ({response.status_code})", code="credentials")
    try:
        read = _Refusal.model_validate_json(response.content)
    except ValidationError:
        return Refused(f"DHL answered {response.status_code}: {response.text[:200]}")
    told = [text for text in (*read.additional_details, read.detail, read.message, read.title) if text]
    if any(_NO_PRODUCT.search(text) for text in told):
        return Refused(read.detail, code=NOT_OFFERED)
    about_receiver = next((text for text in told if _ABOUT_RECEIVER.search(text)), None)
    if about_receiver:
        return refused_destination(about_receiver)
    return Refused(
        next(iter(told), "DHL gave no reason"), code="not_found" if response.status_code == 404 else "invalid"
    )
