"""What keeps a configuration from being put in force: an example that fails, a lane without a way out or back."""

from connectors.carriers.rate_card import load_rate_card
from connectors.geography import with_coordinates
from orderflow.configuration import Configuration
from orderflow.configuration.lane_findings import lane_findings
from orderflow.rules.examples.check import failed_examples
from orderflow.rules.examples.world import ExampleWorld
from orderflow.rules.problem import Problem
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
    return (*examples, *lanes)


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
