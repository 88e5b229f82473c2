"""What a channel must be told, and what it says when it was not."""

import asyncio

import httpx
import pytest

from connectors.channels.shopify import ShopifyChannel, admin_http
from connectors.channels.shopify.settings import ShopifySettings
from connectors.channels.woocommerce.settings import WooCommerceSettings
from connectors.errors import NotConfigured
from connectors.registry import build, connectors_of

SHOPIFY = {
    "SHOPIFY_API_KEY": "app-key",
    "SHOPIFY_API_PASSWORD": "shpat_secret",
    "SHOPIFY_STORE_URL": "myshop.myshopify.com",
    "SHOPIFY_WEBHOOK_SECRET": "shpss_secret",
}
WOOCOMMERCE = {
    "WOOCOMMERCE_URL": "https://shop.example/",
    "WOOCOMMERCE_CONSUMER_KEY": "ck_secret",
    "WOOCOMMERCE_CONSUMER_SECRET": "cs_secret",
}


@pytest.fixture(autouse=True)
def _only_what_the_test_sets(monkeypatch):
    for variable in (*SHOPIFY, *WOOCOMMERCE, "ORDER_FILE_FOLDER", "ORDERFLOW_ORDER_FOLDER"):
        monkeypatch.delenv(variable, raising=False)


@pytest.mark.requirement("OF-93")
@pytest.mark.parametrize("missing", ["SHOPIFY_API_KEY", "SHOPIFY_API_PASSWORD", "SHOPIFY_STORE_URL"])
def test_an_enabled_shopify_without_a_variable_names_it(missing, monkeypatch):
    for variable in SHOPIFY.keys() - {missing}:
        monkeypatch.setenv(variable, SHOPIFY[variable])
    with pytest.raises(NotConfigured) as refusal:
        build("channels", "shopify")
    assert refusal.value.variable == missing


@pytest.mark.requirement("OF-93")
def test_nobody_asks_for_the_variables_of_a_channel_that_is_not_enabled():
    assert {"shopify", "woocommerce", "order_file"} <= set(connectors_of("channels"))


@pytest.mark.requirement("OF-93")
def test_the_variables_of_shopify_say_where_to_call_and_with_which_token(monkeypatch):
    for variable, text in SHOPIFY.items():
        monkeypatch.setenv(variable, text)
    heard = []

    async def answer(request):
        heard.append(request)
        return httpx.Response(
            200, json={"data": {"locations": {"nodes": [], "pageInfo": {"hasNextPage": False, "endCursor": None}}}}
        )

    settings = ShopifySettings.load()
    asyncio.run(ShopifyChannel(settings, admin_http(settings, httpx.MockTransport(answer))).stock_levels())
    assert str(heard[0].url) == "https://myshop.myshopify.com/admin/api/2026-10/graphql.json"
    assert heard[0].headers["x-shopify-access-token"] == "shpat_secret"


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("myshop.myshopify.com", "https://myshop.myshopify.com/admin/api/2025-07"),
        ("https://myshop.myshopify.com/", "https://myshop.myshopify.com/admin/api/2025-07"),
        ("http://127.0.0.1:8800/shopify", "http://127.0.0.1:8800/shopify/admin/api/2025-07"),
    ],
)
def test_the_store_may_be_named_by_host_or_by_url(address, url):
    changed = {**SHOPIFY, "SHOPIFY_STORE_URL": address, "SHOPIFY_API_VERSION": "2025-07"}
    assert ShopifySettings.load(changed).admin_url == url


def test_woocommerce_answers_below_the_shops_address():
    assert WooCommerceSettings.load(WOOCOMMERCE).api_url == "https://shop.example/wp-json/wc/v3"


@pytest.mark.parametrize("settings", [ShopifySettings.load(SHOPIFY), WooCommerceSettings.load(WOOCOMMERCE)])
def test_no_secret_shows_when_settings_are_printed(settings):
    assert "secret" not in f"{settings} {settings!r}".replace("_secret=", "=").replace("webhook_secret", "")


def test_every_channel_is_found_by_discovery_and_built_from_stored_credentials(tmp_path):
    stored = {**SHOPIFY, **WOOCOMMERCE, "ORDER_FILE_FOLDER": str(tmp_path)}
    for code in ("shopify", "woocommerce", "order_file"):
        assert build("channels", code, stored).code == code
