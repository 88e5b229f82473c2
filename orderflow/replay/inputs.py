"""What one decision was made from: the facts, and the basis many decisions share."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from orderflow.decision import Decision
from orderflow.facts import RoutingFacts
from orderflow.replay.basis import Basis
from orderflow.replay.facts_document import document_of, facts_from
from orderflow.replay.personal_data import without_people
from orderflow.routing import decide


@dataclass(frozen=True)
class DecisionInputs:
    """All that `decide` is given, so that the same decision can be made again."""

    facts: RoutingFacts
    basis: Basis

    def decide(self) -> Decision:
        """The decision that follows."""
        return decide(self.facts, self.basis.rules)

    def on(self, basis: Basis) -> Self:
        """The same order and the same world, decided by other rules, policy, locations or rates."""
        facts = replace(self.facts, policy=basis.policy, locations=basis.places, rate_card=basis.rate_card)
        return replace(self, facts=facts, basis=basis)

    def document(self) -> dict[str, Any]:
        """The inputs as JSON, apart from the basis, nobody's name or street in it.

        Deciding from it gives the same decision: of personal data it keeps what the rules look for.
        """
        return document_of(replace(self.facts, order=without_people(self.facts.order, self.basis.asked)))

    @classmethod
    def from_document(cls, document: Mapping[str, Any], basis: Basis) -> Self:
        """The inputs as they were written down by `document`."""
        return cls(facts_from(document, basis), basis)
