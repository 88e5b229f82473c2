"""An order as WooCommerce's REST API and its webhooks describe it; both say the same."""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from connectors.reading import (
    Amount,
    Count,
    CountryCode,
    Flag,
    Identifier,
    Many,
    RequiredIdentifier,
    Text,
    UtcMoment,
    as_text,
)

NonNegative = Annotated[Count, Field(ge=0)]


class WooDocument(BaseModel):
    """The base of everything that is read from WooCommerce."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


class WooMeta(WooDocument):
    """One entry of somebody's own data; a key that starts with "_" is not shown to people in the shop."""

    key: Text
    value: Annotated[str, BeforeValidator(as_text)] = ""
    display_key: Annotated[str, BeforeValidator(as_text)] = ""
    display_value: Annotated[str, BeforeValidator(as_text)] = ""


class WooLine(WooDocument):
    """A line item. `subtotal` is the whole line before discounts and, always, before tax."""

    id: RequiredIdentifier
    name: Text = ""
    sku: Text = ""
    quantity: NonNegative
    subtotal: Amount
    subtotal_tax: Amount = Decimal(0)
    meta_data: Many[WooMeta] = ()


class WooAddress(WooDocument):
    """A postal address; `state` is WooCommerce's code of the region."""

    first_name: Text = ""
    last_name: Text = ""
    company: Text = ""
    address_1: Text = ""
    address_2: Text = ""
    city: Text = ""
    state: Text = ""
    postcode: Text = ""
    country: CountryCode = ""
    phone: Text = ""
    email: Text = ""


class WooShippingLine(WooDocument):
    """How the customer wants it sent."""

    method_title: Text = ""


class WooRefund(WooDocument):
    """Money given back; `total` is negative."""

    total: Amount


class WooOrder(WooDocument):
    """The order itself. Times are those ending in `_gmt`, which are UTC although they do not say so."""

    id: RequiredIdentifier
    number: Text = ""
    status: Text
    currency: Text
    total: Amount
    shipping_total: Amount = Decimal(0)
    shipping_tax: Amount = Decimal(0)
    prices_include_tax: Flag = False
    date_created_gmt: UtcMoment
    date_modified_gmt: UtcMoment
    date_paid_gmt: UtcMoment | None = None
    customer_id: Identifier = ""
    customer_note: Text = ""
    billing: WooAddress = WooAddress()
    shipping: WooAddress = WooAddress()
    needs_processing: bool | None = None
    meta_data: Many[WooMeta] = ()
    line_items: tuple[WooLine, ...]
    shipping_lines: Many[WooShippingLine] = ()
    refunds: Many[WooRefund] = ()


def carries_order(document: Any) -> bool:
    """Whether the document is an order rather than the bare id of a deleted one."""
    return isinstance(document, dict) and set(document) != {"id"}
