"""process-order: one order, by hand: go on with it, plan it anew, or see what planning anew would do."""

from typing import Literal

from prefect import flow
from prefect.artifacts import acreate_markdown_artifact
from prefect.runtime import flow_run

from connectors.database import orders
from connectors.database.orders import StoredOrder
from connectors.shop import Shop, open_shop
from flows.one_order import OrderNotFound, finish_order, leased
from orderflow.explanation import explain
from tasks.preview import preview
from tasks.replan import replan


@flow(name="process-order", flow_run_name="{mode} order {number}")
async def process_order(
    number: str, mode: Literal["resume", "replan", "preview"] = "resume", actor: str = "ops"
) -> str:
    """Takes one order on and says in words what happened.

    number: what people call the order, with or without "#", or its id.
    mode: resume goes on where it stands; replan gives its stock back and decides again; preview writes nothing.
    actor: who asks for it, for the order's timeline.
    """
    async with open_shop() as shop:
        with shop.database.read() as conn:
            stored = orders.find_order(conn, shop.vault, number)
        if stored is None:
            raise OrderNotFound(f"no order {number!r}; `orderflow orders list` shows the newest ones")
        if mode == "preview":
            return await _preview(shop, stored)
        return await _take_on(shop, stored, mode, actor)


async def _preview(shop: Shop, stored: StoredOrder) -> str:
    decision, changes = preview(shop, stored)
    text = "\n".join(["## What would happen", *(f"- {change}" for change in changes), "", "## Why", *explain(decision)])
    await acreate_markdown_artifact(key="order-preview", markdown=text, description=f"Preview of {stored.order.number}")
    return text


async def _take_on(shop: Shop, stored: StoredOrder, mode: str, actor: str) -> str:
    owner = str(flow_run.id)
    with leased(shop, stored, owner) as claimed:
        if mode == "replan":
            replan(shop, owner, claimed, actor)
    return await finish_order(shop, owner, stored.id)
