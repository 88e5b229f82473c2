"""Order files on their way: found in the folder, cut into documents, moved to `done/` when their orders are stored.

A file is a whole: whoever writes it gives it its name last (write `orders.csv.part`, then rename). A document carries
the file's name and content hash and the line it stood in; the last document of a file says so. Nothing is moved before
that one has been stored, so a crash reads the file again, and a repeat is known by its orders' ids.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from connectors.protocols import Document

DONE = "done"


def waiting_files(folder: Path) -> list[Path]:
    """The order files to be read, by name."""
    return sorted(path for pattern in ("*.csv", "*.jsonl") for path in folder.glob(pattern) if path.is_file())


def documents_of(path: Path) -> Iterator[Document]:
    """Every order of a file as a document; a row nobody can read is a document too, so that the others still come."""
    content = path.read_bytes()
    text = content.decode("utf-8-sig", errors="surrogateescape")
    documents = list(_csv_documents(text) if path.suffix == ".csv" else _json_documents(text))
    mark = {"file": path.name, "file_sha256": hashlib.sha256(content).hexdigest()}
    for position, document in enumerate(documents, start=1):
        yield {**mark, **document, "last_of_file": position == len(documents)}


def move_finished(folder: Path, documents: Iterable[Document]) -> list[Path]:
    """Moves the files whose last document is among these to `done/`; returns where they are now.

    A file that was changed since it was read stays, to be read again.
    """
    moved = []
    for document in documents:
        path = folder / Path(document["file"]).name
        if document["last_of_file"] and _is_unchanged(path, document["file_sha256"]):
            target = folder / DONE / f"{path.stem}-{document['file_sha256'][:8]}{path.suffix}"
            target.parent.mkdir(exist_ok=True)
            moved.append(path.replace(target))
    return moved


def _is_unchanged(path: Path, sha256: str) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256


def _json_documents(text: str) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield {"line": number, **_parsed(line)}


def _parsed(line: str) -> dict[str, Any]:
    """The line's object. Numbers with a point stay text, so that no amount passes through a float."""
    try:
        order = json.loads(line, parse_float=str)
    except (ValueError, RecursionError):
        return {"text": line}
    return {"order": order} if isinstance(order, dict) else {"text": line}


def _csv_documents(text: str) -> Iterator[dict[str, Any]]:
    """The rows of an order together, wherever in the file they stand; a row without an order id stands alone."""
    orders: dict[str, dict[str, Any]] = {}
    for line, columns in _rows(text):
        order_id = columns.get("order_id") or f"row {line}"
        document = orders.setdefault(order_id, {"line": line, "rows": []})
        document["rows"].append({"line": line, "columns": columns})
    yield from orders.values()


def _rows(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    reader = csv.DictReader(io.StringIO(text, newline=""), restkey="", restval="")
    try:
        for row in reader:
            yield reader.line_num, {(name or "").strip(): value for name, value in row.items()}
    except csv.Error as error:
        yield reader.line_num, {"": str(error)}
