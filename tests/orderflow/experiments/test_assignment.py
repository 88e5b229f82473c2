"""Who is tried on: always the same, each arm its share, and nobody twice over under another name."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from routing_values import order

from orderflow.experiments.assignment import arm_of
from orderflow.experiments.estimates import sample_ratio_p_value
from orderflow.experiments.settings import Arm, Experiment
from orderflow.order import Customer, Order

TRIAL = Experiment(name="autumn", strategies=("cheapest", "fastest"))
names = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,20}", fullmatch=True)
ids = st.text(min_size=1, max_size=20)


def bought(external_id: str, customer_id: str = "") -> Order:
    return order(external_id=external_id, customer=Customer(customer_id=customer_id))


@given(external_id=ids, name=names, share=st.floats(1, 50))
def test_an_order_has_the_same_arm_whenever_it_is_asked(external_id: str, name: str, share: float) -> None:
    trial = Experiment(name=name, strategies=("cheapest", "fastest"), share_percent=share)
    again = Experiment.model_validate_json(trial.model_dump_json())
    assert arm_of(trial, bought(external_id)) is arm_of(again, bought(external_id, customer_id="somebody"))


@given(customer=ids, first=ids, second=ids)
def test_a_customer_keeps_the_arm_over_all_orders_where_that_is_asked_for(
    customer: str, first: str, second: str
) -> None:
    trial = TRIAL.model_copy(update={"sticky_by": "customer", "share_percent": 50})
    assert arm_of(trial, bought(first, customer)) is arm_of(trial, bought(second, customer))


def test_guests_are_not_all_one_customer() -> None:
    trial = TRIAL.model_copy(update={"sticky_by": "customer", "share_percent": 50})
    assert len({arm_of(trial, bought(str(number))) for number in range(100)}) == 3


@pytest.mark.requirement("OF-148")
@given(name=names, share=st.sampled_from([1, 10, 25, 50]))
@settings(max_examples=25, deadline=None)
def test_each_arm_gets_its_share_of_the_orders(name: str, share: float) -> None:
    trial = Experiment(name=name, strategies=("cheapest", "fastest"), share_percent=share)
    counts = Counter(arm_of(trial, bought(str(number))) for number in range(2000))
    assert sample_ratio_p_value([counts[arm] for arm in trial.shares], list(trial.shares.values())) > 1e-7


@pytest.mark.requirement("OF-148")
def test_by_default_a_tenth_of_the_orders_is_tried_on_half_of_it_each() -> None:
    assert TRIAL.shares == {Arm.A: 0.05, Arm.B: 0.05, Arm.ACTIVE: 0.9}
    counts = Counter(arm_of(TRIAL, bought(str(number))) for number in range(20_000))
    assert 900 < counts[Arm.A] < 1100
    assert 900 < counts[Arm.B] < 1100


def test_another_name_shuffles_the_orders_anew() -> None:
    spring = TRIAL.model_copy(update={"name": "spring"})
    both = [number for number in range(20_000) if arm_of(TRIAL, bought(str(number))) is Arm.A]
    again = [number for number in both if arm_of(spring, bought(str(number))) is Arm.A]
    assert len(again) < len(both) / 8


@pytest.mark.parametrize(
    "change", [{"strategies": ("fastest", "fastest")}, {"share_percent": 0}, {"share_percent": 60}, {"name": "A B"}]
)
def test_an_experiment_that_makes_no_sense_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Experiment.model_validate(TRIAL.model_dump() | change)
