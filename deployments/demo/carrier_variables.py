"""The settings that lead every carrier's connector to the sandbox, with made-up credentials."""

from pathlib import Path

from deployments.sandbox.app import settings_for

REGIONAL_CARRIER = Path(__file__).resolve().parents[1] / "policy" / "regional_carrier.json"

_VARIABLES = {
    "DHL_API_KEY": "TEST_sandbox",
    "DHL_API_SECRET": "TEST_sandbox",
    "DHL_ACCOUNT_NUMBER": "123456789",
    "DHL_BASE_URL": "{url}/dhl",
    "EASYPOST_API_KEY": "EZTK_sandbox",
    "EASYPOST_WEBHOOK_SECRET": "easypost-sandbox",
    "EASYPOST_BASE_URL": "{url}/easypost/v2",
    "FEDEX_CLIENT_ID": "TEST_sandbox",
    "FEDEX_CLIENT_SECRET": "TEST_sandbox",
    "FEDEX_ACCOUNT_NUMBER": "123456789",
    "FEDEX_BASE_URL": "{url}/fedex",
    "REGIONAL_CARRIER_TOKEN": "TEST_sandbox",
    "REGIONAL_CARRIER_FILE": str(REGIONAL_CARRIER),
    "REGIONAL_BASE_URL": "{url}/regional/v1",
    "UPS_CLIENT_ID": "TEST_sandbox",
    "UPS_CLIENT_SECRET": "TEST_sandbox",
    "UPS_ACCOUNT_NUMBER": "A1B2C3",
    "UPS_WEBHOOK_TOKEN": "ups-sandbox",
    "UPS_BASE_URL": "{url}/ups",
    "USPS_CLIENT_ID": "TEST_sandbox",
    "USPS_CLIENT_SECRET": "TEST_sandbox",
    "USPS_CRID": "12345678",
    "USPS_MID": "123456789",
    "USPS_ACCOUNT_NUMBER": "1000000001",
    "USPS_BASE_URL": "{url}/usps",
    "SHIPSTATION_API_KEY": "TEST_sandbox",
    "SHIPSTATION_BASE_URL": "{url}/shipstation/v2",
    "SHIPSTATION_JWKS_URL": "{url}/shipstation/v2/jwks",
    "SHIPPO_API_TOKEN": "shippo_test_sandbox",
    "SHIPPO_WEBHOOK_TOKEN": "shippo-sandbox",
    "SHIPPO_BASE_URL": "{url}/shippo",
}


def carrier_variables(url: str) -> dict[str, str]:
    """The variables for the sandbox at this address, with those its simulators tell themselves."""
    return {name: text.format(url=url) for name, text in _VARIABLES.items()} | settings_for(url)
