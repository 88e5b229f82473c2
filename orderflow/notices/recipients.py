"""Who a message goes to, and by which way."""

from orderflow.notices.notice import CustomerNotice
from orderflow.notices.wording import one_line
from orderflow.order import Customer
from orderflow.value import Value

# The notifier of each way of telling that configuration and rules know; the dashboard reads our own books.
_NOTIFIERS = {"slack_channel": "slack", "email": "sendgrid", "sms": "twilio", "webhook": "webhook", "dashboard": None}


class Recipient(Value):
    """A notifier's code and the address it understands: a channel, a mailbox, a number or an endpoint."""

    notifier: str
    address: str


def recipient_of(text: str) -> Recipient | None:
    """The recipient a rule or setting names: "slack_channel:vip_orders" is the Slack channel #vip_orders.

    None for the dashboard, which needs no message. Raises ValueError for a way nobody knows or an empty address.
    """
    way, _, address = text.partition(":")
    if way not in _NOTIFIERS or not address.strip():
        raise ValueError(f"{text!r} is no recipient; the ways of telling are {', '.join(_NOTIFIERS)}")
    notifier = _NOTIFIERS[way]
    if notifier is None:
        return None
    return Recipient(notifier=notifier, address=_channel(address) if notifier == "slack" else address.strip())


def customer_recipient(customer: Customer, notice: CustomerNotice) -> Recipient | None:
    """How this customer hears of it: by text message if they chose so and it fits one, else by mail.

    None where the channel gave no way to reach the customer.
    """
    if customer.notify_by == "sms" and customer.phone and notice.short_text:
        return Recipient(notifier="twilio", address=customer.phone)
    return Recipient(notifier="sendgrid", address=one_line(customer.email)) if customer.email else None


def _channel(name: str) -> str:
    return "#" + one_line(name).lstrip("#")
