"""What we write for whoever dropped the orders: shipments as they happen, availability as it is."""

import csv
import fcntl
import io
import os
from collections import Counter
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

from connectors.protocols import ShipmentReport
from orderflow.inventory import StockLevel

OUT = "out"
SHIPMENT_COLUMNS = (
    "reference",
    "order_id",
    "line_id",
    "quantity",
    "carrier",
    "tracking_number",
    "tracking_url",
    "location",
)
AVAILABILITY_COLUMNS = ("sku", "variant", "available")


def append_shipment(folder: Path, report: ShipmentReport) -> str:
    """Adds a row per line to `out/shipments.csv`, unless the reference is there already; returns the reference."""
    with _alone(folder) as out:
        path = out / "shipments.csv"
        if report.shipment_reference not in {row["reference"] for row in _read(path)}:
            header = "" if path.exists() else _text([SHIPMENT_COLUMNS])
            with path.open("a", encoding="utf-8", newline="") as file:
                file.write(header + _text(_shipment_rows(report)))
                file.flush()
                os.fsync(file.fileno())
    return report.shipment_reference


def write_availability(folder: Path, levels: Sequence[StockLevel]) -> int:
    """Puts the sum over all locations into `out/availability.csv`, other SKUs kept; readers see the old or the new."""
    sums: Counter[tuple[str, str]] = Counter()
    for level in levels:
        sums[level.sku, level.variant] += level.available
    with _alone(folder) as out:
        path = out / "availability.csv"
        known = {(row["sku"], row["variant"]): row["available"] for row in _read(path)}
        rows = [(*key, units) for key, units in sorted({**known, **sums}.items())]
        _replace(path, _text([AVAILABILITY_COLUMNS, *rows]))
    return len(levels)


def _shipment_rows(report: ShipmentReport) -> list[tuple[object, ...]]:
    shipment = (report.shipment_reference, report.order_external_id)
    parcel = (report.carrier, report.tracking_number, report.tracking_url, report.location_id)
    return [(*shipment, line_id, units, *parcel) for line_id, units in report.lines]


@contextmanager
def _alone(folder: Path) -> Generator[Path]:
    """The folder of our tables, while no other process writes there."""
    out = folder / OUT
    out.mkdir(parents=True, exist_ok=True)
    with (out / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield out


def _read(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _text(rows: Sequence[Sequence[object]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _replace(path: Path, text: str) -> None:
    written = path.with_suffix(".new")
    with written.open("w", encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    written.replace(path)
