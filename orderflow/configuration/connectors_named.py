"""Which connectors a configuration names, where, and which of them it switches on."""

from collections.abc import Iterator

from orderflow.configuration.model import Configuration
from orderflow.location import StockLocation
from orderflow.value import Value


class NamedConnector(Value):
    """One connector at one place of the configuration. `kinds` are the kinds it may be of, the likeliest first.

    `is_enabled` is whether it has work because it stands there; limits and ids of it alone give it none.
    """

    path: str
    kinds: tuple[str, ...]
    code: str
    is_enabled: bool = True


def connectors_named(configuration: Configuration) -> Iterator[NamedConnector]:
    """Every connector that is named, in the order of the document's sections."""
    yield from _of_rules(configuration)
    for index, source in enumerate(configuration.inventory_sync.sources):
        path, kinds = f"inventory_sync.sources[{index}]", ("channels", "fulfillment")
        yield NamedConnector(path=path, kinds=kinds, code=source, is_enabled=configuration.inventory_sync.enabled)
    yield from _of_fulfillment(configuration)
    yield from _of_notifications(configuration)
    for index, location in enumerate(configuration.locations):
        yield from _of_location(f"locations[{index}]", location)
    for index, channel in enumerate(configuration.channels):
        yield NamedConnector(path=f"channels[{index}]", kinds=("channels",), code=channel)
    for index, sink in enumerate(configuration.sinks):
        yield NamedConnector(path=f"sinks[{index}]", kinds=("report_sinks",), code=sink)


def _of_rules(configuration: Configuration) -> Iterator[NamedConnector]:
    for index, rule in enumerate(configuration.routing_rules):
        for branch, actions in (("actions", rule.actions), ("else", rule.otherwise)):
            if actions and actions.label_provider:
                path = f"routing_rules[{index}].{branch}.label_provider"
                yield NamedConnector(path=path, kinds=("carriers",), code=actions.label_provider)


def _of_fulfillment(configuration: Configuration) -> Iterator[NamedConnector]:
    for index, provider in enumerate(configuration.fulfillment.label_providers):
        path = f"fulfillment.label_providers[{index}]"
        yield NamedConnector(path=path, kinds=("carriers",), code=provider)
    for provider in configuration.fulfillment.label_limits_per_minute:
        path = f"fulfillment.label_limits_per_minute.{provider}"
        yield NamedConnector(path=path, kinds=("carriers", "fulfillment"), code=provider, is_enabled=False)


def _of_notifications(configuration: Configuration) -> Iterator[NamedConnector]:
    told = configuration.notifications
    ways = (
        ("notifications.slack_enabled", told.slack_enabled, "slack"),
        ("notifications.email_enabled", told.email_enabled, told.mail_by),
        ("notifications.sms_enabled", told.sms_enabled, "twilio"),
        ("outgoing_webhooks", bool(configuration.outgoing_webhooks), "webhook"),
    )
    for path, is_on, code in ways:
        if is_on:
            yield NamedConnector(path=path, kinds=("notifiers",), code=code)


def _of_location(path: str, location: StockLocation) -> Iterator[NamedConnector]:
    if location.partner:
        yield NamedConnector(path=f"{path}.partner.code", kinds=("fulfillment",), code=location.partner.code)
    for index, recipient in enumerate(location.labels_to):
        way, _, address = recipient.partition(":")
        if way == "printer":
            code = address.partition("://")[0].removesuffix("s")
            yield NamedConnector(path=f"{path}.labels_to[{index}]", kinds=("printers",), code=code)
    for code in location.channel_ids:
        place, kinds = f"{path}.channel_ids.{code}", ("channels", "carriers", "fulfillment")
        yield NamedConnector(path=place, kinds=kinds, code=code, is_enabled=False)
