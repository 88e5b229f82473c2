"""An order in our own words, as JSON: what files hold, and what the description of a shop maps to.

One object per order, with `customer`, `destination` and `lines` inside; the names of the Olist data set are understood
as well.
"""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field

from connectors.reading import (
    Amount,
    Count,
    CountryCode,
    Degrees,
    Flag,
    Grams,
    Identifier,
    Many,
    Moment,
    RequiredIdentifier,
    Text,
    as_text,
)
from orderflow.order import PaymentStatus


def _tags(value: Any) -> tuple[str, ...]:
    listed = value.replace(";", ",").split(",") if isinstance(value, str) else value or ()
    if not isinstance(listed, list | tuple) or not all(isinstance(tag, str) for tag in listed):
        raise ValueError("expected tags: a list, or a text with commas")
    return tuple(tag.strip() for tag in listed if tag.strip())


def _attributes(value: Any) -> dict[str, str]:
    if not isinstance(value or {}, dict):
        raise ValueError("expected an object of names and values")
    return {as_text(name): as_text(text) for name, text in (value or {}).items()}


Tags = Annotated[tuple[str, ...], BeforeValidator(_tags)]
Attributes = Annotated[dict[str, str], BeforeValidator(_attributes)]


class PlainDocument(BaseModel):
    """The base of everything that is read this way."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


class PlainLine(PlainDocument):
    """One thing ordered."""

    line_id: Identifier = ""
    sku: Text
    variant: Text = ""
    title: Text = ""
    quantity: Annotated[Count, Field(ge=1)] = Field(validation_alias=AliasChoices("quantity", "qty"))
    unit_price: Amount
    weight_grams: Grams = Field(None, validation_alias=AliasChoices("weight_grams", "weight_g"))
    category: Text = ""
    requires_shipping: Flag = True
    freight: Amount = Decimal(0)
    attributes: Attributes = {}


class PlainCustomer(PlainDocument):
    """Who ordered; the tags "VIP", and "b2b" or "wholesale", say the tier and the type."""

    customer_id: Identifier = Field("", validation_alias=AliasChoices("customer_id", "id"))
    name: Text = ""
    email: Text = ""
    phone: Text = ""
    tags: Tags = ()


class PlainDestination(PlainDocument):
    """Where it goes; region and country as codes."""

    name: Text = ""
    company: Text = ""
    line1: Text = ""
    line2: Text = ""
    city: Text = ""
    region: Text = Field("", validation_alias=AliasChoices("region", "state"))
    postal_code: Text = ""
    country: CountryCode = ""
    phone: Text = ""
    latitude: Degrees = Field(None, validation_alias=AliasChoices("latitude", "lat"))
    longitude: Degrees = Field(None, validation_alias=AliasChoices("longitude", "lng"))


class PlainPayment(PlainDocument):
    """One payment towards the order."""

    value: Amount


class PlainOrder(PlainDocument):
    """The order itself. It is paid when it has a time of payment, unless `payment_status` says otherwise.

    Times carry their offset. Without `updated_at` nothing told later can change the order.
    """

    order_id: RequiredIdentifier
    number: Text = ""
    currency: Text
    placed_at: Moment
    updated_at: Moment | None = None
    paid_at: Moment | None = None
    cancelled_at: Moment | None = None
    requested_by: Moment | None = Field(None, validation_alias=AliasChoices("requested_by", "promised_at"))
    payment_status: PaymentStatus | None = None
    status: Text = ""
    fulfilled: Flag = False
    risk: Text = ""
    total: Amount | None = None
    payments: Many[PlainPayment] = ()
    shipping_paid: Amount | None = Field(None, validation_alias=AliasChoices("shipping_paid", "actual_freight"))
    shipping_method: Text = ""
    gift: Flag = False
    note: Text = ""
    tags: Tags = ()
    attributes: Attributes = {}
    customer: PlainCustomer = PlainCustomer()
    destination: PlainDestination = PlainDestination()
    lines: tuple[PlainLine, ...]
