"""The settings that lead every fulfilment partner's connector to the sandbox, with made-up credentials."""

from pathlib import Path

PARTNERS = Path(__file__).resolve().parents[1] / "policy" / "partners"

_VARIABLES = {
    "DROP_SHIP_EMAIL": "orders@supplier.example",
    "THIRD_PARTY_TOKEN": "TEST_sandbox",
    "THIRD_PARTY_FILE": str(PARTNERS / "whiplash.json"),
    "THIRD_PARTY_URL": "{url}/third_party/api/v2",
    "THIRD_PARTY_SUPPLIER_TOKEN": "TEST_sandbox",
    "THIRD_PARTY_SUPPLIER_FILE": str(PARTNERS / "drop_shipper.json"),
    "THIRD_PARTY_SUPPLIER_URL": "{url}/warehouse/api",
    "FLEXPORT_API_TOKEN": "TEST_sandbox",
    "FLEXPORT_BASE_URL": "{url}/flexport/logistics/api/2024-07",
    "SHIPBOB_API_TOKEN": "TEST_sandbox",
    "SHIPBOB_CHANNEL_ID": "433",
    "SHIPBOB_BASE_URL": "{url}/shipbob/2026-01",
    "WAREHOUSE_API_URL": "{url}/warehouse/api",
    "WAREHOUSE_API_TOKEN": "TEST_sandbox",
}


def partner_variables(url: str) -> dict[str, str]:
    """The variables for the sandbox at this address."""
    return {name: text.format(url=url) for name, text in _VARIABLES.items()}
