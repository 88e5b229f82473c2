"""Many rows in one statement, the same on both engines.

A batch travels as one JSON parameter and is read as a table by the database (`json_each` on SQLite,
`jsonb_to_recordset` on PostgreSQL). So the statement is one, its text is the same for every batch and stays
prepared, and `UPDATE … FROM` and `INSERT … SELECT` need no loop.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    Connection,
    FromClause,
    Table,
    Text,
    TextClause,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    select,
    text,
    true,
    type_coerce,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB

Row = Mapping[str, Any]
Kept = tuple[TextClause, Mapping[str, Any]]

_INSERTS = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_DIALECTS: Mapping[str, Any] = {"sqlite": sqlite.dialect, "postgresql": postgresql.dialect}


def rows_as_table(conn: Connection, name: str, columns: Mapping[str, Any], rows: Iterable[Row]) -> FromClause:
    """A table of these rows to join or select from; `columns` gives the SQL type of each. No bytes."""
    return table_to_come(conn.dialect.name, name, columns, as_parameter(rows))


def table_to_come(engine: str, name: str, columns: Mapping[str, Any], rows: str | None = None) -> FromClause:
    """A table whose rows come with the execution, as the parameter "{name}_rows" made by `as_parameter`.

    So a statement can be built once for each engine and kept: building and compiling cost more than running it.
    """
    document = bindparam(f"{name}_rows", rows, type_=Text, required=rows is None)
    if engine == "postgresql":
        records = func.jsonb_to_recordset(cast(document, JSONB))
        derived = records.table_valued(*(column(key, kind) for key, kind in columns.items()))
        return derived.render_derived(name=name, with_types=True)
    each = func.json_each(document).table_valued("value", name=f"{name}_row")
    parts = [_part(each, key, kind) for key, kind in columns.items()]
    return select(*parts).subquery(name)


def as_parameter(rows: Iterable[Row]) -> str:
    """The rows as the parameter of a table to come."""
    return storable(json.dumps([dict(row) for row in rows], ensure_ascii=False))


def storable(words: str) -> str:
    """The words without what PostgreSQL cannot store: zero characters, written out or escaped, and half surrogates."""
    return words.replace("\0", "\ufffd").replace("\\u0000", "\\ufffd").encode(errors="replace").decode()


def columns_of(table: Table, names: Iterable[str]) -> dict[str, Any]:
    """The SQL types of some columns of a table, to hand to `rows_as_table`."""
    return {name: table.c[name].type for name in names}


def insert_rows(conn: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Inserts rows that all name the same columns; fails if the key of one is there already."""
    if rows:
        names = tuple(rows[0])
        statement, defaults = _kept_text(conn.dialect.name, table, names, new_only=False)
        conn.execute(statement, {**defaults, "fresh_rows": as_parameter(rows)})


def insert_new_rows(conn: Connection, table: Table, rows: Sequence[Row]) -> list[tuple[Any, ...]]:
    """Inserts the rows whose key is not there yet; returns the primary keys of those."""
    if not rows:
        return []
    statement, defaults = _kept_text(conn.dialect.name, table, tuple(rows[0]), new_only=True)
    return [tuple(row) for row in conn.execute(statement, {**defaults, "fresh_rows": as_parameter(rows)})]


@cache
def _kept_text(engine: str, table: Table, names: tuple[str, ...], *, new_only: bool) -> Kept:
    statement = insert_to_come(engine, table, names)
    if new_only:
        statement = statement.on_conflict_do_nothing().returning(*table.primary_key)
    return kept_text(engine, table, statement)


def kept_text(engine: str, table: Table, statement: Any) -> Kept:
    """An INSERT's text, its own values and the defaults of the table's columns, to be built once and kept.

    SQLAlchemy would build an INSERT of a dialect anew each time, which costs 2 ms.
    """
    compiled = statement.compile(dialect=_DIALECTS[engine](paramstyle="named"))
    own = {name: value for name, value in compiled.params.items() if value is not None}
    left = {name: table.c[name].default for name in compiled.params if name in table.c}
    return text(str(compiled)), {name: default.arg for name, default in left.items() if default is not None} | own


def insert_to_come(engine: str, table: Table, names: tuple[str, ...]) -> Any:
    """INSERT … SELECT of rows that come with the execution as the parameter "fresh_rows".

    A conflict clause and RETURNING may be added.
    """
    source = table_to_come(engine, "fresh", columns_of(table, names))
    # SQLite needs a WHERE to tell ON CONFLICT from the ON of a join.
    return _INSERTS[engine](table).from_select(names, select(source).where(true()))


def insert_one(conn: Connection, table: Table, row: Row) -> bool:
    """Inserts one row, bytes allowed; False where its key is there already."""
    return conn.execute(_inserting_one(conn.dialect.name, table), row).first() is not None


def upsert_one(conn: Connection, table: Table, row: Row) -> None:
    """Inserts one row, bytes allowed, replacing what the row of the same primary key had in these columns."""
    conn.execute(_replacing_one(conn.dialect.name, table, tuple(row)), row)


def upsert_each(conn: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Inserts rows one by one, bytes allowed, replacing what rows of the same primary keys had in these columns."""
    if rows:
        conn.execute(_replacing_one(conn.dialect.name, table, tuple(rows[0])), rows)


def upsert_rows(conn: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Inserts rows of different primary keys, replacing what rows of the same keys had in these columns."""
    if rows:
        statement, defaults = _replacing_text(conn.dialect.name, table, tuple(rows[0]))
        conn.execute(statement, {**defaults, "fresh_rows": as_parameter(rows)})


@cache
def _inserting_one(engine: str, table: Table) -> Any:
    return _INSERTS[engine](table).on_conflict_do_nothing().returning(*table.primary_key)


@cache
def _replacing_one(engine: str, table: Table, names: tuple[str, ...]) -> Any:
    return _replacing(_INSERTS[engine](table), table, names)


@cache
def _replacing_text(engine: str, table: Table, names: tuple[str, ...]) -> Kept:
    return kept_text(engine, table, _replacing(insert_to_come(engine, table, names), table, names))


def _replacing(statement: Any, table: Table, names: Iterable[str]) -> Any:
    key = [column.name for column in table.primary_key]
    changed = {name: statement.excluded[name] for name in names if name not in key}
    return statement.on_conflict_do_update(index_elements=key, set_=changed)


def _part(each: Any, key: str, kind: Any) -> Any:
    return type_coerce(func.json_extract(each.c.value, literal_column(f"'$.{key}'")), kind).label(key)
