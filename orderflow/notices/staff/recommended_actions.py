"""What a person could do about units that are missing, cheapest first."""

from collections.abc import Iterable

from orderflow.money import Money
from orderflow.notices.wording import one_line, short_money
from orderflow.value import Value


class Shortage(Value):
    """A product of which fewer units are left than were ordered."""

    product: str
    ordered: int
    left: int

    @property
    def missing(self) -> int:
        """Units that have to come from elsewhere, or later."""
        return max(0, self.ordered - self.left)

    @property
    def verdict(self) -> str:
        """What can be done with what is left, as the exception mail says it."""
        if not self.missing:
            return "FULFILLABLE"
        return "PARTIALLY FULFILLABLE" if self.left > 0 else "NOT FULFILLABLE"


class Offer(Value):
    """What another stock location could add, and what its extra parcel would cost."""

    location: str
    units: int
    extra_cost: Money


class RecommendedAction(Value):
    """One way out. `extra_cost` is None where it costs nothing known; `by_hand` means we never do it ourselves."""

    code: str
    text: str
    extra_cost: Money | None = None
    by_hand: bool = False

    @property
    def sentence(self) -> str:
        """The action with its price: "Source the missing unit from Warehouse Central (+$12)"."""
        return self.text if self.extra_cost is None else f"{self.text} (+{short_money(self.extra_cost)})"


def shortage_actions(
    shortage: Shortage, offers: Iterable[Offer], discount_percent: int = 10
) -> tuple[RecommendedAction, ...]:
    """The ways out, in the order they are recommended.

    First each place that has all missing units, cheapest first; then shipping what is left now and the rest later;
    last the step only a person can take, talking to the customer.
    """
    if not shortage.missing:
        return ()
    enough = sorted((o for o in offers if o.units >= shortage.missing), key=lambda o: (o.extra_cost.amount, o.location))
    split = [_split(shortage)] if shortage.left > 0 else []
    return (*(_source_from(shortage, offer) for offer in enough), *split, _offer_discount(discount_percent))


def _source_from(shortage: Shortage, offer: Offer) -> RecommendedAction:
    what = "the missing unit" if shortage.missing == 1 else f"the {shortage.missing} missing units"
    text = f"Source {what} from {one_line(offer.location)}"
    return RecommendedAction(code="source_elsewhere", text=text, extra_cost=offer.extra_cost)


def _split(shortage: Shortage) -> RecommendedAction:
    return RecommendedAction(code="split", text=f"Split into {shortage.left} + {shortage.missing} shipments")


def _offer_discount(percent: int) -> RecommendedAction:
    text = f"Contact the customer and offer a {percent} % discount"
    return RecommendedAction(code="contact_customer", text=text, by_hand=True)
