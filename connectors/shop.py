"""One open shop: its database, its active configuration and the connectors that configuration enables."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import cached_property
from typing import Any

from connectors import registry
from connectors.carriers.rate_card import load_rate_card
from connectors.database import credentials, policy
from connectors.database.orders.past import past_orders
from connectors.database.session import Database
from connectors.errors import NotConfigured
from connectors.geography import with_coordinates
from connectors.installation import Installation
from connectors.logs import configure_logs
from connectors.protocols import Carrier, FulfillmentPartner, Notifier, Printer, ReportSink, SalesChannel, StockSource
from orderflow.configuration import Configuration, load_configuration
from orderflow.configuration.references import asks_for_bid_prices
from orderflow.location import StockLocation
from orderflow.replay import Basis
from orderflow.rules.rule_set import RuleSet
from orderflow.shipping.rate_card import RateCard
from orderflow.sourcing.outlook import PastDemand, past_demand


class Shop:
    """What a task needs of the world. Connectors are built on first use, from environment and stored credentials."""

    def __init__(self, installation: Installation, database: Database, configuration: Configuration) -> None:
        self.database = database
        self.configuration = configuration
        self.vault = installation.vault()
        self.folders = installation.folders
        self.public_url = installation.public_url
        self._built: dict[tuple[str, str], Any] = {}

    @cached_property
    def rule_set(self) -> RuleSet:
        """The active rules, compiled once."""
        return self.configuration.rule_set()

    @cached_property
    def rate_card(self) -> RateCard:
        """The reference rates sourcing reckons with."""
        card = self.configuration.rate_card
        return card if isinstance(card, RateCard) else load_rate_card(card)

    @cached_property
    def locations(self) -> dict[str, StockLocation]:
        """The stock locations by code, with coordinates where the configuration gives none."""
        located = (
            place.model_copy(update={"address": with_coordinates(place.address)})
            for place in self.configuration.locations
        )
        return {place.code: place for place in located}

    @cached_property
    def sales_channels(self) -> tuple[str, ...]:
        """The enabled channels that sell, by the connectors' own codes."""
        return tuple(code for code in self._enabled(self.configuration.channels) if _sells(code))

    @cached_property
    def availability_takers(self) -> tuple[str, ...]:
        """Everybody who is told what may still be sold: the enabled channels, and the sources that only keep stock."""
        return tuple(dict.fromkeys((*self._enabled(self.configuration.channels), *self.stock_sources)))

    @cached_property
    def card_channels(self) -> tuple[str, ...]:
        """The Slack channels rules send routing cards to ("slack_channel:vip_orders")."""
        rules = self.configuration.routing_rules
        branches = [branch for rule in rules for branch in (rule.actions, rule.otherwise) if branch]
        named = (recipient for branch in branches for recipient in branch.recipients)
        return tuple(dict.fromkeys(recipient for recipient in named if recipient.startswith("slack_channel:")))

    @cached_property
    def stock_sources(self) -> tuple[str, ...]:
        """The channels stock counts come from; partners that are named among the sources are counted as partners."""
        return self._enabled(self.configuration.stock_sources())

    @cached_property
    def idle_sources(self) -> tuple[str, ...]:
        """What is named as a source of stock counts and has none: no channel, and no location's partner either."""
        named = map(registry.canonical, self.configuration.stock_sources())
        return tuple(code for code in named if code not in {*self.stock_sources, *self.partners})

    @cached_property
    def partners(self) -> tuple[str, ...]:
        """The fulfilment partners of the locations, by the connectors' own codes."""
        return tuple(dict.fromkeys(place.partner.code for place in self.locations.values() if place.partner))

    def channel_ids(self, code: str) -> dict[str, str]:
        """The channel's own ids of our locations, by our codes."""
        named = ((place, *each) for place in self.locations.values() for each in place.channel_ids.items())
        return {place.code: own for place, channel, own in named if registry.canonical(channel) == code}

    @cached_property
    def past_demand(self) -> PastDemand | None:
        """The demand of the last thirty days, for strategies that reckon with it; None where the shop uses none."""
        if not asks_for_bid_prices(self.configuration):
            return None
        with self.database.read() as conn:
            past = past_orders(conn)
        return past_demand(past.orders, past.days, self.locations, self.rate_card)

    @cached_property
    def basis(self) -> Basis:
        """What all decisions of this configuration have in common, as it is recorded with them."""
        return Basis(
            rules=self.rule_set,
            policy=self.configuration.routing,
            locations=tuple(self.locations.values()),
            rate_card=self.rate_card,
        )

    def channel(self, code: str) -> SalesChannel:
        """The sales channel. Raises NotConfigured, or KeyError for an unknown one or one that keeps stock only."""
        if not _sells(code):
            raise KeyError(code)
        return self._connector("channels", code)

    def stock_source(self, code: str) -> StockSource:
        """The place counts come from and availability goes to. Raises NotConfigured or KeyError."""
        return self._connector("channels", code)

    def carrier(self, code: str) -> Carrier:
        """The label provider. Raises NotConfigured or KeyError."""
        return self._connector("carriers", code)

    def partner(self, code: str) -> FulfillmentPartner:
        """The fulfilment partner. Raises NotConfigured or KeyError."""
        return self._connector("fulfillment", code)

    def tracker(self, code: str) -> Carrier | FulfillmentPartner:
        """Whoever sold the label or sent the parcel, to be asked where it is. Raises NotConfigured or KeyError."""
        is_partner = code.partition(":")[0] in registry.connectors_of("fulfillment")
        return self.partner(code) if is_partner else self.carrier(code)

    def notifier(self, code: str) -> Notifier:
        """The way to tell people. Raises NotConfigured or KeyError."""
        return self._connector("notifiers", code)

    def printer(self, address: str) -> Printer:
        """The way to the printer of this address ("raw://…", "ipp://…"). Raises KeyError."""
        return self._connector("printers", address.partition("://")[0].removesuffix("s"))

    def sink(self, code: str) -> ReportSink:
        """The place for tables. Raises NotConfigured or KeyError."""
        return self._connector("report_sinks", code)

    @cached_property
    def _stored(self) -> dict[str, str]:
        with self.database.read() as conn:
            return credentials.stored_credentials(conn, self.vault)

    def _enabled(self, codes: Sequence[str]) -> tuple[str, ...]:
        known = registry.connectors_of("channels")
        canonical = dict.fromkeys(map(registry.canonical, codes))
        return tuple(code for code in canonical if code.partition(":")[0] in known)

    def _connector(self, folder: str, code: str) -> Any:
        key = (folder, registry.canonical(code))
        if key not in self._built:
            self._built[key] = registry.build(folder, code, self._stored)
        return self._built[key]

    async def aclose(self) -> None:
        """Closes what the connectors hold open; the database stays with whoever opened it."""
        for connector in self._built.values():
            if hasattr(connector, "aclose"):
                await connector.aclose()
        self._built.clear()


def _sells(code: str) -> bool:
    return issubclass(registry.connector_class("channels", code), SalesChannel)


def active_configuration(database: Database) -> Configuration:
    """The configuration that was deployed last. Raises NotConfigured where none was."""
    with database.read() as conn:
        version = policy.active(conn, "configuration")
    if version is None:
        raise NotConfigured("orderflow-config.json", needed_by="config:deploy")
    configuration, _ = load_configuration(json.loads(version.document))
    return configuration


@asynccontextmanager
async def open_shop(installation: Installation | None = None) -> AsyncIterator[Shop]:
    """The shop of this installation (by default the one of the environment), closed again at the end."""
    configure_logs()
    place = installation or Installation.from_environment()
    database = place.database()
    shop = Shop(place, database, active_configuration(database))
    try:
        yield shop
    finally:
        await shop.aclose()
        database.close()
