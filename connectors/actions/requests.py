"""The actions and what each needs."""

import json
from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from connectors.documents import check_document
from connectors.errors import Unreadable
from connectors.plain_orders.mapping import order_of
from connectors.reading import read_as
from orderflow.holds import HoldReason
from orderflow.order import Order

# How the inbox and orders name what came this way.
SOURCE = "action"

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]


class _Request(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


class CreateOrder(_Request):
    """An order in our own words; the same `order_id` again is a newer version of it."""

    order: Order


class HoldOrder(_Request):
    """Holds an order that has not been sent, for a person to look at."""

    order: Words
    detail: Words
    reason: HoldReason = Field(default=HoldReason.APPROVAL)


class AddNote(_Request):
    """Writes a note into an order's timeline."""

    order: Words
    note: Words


ActionRequest = CreateOrder | HoldOrder | AddNote

ACTIONS: Mapping[str, type[ActionRequest]] = {"create_order": CreateOrder, "hold_order": HoldOrder, "add_note": AddNote}


def read_action(name: str, body: bytes) -> ActionRequest:
    """What the body asks for. Raises KeyError for an action there is not, Unreadable with the field that is wrong."""
    wanted = ACTIONS[name]
    check_document(body)
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise Unreadable("the body is not JSON") from None
    if wanted is CreateOrder:
        return CreateOrder(order=order_of(document, SOURCE))
    return read_as(wanted, document)
