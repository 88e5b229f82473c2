"""The settings with which every channel speaks to its stand-in."""

from pathlib import Path

SECRET = "the shops sign with this"

_VARIABLES = {
    "BIGCOMMERCE_ACCESS_TOKEN": "TEST_sandbox",
    "BIGCOMMERCE_API_URL": "{url}/bigcommerce",
    "BIGCOMMERCE_CLIENT_SECRET": SECRET,
    "BIGCOMMERCE_STORE_HASH": "abc123",
    "CUSTOM_REST_FILE": str(Path(__file__).parents[1] / "deployments/policy/custom_rest.json"),
    "CUSTOM_REST_TOKEN": "TEST_sandbox",
    "CUSTOM_REST_URL": "{url}/custom_rest/api",
    "CUSTOM_REST_WEBHOOK_SECRET": SECRET,
    "MAGENTO_ACCESS_TOKEN": "TEST_sandbox",
    "MAGENTO_URL": "{url}/magento",
    "SHOPIFY_API_KEY": "app-key",
    "SHOPIFY_API_PASSWORD": "shpat_token",
    "SHOPIFY_STORE_URL": "{url}/shopify",
    "SHOPIFY_WEBHOOK_SECRET": SECRET,
    "WOOCOMMERCE_CONSUMER_KEY": "ck_key",
    "WOOCOMMERCE_CONSUMER_SECRET": "cs_secret",
    "WOOCOMMERCE_URL": "{url}/woocommerce",
    "WOOCOMMERCE_WEBHOOK_SECRET": SECRET,
    "ORDER_FILE_FOLDER": "{folder}",
}


def channel_variables(url: str, folder: str = "orders") -> dict[str, str]:
    """Every variable by its name, for a sandbox at this address and a folder of order files."""
    return {name: text.format(url=url, folder=folder) for name, text in _VARIABLES.items()}
