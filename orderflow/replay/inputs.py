"""What one decision was made from: the facts, the rules, and what a person said beforehand."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from orderflow.decision import Decision
from orderflow.facts import RoutingFacts
from orderflow.replay.basis import Basis
from orderflow.replay.facts_document import document_of, facts_from
from orderflow.replay.personal_data import without_people
from orderflow.routing import Override, decide


@dataclass(frozen=True)
class DecisionInputs:
    """All that `decide` is given, so that the same decision can be made again."""

    facts: RoutingFacts
    basis: Basis
    approved: bool = False
    override: Override | None = None
    excluded: frozenset[str] = frozenset()

    def decide(self) -> Decision:
        """The decision that follows."""
        return decide(
            self.facts, self.basis.rules, approved=self.approved, override=self.override, excluded=self.excluded
        )

    def on(self, basis: Basis) -> Self:
        """The same order and the same world, decided by other rules, policy, locations or rates."""
        facts = replace(self.facts, policy=basis.policy, locations=basis.places, rate_card=basis.rate_card)
        return replace(self, facts=facts, basis=basis)

    def document(self) -> dict[str, Any]:
        """The inputs as JSON, apart from the basis, nobody's name or street in it.

        Deciding from it gives the same decision: of personal data it keeps what the rules look for.
        """
        said = {
            "approved": self.approved,
            "override": self.override.model_dump(mode="json") if self.override else None,
            "excluded": sorted(self.excluded),
        }
        facts = replace(self.facts, order=without_people(self.facts.order, self.basis.rules))
        return {"facts": document_of(facts)} | {name: value for name, value in said.items() if value}

    @classmethod
    def from_document(cls, document: Mapping[str, Any], basis: Basis) -> Self:
        """The inputs as they were written down by `document`."""
        override = document.get("override")
        return cls(
            facts=facts_from(document["facts"], basis),
            basis=basis,
            approved=document.get("approved", False),
            override=Override.model_validate(override) if override else None,
            excluded=frozenset(document.get("excluded", ())),
        )
