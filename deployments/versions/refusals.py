"""What keeps a configuration from being put in force.

An example that fails, a lane without a way out or back, a connector nobody wrote.
"""

from collections.abc import Iterator

from connectors import registry
from connectors.carriers.rate_card import load_rate_card
from connectors.catalogue import knows
from connectors.geography import with_coordinates
from orderflow.configuration import Configuration
from orderflow.configuration.connectors_named import connectors_named
from orderflow.configuration.lane_findings import lane_findings
from orderflow.rules.condition import closest
from orderflow.rules.examples.check import failed_examples
from orderflow.rules.examples.world import ExampleWorld
from orderflow.rules.problem import Problem, did_you_mean
from orderflow.shipping.rate_card import RateCard


def refusals(configuration: Configuration) -> tuple[Problem, ...]:
    """Everything that speaks against it, with its place; nothing where it may be deployed."""
    places = {rule.id: index for index, rule in enumerate(configuration.routing_rules)}
    examples = (
        Problem(path=f"routing_rules[{places[one.rule_id]}].examples", message=str(one))
        for one in failed_examples(configuration.rule_set(), world_of(configuration))
    )
    lanes = (
        Problem(path="lanes", message=f"{one.message} ({one.example})", remedy=one.remedy)
        for one in lane_findings(configuration.lanes)
    )
    return (*examples, *lanes, *unknown_connectors(configuration))


def unknown_connectors(configuration: Configuration) -> Iterator[Problem]:
    """Every connector that is named and does not exist, with the names that are like it."""
    for named in connectors_named(configuration):
        if any(knows(kind, named.code) for kind in named.kinds):
            continue
        known = [code for kind in named.kinds if kind in registry.FOLDERS for code in registry.connectors_of(kind)]
        near = did_you_mean(closest(named.code, (*known, *registry.ALIASES)))
        remedy = near or f"there are {', '.join(known)}"
        yield Problem(path=named.path, message=f"there is no connector {named.code}", remedy=remedy)


def world_of(configuration: Configuration) -> ExampleWorld:
    """The shop of this configuration, as examples and smoke orders are decided in it."""
    card = configuration.rate_card
    locations = (
        place.model_copy(update={"address": with_coordinates(place.address)}) for place in configuration.locations
    )
    return ExampleWorld(
        rate_card=card if isinstance(card, RateCard) else load_rate_card(card),
        currency=configuration.shop.currency,
        policy=configuration.routing,
        locations={place.code: place for place in locations},
    )
