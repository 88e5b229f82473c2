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

    warehouse: str | None = None
    strategy: str | None = None
    shipping_speed: ShippingSpeed | None = None
    delivery_days: int | None = Field(default=None, ge=0)
    carrier: str | None = None
    label_provider: str | None = None
    services: tuple[str, ...] = ()
    gift_wrap: bool = False
    gift_receipt: bool = False
    hold: str | None = None
    approval: str | None = Field(default=None, pattern="^required$")
    auto_approve: bool = False
    notification: str | tuple[str, ...] | None = None
    notify_inventory_team: bool = False
    log_exception: bool = False
    label_by_email: bool = False
    tags: tuple[str, ...] = ()


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
