"""The shop behind the simulator, with words of its own: sales, articles, parcels and shelves."""

import hashlib
import hmac
import itertools
import json
import time
from decimal import Decimal
from typing import Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from deployments.sandbox.books import Books
from deployments.sandbox.deliveries import Delivery
from deployments.sandbox.doors import Refusal

Json = dict[str, Any]


class ShopError(Refusal):
    """An answer that is not the thing asked for."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status

    def response(self, request: Request) -> Response:
        """The answer."""
        return JSONResponse({"sorry": str(self)}, self.status)


class Shop:
    """One shop's state. What a client did is in the books: sales, parcels and shelf changes."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self.sales: dict[int, Json] = {}
        self.parcels: dict[int, list[Json]] = {}
        self.shelves: dict[tuple[str, str], int] = {}
        self._ids = itertools.count(1001)

    def place(self, document: Json) -> Json:
        """Puts a sale into the books, or a newer version of one. An old version delivered again changes nothing."""
        sale = self._completed(document)
        known = self.sales.get(sale["no"])
        if known is None or sale["changed"] > known["changed"]:
            self.sales[sale["no"]] = sale
            self.books.record("sales", no=sale["no"], state=sale["state"])
        if known is None:
            for article in sale["articles"]:
                self._take(article)
        return sale

    def sale(self, number: int) -> Json:
        """The sale. Raises ShopError for one that does not exist."""
        if number not in self.sales:
            raise ShopError(404, "no such sale")
        return self.sales[number]

    def send(self, number: int, content: Json) -> Json:
        """Writes a parcel of pieces that are left; this shop does not know a reference again by itself."""
        sale = self.sale(number)
        rows = {str(article["row"]): article for article in sale["articles"]}
        for piece in content.get("articles") or [{}]:
            row = rows.get(str(piece.get("row")))
            if row is None or not 0 < piece.get("pieces", 0) <= row["pieces"] - row["sent"]:
                raise ShopError(422, "there are not so many pieces left to send")
        for piece in content["articles"]:
            rows[str(piece["row"])]["sent"] += piece["pieces"]
        sale["sent"] = all(article["sent"] == article["pieces"] for article in sale["articles"])
        sale["changed"] = max(sale["changed"], int(time.time()))
        made = {"parcel": next(self._ids), "sale": number, **content}
        self.parcels.setdefault(number, []).append(made)
        self.books.record("parcels", **made)
        return made

    def put(self, place: str, article: str, content: Json) -> None:
        """Sets a shelf, if it still holds what the client believes. Raises ShopError."""
        if (place, article) not in self.shelves:
            raise ShopError(404, "no such shelf")
        if content["expected"] != self.shelves[place, article]:
            raise ShopError(409, "the shelf holds another number")
        self.shelves[place, article] = content["pieces"]
        self.books.record("shelf_changes", place=place, article=article, pieces=content["pieces"])

    def _take(self, article: Json) -> None:
        shelf = next((place for place, name in self.shelves if name == article["article"]), None)
        if shelf is not None:
            self.shelves[shelf, article["article"]] -= article["pieces"]

    def _completed(self, document: Json) -> Json:
        number = int(document.get("no") or next(self._ids))
        lines = document.get("articles") or document.get("line_items") or []
        articles = [_article(line, row) for row, line in enumerate(lines, start=1)]
        total = sum(article["each_cents"] * article["pieces"] for article in articles)
        placed = int(document.get("placed") or time.time())
        amounts = {"currency": "USD", "postage_cents": 0, "total_cents": total, **document.get("amounts", {})}
        defaults = {"label": f"S-{number}", "state": "settled", "sent": False, "changed": placed, "buyer": {}}
        document = {name: value for name, value in document.items() if name != "line_items"}
        own = {"no": number, "placed": placed, "articles": articles, "amounts": amounts}
        return {"deliver_to": {}, **defaults, **document, **own}


def signed(sale: Json, event: str, secret: str) -> Delivery:
    """The webhook: the sale's number only, signed over the raw body."""
    told = f"{event}:{sale['no']}:{sale['changed']}"
    identifier = hashlib.sha256(told.encode()).hexdigest()[:24]
    body = json.dumps({"event": event, "id": identifier, "sale": {"no": sale["no"]}}).encode()
    signature = hmac.digest(secret.encode(), body, hashlib.sha256).hex()
    return Delivery({"Content-Type": "application/json", "X-Shop-Signature": f"sha256={signature}"}, body)


def _article(line: Json, row: int) -> Json:
    cents = line.get("each_cents")
    return {
        "row": line.get("row", row),
        "article": line.get("article") or line.get("sku", ""),
        "title": line.get("title", ""),
        "pieces": line.get("pieces") or line.get("quantity", 1),
        "each_cents": int(Decimal(str(line.get("price", 0))) * 100) if cents is None else cents,
        "packed": line.get("packed", True),
        "sent": 0,
    }
