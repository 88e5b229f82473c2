"""A notice becomes a message: to whom, by which way, in that way's layout."""

from collections.abc import Callable

from connectors.database.orders import StoredOrder
from connectors.database.outbox import OutboxRow
from connectors.protocols import Message
from connectors.shop import Shop
from connectors.templates.cards import card
from connectors.templates.mails import mail
from connectors.templates.texts import sms
from orderflow.notices.notice import CustomerNotice, Notice
from orderflow.notices.recipients import Recipient, customer_recipient, recipient_of
from tasks.telling.facts import NobodyToTell

Composed = tuple[str, Message]

# How recipients call mail, whoever sends it.
MAIL = "sendgrid"


def to_customer(stored: StoredOrder, notice: CustomerNotice, row: OutboxRow) -> Composed:
    """The notifier's code and the message to the order's customer. Raises NobodyToTell."""
    recipient = customer_recipient(stored.order.customer, notice)
    if recipient is None:
        raise NobodyToTell(f"{stored.order.source} gave no way to reach the customer", field="customer.email")
    return addressed(notice, recipient, row)


def to_staff(notice: Notice, row: OutboxRow) -> Composed:
    """The notifier's code and the message to whom the row names. Raises NobodyToTell."""
    return addressed(notice, staff_recipient(row), row)


def staff_recipient(row: OutboxRow) -> Recipient:
    """Whom the row names. Raises NobodyToTell for one that reads our books instead."""
    recipient = recipient_of(row.payload["to"])
    if recipient is None:
        raise NobodyToTell(f"{row.payload['to']} is read from the books, nothing is sent there")
    return recipient


def address_of(recipient: str) -> str:
    """The address of a webhook's recipient."""
    return recipient.removeprefix("webhook:")


def mail_notifier(shop: Shop, code: str) -> str:
    """The notifier that is really used: mail goes by whichever one the configuration chose."""
    return shop.configuration.notifications.mail_by if code == MAIL else code


def addressed(notice: Notice, recipient: Recipient, row: OutboxRow) -> Composed:
    """The notifier's code and the message. Raises NobodyToTell for what is not worth a text message."""
    layouts: dict[str, Callable[..., Message | None]] = {"slack": card, "sendgrid": mail, "twilio": sms}
    message = layouts[recipient.notifier](notice, recipient.address, row.dedup_key)
    if message is None:
        raise NobodyToTell("this is not worth a text message")
    return recipient.notifier, message
