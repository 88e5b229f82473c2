"""What tests and the demonstration tell the store: orders that are placed, stock that is counted, what it sells."""

from fastapi import APIRouter
from pydantic import BaseModel

from deployments.sandbox.bigcommerce.placing import signed
from deployments.sandbox.bigcommerce.store import Json, Store
from deployments.sandbox.deliveries import Placement, hand_over

DELIVERY_ATTEMPTS = 3


class Count(BaseModel):
    """Counts that replace earlier ones."""

    levels: list[Json]


class Catalog(BaseModel):
    """What the store knows besides orders."""

    products: list[Json] = []
    customers: list[Json] = []
    groups: list[Json] = []


def controls_of(store: Store) -> APIRouter:
    """The addresses that are not the vendor's."""
    controls = APIRouter()

    @controls.post("/_orders", status_code=201)
    async def place_orders(placement: Placement) -> Json:
        orders = [store.place(document) for document in placement.every_order]
        topic = placement.topic or "store/order/created"
        deliveries = [signed(order, topic, placement.secret) for order in orders]
        outcome = await hand_over(placement, deliveries, attempts=DELIVERY_ATTEMPTS)
        if outcome.get("delivered") == 0 and deliveries:
            for hook in store.hooks.values():
                hook["is_active"] = hook["is_active"] and hook["destination"] != placement.deliver_to
        return {"ids": [str(order["id"]) for order in orders], **outcome}

    @controls.post("/_stock", status_code=201)
    async def count_stock(count: Count) -> dict[str, int]:
        for level in count.levels:
            units = {"total_inventory_onhand": level["on_hand"], "safety_stock": level.get("safety_stock", 0)}
            store.levels[int(level["location"]), level["sku"]] = units
        return {"counted": len(count.levels)}

    @controls.post("/_catalog", status_code=201)
    async def know(catalog: Catalog) -> dict[str, int]:
        store.catalog |= {each["id"]: each for each in catalog.products}
        store.customers |= {each["id"]: each for each in catalog.customers}
        store.groups |= {each["id"]: each for each in catalog.groups}
        return {"known": len(catalog.products)}

    return controls
