"""What many decisions have in common: the rules, the policy, the stock locations and the rate card."""

from functools import cached_property
from typing import Any, Self

from orderflow.location import StockLocation
from orderflow.policy import RoutingPolicy, content_hash
from orderflow.replay.personal_data import Asked, what_rules_ask
from orderflow.rules.rule_set import RuleSet
from orderflow.shipping.rate_card import RateCard
from orderflow.value import Value


class Basis(Value):
    """Everything a decision knew that does not belong to one order. It is stored once, under its hash."""

    rules: RuleSet
    policy: RoutingPolicy
    locations: tuple[StockLocation, ...]
    rate_card: RateCard

    @cached_property
    def hash(self) -> str:
        """The name of this basis; equal content has an equal name."""
        return content_hash(self)

    @cached_property
    def places(self) -> dict[str, StockLocation]:
        """The stock locations by code."""
        return {place.code: place for place in self.locations}

    @cached_property
    def asked(self) -> Asked:
        """What the rules look at: of personal data a record keeps no more than that."""
        return what_rules_ask(self.rules)

    @property
    def document(self) -> str:
        """The basis as it is stored: JSON without what is at its default."""
        return self.model_dump_json(exclude_defaults=True)

    def changed(self, **changes: Any) -> Self:
        """A basis of its own with some parts replaced; a copy would keep the hash of this one."""
        parts = {name: getattr(self, name) for name in type(self).model_fields}
        return type(self)(**parts | changes)

    def with_strategy(self, strategy: str) -> "Basis":
        """The same basis, sourcing by another strategy."""
        if strategy not in self._by_strategy:
            policy = self.policy.model_copy(update={"strategy": strategy})
            self._by_strategy[strategy] = self.changed(policy=policy)
        return self._by_strategy[strategy]

    @cached_property
    def _by_strategy(self) -> "dict[str, Basis]":
        return {}
