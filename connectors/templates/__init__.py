"""How a notice looks by each way it can go: one function for each kind of notifier."""

from connectors.templates.cards import card
from connectors.templates.events import event
from connectors.templates.mails import mail
from connectors.templates.texts import sms

__all__ = ["card", "event", "mail", "sms"]
