"""The tables people read: the stock status sheet and the decision log."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from orderflow.decision import Decision
from orderflow.inventory import StockLevel
from orderflow.notices.parcels import ShippedParcel
from orderflow.notices.wording import moment, one_line, order_name, stock_words
from orderflow.order import Order
from orderflow.thresholds import stock_status
from orderflow.value import Value

Cell = str | int | float | Decimal | None

DECISION_COLUMNS = (
    *("Decision ID", "Order", "Actor", "Time", "Outcome", "Location", "Reason", "Cost", "Currency"),
    *("Carrier", "Tracking", "Route Score", "Confidence"),
)
EXCEPTION_COLUMNS = ("Exception ID", "Order", "Time", "Rules", "Outcome", "Location", "Reason", "Stock Seen", "Tags")


class Sheet(Value):
    """A table with a name, written row by row under the key in `key_column`. An empty cell is None."""

    table: str
    key_column: str
    columns: tuple[str, ...]
    rows: tuple[dict[str, Cell], ...]


def status_sheet(
    levels: Iterable[StockLevel],
    locations: Sequence[tuple[str, str]],
    products: Mapping[tuple[str, str], str],
    synced_at: datetime,
    timezone: str,
    *,
    low: int = 20,
    critical: int = 5,
) -> Sheet:
    """The stock counts after a sync: one row for each SKU and variant, one column for each location.

    `locations` are (code, title) in the order of the columns, `products` titles by (SKU, variant). Counts are units
    on hand. A location that does not stock a product has an empty cell and no say in its status.
    """
    counts: dict[tuple[str, str], dict[str, int]] = {}
    for level in levels:
        counts.setdefault((level.sku, level.variant), {})[level.location] = level.on_hand
    last_sync = moment(synced_at, timezone)
    rows = (
        {
            "Product": one_line(products.get((sku, variant), sku)),
            "SKU": f"{sku} / {variant}" if variant else sku,
            **{title: held.get(code) for code, title in locations},
            "Total": sum(held.values()),
            "Status": stock_words(stock_status(tuple(held.values()), low, critical)),
            "Last Sync": last_sync,
        }
        for (sku, variant), held in sorted(counts.items())
    )
    columns = ("Product", "SKU", *(title for _, title in locations), "Total", "Status", "Last Sync")
    return Sheet(table="Inventory", key_column="SKU", columns=columns, rows=tuple(rows))


def decision_log(rows: Iterable[dict[str, Cell]]) -> Sheet:
    """The decision log with these rows; see `decision_row`."""
    return Sheet(table="Decisions", key_column="Decision ID", columns=DECISION_COLUMNS, rows=tuple(rows))


def decision_row(
    decision_id: str,
    order: Order,
    decision: Decision,
    *,
    actor: str,
    titles: Mapping[str, str],
    parcels: Sequence[ShippedParcel] = (),
    timezone: str = "UTC",
) -> dict[str, Cell]:
    """Who decided what, when and why. Carrier and tracking stay empty until the labels are bought."""
    cost = decision.plan.cost
    values: tuple[Cell, ...] = (
        decision_id,
        order_name(order.number),
        actor,
        moment(decision.decided_at, timezone),
        decision.outcome.value,
        " + ".join(titles.get(s.location, s.location) for s in decision.plan.shipments),
        one_line(decision.reason),
        cost.amount if cost else None,
        cost.currency if cost else None,
        ", ".join(parcel.title for parcel in parcels),
        ", ".join(parcel.tracking_number for parcel in parcels),
        decision.route_score,
        decision.confidence,
    )
    return dict(zip(DECISION_COLUMNS, values, strict=True))


def exception_log(rows: Iterable[dict[str, Cell]]) -> Sheet:
    """The log of exceptions rules asked to be written down; see `exception_row`."""
    return Sheet(table="Exceptions", key_column="Exception ID", columns=EXCEPTION_COLUMNS, rows=tuple(rows))


def exception_row(
    exception_id: str, order: Order, decision: Decision, *, titles: Mapping[str, str], timezone: str = "UTC"
) -> dict[str, Cell]:
    """What was unusual about an order: the rules that said so, what became of it, and the stock it met."""
    stock = (
        f"{level.sku} at {titles.get(level.location, level.location)}: {level.available}" for level in decision.stock
    )
    tags = decision.actions.get("tags")
    values: tuple[Cell, ...] = (
        exception_id,
        order_name(order.number),
        moment(decision.decided_at, timezone),
        ", ".join(match.rule_id for match in decision.rules if match.actions.get("log_exception")),
        decision.outcome.value,
        " + ".join(titles.get(s.location, s.location) for s in decision.plan.shipments),
        one_line(decision.reason),
        "; ".join(stock),
        ", ".join(map(str, tags)) if isinstance(tags, list | tuple) else "",
    )
    return dict(zip(EXCEPTION_COLUMNS, values, strict=True))
