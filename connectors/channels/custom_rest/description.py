"""The words of a shop's description: a pure value, read from JSON.

`map` says for each field of a plain order where the shop tells it: a path like `$.buyer.mail`, or an object with the
path and what the values mean. Fields of the customer and the destination are named `customer.email`, those of the lines
`lines.sku`, with paths that begin at one line; `lines` itself is the path of their list.
"""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from connectors.described.filling import placeholders
from connectors.described.paths import steps_of
from connectors.plain_orders.document import PlainCustomer, PlainDestination, PlainLine, PlainOrder

_NEEDED = ("order_id", "currency", "placed_at", "lines", "lines.sku", "lines.quantity", "lines.unit_price")
_SHIPMENT_FACTS = {"order_id", "reference", "carrier", "tracking_number", "tracking_url", "location", "lines"}
_STOCK_FACTS = {"sku", "variant", "location", "available", "before", "key", "items"}


def _readable(path: str) -> str:
    steps_of(path)
    return path


Path = Annotated[str, AfterValidator(_readable)]
TimeForm = Literal["iso", "epoch_seconds", "epoch_milliseconds"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Rule(_Part):
    """Where a field stands and what its values mean.

    `values` translates the shop's words, those it does not name stay as they are. `otherwise` stands in for what is
    missing. `form` is how the shop writes times, and "minor_units" that it counts money in cents. With `value` the
    field is always that.
    """

    path: Path = ""
    value: str = ""
    values: dict[str, Any] = {}
    otherwise: Any = None
    form: Literal["", "utc", "epoch_seconds", "epoch_milliseconds", "minor_units"] = ""

    @model_validator(mode="after")
    def _says_where(self) -> "Rule":
        if not self.path and not self.value:
            raise ValueError('needs a path or a value, like {"path": "$.id"}')
        return self


def _path_alone(entry: Any) -> Any:
    return {"path": entry} if isinstance(entry, str) else entry


class Access(_Part):
    """How calls are signed: the token in a header, as a bearer, as the password of a user, or in the query."""

    kind: Literal["none", "header", "bearer", "basic", "query"] = "bearer"
    name: str = ""

    @model_validator(mode="after")
    def _is_named(self) -> "Access":
        if self.kind in {"header", "query"} and not self.name:
            raise ValueError(f'a {self.kind} needs a name, like {{"kind": "{self.kind}", "name": "X-Api-Key"}}')
        return self


class Paging(_Part):
    """How a list is read on: by page numbers until a page is empty, by a cursor in the answer, or by a link header."""

    kind: Literal["none", "page", "cursor", "link"] = "none"
    parameter: str = "page"
    first: int = 1
    size_parameter: str = ""
    size: int = Field(default=100, ge=1)
    next: Path = ""

    @model_validator(mode="after")
    def _knows_the_next(self) -> "Paging":
        if self.kind == "cursor" and not self.next:
            raise ValueError("a cursor needs `next`, the path of the next cursor in the answer")
        return self


class ListCall(_Part):
    """A list that is read. `list` is where it stands; the query may hold {since}."""

    path: str
    query: dict[str, str] = {}
    list: Path = "$"
    since_form: TimeForm = "iso"
    paging: Paging = Paging()


class OneOrder(_Part):
    """One order by its id, for webhooks that hold nothing but ids; the path holds {order_id}."""

    path: str
    order: Path = "$"


class Webhook(_Part):
    """How the shop signs what it sends: HMAC-SHA256 over the raw body, or Standard Webhooks.

    `order` is where the order stands in a delivery, empty where it holds an id only, at `order_id`. `event` tells two
    events apart, by default the body. With `topic` only deliveries of one of `topics` are about orders.
    """

    scheme: Literal["hmac", "standard"] = "hmac"
    header: str = ""
    encoding: Literal["hex", "base64"] = "hex"
    prefix: str = ""
    topic: Path = ""
    topics: tuple[str, ...] = ()
    event: Path = ""
    order: Path = ""
    order_id: Path

    @model_validator(mode="after")
    def _has_a_header(self) -> "Webhook":
        if self.scheme == "hmac" and not self.header:
            raise ValueError("HMAC needs `header`, the name of the header with the signature")
        return self


class Call(_Part):
    """One request that changes something; its texts hold placeholders."""

    method: Literal["POST", "PUT", "PATCH"] = "POST"
    path: str
    query: dict[str, str] = {}
    body: Any = None

    def placeholders(self) -> set[str]:
        """The facts the request needs."""
        return placeholders([self.path, self.query, self.body])


class FindShipment(_Part):
    """How a shipment that was told before is found: its reference stands at `reference` of one of `list`."""

    path: str
    list: Path = "$"
    reference: Path
    id: Path = ""


class ShipmentCall(Call):
    """How the shop is told of a shipment. Each of {lines} is `line` with {line_id} and {quantity}.

    Without `find` the shop must know a {reference} again by itself.
    """

    line: Any = {"line_id": "{line_id}", "quantity": "{quantity}"}
    id: Path = ""
    find: FindShipment | None = None


class StockMap(_Part):
    """Where a level tells its facts; `reserved` counts those on hand that are not for sale."""

    sku: Path
    on_hand: Path
    reserved: Path = ""
    location: Path = ""
    variant: Path = ""


class StockCall(ListCall):
    """What the shop holds."""

    map: StockMap


class StockWrite(Call):
    """How availability is set: one call per level, or with `item` one for {items} of up to `size`.

    {before} is the number the shop showed a moment ago, for shops that compare before they set; an answer of one of
    `stale` says that it was another one, and {before} is read anew. Without {location} levels are summed per SKU.
    """

    item: Any = None
    size: int = Field(default=100, ge=1)
    stale: tuple[int, ...] = (409, 412)

    def all_placeholders(self) -> set[str]:
        """The facts of call and items together."""
        return self.placeholders() | placeholders(self.item)


class Description(_Part):
    """One shop. Only `orders` and `map` are needed; what is not described is not done."""

    base_url: str = Field(pattern=r"^https?://\S+$")
    access: Access = Access()
    orders: ListCall
    map: dict[str, Annotated[Rule, BeforeValidator(_path_alone)]]
    one_order: OneOrder | None = None
    webhook: Webhook | None = None
    shipment: ShipmentCall | None = None
    stock: StockCall | None = None
    set_stock: StockWrite | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> "Description":
        _check_map(self.map)
        _check_facts("shipment", self.shipment.placeholders() if self.shipment else set(), _SHIPMENT_FACTS)
        _check_facts("set_stock", self.set_stock.all_placeholders() if self.set_stock else set(), _STOCK_FACTS)
        if self.webhook and not self.webhook.order and not self.one_order:
            raise ValueError("webhook: where it holds no order, `one_order` must say how one is asked for")
        if self.set_stock and "before" in self.set_stock.all_placeholders() and not self.stock:
            raise ValueError("set_stock: {before} needs `stock`, which says how it is read")
        return self


def known_fields() -> set[str]:
    """Every field a map may hold."""
    groups = {"customer": PlainCustomer, "destination": PlainDestination, "lines": PlainLine}
    inside = {f"{group}.{name}" for group, model in groups.items() for name in model.model_fields}
    return (set(PlainOrder.model_fields) | inside) - {"customer", "destination", "payments"}


def _check_map(mapped: dict[str, Any]) -> None:
    known = known_fields()
    for name in mapped:
        attribute = name.removeprefix("lines.").startswith("attributes.")
        if name not in known and not attribute:
            raise ValueError(f"map: {name} is no field of an order; there are {', '.join(sorted(known))}")
    missing = [name for name in _NEEDED if name not in mapped]
    if missing:
        raise ValueError(f"map: {missing[0]} is missing; an order needs {', '.join(_NEEDED)}")


def _check_facts(part: str, used: set[str], known: set[str]) -> None:
    if unknown := sorted(used - known):
        raise ValueError(f"{part}: {{{unknown[0]}}} is no placeholder; there are {', '.join(sorted(known))}")
