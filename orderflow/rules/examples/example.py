"""One golden example, as it is written in a rule."""

from typing import Any

from pydantic import AwareDatetime, Field

from orderflow.value import Value


class Example(Value):
    """An order, and what the rules must do with it, or the configuration is not deployed.

    `order` says only what matters, in the names of an order ({"total": 500, "customer": {"tier": "VIP"}}); all else is
    that of a plain paid order. `stock` is units by location and SKU, `load` the parcels a location was already given
    today, `address_problem` what the address check found: (field, what is wrong).
    `wins` is the rule whose conditions must be met, by default the one the example is written in; "" says only that
    this one must not be met. `actions` are effects the order must have in the end.
    """

    name: str = Field(min_length=1)
    order: dict[str, Any] = {}
    stock: dict[str, dict[str, int]] = {}
    load: dict[str, int] = {}
    address_problem: tuple[str, str] | None = None
    now: AwareDatetime | None = None
    wins: str | None = None
    actions: dict[str, Any] = {}
