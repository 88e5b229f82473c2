"""Report: the week's figures from our own books to the report sinks."""

from datetime import UTC, datetime
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE

from connectors.database import reports
from connectors.shop import Shop
from orderflow.reports import WeeklyFigures, weekly_figures

COLUMNS = ("key", "week", "figure", "value")


def week_of(shop: Shop) -> str:
    """The ISO week of the database's clock: "2026-W47"."""
    with shop.database.read() as conn:
        now = datetime.fromtimestamp(shop.database.now_ms(conn) / 1000, UTC)
    year, week, _ = now.isocalendar()
    return f"{year}-W{week:02}"


def week_figures(shop: Shop, days: int) -> WeeklyFigures:
    """The figures of the orders received during the last days."""
    with shop.database.read() as conn:
        since_ms = shop.database.now_ms(conn) - days * 86_400_000
        return weekly_figures(
            reports.order_figures(conn, since_ms),
            reports.shipment_figures(conn, since_ms),
            reports.holds_by_reason(conn, since_ms),
        )


def report_rows(week: str, figures: WeeklyFigures) -> list[dict[str, Any]]:
    """One row per figure, keyed by week and figure, so that a rerun replaces it."""
    values: dict[str, Any] = {
        "orders": figures.orders,
        "fulfilled": figures.fulfilled,
        "average time from paid to label": str(figures.average_fulfillment or "n/a"),
        "without a person, %": figures.automatic_percent if figures.automatic_percent is not None else "n/a",
        "within the 70–80 % band": {True: "yes", False: "no", None: "n/a"}[figures.in_band],
        "split, %": figures.split_percent if figures.split_percent is not None else "n/a",
        "backordered": figures.backordered,
    }
    values |= {f"holds: {reason}": count for reason, count in figures.holds_by_reason.items()}
    for carrier in figures.carriers:
        name = f"{carrier.carrier} ({carrier.cost.currency})"
        values |= {f"{name}: labels": carrier.labels, f"{name}: cost": str(carrier.cost)}
        values[f"{name}: average cost"] = str(carrier.average_cost)
    values |= {f"shipments from {place}": count for place, count in figures.shipments_by_location.items()}
    return [
        {"key": f"{week} {figure}", "week": week, "figure": figure, "value": value} for figure, value in values.items()
    ]


@task(name="write report", task_run_name="write the weekly report", cache_policy=NO_CACHE, retries=3)
async def write_report(shop: Shop, rows: list[dict[str, Any]]) -> dict[str, int]:
    """Writes the rows to every enabled sink; returns how many each one took."""
    return {
        code: await shop.sink(code).upsert("Weekly report", "key", COLUMNS, rows) for code in shop.configuration.sinks
    }
