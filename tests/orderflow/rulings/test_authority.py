"""Who may say yes: two eyes or four, in one's own name or another's, and what voids an approval."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from routing_values import BOSTON, SAN_DIEGO, line, order

from orderflow.money import Money
from orderflow.policy import ApprovalPolicy
from orderflow.rulings.authority import Delegation, Yes, authority_of, yeses_needed
from orderflow.rulings.recheck import cost_rose, subject_of

PEOPLE = st.sampled_from(["ann", "bob", "cas", "dan"])
DELEGATIONS = st.lists(st.builds(Delegation, principal=PEOPLE, deputy=PEOPLE), max_size=4)


@pytest.mark.requirement("OF-68")
@given(approvers=st.sets(PEOPLE, max_size=3), delegations=DELEGATIONS, asked=st.lists(PEOPLE, max_size=8))
def test_however_people_try_every_yes_is_another_persons_and_another_authoritys(approvers, delegations, asked) -> None:
    policy = ApprovalPolicy(approvers=tuple(sorted(approvers)))
    given_: list[Yes] = []
    for person in asked:
        authority = authority_of(person, policy, delegations, given_)
        assert bool(authority.name) != bool(authority.refusal)
        if authority.name:
            given_.append(Yes(actor=person, authority=authority.name))
    assert len({yes.actor for yes in given_}) == len({yes.authority for yes in given_}) == len(given_)
    if approvers:
        assert {yes.authority for yes in given_} <= approvers


def test_a_delegation_of_somebody_who_may_not_approve_gives_nothing() -> None:
    policy = ApprovalPolicy(approvers=("ann",))
    chain = [Delegation(principal="ann", deputy="bob"), Delegation(principal="bob", deputy="cas")]
    assert authority_of("bob", policy, chain, []).name == "ann"
    assert authority_of("cas", policy, chain, []).refusal == "cas may not approve; these may: ann"


@pytest.mark.parametrize(("value", "needed"), [("999.99", 1), ("1000.00", 2), ("1000.01", 2)])
def test_the_second_limit_is_reached_at_its_own_figure(value: str, needed: int) -> None:
    policy = ApprovalPolicy(second_limit=Money.of(1000, "USD"))
    assert yeses_needed(policy, Money.of(value, "USD")) == needed
    assert yeses_needed(policy, Money.of("1.00", "EUR")) == 2, "nobody can compare"
    assert yeses_needed(ApprovalPolicy(), Money.of(value, "USD")) == 1


@pytest.mark.parametrize(
    ("approved", "now", "rose"),
    [("10.00", "11.00", False), ("10.00", "11.01", True), ("10.00", "9.00", False), (None, "99.00", False)],
)
def test_a_price_rose_only_beyond_the_tolerance(approved: str | None, now: str, rose: bool) -> None:
    was = Money.of(approved, "USD") if approved else None
    assert cost_rose(was, Money.of(now, "USD"), Decimal(10)) is rose


def test_a_price_in_another_currency_is_another_price() -> None:
    assert cost_rose(Money.of(10, "USD"), Money.of(10, "EUR"), Decimal(10))


@pytest.mark.requirement("OF-68")
def test_an_approval_is_about_the_value_the_place_and_the_units_and_nothing_else() -> None:
    approved = order(line(1, "LAMP"))
    same = [approved.model_copy(update={"note": "ring twice"}), approved.model_copy(update={"tags": ("x",)})]
    located = approved.destination.model_copy(update={"latitude": 1.0, "longitude": 2.0})
    same.append(approved.model_copy(update={"destination": located}))
    other = [
        order(line(1, "LAMP", 2)),
        order(line(1, "MUG")),
        order(line(1, "LAMP"), destination=SAN_DIEGO),
        order(line(1, "LAMP"), destination=BOSTON.model_copy(update={"line1": "9 Main St"})),
        order(line(1, "LAMP"), total=Money.of(101, "USD")),
    ]
    assert {subject_of(one) for one in same} == {subject_of(approved)}
    assert subject_of(approved) not in {subject_of(one) for one in other}
