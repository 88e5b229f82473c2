"""Row 2, replayed webhooks: a delivery counts once, and one signed long ago not at all."""

import asyncio
import base64
import hashlib
import hmac
import time
from collections import Counter

import httpx
import pytest
from channel_variables import SECRET, channel_variables
from fastapi.testclient import TestClient
from receiver_exchanges import inbox_size
from webhook_deliveries import order_body, signed

from deployments.receiver.app import create_receiver

AT_ONCE = 50


@pytest.mark.requirement("OF-162", "OMS-49")
def test_the_same_delivery_a_thousand_times_in_parallel_is_one_row(served, installation):
    said = asyncio.run(storm(served, order_body(), 1000))
    assert said == Counter(received=1, duplicate=999)
    assert inbox_size(installation) == 1


async def storm(address: str, body: bytes, times: int) -> Counter[str]:
    """What the receiver says to so many equal deliveries, many at once; one it has no time for is sent again."""

    async def sender() -> list[str]:
        async with httpx.AsyncClient(timeout=60) as client:
            return [await accepted(client) for _ in range(times // AT_ONCE)]

    async def accepted(client: httpx.AsyncClient) -> str:
        while (answer := await client.post(f"{address}/webhooks/shopify", content=body, headers=signed(body))).is_error:
            assert answer.status_code == 503
        return answer.json()["status"]

    return Counter(word for words in await asyncio.gather(*(sender() for _ in range(AT_ONCE))) for word in words)


@pytest.mark.requirement("OF-05", "OF-162")
@pytest.mark.parametrize(("age_seconds", "status"), [(0, 200), (290, 200), (310, 401), (86_400, 401), (-310, 401)])
def test_a_genuine_delivery_counts_for_five_minutes_only(installation, monkeypatch, age_seconds, status):
    for name, text in channel_variables("http://nobody").items():
        monkeypatch.setenv(name, text)
    body = b'{"scope": "store/order/created", "store_id": "1", "data": {"type": "order", "id": 1}}'
    headers = standard_headers(body, int(time.time()) - age_seconds)
    with TestClient(create_receiver(installation)) as client:
        assert client.post("/webhooks/bigcommerce", content=body, headers=headers).status_code == status
    assert inbox_size(installation) == (status == 200)


def standard_headers(body: bytes, sent_at: int) -> dict[str, str]:
    """What Standard Webhooks says a delivery carries."""
    digest = hmac.digest(SECRET.encode(), f"msg_1.{sent_at}.".encode() + body, hashlib.sha256)
    signature = f"v1,{base64.b64encode(digest).decode()}"
    return {"webhook-id": "msg_1", "webhook-timestamp": str(sent_at), "webhook-signature": signature}
