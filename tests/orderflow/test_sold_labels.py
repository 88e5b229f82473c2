"""What becomes of a label in a carrier's books, for every way our own books can stand."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.effects import StepState
from orderflow.reconciliation.sold_labels import Fate, fate_of

PARCELS = ("pending", "labelled", "delivered", "voided", "")


@dataclass(frozen=True)
class Bought:
    state: StepState
    provider_ref: str = "se-1"
    result: dict[str, Any] = field(default_factory=lambda: {"tracking_number": "1Z1"})


@dataclass(frozen=True)
class Listed:
    provider_reference: str = "se-1"
    tracking_number: str = "1Z1"


ANOTHER = Listed("se-2", "1Z2")


@pytest.mark.parametrize("parcel", PARCELS)
def test_a_label_bought_under_no_reference_of_ours_is_left_alone(parcel: str) -> None:
    assert fate_of(Listed(), None, parcel) is Fate.NONE_OF_OURS


@pytest.mark.parametrize("state", [StepState.STARTED, StepState.UNKNOWN])
@pytest.mark.parametrize("parcel", PARCELS)
def test_an_undecided_purchase_is_left_to_the_label_stage(state: StepState, parcel: str) -> None:
    assert fate_of(Listed(), Bought(state), parcel) is Fate.UNDECIDED


def test_a_label_of_a_purchase_that_counts_as_failed_is_adopted_only_where_it_is_still_wanted() -> None:
    fates = [fate_of(Listed(), Bought(StepState.FAILED, ""), parcel) for parcel in PARCELS]
    assert fates == [Fate.ADOPT, Fate.VOID, Fate.VOID, Fate.VOID, Fate.VOID]


def test_the_very_label_we_use_stays_until_its_parcel_is_written_off() -> None:
    fates = [fate_of(Listed(), Bought(StepState.DONE), parcel) for parcel in PARCELS]
    assert fates == [Fate.IN_ORDER, Fate.IN_ORDER, Fate.IN_ORDER, Fate.VOID, Fate.VOID]


def test_a_label_a_person_adopted_without_its_id_is_known_by_its_number() -> None:
    assert fate_of(Listed(), Bought(StepState.DONE, ""), "labelled") is Fate.IN_ORDER
    assert (
        fate_of(Listed(tracking_number=""), Bought(StepState.DONE, "", {"tracking_number": ""}), "labelled")
        is Fate.VOID
    )


@given(parcel=st.sampled_from(PARCELS), state=st.sampled_from([StepState.DONE, StepState.FAILED]))
def test_of_two_labels_of_one_parcel_at_most_one_is_kept(parcel: str, state: StepState) -> None:
    purchase = Bought(state)
    kept = [fate_of(one, purchase, parcel) is Fate.IN_ORDER for one in (Listed(), ANOTHER)]
    assert sum(kept) <= 1
    assert fate_of(ANOTHER, Bought(StepState.DONE), parcel) is Fate.VOID
