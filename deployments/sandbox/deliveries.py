"""Delivering webhooks to whoever listens: many at once, again after a failure, twice or out of order when asked."""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx
from pydantic import BaseModel, Field

AT_ONCE = 20
FIRST_WAIT_SECONDS = 0.2


@dataclass(frozen=True)
class Delivery:
    """One signed webhook as it goes over the wire."""

    headers: dict[str, str]
    body: bytes


class Placement(BaseModel):
    """What a test or the demonstration asks for: orders to be put into the books, and webhooks to be sent of them.

    Without `deliver_to` nothing is sent and the signed deliveries are returned. `copies` sends each one as often,
    `shuffled` in an order of chance that is the same every time.
    """

    orders: list[dict[str, Any]] = []
    order: dict[str, Any] | None = None
    topic: str = ""
    deliver_to: str = ""
    secret: str = ""
    copies: int = Field(1, ge=0, le=100)
    shuffled: bool = False

    @property
    def every_order(self) -> list[dict[str, Any]]:
        """The orders, whether one or several were given."""
        return [*([self.order] if self.order else []), *self.orders]

    def arranged(self, deliveries: Sequence[Delivery]) -> list[Delivery]:
        """The deliveries as often and in the order asked for."""
        arranged = [delivery for delivery in deliveries for _ in range(self.copies)]
        if self.shuffled:
            random.Random(0).shuffle(arranged)  # noqa: S311 - chance that can be repeated, not a secret
        return arranged


async def hand_over(placement: Placement, deliveries: Sequence[Delivery], *, attempts: int) -> dict[str, Any]:
    """Delivers, or returns what would have been delivered."""
    arranged = placement.arranged(deliveries)
    if placement.deliver_to:
        return await deliver(placement.deliver_to, arranged, attempts=attempts)
    return {"deliveries": [{"headers": each.headers, "body": each.body.decode()} for each in arranged]}


async def deliver(url: str, deliveries: Sequence[Delivery], *, attempts: int) -> dict[str, Any]:
    """Posts each delivery, up to `attempts` times while the listener fails; says how the last answers were."""
    gate = asyncio.Semaphore(AT_ONCE)
    async with httpx.AsyncClient(timeout=5.0) as client:

        async def send(delivery: Delivery) -> str:
            async with gate:
                return await _until_answered(client, url, delivery, attempts)

        answers = Counter(await asyncio.gather(*map(send, deliveries)))
    return {"delivered": sum(count for answer, count in answers.items() if answer.startswith("2")), "answers": answers}


async def _until_answered(client: httpx.AsyncClient, url: str, delivery: Delivery, attempts: int) -> str:
    answer = "none"
    for attempt in range(attempts):
        try:
            answer = str((await client.post(url, content=delivery.body, headers=delivery.headers)).status_code)
        except httpx.TransportError as error:
            answer = type(error).__name__
        if answer.isdigit() and int(answer) < 500:
            break
        await asyncio.sleep(FIRST_WAIT_SECONDS * 2**attempt)
    return answer
