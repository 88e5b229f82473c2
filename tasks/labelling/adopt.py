"""Adopt: a person found out at the provider whether a label exists, and the ledger learns of it.

Nothing is bought here. The label stage then finds the step done and takes the label as if an earlier life had bought
it, or finds it failed and buys one.
"""

from dataclasses import dataclass

from sqlalchemy import Connection

from connectors.database import steps
from connectors.database.orders import StoredOrder
from connectors.database.steps import StepIntent, StepRow
from connectors.protocols import Label
from orderflow.effects import StepState
from orderflow.money import Money
from tasks.labelling.keep import ledger_entry

_UNDECIDED = {StepState.STARTED, StepState.UNKNOWN}


@dataclass(frozen=True)
class FoundLabel:
    """What a person read off the label they found at the provider."""

    tracking_number: str
    carrier: str
    cost: Money
    service: str = ""
    provider_reference: str = ""


class NothingToAdopt(ValueError):
    """No purchase of the order is undecided, or more than one is, so that the label cannot be told to be whose."""


def adopt_label(conn: Connection, owner: str, stored: StoredOrder, found: FoundLabel) -> None:
    """Notes the found label as that of the order's undecided purchase. Raises NothingToAdopt."""
    row = _taken_over(conn, owner, stored)
    label = Label(
        provider=row.provider,
        provider_reference=found.provider_reference,
        carrier=found.carrier,
        service=found.service,
        tracking_number=found.tracking_number,
        cost=found.cost,
    )
    reference, result = found.provider_reference, ledger_entry(label)
    steps.finish_step(conn, row.key, attempt=row.attempt, owner=owner, provider_ref=reference, result=result)


def deny_label(conn: Connection, owner: str, stored: StoredOrder) -> None:
    """Notes that the undecided purchase brought no label, so that one may be bought. Raises NothingToAdopt."""
    row = _taken_over(conn, owner, stored)
    steps.fail_step(conn, row.key, attempt=row.attempt, owner=owner, error="a person looked: there is no label")


def undecided_purchase(conn: Connection, stored: StoredOrder) -> StepRow:
    """The one purchase of the order of which nobody knows whether it brought a label. Raises NothingToAdopt."""
    open_steps = [row for row in steps.steps_of(conn, stored.id) if row.kind == "label" and row.state in _UNDECIDED]
    if len(open_steps) != 1:
        raise NothingToAdopt(f"{stored.order.number} has {len(open_steps)} label purchases of unknown outcome, not one")
    return open_steps[0]


def _taken_over(conn: Connection, owner: str, stored: StoredOrder) -> StepRow:
    """The one undecided purchase, made this owner's, so that whoever began it can no longer say how it ended."""
    row = undecided_purchase(conn, stored)
    intent = StepIntent(row.key, row.order_id, row.kind, row.provider, row.account, row.request_hash)
    return steps.begin_steps(conn, [intent], owner)[row.key].row
