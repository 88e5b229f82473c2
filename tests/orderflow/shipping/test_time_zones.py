"""Which clock hangs at an address."""

from zoneinfo import ZoneInfo

import pytest
from routing_values import BOSTON, SAN_DIEGO, TORONTO

from orderflow.address import Address
from orderflow.shipping.time_zones import zone_at

STATES = (
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH "
    "OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY"
)


@pytest.mark.parametrize(
    ("address", "zone"),
    [
        (BOSTON, "America/New_York"),
        (SAN_DIEGO, "America/Los_Angeles"),
        (TORONTO, "America/Toronto"),
        (Address(country="US", region="AZ"), "America/Phoenix"),
        (Address(country="US", region="HI"), "Pacific/Honolulu"),
        (Address(country="US"), "America/New_York"),
        (Address(country="DE"), "Europe/Berlin"),
        (Address(country="AU", region="WA"), "Australia/Perth"),
        (Address(country="XX", longitude=-75.0), "Etc/GMT+5"),
        (Address(country="XX", longitude=100.0), "Etc/GMT-7"),
        (Address(country="XX", longitude=179.9), "Etc/GMT-12"),
        (Address(country="XX"), "UTC"),
        (Address(), "UTC"),
    ],
)
def test_country_region_and_longitude_tell_the_clock(address, zone):
    assert zone_at(address) == zone
    assert ZoneInfo(zone)


def test_every_state_has_a_clock_of_the_tz_database():
    states = STATES.split()
    clocks = {state: zone_at(Address(country="US", region=state)) for state in states}
    assert len(clocks) == 51
    assert all(ZoneInfo(zone) for zone in clocks.values())
    assert sum(zone == "America/New_York" for zone in clocks.values()) == 22
