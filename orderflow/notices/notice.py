"""The two families of messages, and who speaks in them."""

from urllib.parse import quote

from orderflow.notices.wording import one_line, order_name, web_link
from orderflow.order import Order
from orderflow.value import Value


class Letterhead(Value):
    """Who speaks: the shop's name, the time zone dates are told in, and where its console is, if anywhere."""

    shop: str = "OrderFlow"
    timezone: str = "UTC"
    console_url: str = ""

    def order_link(self, order: Order) -> str:
        """The address of the order's page; "" for a shop without a console."""
        return web_link(f"{self.console_url.rstrip('/')}/orders/{quote(order.number.lstrip('#'), safe='')}")


class Notice(Value):
    """Anything we say. `short_text` fits one text message; "" means it is not worth interrupting somebody."""

    subject: str
    short_text: str = ""


class CustomerNotice(Notice):
    """Something a customer reads.

    Stock levels, stock locations, staff notes and reasons have no field here or in any notice built on it, so no
    template can show them.
    """

    shop: str
    customer: str
    order: str


class Fact(Value):
    """One line of what a member of staff has to know."""

    label: str
    text: str


class StaffNotice(Notice):
    """Something our own people read: a headline, and a link to where they act ("" without a console)."""

    headline: str
    link: str = ""


def customer_name(order: Order) -> str:
    """How the customer is called in a greeting: by name, or not at all."""
    return one_line(order.customer.name or order.destination.name)


def addressed(order: Order, letterhead: Letterhead) -> dict[str, str]:
    """The fields every customer's notice of this order begins with."""
    return {"shop": letterhead.shop, "customer": customer_name(order), "order": order_name(order.number)}
