"""One naive worker: takes an order, buys its label, sends its mail, marks it done; on any error it begins again.

`python -m deployments.chaos.naive.worker DATABASE SHARE OF` takes every order whose number leaves the rest SHARE
when divided by OF, until none is open.
"""

import asyncio
import json
import sqlite3
import sys
from typing import Any

from tenacity import AsyncRetrying, stop_after_attempt, wait_fixed

from connectors import registry
from connectors.protocols import Message, ShipmentRequest
from orderflow.address import Address
from orderflow.shipping.rate import Parcel

OPEN = "SELECT number, document FROM work WHERE done = 0 AND number % ? = ? ORDER BY number LIMIT 1"
ORIGIN = Address(
    name="Northwind Newark", line1="120 Port Street", city="Newark", region="NJ", postal_code="07114", country="US"
)  # fmt: skip


async def work(database: str, share: int, shares: int) -> None:
    """Works until the orders of its share are done, and waits for more for as long as it lives."""
    carrier, mail = registry.build("carriers", "shippo"), registry.build("notifiers", "sendgrid")
    with sqlite3.connect(database, timeout=30, isolation_level=None) as books:
        while True:
            row = books.execute(OPEN, (shares, share)).fetchone()
            if row is None:
                await asyncio.sleep(0.2)
                continue
            await _until_done(carrier, mail, row[0], json.loads(row[1]))
            books.execute("UPDATE work SET done = 1 WHERE number = ?", (row[0],))


async def _until_done(carrier: Any, mail: Any, number: int, order: dict[str, Any]) -> None:
    async for attempt in AsyncRetrying(stop=stop_after_attempt(8), wait=wait_fixed(0.5), reraise=True):
        with attempt:
            request = ShipmentRequest(f"naive-{number}", ORIGIN, Address(**order["address"]), Parcel(weight_grams=500))
            label = await carrier.buy(request, (await carrier.rate(request))[0])
            text = f"Your parcel is on its way: {label.tracking_number}"
            await mail.send(Message(f"naive-{number}", order["email"], "Shipped", text))


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
