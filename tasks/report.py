"""Report: the week's figures and invoices from our own books to the report sinks."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from sqlalchemy import Connection

from connectors.database import capacity, orders, reports
from connectors.database.cursors import free_slot, take_slot
from connectors.errors import OutcomeUnknown
from connectors.protocols import ReportSink
from connectors.protocols.report_sink import INVOICES
from connectors.shop import Shop
from orderflow.location import StockLocation
from orderflow.notices.sheets import Sheet
from orderflow.reports import (
    INVOICE_COLUMNS,
    LocationLoad,
    OperationFigures,
    WeeklyFigures,
    invoice_lines,
    operation_figures,
    rule_figures,
    stage_figures,
    weekly_figures,
)
from orderflow.reports.rows import COLUMNS, report_rows

REPORT = "Weekly report"
DAY_MS = 86_400_000
# Invoices read and unsealed at once.
INVOICES_AT_ONCE = 500


def week_of(shop: Shop) -> str:
    """The ISO week of the database's clock: "2026-W47"."""
    year, week, _ = _now(shop).isocalendar()
    return f"{year}-W{week:02}"


def week_rows(shop: Shop, week: str, days: int) -> list[dict[str, Any]]:
    """The figures of the last days, as rows of the report."""
    with shop.database.read() as conn:
        since_ms = shop.database.now_ms(conn) - days * DAY_MS
        return report_rows(
            week,
            _week(conn, since_ms),
            _operation(conn, shop, since_ms, days),
            rule_figures(reports.ruled_orders(conn, since_ms)),
            stage_figures(reports.stays_since(conn, since_ms)),
        )


def week_invoices(shop: Shop, week: str, days: int) -> list[dict[str, Any]]:
    """The lines of the invoices of every order that was fulfilled during the last days."""
    with shop.database.read() as conn:
        fulfilled = reports.fulfilled_since(conn, shop.database.now_ms(conn) - days * DAY_MS)
        ids = list(fulfilled)
        parts = [ids[start : start + INVOICES_AT_ONCE] for start in range(0, len(ids), INVOICES_AT_ONCE)]
        return [
            line
            for part in parts
            for stored in orders.load_orders(conn, shop.vault, part)
            for line in invoice_lines(stored.order, stored.id, week, _day(fulfilled[stored.id]))
        ]


@task(name="write report", task_run_name="write the weekly report", cache_policy=NO_CACHE, retries=3)
async def write_report(shop: Shop, week: str, rows: Sequence[dict[str, Any]], days: int) -> dict[str, int]:
    """Writes the report, and the invoices where somebody keeps accounts; returns how many rows each sink took.

    A sink that fails keeps none of the others waiting; its error is raised when all had their turn.
    """
    sheets = [Sheet(table=REPORT, key_column="key", columns=COLUMNS, rows=tuple(rows))]
    sinks = {code: shop.sink(code) for code in shop.configuration.sinks}
    if any(sink.takes(INVOICES) for sink in sinks.values()):
        invoices = tuple(week_invoices(shop, week, days))
        sheets.append(Sheet(table=INVOICES, key_column="key", columns=INVOICE_COLUMNS, rows=invoices))
    counts: Counter[str] = Counter()
    errors: list[Exception] = []
    for code, sink in sinks.items():
        for sheet in [sheet for sheet in sheets if sink.takes(sheet.table)]:
            try:
                counts[code] += await _write_once(shop, code, sink, sheet, week)
            except Exception as error:  # whatever it is, the other sinks get their report
                errors.append(error)
    if errors:
        raise errors[0]
    return dict(counts)


async def _write_once(shop: Shop, code: str, sink: ReportSink, sheet: Sheet, week: str) -> int:
    """Writes a sheet; to a sink that only appends once a week, whoever starts the report again."""
    if sink.repeat_is_harmless:
        return await sink.upsert(sheet.table, sheet.key_column, sheet.columns, sheet.rows)
    slot = f"{sheet.table}/{code}"
    with shop.database.write() as conn:
        if not take_slot(conn, slot, week):
            return 0
    try:
        return await sink.upsert(sheet.table, sheet.key_column, sheet.columns, sheet.rows)
    except OutcomeUnknown:
        raise
    except Exception:
        with shop.database.write() as conn:
            free_slot(conn, slot, week)
        raise


def _week(conn: Connection, since_ms: int) -> WeeklyFigures:
    return weekly_figures(
        reports.order_figures(conn, since_ms),
        reports.shipment_figures(conn, since_ms),
        reports.holds_by_reason(conn, since_ms),
    )


def _operation(conn: Connection, shop: Shop, since_ms: int, days: int) -> OperationFigures:
    busy = capacity.orders_since(conn, dict.fromkeys(shop.locations, since_ms))
    return operation_figures(
        location_loads(shop.locations, busy, _day(since_ms), days),
        parcels=len(reports.shipment_figures(conn, since_ms)),
        wrong_parcels=reports.wrong_parcels_since(conn, since_ms),
        scores=reports.scores_since(conn, since_ms),
        stock=reports.stock_figures(conn, since_ms),
    )


def location_loads(
    locations: Mapping[str, StockLocation], busy: Mapping[str, int], since: date, days: int
) -> list[LocationLoad]:
    """What each location had to do during the days that follow `since`."""
    each = [since + timedelta(days=number) for number in range(1, days + 1)]
    return [
        LocationLoad(
            location=code,
            orders=busy.get(code, 0),
            working_days=sum(
                day.isoweekday() in place.pickup_days and day.isoformat() not in place.holidays for day in each
            ),
            capacity_per_day=place.capacity_per_day,
        )
        for code, place in locations.items()
    ]


def _now(shop: Shop) -> datetime:
    with shop.database.read() as conn:
        return datetime.fromtimestamp(shop.database.now_ms(conn) / 1000, UTC)


def _day(epoch_ms: int) -> date:
    return datetime.fromtimestamp(epoch_ms / 1000, UTC).date()
