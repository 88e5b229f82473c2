"""The shop behind the simulator: source items, reservations of open orders, and which products are made of parts."""

from collections import Counter
from typing import Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from deployments.sandbox.books import Books
from deployments.sandbox.doors import Refusal

Json = dict[str, Any]
STOCK_ID = 1


class MagentoError(Refusal):
    """An answer that is not the thing asked for; `parameters` take the places %1 or %name in the message."""

    def __init__(self, status: int, message: str, parameters: Any = None) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"message": message, **({"parameters": parameters} if parameters else {})}

    def response(self, request: Request) -> Response:
        """The answer."""
        return JSONResponse(self.body, self.status)


class Shop:
    """One shop's state. What a client did is in the books: source item sets."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self.items: dict[tuple[str, str], Json] = {}
        self.reserved: Counter[str] = Counter()
        self.products: dict[str, Json] = {}

    @property
    def sources(self) -> list[Json]:
        """The sources that were named, in their order of priority; a shop always has one."""
        codes = list(dict.fromkeys(code for code, _ in self.items)) or ["default"]
        return [{"source_code": code, "name": f"Source {code}", "enabled": True} for code in codes]

    def stock(self, source: str, sku: str, quantity: int, status: int = 1) -> None:
        """Counts an SKU at a source."""
        self.items[source, sku] = {"sku": sku, "source_code": source, "quantity": quantity, "status": status}
        self.products.setdefault(sku, {"sku": sku, "type_id": "simple"})

    def save(self, items: list[Json]) -> list[Any]:
        """Sets quantities, all or none; answers with an empty list. Raises MagentoError."""
        known = {each["source_code"] for each in self.sources}
        for each in items:
            if each.get("source_code") not in known:
                message = "Validation Failed: Source %source does not exist"
                raise MagentoError(400, message, {"source": each.get("source_code")})
            if each.get("sku") not in self.products:
                raise MagentoError(400, "The product with SKU %1 does not exist", [each.get("sku")])
        for each in items:
            self.stock(each["source_code"], each["sku"], each["quantity"], each.get("status", 1))
        self.books.record("source_item_sets", items=items)
        return []

    def salable(self, sku: str) -> int:
        """What is in stock at all sources, less what orders have reserved. Raises MagentoError for unknown products."""
        if sku not in self.products:
            raise MagentoError(404, 'The product with SKU "%1" does not exist.', [sku])
        if self.products[sku]["type_id"] != "simple":
            raise MagentoError(400, "Can't check requested quantity for products without Source Items support.")
        in_stock = (item["quantity"] for item in self.items.values() if item["sku"] == sku and item["status"] == 1)
        return sum(in_stock) - self.reserved[sku]
