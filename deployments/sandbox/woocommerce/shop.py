"""The shop behind the simulator: its orders and their notes, its products and what is left of them."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from deployments.sandbox.books import Books
from deployments.sandbox.woocommerce.errors import STATUSES, invalid_status, unknown_order
from deployments.sandbox.woocommerce.placing import completed, counter, now_text, product

# The documentation says five, the code of 9.4.3 disables on the seventh failure in a row.
FAILURES_BEFORE_DISABLED = 6

# In these an order has taken its units off the stock.
_TAKES_STOCK = {"processing", "completed", "on-hold"}


class Shop:
    """One shop's state. What a client did is in the books: orders, order updates, notes and stock sets."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self.orders: dict[int, dict[str, Any]] = {}
        self.notes: dict[int, list[dict[str, Any]]] = {}
        self.products: dict[int, dict[str, Any]] = {}
        self.by_sku: dict[str, dict[str, Any]] = {}
        self.inventories: dict[int, list[dict[str, Any]]] = {}
        self.webhooks: dict[int, dict[str, Any]] = {}
        self.failures: Counter[str] = Counter()
        self.ids: Iterator[int] = counter()

    def place(self, document: dict[str, Any]) -> dict[str, Any]:
        """Puts an order into the books, or a newer version of one; returns what was placed, to be delivered.

        Nobody checks the stock, which may fall below zero. An old version delivered again changes nothing.
        """
        order = completed(document, self.ids)
        known = self.orders.get(order["id"])
        if known is None or order["date_modified_gmt"] > known["date_modified_gmt"]:
            self.orders[order["id"]] = order
            self.books.record("orders", id=order["id"], status=order["status"], changed=order["date_modified_gmt"])
        if known is None and order["status"] in _TAKES_STOCK:
            for line in order["line_items"]:
                self._take(line)
        return order

    def order(self, order_id: int) -> dict[str, Any]:
        """The order. Raises WooError for one that does not exist."""
        if order_id not in self.orders:
            raise unknown_order()
        return self.orders[order_id]

    def update(self, order_id: int, changes: dict[str, Any]) -> dict[str, Any]:
        """Changes status and meta fields; a meta field of the same key is replaced."""
        order = self.order(order_id)
        if changes.get("status", order["status"]) not in STATUSES:
            raise invalid_status()
        order["status"] = changes.get("status", order["status"])
        self._change_lines(order, changes.get("line_items", []))
        for meta in changes.get("meta_data", []):
            kept = [each for each in order["meta_data"] if each["key"] != meta["key"]]
            order["meta_data"] = [*kept, {"id": next(self.ids), "key": meta["key"], "value": meta["value"]}]
        order["date_modified_gmt"] = order["date_modified"] = now_text()
        self.books.record("order_updates", id=order_id, changes=changes)
        return order

    def _change_lines(self, order: dict[str, Any], changes: list[dict[str, Any]]) -> None:
        """Takes quantities and amounts as they are told, removes lines of none, and reckons the total anew."""
        told = {each["id"]: each for each in changes}
        kept = [{**line, **told.get(line["id"], {})} for line in order["line_items"]]
        order["line_items"] = [line for line in kept if line["quantity"]]
        if changes:
            goods = sum((Decimal(line["total"]) for line in order["line_items"]), Decimal(0))
            order["total"] = f"{goods + Decimal(order['shipping_total']):.2f}"

    def hook(self, content: dict[str, Any]) -> dict[str, Any]:
        """Makes a webhook; its secret is never shown again."""
        shown = {name: value for name, value in content.items() if name != "secret"}
        made = {"status": "active", **shown, "id": next(self.ids)}
        self.webhooks[made["id"]] = made
        self.books.record("webhooks", topic=made["topic"], delivery_url=made["delivery_url"])
        return made

    def missed(self, address: str) -> None:
        """A delivery to the address failed; after several in a row its webhooks are disabled, as the real shop does."""
        self.failures[address] += 1
        if self.failures[address] > FAILURES_BEFORE_DISABLED:
            for each in self.webhooks.values():
                if each["delivery_url"] == address:
                    each["status"] = "disabled"

    def note(self, order_id: int, text: str, customer_note: bool) -> dict[str, Any]:
        """Writes a note; one for the customer is mailed to them by the real shop."""
        self.order(order_id)
        note = {"id": next(self.ids), "note": text, "customer_note": customer_note, "date_created_gmt": now_text()}
        self.notes.setdefault(order_id, []).append(note)
        self.books.record("notes", order_id=order_id, note=text, customer_note=customer_note)
        return note

    def stock(self, document: dict[str, Any]) -> dict[str, Any]:
        """Adds a product, with its variations and ATUM inventories where the document lists some."""
        variations = document.pop("variations", [])
        inventories = document.pop("inventories", [])
        made = product({**document, "type": "variable"} if variations else document, self.ids)
        children = [product(each, self.ids, type="variation", parent_id=made["id"]) for each in variations]
        for each in (made, *children):
            self.products[each["id"]] = self.by_sku[each["sku"]] = each
        if inventories:
            self.inventories[made["id"]] = [self._inventory(made, each) for each in inventories]
            made["mi_inventories"] = [each["id"] for each in self.inventories[made["id"]]]
        return made

    def set_stock(self, item: dict[str, Any], parent_id: int) -> dict[str, Any] | None:
        """Sets a quantity, which sticks only where stock is managed; None for a product that does not exist there."""
        found = self.products.get(item.get("id", 0))
        if found is None or found["parent_id"] != parent_id:
            return None
        if found["manage_stock"] is True:
            found["stock_quantity"] = item["stock_quantity"]
            self.books.record("stock_sets", sku=found["sku"], stock_quantity=item["stock_quantity"])
        return found

    def _take(self, line: dict[str, Any]) -> None:
        sold = self.by_sku.get(line["sku"]) if line["sku"] else None
        if sold and sold["manage_stock"] is True:
            sold["stock_quantity"] -= line["quantity"]

    def _inventory(self, made: dict[str, Any], inventory: dict[str, Any]) -> dict[str, Any]:
        counted = {"sku": made["sku"], "manage_stock": True, "stock_quantity": inventory["stock_quantity"]}
        return {
            "id": next(self.ids),
            "product_id": made["id"],
            "priority": inventory.get("priority", 0),
            "location": [inventory["location"]] if inventory.get("location") else [],
            "meta_data": counted,
        }
