"""Text messages."""

from connectors.protocols import Message
from orderflow.notices.notice import Notice


def sms(notice: Notice, number: str, key: str) -> Message | None:
    """The notice as one text message; None for a notice that is not worth one."""
    if not notice.short_text:
        return None
    return Message(key=key, recipient=number, subject=notice.subject, text=notice.short_text)
