"""Outgoing webhooks: the body other systems receive."""

from connectors.protocols import Message
from orderflow.notices.order_event import OrderEvent


def event(happened: OrderEvent, url: str, key: str) -> Message:
    """The event as a webhook body: `id`, `type`, `timestamp` and `data`, absent values left out.

    A flat outside and one object inside is what catch hooks of automation services take apart without a mapping.
    """
    data = happened.model_dump(mode="json", exclude={"type", "occurred_at"}, exclude_none=True)
    body = {
        "id": key,
        "type": happened.type.value,
        "timestamp": happened.occurred_at.isoformat(),
        "data": {name: value for name, value in data.items() if value not in ("", [])},
    }
    subject = " ".join(filter(None, (happened.type.value, happened.order)))
    return Message(key=key, recipient=url, subject=subject, text=subject, data=body)
