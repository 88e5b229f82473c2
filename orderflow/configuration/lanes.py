"""Lanes: segments of orders that are routed automatically as one, each with its way out and its way back."""

from typing import Any

from pydantic import Field

from orderflow.configuration.notifications import Recipient
from orderflow.holds import HoldReason
from orderflow.value import Value

# The cases any order can run into; approval is our own policy and has the hold reason for itself.
EXCEPTIONS = (HoldReason.PAYMENT, HoldReason.ADDRESS, HoldReason.INVENTORY, HoldReason.FRAUD)


class Lane(Value):
    """One segment: the orders that meet `conditions`, all of them where there are none.

    `exceptions` says for each case an order may run into who gets it; `rollback` is the command that takes the lane
    back to manual routing. A lane that lacks one of them is not put in force. `owner` answers for it, `reviewer` looks
    at what it sends out.
    """

    code: str = Field(pattern=r"^[a-z0-9_]+$")
    name: str = ""
    conditions: dict[str, Any] = {}
    exceptions: dict[HoldReason, Recipient] = {}
    rollback: str = ""
    owner: str = ""
    reviewer: str = ""
