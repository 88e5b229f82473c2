"""The whole configuration of one shop."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from pydantic import Field, model_validator

from orderflow.configuration.lanes import Lane
from orderflow.configuration.notifications import Notifications
from orderflow.configuration.sections import Fulfillment, InventorySync, OutgoingWebhook, Product, Shop
from orderflow.experiments.settings import Experiment
from orderflow.location import StockLocation
from orderflow.policy import RoutingPolicy
from orderflow.rules.rule import Rule
from orderflow.rules.rule_set import RuleSet
from orderflow.shipping.rate_card import RateCard
from orderflow.value import Value

APPROVAL_LIMIT = 500  # in the shop's currency: from here on an order is no longer a standard one
STOCK_ONLY = frozenset({"magento", "warehouse"})


def _selling_sources(data: Mapping[str, Any]) -> tuple[str, ...]:
    sync = data.get("inventory_sync", InventorySync())
    return tuple(source for source in sync.sources if source not in STOCK_ONLY)


def _approval(shop: Mapping[str, Any], routing: Mapping[str, Any]) -> dict[str, Any]:
    """The approval policy with the usual limit in the shop's own currency, where it names no limit."""
    written, currency = routing.get("approval", {}), shop.get("currency")
    if not isinstance(written, Mapping) or "limit" in written or not isinstance(currency, str):
        return {}
    return {"approval": {"limit": {"amount": APPROVAL_LIMIT, "currency": currency}, **written}}


class Configuration(Value):
    """What `orderflow-config.json` says. Every section may be left out; its defaults are then used.

    `channels` are the enabled sales channels, by default the stock sources that also sell. `sinks` are where tables
    for people go. `rate_card` is the name of a card that comes with OrderFlow, or a card written out.
    """

    routing_rules: tuple[Rule, ...] = ()
    lanes: tuple[Lane, ...] = ()
    inventory_sync: InventorySync = InventorySync()
    fulfillment: Fulfillment = Fulfillment()
    notifications: Notifications = Notifications()
    shop: Shop = Shop()
    locations: tuple[StockLocation, ...] = ()
    products: tuple[Product, ...] = ()
    routing: RoutingPolicy = RoutingPolicy()
    rate_card: RateCard | str = "us"
    outgoing_webhooks: tuple[OutgoingWebhook, ...] = ()
    channels: tuple[str, ...] = Field(default_factory=_selling_sources)
    sinks: tuple[str, ...] = ()
    experiment: Experiment | None = None

    @model_validator(mode="before")
    @classmethod
    def _one_home(cls, document: Any) -> Any:
        """The shop's home country and currency are the routing's too, unless the routing says otherwise."""
        shop = document.get("shop") if isinstance(document, Mapping) else None
        routing = document.get("routing", {}) if shop else None
        if not isinstance(shop, Mapping) or not isinstance(routing, Mapping):
            return document
        own = {"home_country": shop["home_country"]} if "home_country" in shop else {}
        return {**document, "routing": {**own, **routing, **_approval(shop, routing)}}

    def rule_set(self) -> RuleSet:
        """The routing rules, understood and ready to be asked."""
        return self._rule_set

    def stock_sources(self) -> tuple[str, ...]:
        """Where stock counts come from; none while the sync is switched off."""
        return self.inventory_sync.sources if self.inventory_sync.enabled else ()

    @cached_property
    def _rule_set(self) -> RuleSet:
        return RuleSet(rules=self.routing_rules, currency=self.shop.currency)
