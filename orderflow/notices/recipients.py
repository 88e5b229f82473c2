"""Who a message goes to, and by which way."""

from orderflow.notices.notice import CustomerNotice
from orderflow.notices.wording import one_line
from orderflow.order import Customer
from orderflow.value import Value

# How configuration and rules call the ways to tell people.
_WAYS = {
    **dict.fromkeys(["slack", "slack_channel"], "slack"),
    **dict.fromkeys(["email", "mail", "sendgrid"], "sendgrid"),
    **dict.fromkeys(["sms", "twilio"], "twilio"),
    "webhook": "webhook",
}


class Recipient(Value):
    """A notifier's code and the address it understands: a channel, a mailbox, a number or an endpoint."""

    notifier: str
    address: str


def recipient_of(text: str) -> Recipient:
    """The recipient a rule or setting names: "slack_channel:vip_orders" is the Slack channel #vip_orders.

    Raises ValueError for a way nobody knows and for an empty address.
    """
    way, _, address = text.partition(":")
    if way not in _WAYS or not address.strip():
        raise ValueError(
            f"{text!r} names no recipient; write one as {', '.join(sorted(_WAYS))} and an address after ':'"
        )
    notifier = _WAYS[way]
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
