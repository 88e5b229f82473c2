"""Whoever adds a connector adds the stand-in it is tested against."""

import pytest

from connectors.registry import FOLDERS, connectors_of
from deployments.sandbox.app import simulator_names

# These need nobody outside: files in a folder, rates in a table, orders that go by mail.
NEEDS_NO_SERVICE = {"order_file", "rate_card", "csv_file", "parquet", "quickbooks_csv", "xero_csv", "netsuite_csv"}
NEEDS_NO_SERVICE |= {"drop_ship"}


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_connector_has_its_simulator(folder):
    codes = set(connectors_of(folder)) - NEEDS_NO_SERVICE
    assert codes <= set(simulator_names())
