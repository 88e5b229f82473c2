"""An order made whole: its products and addresses, which BigCommerce keeps apart, and what only other lists know.

Whether something is a pre-order is said by the catalog alone, and whether a customer is a VIP by the group they are in.
Products and groups are asked for once as long as the connector lives.
"""

import asyncio
from collections.abc import Iterable
from typing import Any

from connectors.channels.bigcommerce.rest import BigRest
from connectors.errors import Refused
from connectors.protocols import Document

_PREORDER = "preorder"
_FIELDS = "availability,preorder_release_date,preorder_message"


class WholeOrders:
    """Orders of one store, each with everything that belongs to it."""

    def __init__(self, rest: BigRest) -> None:
        self._rest = rest
        self._preorders: dict[int, Document] = {}
        self._groups: dict[int, str] | None = None
        self._lock = asyncio.Lock()

    async def fetch(self, order_id: str) -> Document:
        """The order as it is now; a mark of deletion where the store knows it no longer."""
        try:
            order = await self._rest.get(f"v2/orders/{order_id}")
        except Refused as refusal:
            if refusal.code != "not_found":
                raise
            order = None
        return await self.complete(order) if order else {"id": order_id, "is_deleted": True}

    async def complete(self, order: Document) -> Document:
        """The order with what is linked to it put inside."""
        products = await self._rest.of_order(str(order["id"]), "products")
        preorders = await self._preorders_among({int(each["product_id"] or 0) for each in products})
        return {
            **order,
            "products": [{**each, **preorders.get(int(each["product_id"] or 0), {})} for each in products],
            "shipping_addresses": await self._rest.of_order(str(order["id"]), "shipping_addresses"),
            "customer_group": await self._group_of(int(order.get("customer_id") or 0)),
        }

    async def _preorders_among(self, product_ids: Iterable[int]) -> dict[int, Document]:
        """What lines of pre-order products say of themselves; products without a catalog entry have the id 0."""
        async with self._lock:
            asked = sorted({number for number in product_ids if number} - self._preorders.keys())
            query: dict[str, Any] = {"id:in": ",".join(map(str, asked)), "include_fields": _FIELDS}
            found = [each async for each in self._rest.every("v3/catalog/products", **query)] if asked else []
            self._preorders |= {number: {} for number in asked} | {each["id"]: _preorder_of(each) for each in found}
            return self._preorders

    async def _group_of(self, customer_id: int) -> str:
        """The name of the customer's group; "" for guests, and where the token may not read customers."""
        if not customer_id:
            return ""
        try:
            customers = await self._rest.get("v3/customers", **{"id:in": str(customer_id)})
            if self._groups is None:
                groups = await self._rest.get("v2/customer_groups") or ()
                self._groups = {group["id"]: group["name"] for group in groups}
        except Refused as refusal:
            if refusal.code != "credentials":
                raise
            return ""
        return next((self._groups.get(each.get("customer_group_id"), "") for each in customers["data"]), "")


def _preorder_of(product: Document) -> Document:
    if product.get("availability") != _PREORDER:
        return {}
    told = {name: product.get(name) or "" for name in ("preorder_release_date", "preorder_message")}
    return {"is_preorder": True, **told}
