"""The settings that lead every carrier's connector to the sandbox, with made-up credentials."""

from pathlib import Path

REGIONAL_CARRIER = Path(__file__).resolve().parents[1] / "deployments" / "policy" / "regional_carrier.json"

_VARIABLES = {
    "DHL_API_KEY": "TEST_contract",
    "DHL_API_SECRET": "TEST_contract",
    "DHL_ACCOUNT_NUMBER": "123456789",
    "DHL_BASE_URL": "{url}/dhl",
    "EASYPOST_API_KEY": "EZTK_contract",
    "EASYPOST_BASE_URL": "{url}/easypost/v2",
    "FEDEX_CLIENT_ID": "TEST_contract",
    "FEDEX_CLIENT_SECRET": "TEST_contract",
    "FEDEX_ACCOUNT_NUMBER": "123456789",
    "FEDEX_BASE_URL": "{url}/fedex",
    "REGIONAL_CARRIER_TOKEN": "TEST_contract",
    "REGIONAL_CARRIER_FILE": str(REGIONAL_CARRIER),
    "REGIONAL_BASE_URL": "{url}/regional/v1",
    "UPS_CLIENT_ID": "TEST_contract",
    "UPS_CLIENT_SECRET": "TEST_contract",
    "UPS_ACCOUNT_NUMBER": "A1B2C3",
    "UPS_BASE_URL": "{url}/ups",
    "USPS_CLIENT_ID": "TEST_contract",
    "USPS_CLIENT_SECRET": "TEST_contract",
    "USPS_CRID": "12345678",
    "USPS_MID": "123456789",
    "USPS_ACCOUNT_NUMBER": "1000000001",
    "USPS_BASE_URL": "{url}/usps",
    "SHIPSTATION_API_KEY": "TEST_contract",
    "SHIPSTATION_BASE_URL": "{url}/shipstation/v2",
    "SHIPSTATION_JWKS_URL": "{url}/shipstation/v2/jwks",
    "SHIPPO_API_TOKEN": "shippo_test_contract",
    "SHIPPO_BASE_URL": "{url}/shippo",
}


def carrier_variables(url: str) -> dict[str, str]:
    """The variables for the sandbox at this address."""
    return {name: text.format(url=url) for name, text in _VARIABLES.items()}
