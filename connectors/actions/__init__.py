"""What automation services (Zapier and others) may ask of us: create an order, hold one, write a note on one.

A request is a JSON object posted to /actions/NAME with the token of ORDERFLOW_ACTION_TOKEN and an idempotency key.
"""

from connectors.actions.requests import ACTIONS, SOURCE, ActionRequest, AddNote, CreateOrder, HoldOrder, read_action
from connectors.actions.settings import ActionSettings, verify

__all__ = [
    "ACTIONS",
    "SOURCE",
    "ActionRequest",
    "ActionSettings",
    "AddNote",
    "CreateOrder",
    "HoldOrder",
    "read_action",
    "verify",
]
