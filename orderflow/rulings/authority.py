"""Whose word lets an order pass.

1. Nobody says yes twice to one case: four eyes are two people.
2. Without named approvers everybody may approve, in their own name.
3. An approver approves in their own name. Somebody else approves in the name of an approver who has delegated it.
4. Nobody's authority is used twice for one case: a deputy and the person they stand in for are two eyes, not four.
"""

from collections.abc import Iterable, Sequence

from orderflow.money import Money
from orderflow.policy import ApprovalPolicy
from orderflow.value import Value


class Delegation(Value):
    """A right to approve that is in force: `deputy` may act in the name of `principal`."""

    principal: str
    deputy: str


class Yes(Value):
    """An approval that was given: who said it, and in whose name."""

    actor: str
    authority: str


class Authority(Value):
    """In whose name somebody may approve; with a refusal in words where they may not."""

    name: str = ""
    refusal: str = ""


def authority_of(
    actor: str, policy: ApprovalPolicy, delegations: Iterable[Delegation], given: Sequence[Yes]
) -> Authority:
    """Whether this person may say yes to a case that has these yeses already, and in whose name."""
    if any(yes.actor == actor for yes in given):
        return Authority(refusal=f"{actor} has approved it already; a second person must")
    used = {yes.authority for yes in given}
    if not policy.approvers or actor in policy.approvers:
        return _unless_used(actor, used, f"{actor}'s authority was used already; somebody else must approve")
    principals = sorted(one.principal for one in delegations if one.deputy == actor)
    able = [name for name in principals if name in policy.approvers]
    if not able:
        return Authority(refusal=f"{actor} may not approve; these may: {', '.join(policy.approvers)}")
    free = next((name for name in able if name not in used), able[0])
    return _unless_used(free, used, f"{free}, whom {actor} stands in for, has approved it already")


def yeses_needed(policy: ApprovalPolicy, total: Money) -> int:
    """Two from the second limit on, else one. A value the limit cannot be compared with needs two."""
    limit = policy.second_limit
    if limit is None:
        return 1
    comparable = limit.currency == total.currency
    return 2 if not comparable or limit <= total else 1


def _unless_used(name: str, used: set[str], refusal: str) -> Authority:
    return Authority(refusal=refusal) if name in used else Authority(name=name)
