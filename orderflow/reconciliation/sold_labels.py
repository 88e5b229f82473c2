"""What to do about a label that a carrier sold and that is not void, told from our ledger.

1. No purchase of ours has its reference: somebody else of the account bought it. It is none of our business.
2. Our purchase is undecided: the label stage asks about it itself.
3. It is the very label our purchase brought: in order, unless we wrote the parcel off; then the void did not reach the
   carrier and is asked for again.
4. Our purchase counts as failed and its parcel still waits for a label: this one is adopted.
5. Otherwise nobody will ever use it, for another label was bought or the parcel is planned no more: it is voided.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Protocol

from orderflow.effects import StepState


class Fate(StrEnum):
    """What is to become of a sold label."""

    NONE_OF_OURS = "none of ours"
    UNDECIDED = "undecided"
    IN_ORDER = "in order"
    ADOPT = "adopt"
    VOID = "void"


class Purchase(Protocol):
    """A purchase as our ledger has it."""

    @property
    def state(self) -> StepState:
        """Where it stands."""
        ...

    @property
    def provider_ref(self) -> str:
        """The seller's id of what it brought, "" where a person adopted it without one."""
        ...

    @property
    def result(self) -> Mapping[str, Any]:
        """What it brought, its `tracking_number` among it."""
        ...


class Sold(Protocol):
    """A label as the carrier has it."""

    @property
    def provider_reference(self) -> str:
        """The seller's id of it."""
        ...

    @property
    def tracking_number(self) -> str:
        """The number of its parcel."""
        ...


def fate_of(sold: Sold, purchase: Purchase | None, parcel_state: str) -> Fate:
    """What becomes of the label; `parcel_state` is pending, labelled, delivered or voided, "" for one planned no more.

    `purchase` is the one of the label's reference, None where we have none.
    """
    if purchase is None:
        return Fate.NONE_OF_OURS
    if purchase.state in (StepState.STARTED, StepState.UNKNOWN):
        return Fate.UNDECIDED
    if purchase.state is StepState.FAILED:
        return Fate.ADOPT if parcel_state == "pending" else Fate.VOID
    return Fate.IN_ORDER if _is_same(sold, purchase) and parcel_state not in {"voided", ""} else Fate.VOID


def _is_same(sold: Sold, purchase: Purchase) -> bool:
    if purchase.provider_ref == sold.provider_reference:
        return True
    return bool(sold.tracking_number) and purchase.result.get("tracking_number") == sold.tracking_number
