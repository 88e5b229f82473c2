"""Decisions with what they were made from, to be made again."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, Row, Select, func, select

from connectors.database.decisions.packed import unpack
from connectors.database.session import now_ms
from connectors.database.statements.batch import insert_new_rows
from connectors.database.statements.lists import among
from connectors.database.tables import decision, decision_basis, orders
from orderflow.replay import Basis, DecisionInputs

DAY_MS = 86_400_000
_PAGE = 500
_STORED = select(decision_basis.c.hash).where(among(decision_basis.c.hash, "hashes"))


class UnreadableRecord(ValueError):
    """What a decision was made from was written down by a release that this one does not understand."""


@dataclass(frozen=True)
class RecordedDecision:
    """One decision as it was stored: `document` is the JSON of the decision itself, byte for byte.

    `read` is what it was made from, or why this release cannot read that.
    """

    id: int
    order_id: str
    number: str
    document: str
    read: DecisionInputs | str

    @property
    def is_readable(self) -> bool:
        """Whether it can be made again."""
        return isinstance(self.read, DecisionInputs)

    @property
    def inputs(self) -> DecisionInputs:
        """What it was made from. Raises UnreadableRecord."""
        if isinstance(self.read, str):
            raise UnreadableRecord(f"the record of {self.number} cannot be read by this release: {self.read}")
        return self.read


def recorded_decisions(
    conn: Connection, *, days: float | None = None, order_id: str | None = None
) -> Iterator[RecordedDecision]:
    """The decisions of these last days, or of one order, oldest first; those without a record are left out.

    They are read in pages, so that the months of a busy shop need no more memory than a day.
    """
    last_id, bases = 0, _Bases(conn)
    wanted = _wanted(conn, days, order_id)
    while page := conn.execute(wanted.where(decision.c.id > last_id).order_by(decision.c.id).limit(_PAGE)).all():
        for row in page:
            yield RecordedDecision(row.id, row.order_id, row.number, row.document, _read(row, bases))
        last_id = page[-1].id


def count_recorded(conn: Connection, *, days: float) -> int:
    """How many decisions of these last days have what they were made from."""
    query = select(func.count()).select_from(decision).where(decision.c.inputs.is_not(None))
    return conn.scalar(query.where(*_within(conn, days, None))) or 0


def count_unrecorded(conn: Connection, *, days: float | None = None, order_id: str | None = None) -> int:
    """How many decisions of these days, or of the order, were kept by an earlier release without their inputs."""
    query = select(func.count()).select_from(decision).where(decision.c.inputs.is_(None))
    return conn.scalar(query.where(*_within(conn, days, order_id))) or 0


def save_bases(conn: Connection, bases: Iterable[Basis]) -> None:
    """Keeps those bases that are not stored yet."""
    named = {basis.hash: basis for basis in bases}
    stored = set(conn.scalars(_STORED, {"hashes": named}))
    fresh = [named[name] for name in sorted(named.keys() - stored)]
    if fresh:
        now = now_ms(conn)
        rows = [{"hash": basis.hash, "document": basis.document, "first_used_at": now} for basis in fresh]
        insert_new_rows(conn, decision_basis, rows)


def _read(row: Row, bases: "_Bases") -> DecisionInputs | str:
    try:
        return DecisionInputs.from_document(unpack(row.inputs), bases.named(row.basis))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    except (ValueError, KeyError, TypeError) as error:
        return f"{type(error).__name__}: {error}"


class _Bases:
    """The bases of the decisions that are being read; few of them are in use at a time."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self.named = lru_cache(maxsize=16)(self._read)

    def _read(self, name: str) -> Basis:
        document = self._conn.execute(
            select(decision_basis.c.document).where(decision_basis.c.hash == name)
        ).scalar_one()
        return Basis.model_validate_json(document)


def _wanted(conn: Connection, days: float | None, order_id: str | None) -> Select:
    columns = [decision.c[name] for name in ("id", "order_id", "document", "basis", "inputs")]
    query = select(*columns, orders.c.number).join(orders, orders.c.id == decision.c.order_id)
    return query.where(decision.c.inputs.is_not(None), *_within(conn, days, order_id))


def _within(conn: Connection, days: float | None, order_id: str | None) -> list[Any]:
    wanted: list[Any] = []
    if days is not None:
        wanted.append(decision.c.decided_at >= now_ms(conn) - round(days * DAY_MS))
    if order_id is not None:
        wanted.append(decision.c.order_id == order_id)
    return wanted
