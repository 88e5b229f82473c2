"""The orders and how they arrive: paced, some webhooks twice, some in the wrong order, some that nobody can read."""

import asyncio
import base64
import hashlib
import hmac
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from deployments.demo.dress import as_shopify
from deployments.demo.orders import DemoOrder, made_orders
from deployments.demo.sandbox_server import WEBHOOK_SECRET, SandboxServer

FIRST_NUMBER = 10_001
PORTION_SECONDS = 2.0
TWICE, PAID_LATER, POISON = 0.05, 0.10, 0.01
AT_ONCE = 10
# A channel tries for hours; here the receiver is back in seconds, unless a writer is stopped in the middle of its turn.
PATIENCE_SECONDS = 300.0


@dataclass
class Sent:
    """What was sent: the numbers of the orders, and how many deliveries nobody can read."""

    orders: set[str] = field(default_factory=set)
    poison: int = 0


class Traffic:
    """Sends the orders of a scenario through a simulated Shopify to the receiver."""

    def __init__(self, sandbox: SandboxServer, receiver_address: str, count: int, seed: int) -> None:
        self._sandbox = sandbox
        self._hook = f"{receiver_address}/webhooks/shopify"
        self._dice = random.Random(seed)  # noqa: S311 - chance that can be repeated, not a secret
        self._orders = made_orders(count, seed=seed, now=datetime.now(UTC), first_number=FIRST_NUMBER)
        self.sent = Sent()

    def run(self, orders_per_second: float) -> None:
        """Sends everything at this pace, a portion every two seconds; returns when the last webhook was answered."""
        started = time.monotonic()
        for number, portion in enumerate(_portions(self._orders, round(orders_per_second * PORTION_SECONDS))):
            time.sleep(max(0.0, started + number * PORTION_SECONDS - time.monotonic()))
            self.sent.orders |= {f"#{order.number}" for order in portion}
            asyncio.run(self._deliver(self._webhooks(portion)))

    def _webhooks(self, portion: Sequence[DemoOrder]) -> list[dict[str, Any]]:
        """The portion's deliveries. An order that is paid later has two, of which the second may come first."""
        unpaid = [self._before_payment(order) for order in portion if order.paid and self._dice.random() < PAID_LATER]
        deliveries = self._place(unpaid, "orders/create") + self._place(map(as_shopify, portion), "orders/updated")
        deliveries += [each for each in deliveries if self._dice.random() < TWICE]
        poison = [_poison(order.number) for order in portion if self._dice.random() < POISON]
        self.sent.poison += len(poison)
        self._dice.shuffle(deliveries := deliveries + poison)
        return deliveries

    def _before_payment(self, order: DemoOrder) -> dict[str, Any]:
        earlier = (order.placed_at - timedelta(seconds=30)).astimezone(UTC).isoformat()
        return as_shopify(replace(order, paid=False)) | {"updated_at": earlier}

    def _place(self, orders: Any, topic: str) -> list[dict[str, Any]]:
        request = {"orders": list(orders), "topic": topic, "secret": WEBHOOK_SECRET}
        return self._sandbox.control("shopify", "_orders", **request)["deliveries"]

    async def _deliver(self, deliveries: Sequence[dict[str, Any]]) -> None:
        gate = asyncio.Semaphore(AT_ONCE)
        async with httpx.AsyncClient(timeout=5.0) as client:
            await asyncio.gather(*(self._until_kept(client, gate, each) for each in deliveries))

    async def _until_kept(self, client: httpx.AsyncClient, gate: asyncio.Semaphore, delivery: dict[str, Any]) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            async with gate:
                if await _is_kept(client, self._hook, delivery):
                    return
            await asyncio.sleep(0.5)
        raise TimeoutError(f"the receiver kept no webhook for {PATIENCE_SECONDS:.0f} seconds")


async def _is_kept(client: httpx.AsyncClient, url: str, delivery: dict[str, Any]) -> bool:
    try:
        answer = await client.post(url, content=delivery["body"].encode(), headers=delivery["headers"])
    except httpx.TransportError:
        return False
    return answer.is_success


def _portions(orders: Sequence[DemoOrder], size: int) -> Iterator[Sequence[DemoOrder]]:
    size = max(1, size)
    return (orders[start : start + size] for start in range(0, len(orders), size))


def _poison(number: int) -> dict[str, Any]:
    """A genuine delivery whose body breaks off."""
    body = f'{{"id": {number}, "line_items": ['
    signature = base64.b64encode(hmac.digest(WEBHOOK_SECRET.encode(), body.encode(), hashlib.sha256)).decode()
    headers = {
        "X-Shopify-Topic": "orders/create",
        "X-Shopify-Hmac-Sha256": signature,
        "X-Shopify-Webhook-Id": f"poison-{number}",
        "X-Shopify-Shop-Domain": "demo.myshopify.com",
        "Content-Type": "application/json",
    }
    return {"headers": headers, "body": body}
