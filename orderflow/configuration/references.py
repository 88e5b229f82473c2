"""Whether what the configuration names exists, and whether what it relies on is set."""

from collections.abc import Iterable, Iterator

from orderflow.configuration.model import Configuration
from orderflow.configuration.notifications import checked_recipient
from orderflow.configuration.sections import is_timezone
from orderflow.configuration.spelling import KNOWN_SOURCES
from orderflow.rules.actions import Actions
from orderflow.rules.condition import closest
from orderflow.rules.expression import Test, tests_of
from orderflow.rules.problem import Problem, did_you_mean
from orderflow.sourcing.strategies import strategies

PRIMARY_STOCK = frozenset({"primary_warehouse_stock", "primary_warehouse_in_stock"})


def problems_of(configuration: Configuration) -> list[Problem]:
    """Everything that is named and does not exist, and everything that is there twice."""
    locations = unknown_locations(configuration) if configuration.locations else ()
    found = (_repeated, _timezones, _unknown_strategies, _recipients)
    return [*locations, *(problem for check in found for problem in check(configuration))]


def warnings_of(configuration: Configuration) -> list[str]:
    """What may well be meant, but will hardly do what somebody expects."""
    locations = () if configuration.locations else unknown_locations(configuration)
    return [str(problem) for problem in (*locations, *_unset_primary(configuration), *_unknown_sources(configuration))]


def unknown_locations(configuration: Configuration) -> Iterator[Problem]:
    """Every place that names a stock location the shop does not have, those of rules first."""
    known = tuple(location.code for location in configuration.locations)
    for path, code in (*_locations_in_rules(configuration), *_locations_in_settings(configuration)):
        if code and code not in known:
            remedy = did_you_mean(closest(code, known)) or "add it to locations"
            yield Problem(path=path, message=f"{code} is not a stock location of the shop", remedy=remedy)


def asks_for_bid_prices(configuration: Configuration) -> bool:
    """Whether any strategy the shop uses or tries reckons with what units are worth to later orders."""
    known = strategies()
    return any(name in known and known[name].prices_units for _, name in _strategies_named(configuration))


def _branches(configuration: Configuration) -> Iterator[tuple[str, Actions]]:
    for index, rule in enumerate(configuration.routing_rules):
        yield f"routing_rules[{index}].actions", rule.actions
        if rule.otherwise:
            yield f"routing_rules[{index}].else", rule.otherwise


def _tests(configuration: Configuration) -> Iterator[Test]:
    for _, expression in configuration.rule_set().in_order:
        yield from tests_of(expression)


def _locations_in_rules(configuration: Configuration) -> Iterator[tuple[str, str]]:
    for path, actions in _branches(configuration):
        yield f"{path}.warehouse", actions.warehouse or ""
    for test in _tests(configuration):
        yield test.path, test.reference.argument("location") or ""


def _locations_in_settings(configuration: Configuration) -> Iterator[tuple[str, str]]:
    yield "routing.primary_location", configuration.routing.primary_location
    for index, code in enumerate(configuration.routing.fallback_chain):
        yield f"routing.fallback_chain[{index}]", code
    for index, product in enumerate(configuration.products):
        yield f"products[{index}].fulfilled_by", product.fulfilled_by


def _repeated(configuration: Configuration) -> Iterator[Problem]:
    locations = ((f"locations[{i}].code", place.code) for i, place in enumerate(configuration.locations))
    products = ((f"products[{i}].sku", (one.sku, one.variant)) for i, one in enumerate(configuration.products))
    yield from _twice(locations)
    yield from _twice(products)


def _twice(named: Iterable[tuple[str, object]]) -> Iterator[Problem]:
    seen: set[object] = set()
    for path, name in named:
        if name in seen:
            yield Problem(path=path, message="is there twice", remedy="remove one of the two")
        seen.add(name)


def _timezones(configuration: Configuration) -> Iterator[Problem]:
    for index, location in enumerate(configuration.locations):
        if not is_timezone(location.timezone):
            remedy = 'expected one like "America/New_York"'
            yield Problem(path=f"locations[{index}].timezone", message="is not a time zone", remedy=remedy)


def _unknown_strategies(configuration: Configuration) -> Iterator[Problem]:
    known = tuple(strategies())
    for path, name in _strategies_named(configuration):
        if name and name not in known:
            remedy = did_you_mean(closest(name, known)) or f"the strategies are {', '.join(known)}"
            yield Problem(path=path, message="unknown strategy", remedy=remedy)


def _strategies_named(configuration: Configuration) -> Iterator[tuple[str, str]]:
    yield "routing.strategy", configuration.routing.strategy
    for path, actions in _branches(configuration):
        yield f"{path}.strategy", actions.strategy or ""
    for index, name in enumerate(configuration.experiment.strategies if configuration.experiment else ()):
        yield f"experiment.strategies[{index}]", name


def _recipients(configuration: Configuration) -> Iterator[Problem]:
    for path, actions in _branches(configuration):
        wanted = actions.notification or ()
        for recipient in (wanted,) if isinstance(wanted, str) else wanted:
            try:
                checked_recipient(recipient)
            except ValueError as error:
                yield Problem(path=f"{path}.notification", message=str(error))


def _unset_primary(configuration: Configuration) -> Iterator[Problem]:
    if configuration.routing.primary_location:
        return
    for test in _tests(configuration):
        if test.reference.condition.code in PRIMARY_STOCK:
            message = "never true while no primary location is set"
            yield Problem(path=test.path, message=message, remedy="set routing.primary_location")


def _unknown_sources(configuration: Configuration) -> Iterator[Problem]:
    for index, source in enumerate(configuration.inventory_sync.sources):
        if source not in KNOWN_SOURCES and (near := closest(source, KNOWN_SOURCES)):
            message = f"{source} does not come with OrderFlow"
            yield Problem(path=f"inventory_sync.sources[{index}]", message=message, remedy=did_you_mean(near))
