"""The stand-ins are as strict as the shops they stand in for, and deliver as they do."""

import asyncio
import json
import threading
import time
from collections import Counter
from contextlib import contextmanager

import httpx
import pytest
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse
from shared_material import shared_path

from connectors.transport.signatures import signature_of

GRAPHQL = "/shopify/admin/api/2026-10/graphql.json"
SET = """mutation Set($input: InventorySetQuantitiesInput!) {
  inventorySetQuantities(input: $input) { userErrors { code } }
}"""
SET_WITH_KEY = SET.replace("(input: $input)", '(input: $input) @idempotent(key: "k")')


def ask(stand, query, variables=None, path=GRAPHQL, token="shpat_t"):
    async def post():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(stand.app), base_url="http://sandbox") as client:
            headers = {"X-Shopify-Access-Token": token} if token else {}
            return await client.post(path, json={"query": query, "variables": variables or {}}, headers=headers)

    return asyncio.run(post())


def message_of(answer):
    return answer.json()["errors"][0]["message"]


def test_shopify_gives_the_fields_asked_for_and_no_other(shopify):
    asyncio.run(shopify.place({"id": 7, "name": "#7", "line_items": []}))
    answer = ask(shopify, 'query Q { order(id: "gid://shopify/Order/7") { title: name } }')
    assert answer.json()["data"] == {"order": {"title": "#7"}}


@pytest.mark.parametrize(
    ("query", "complaint"),
    [
        ('query Q { order(id: "7") { idd } }', "Field 'idd' doesn't exist on type 'Order'"),
        ("query Q { ordersss { id } }", "Field 'ordersss' doesn't exist"),
        ('query Q { order(id: "7") { lineItems { nodes { id } } } }', "first must be between 1 and 250"),
        ('query Q { order(id: "7") { lineItems(first: 1) } }', "must have selections"),
        ("query Q($id: ID!) { order(id: $id) { id } }", "Variable $id of type ID! was provided invalid value"),
        ("query Q { order(", "Parse error"),
        (SET, "Variable $input"),
    ],
)
def test_shopify_refuses_a_document_it_does_not_understand(shopify, query, complaint):
    asyncio.run(shopify.place({"id": 7, "line_items": []}))
    assert complaint in message_of(ask(shopify, query))


def test_shopify_refuses_variables_nobody_declared(shopify):
    assert "is not defined" in message_of(ask(shopify, 'query Q { order(id: "7") { id } }', {"more": 1}))


def test_shopify_wants_a_token_and_knows_its_versions(shopify):
    assert ask(shopify, "query Q { locations(first: 1) { nodes { id } } }", token="").status_code == 401
    assert ask(shopify, "query Q { locations(first: 1) { nodes { id } } }", token="somebody").status_code == 401
    assert (
        ask(
            shopify, "query Q { locations(first: 1) { nodes { id } } }", path=GRAPHQL.replace("2026-10", "v1")
        ).status_code
        == 404
    )


def test_shopify_demands_the_idempotency_directive_since_2026_04(shopify):
    variables = {"input": {"name": "available", "reason": "correction", "quantities": []}}
    assert "@idempotent directive is required" in message_of(ask(shopify, SET, variables))
    assert "data" in ask(shopify, SET, variables, path=GRAPHQL.replace("2026-10", "2026-01")).json()
    assert "data" in ask(shopify, SET_WITH_KEY, variables).json()


def test_shopify_refuses_another_content_under_a_used_key(shopify):
    asyncio.run(shopify.stock(("1001", "A", 5)))
    item = ask(shopify, 'query Q { inventoryItems(first: 1, query: "sku:\\"A\\"") { nodes { id } } }')
    (node,) = item.json()["data"]["inventoryItems"]["nodes"]
    codes = []
    for quantity in (3, 3, 4):
        change = {"inventoryItemId": node["id"], "locationId": "1001", "quantity": quantity, "changeFromQuantity": 5}
        answer = ask(shopify, SET_WITH_KEY, {"input": {"quantities": [change]}})
        codes.append([error["code"] for error in answer.json()["data"]["inventorySetQuantities"]["userErrors"]])
    assert codes == [[], [], ["IDEMPOTENCY_KEY_PARAMETER_MISMATCH"]]
    assert len(shopify.books("inventory_sets")) == 1


RECORDED_REFUSALS = {
    "GET orders": 0,
    "GET orders?per_page=101": 14,
    "GET orders/99999999": 15,
    "PUT orders/37 shipped": 18,
    "POST products/batch": 22,
    "PUT orders/37 broken": 26,
}


@pytest.mark.parametrize("name", RECORDED_REFUSALS)
def test_woocommerce_refuses_word_for_word_as_the_real_one_did(woocommerce, name):
    exchange = json.loads(shared_path("contracts/woocommerce/recorded-9.4.3.json").read_text())[RECORDED_REFUSALS[name]]
    asked, wanted = exchange["request"], exchange["response"]
    keys = ("ck_key", "cs_secret") if "authorization" in asked["headers"] else None
    content = asked["body"] if isinstance(asked["body"], str) else json.dumps(asked["body"])
    method, path = asked["method"], asked["url"].split("/wc/v3/")[1]
    method, path = ("PUT", "orders/37") if name == "PUT orders/37 broken" else (method, path)

    async def send():
        await woocommerce.place({"id": 37, "line_items": []})
        await woocommerce.products({"id": 33, "sku": "REC", "stock_quantity": 42})
        async with httpx.AsyncClient(transport=httpx.ASGITransport(woocommerce.app), auth=keys) as client:
            return await client.request(method, f"http://sandbox/woocommerce/wp-json/wc/v3/{path}", content=content)

    answer = asyncio.run(send())
    assert answer.status_code == wanted["status"]
    if name == "POST products/batch":
        assert answer.json()["update"][1] == wanted["body"]["update"][1]
        assert answer.json()["update"][0]["stock_quantity"] == wanted["body"]["update"][0]["stock_quantity"]
    else:
        assert answer.json() == wanted["body"]


@contextmanager
def listening(failures=0):
    """A receiver on a real socket that remembers what came; the first `failures` deliveries get a 500."""
    came, app = [], FastAPI()

    @app.post("/webhooks")
    async def receive(request: Request):
        body = await request.body()
        came.append((dict(request.headers), body))
        return PlainTextResponse("", 500 if len(came) <= failures else 200)

    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/webhooks", came
    server.should_exit = True
    thread.join(timeout=5)


def placed(stand, orders, **placement):
    async def place():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(stand.app), timeout=60) as client:
            content = {"orders": orders, "secret": "s", **placement}
            return (await client.post(f"http://sandbox/{stand.channel.code}/_orders", json=content)).json()

    return asyncio.run(place())


SIGNED_IN = {"shopify": "x-shopify-hmac-sha256", "woocommerce": "x-wc-webhook-signature"}


@pytest.mark.parametrize("shop", ["shopify", "woocommerce"])
def test_many_signed_orders_are_delivered_twice_and_out_of_order_when_asked(shop, request):
    stand = request.getfixturevalue(shop)
    orders = [{"id": 5000 + number, "line_items": [{"sku": "A"}]} for number in range(100)]
    with listening() as (url, came):
        answer = placed(stand, orders, deliver_to=url, copies=2, shuffled=True)
    assert answer["delivered"] == len(came) == 200
    assert all(headers[SIGNED_IN[shop]] == signature_of("s", body) for headers, body in came)
    ids = [json.loads(body)["id"] for _, body in came]
    assert set(Counter(ids).values()) == {2}
    assert ids != sorted(ids)


def test_shopify_delivers_again_after_a_failure_and_woocommerce_never_does(shopify, woocommerce):
    with listening(failures=2) as (url, came):
        assert placed(shopify, [{"line_items": []}], deliver_to=url)["delivered"] == 1
    assert len(came) == 3
    with listening(failures=1) as (url, came):
        assert placed(woocommerce, [{"line_items": []}], deliver_to=url)["answers"] == {"500": 1}
    assert len(came) == 1


@pytest.mark.parametrize(
    ("shop", "stamps"),
    [
        ("shopify", {"created_at": "2026-11-01T00:00:00Z", "updated_at": "2026-11-01T00:00:00Z"}),
        ("woocommerce", {"date_created_gmt": "2026-11-01T00:00:00", "date_modified_gmt": "2026-11-01T00:00:00"}),
    ],
)
def test_an_old_version_delivered_again_changes_nothing_in_the_shop(shop, stamps, request):
    stand = request.getfixturevalue(shop)
    old = {"id": 7, "line_items": [{"id": 71, "sku": "A"}], **stamps}
    bodies = [placed(stand, [old])["deliveries"][0]["body"] for _ in range(2)]
    assert bodies[0] == bodies[1]
    assert len(stand.books("orders")) == 1
