"""Mails: every notice as plain text and as HTML."""

from functools import cache
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from connectors.protocols import Message
from orderflow.notices.customer.backorder_notice import BackorderNotice
from orderflow.notices.customer.delivery_notices import DelayNotice, DeliveredNotice, ShippedNotice
from orderflow.notices.customer.order_summary import OrderSummary
from orderflow.notices.notice import Notice
from orderflow.notices.purchase_order import SupplierNotice
from orderflow.notices.staff.alerts import Alert
from orderflow.notices.staff.exception_notice import ExceptionNotice
from orderflow.notices.staff.routing_card import RoutingCard

Attachment = tuple[str, str, bytes]

# One file of this name in text/ and one in html/.
TEMPLATES: dict[type[Notice], str] = {
    OrderSummary: "order_summary",
    ShippedNotice: "order_shipped",
    DelayNotice: "order_delayed",
    DeliveredNotice: "order_delivered",
    BackorderNotice: "order_backordered",
    RoutingCard: "routing",
    ExceptionNotice: "exception",
    SupplierNotice: "supplier_purchase_order",
    Alert: "alert",
}


def mail(notice: Notice, recipient: str, key: str, attachments: tuple[Attachment, ...] = ()) -> Message:
    """The notice as a mail; `attachments` are (file name, media type, content).

    Raises KeyError for a notice that is never mailed.
    """
    name, words = TEMPLATES[type(notice)], notice.model_dump(mode="json")
    return Message(
        key=key,
        recipient=recipient,
        subject=notice.subject,
        text=_environment().get_template(f"text/{name}.jinja").render(words).strip() + "\n",
        html=_environment().get_template(f"html/{name}.jinja").render(words),
        attachments=attachments,
        template=name,
        words=words,
    )


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    """The sandbox: HTML is escaped, plain text is not, and a word that does not exist is an error.

    Templates only ever see the strings, lists and numbers of a notice, never an object with methods of ours.
    """
    return ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=lambda name: not (name or "").startswith("text/"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
