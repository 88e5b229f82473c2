"""How many messages are on their way at once: few of those a death would leave in doubt, many of the others."""

import asyncio
from pathlib import Path

import pytest
from shop_floor import RunningSandbox, installed, with_shop

from connectors.database import outbox
from connectors.database.outbox import OutboxItem, OutboxRow
from connectors.shop import Shop
from tasks.telling.deliver import deliver
from tasks.telling.facts import Facts


@pytest.mark.parametrize(("repeat_is_safe", "handfuls"), [(False, [8] * 12 + [4]), (True, [40, 40, 20])])
def test_only_a_few_messages_are_sent_at_once_unless_they_may_be_sent_again(
    sandbox: RunningSandbox, tmp_path: Path, repeat_is_safe: bool, handfuls: list[int]
) -> None:
    payload = {"repeat_is_safe": True} if repeat_is_safe else {}
    items = [OutboxItem(f"message-{number}", "sync", "shipment", "", payload) for number in range(100)]

    async def story(shop: Shop) -> None:
        with shop.database.write() as conn:
            outbox.enqueue(conn, items)
        under_way, seen = 0, []

        async def send(row: OutboxRow, _: Facts) -> str:
            nonlocal under_way
            under_way += 1
            await asyncio.sleep(0)
            seen.append(under_way)
            await asyncio.sleep(0)
            under_way -= 1
            return row.id

        assert await deliver(shop, "worker-1", "sync", send, limit=200) == {"sent": 100}
        assert seen == [size for size in handfuls for _ in range(size)]

    with_shop(installed(tmp_path), story)
