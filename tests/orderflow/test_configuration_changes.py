"""What is different between two configurations, outside their rules."""

from orderflow.configuration import load_configuration
from orderflow.configuration.changes import changes_between

PLACE = {"code": "warehouse_la", "cutoff": "14:00", "address": {"country": "US", "region": "CA"}}


def changes(old: dict, new: dict) -> tuple[str, ...]:
    return changes_between(load_configuration(old)[0], load_configuration(new)[0]).sentences


def test_a_default_written_out_is_no_change():
    assert changes({}, {"fulfillment": {"batch_size": 50}}) == ()


def test_a_changed_setting_is_told_with_both_values():
    assert changes({}, {"fulfillment": {"batch_size": 40}}) == ("fulfillment.batch_size: 40, before 50",)
    assert changes({}, {"sinks": ["csv_file"]}) == ("sinks: csv_file, before not set",)


def test_a_changed_location_is_told_by_its_code():
    later = PLACE | {"cutoff": "16:00"}
    assert changes({"locations": [PLACE]}, {"locations": [later]}) == (
        "locations[warehouse_la].cutoff: 16:00:00, before 14:00:00",
    )


def test_an_added_and_a_removed_thing_are_told_by_their_names():
    two = {"locations": [PLACE, PLACE | {"code": "warehouse_east"}]}
    one = {"locations": [PLACE]}
    assert changes(one, two) == ("locations[warehouse_east]: warehouse_east, before not set",)
    assert changes(two, one) == ("locations[warehouse_east]: not set, before warehouse_east",)


def test_rules_come_first_and_in_their_own_words():
    rule = {"id": "gift", "conditions": {"is_gift": True}, "actions": {"carrier": "ups"}}
    assert changes({}, {"routing_rules": [rule], "fulfillment": {"batch_size": 40}}) == (
        "rule gift added: if is_gift is true then carrier ups",
        "fulfillment.batch_size: 40, before 50",
    )
