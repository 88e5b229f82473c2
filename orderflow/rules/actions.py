"""What a rule may order to be done."""

from pydantic import Field

from orderflow.shipping.rate import ShippingSpeed
from orderflow.value import Value


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
