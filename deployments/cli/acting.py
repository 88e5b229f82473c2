"""Commands that act on one order, under the same lease as every worker."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

from connectors.database import orders
from connectors.shop import open_shop
from deployments.cli.access import current_home
from deployments.cli.output import AskedWrongly, CommandFailed

Act = Callable[[Any, str, Any], str | Awaitable[str]]
"""(shop, owner of the lease, stored order) → what happened, in words"""


def act_on(number: str, act: Act) -> str:
    """Leases the order, carries the act out, and returns what happened in words.

    Workers go on with the order afterwards. Raises AskedWrongly for an unknown order, CommandFailed for an act that is
    refused or an order somebody else is at.
    """
    home = current_home()
    if not home.database_file_exists:
        raise CommandFailed(f"there is no database in {home.home}: run `orderflow init` first")
    return asyncio.run(_act(number, act))


def look_at(number: str, look: Callable[[Any, Any], str]) -> str:
    """What there is to say about the order, without a lease and without writing. Raises AskedWrongly."""

    async def run() -> str:
        async with open_shop() as shop:
            return look(shop, _found(shop, number))

    current_home()
    return asyncio.run(run())


def _found(shop: Any, number: str) -> Any:
    with shop.database.read() as conn:
        stored = orders.find_order(conn, shop.vault, number)
    if stored is None:
        raise AskedWrongly(f"no order {number!r}")
    return stored


async def _act(number: str, act: Act) -> str:
    # Flows are slow to import, which only commands that act shall wait for.
    from flows.one_order import OrderBusy, leased

    async with open_shop() as shop:
        stored = _found(shop, number)
        owner = f"cli-{uuid4()}"
        try:
            with leased(shop, stored, owner) as claimed:
                said = act(shop, owner, claimed)
                return await said if inspect.isawaitable(said) else said
        except (ValueError, OrderBusy) as error:
            raise CommandFailed(str(error)) from error
