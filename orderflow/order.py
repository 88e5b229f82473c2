"""One order, the same whatever sales channel it came from."""

from enum import StrEnum

from pydantic import AwareDatetime, Field

from orderflow.address import Address
from orderflow.money import Money
from orderflow.value import Value


class PaymentStatus(StrEnum):
    """What the sales channel says of the payment."""

    PENDING = "pending"
    AUTHORIZED = "authorized"
    PAID = "paid"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    FAILED = "failed"


class Customer(Value):
    """Who ordered; `tier` and `customer_type` as the shop calls them ("VIP", "b2b")."""

    customer_id: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    tier: str = "standard"
    customer_type: str = "consumer"
    preferred_carrier: str = ""
    notify_by: str = "email"
    order_count: int = 0
    tags: tuple[str, ...] = ()


class OrderLine(Value):
    """One thing ordered. `line_no` is ours and counts from 1 in the channel's order; `line_id` is the channel's."""

    line_no: int = Field(ge=1)
    line_id: str
    sku: str
    variant: str = ""
    title: str = ""
    quantity: int = Field(ge=1)
    unit_price: Money
    weight_grams: int | None = Field(default=None, ge=0)
    category: str = ""
    requires_shipping: bool = True
    attributes: dict[str, str] = {}

    @property
    def value(self) -> Money:
        """Unit price times quantity, before discounts."""
        return self.unit_price * self.quantity


class Order(Value):
    """A customer's order as the sales channel last described it.

    `source` is the channel's code ("shopify"), `external_id` the channel's id as text, `number` what people call it.
    Times are aware; `updated_at` is the channel's own clock and is only ever compared with itself.
    `risk` is what an outside service said ("low", "medium", "high"); we never compute it.
    `fulfilled` is the channel's word that every unit was sent, by us or by somebody else.
    """

    source: str
    external_id: str
    number: str
    placed_at: AwareDatetime
    updated_at: AwareDatetime
    cancelled_at: AwareDatetime | None = None
    payment_status: PaymentStatus = PaymentStatus.PENDING
    fulfilled: bool = False
    total: Money
    shipping_paid: Money | None = None
    customer: Customer = Customer()
    destination: Address = Address()
    lines: tuple[OrderLine, ...] = ()
    shipping_method: str = ""
    requested_by: AwareDatetime | None = None
    gift: bool = False
    risk: str = ""
    note: str = ""
    tags: tuple[str, ...] = ()
    attributes: dict[str, str] = {}

    @property
    def currency(self) -> str:
        """The currency every amount of this order is in."""
        return self.total.currency

    @property
    def shippable_lines(self) -> tuple[OrderLine, ...]:
        """The lines that somebody has to pack: not gift cards, not downloads."""
        return tuple(line for line in self.lines if line.requires_shipping)

    @property
    def is_paid(self) -> bool:
        """Whether the channel says the money is there."""
        return self.payment_status is PaymentStatus.PAID

    def is_international_from(self, home_country: str) -> bool:
        """Whether it leaves the country the shop sells from."""
        return bool(self.destination.country) and self.destination.country != home_country
