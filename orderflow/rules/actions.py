"""What a rule may order to be done."""

from collections.abc import Iterable
from typing import Any

from pydantic import Field

from orderflow.shipping.rate import ShippingSpeed
from orderflow.value import Value

_LISTS = frozenset({"services", "tags", "notification"})


class Actions(Value):
    """The effects of the matching rules, merged; an absent one leaves the shop's policy as it is.

    `warehouse` is preferred, not forced: an order it cannot ship falls back like any other.
    `notification` is "notifier:recipient" ("slack_channel:vip_orders"); `hold` names the code of a hold to open.
    `approval` is "required" or absent; `auto_approve` lets the order pass the approval policy.
    """

    warehouse: str | None = Field(
        default=None, description="ships from there where it can ship everything, else from where any order would"
    )
    strategy: str | None = Field(default=None, description="this strategy chooses the location")
    shipping_speed: ShippingSpeed | None = Field(
        default=None, description="this speed is asked of carriers, whatever the customer chose"
    )
    delivery_days: int | None = Field(
        default=None, ge=0, description="at most so many business days in transit, which the customer is told"
    )
    carrier: str | None = Field(default=None, description="a rate of this carrier is taken where it offers one")
    label_provider: str | None = Field(default=None, description="the label is bought from this provider")
    services: tuple[str, ...] = Field(default=(), description="asked for with the shipment and its label")
    gift_wrap: bool = Field(default=False, description="the service gift_wrap")
    gift_receipt: bool = Field(default=False, description="the service gift_receipt")
    hold: str | None = Field(default=None, description="the order is held under this code until a person lets it pass")
    approval: str | None = Field(
        default=None,
        pattern="^required$",
        description='"required": the plan waits for a person, its stock reserved',
    )
    auto_approve: bool = Field(default=False, description="the customer's tier alone needs no approval")
    notification: str | tuple[str, ...] | None = Field(
        default=None, description="the routing card goes to these recipients once the label is bought"
    )
    notify_inventory_team: bool = Field(
        default=False, description="the routing card goes to where the inventory team reads, at once"
    )
    log_exception: bool = Field(default=False, description="a row in the table Exceptions of every sink")
    label_by_email: bool = Field(default=False, description="the label goes to where the fulfillment team reads")
    tags: tuple[str, ...] = Field(default=(), description="stand in the order's timeline and in outgoing webhooks")

    @property
    def recipients(self) -> tuple[str, ...]:
        """Whom `notification` names, whether it is one or several."""
        named = self.notification or ()
        return (named,) if isinstance(named, str) else named


def combined(in_order: Iterable[Actions]) -> Actions:
    """The effects of several branches together, the more important first.

    Of conflicting single effects (warehouse, carrier, speed) the first wins; a flag is on if any branch turns it on;
    lists (services, tags, notification) are joined without repeats.
    """
    effects: dict[str, Any] = {}
    for actions in in_order:
        for name in actions.model_fields_set:
            _add(effects, name, getattr(actions, name))
    return Actions(**effects)


def _add(effects: dict[str, Any], name: str, effect: Any) -> None:
    if name in _LISTS and effect is not None:
        members = (effect,) if isinstance(effect, str) else effect
        effects[name] = tuple(dict.fromkeys((*effects.get(name, ()), *members)))
    elif effects.get(name) is None or effects[name] is False:
        effects[name] = effect
