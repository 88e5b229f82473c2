"""Labels as they are kept: the file by its content, the purchase in the ledger."""

import hashlib
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from connectors.database.shipments import ShipmentRow
from connectors.database.steps import StepRow
from connectors.labels.file_kind import SUFFIXES
from connectors.protocols import Label
from orderflow.money import Money


def ledger_entry(label: Label) -> dict[str, Any]:
    """What the ledger keeps of a purchase: all but the file."""
    entry = asdict(label) | {"cost_minor": label.cost.minor, "currency": label.cost.currency}
    return {name: value for name, value in entry.items() if name not in {"document", "cost"}}


def label_of(row: StepRow) -> Label:
    """The label of a finished step, without its file."""
    entry = dict(row.result)
    cost = Money.from_minor(entry.pop("cost_minor"), entry.pop("currency"))
    entry.pop("media_type", None)  # kept by rows of earlier releases; the file itself says what it is
    return Label(cost=cost, **entry)


def keep_file(folder: Path, label: Label) -> tuple[str, str]:
    """Stores the label's file under its sha256; returns (path, sha256), empty where the label came without a file."""
    if not label.document:
        return "", ""
    digest = hashlib.sha256(label.document).hexdigest()
    path = folder / digest[:2] / f"{digest}{SUFFIXES.get(label.media_type, '.bin')}"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}.part")
        draft.write_bytes(label.document)
        draft.replace(path)
    return str(path), digest


def label_attachment(row: ShipmentRow) -> tuple[tuple[str, str, bytes], ...]:
    """The label's file as an attachment of a mail: (name, media type, content); none where there is no file."""
    if not row.label_path:
        return ()
    path = Path(row.label_path)
    media_type = next((kind for kind, suffix in SUFFIXES.items() if suffix == path.suffix), "application/octet-stream")
    return ((f"label-{row.tracking_number}{path.suffix}", media_type, path.read_bytes()),)
