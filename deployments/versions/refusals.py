"""What keeps a configuration that can be read from being put in force: an example of a rule that fails."""

from connectors.carriers.rate_card import load_rate_card
from connectors.geography import with_coordinates
from orderflow.configuration import Configuration
from orderflow.rules.examples.check import failed_examples
from orderflow.rules.examples.world import ExampleWorld
from orderflow.shipping.rate_card import RateCard


def refusals(configuration: Configuration) -> tuple[str, ...]:
    """Every reason, as a sentence; none where it may be deployed."""
    return tuple(map(str, failed_examples(configuration.rule_set(), world_of(configuration))))


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
