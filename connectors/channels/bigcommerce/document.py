"""An order as BigCommerce's version 2 describes it, with its products and shipping addresses put inside.

The list and the single order hold links to those two only; the connector asks for them and puts them where the links
were, so that an order reads the same whichever way it came.
"""

from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from connectors.reading import Amount, Count, CountryCode, Flag, Identifier, Many, RequiredIdentifier, Text, as_text


def _rfc_2822(value: Any) -> datetime | None:
    """A time like "Tue, 20 Nov 2012 00:00:00 +0000"; "" for none."""
    if value in (None, ""):
        return None
    try:
        moment = parsedate_to_datetime(value if isinstance(value, str) else "")
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        raise ValueError('expected a time like "Tue, 20 Nov 2012 00:00:00 +0000"') from None


def _amount(value: Any) -> Any:
    return Decimal(0) if value in (None, "") else value


MailMoment = Annotated[datetime, BeforeValidator(_rfc_2822)]
Money = Annotated[Amount, BeforeValidator(_amount)]
NonNegative = Annotated[Count, Field(ge=0)]


class BigDocument(BaseModel):
    """The base of everything that is read from BigCommerce."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


class BigOption(BigDocument):
    """What the customer chose of a product: size, colour, an engraving."""

    display_name: Text = ""
    display_value: Annotated[str, BeforeValidator(as_text)] = ""


class BigProduct(BigDocument):
    """A line. `parent_order_product_id` is set for the parts of a bundle, which are packed with it."""

    id: RequiredIdentifier
    order_address_id: Identifier = ""
    name: Text = ""
    sku: Text = ""
    type: Text = "physical"
    quantity: NonNegative
    quantity_refunded: Annotated[Count, BeforeValidator(lambda value: value or 0)] = 0
    price_inc_tax: Money = Decimal(0)
    price_ex_tax: Money = Decimal(0)
    parent_order_product_id: Identifier = ""
    is_preorder: Flag = False
    preorder_release_date: Text = ""
    preorder_message: Text = ""
    product_options: Many[BigOption] = ()

    @property
    def ordered(self) -> int:
        """How many units the customer still wants."""
        return max(0, self.quantity - self.quantity_refunded)


class BigAddress(BigDocument):
    """A postal address; `state` is the region's name."""

    first_name: Text = ""
    last_name: Text = ""
    company: Text = ""
    street_1: Text = ""
    street_2: Text = ""
    city: Text = ""
    state: Text = ""
    zip: Text = ""
    country_iso2: CountryCode = ""
    phone: Text = ""
    email: Text = ""
    shipping_method: Text = ""


class BigOrder(BigDocument):
    """The order itself. `status_id` 0 is a cart nobody has finished."""

    id: RequiredIdentifier
    status_id: NonNegative
    payment_status: Text = ""
    date_created: MailMoment
    date_modified: MailMoment
    currency_code: Text
    total_inc_tax: Amount
    refunded_amount: Money = Decimal(0)
    shipping_cost_inc_tax: Money = Decimal(0)
    shipping_cost_ex_tax: Money = Decimal(0)
    is_tax_inclusive_pricing: Flag = False
    customer_id: Identifier = ""
    customer_group: Text = ""
    customer_message: Text = ""
    is_deleted: Flag = False
    billing_address: BigAddress = BigAddress()
    products: tuple[BigProduct, ...]
    shipping_addresses: Many[BigAddress] = ()
