"""The standing words of people about one order. They beat rules and strategies in every decision to come."""

from orderflow.money import Money
from orderflow.value import Value


class Override(Value):
    """A person's choice of the location, which beats rules and strategies."""

    location: str
    reason: str
    actor: str


class Rejection(Value):
    """A location's own refusal to ship the order: it is not asked again."""

    location: str
    reason: str
    actor: str


class Rulings(Value):
    """All that was ruled about an order before it is decided.

    `approved` says a person has let it pass, at `approved_cost` of shipping where that could be estimated. An override
    beats a rejection of the same location: a person has talked to the people there.
    """

    approved: bool = False
    approved_cost: Money | None = None
    override: Override | None = None
    rejections: tuple[Rejection, ...] = ()

    @property
    def closed(self) -> frozenset[str]:
        """The locations that must not be used."""
        chosen = self.override.location if self.override else ""
        return frozenset(one.location for one in self.rejections) - {chosen}
