"""Many rows in one statement, the same on both engines.

A batch travels as one JSON parameter and is read as a table by the database (`json_each` on SQLite,
`jsonb_to_recordset` on PostgreSQL). So the statement is one, its text is the same for every batch and stays
prepared, and `UPDATE … FROM` and `INSERT … SELECT` need no loop.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    Connection,
    FromClause,
    Table,
    Text,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    select,
    true,
    type_coerce,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB

Row = Mapping[str, Any]

_INSERTS = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def rows_as_table(conn: Connection, name: str, columns: Mapping[str, Any], rows: Iterable[Row]) -> FromClause:
    """A table of these rows to join or select from; `columns` gives the SQL type of each. No bytes."""
    document = bindparam(
        f"{name}_rows", storable(json.dumps([dict(row) for row in rows], ensure_ascii=False)), type_=Text
    )
    if conn.dialect.name == "postgresql":
        records = func.jsonb_to_recordset(cast(document, JSONB))
        derived = records.table_valued(*(column(key, kind) for key, kind in columns.items()))
        return derived.render_derived(name=name, with_types=True)
    each = func.json_each(document).table_valued("value", name=f"{name}_row")
    parts = [_part(each, key, kind) for key, kind in columns.items()]
    return select(*parts).subquery(name)


def storable(text: str) -> str:
    """The text without what PostgreSQL cannot store: zero characters, written out or escaped, and half surrogates."""
    return text.replace("\0", "\ufffd").replace("\\u0000", "\\ufffd").encode(errors="replace").decode()


def columns_of(table: Table, names: Iterable[str]) -> dict[str, Any]:
    """The SQL types of some columns of a table, to hand to `rows_as_table`."""
    return {name: table.c[name].type for name in names}


def insert_rows(conn: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Inserts rows that all name the same columns; fails if the key of one is there already."""
    if rows:
        conn.execute(insert_from(conn, table, rows))


def insert_new_rows(conn: Connection, table: Table, rows: Sequence[Row]) -> list[tuple[Any, ...]]:
    """Inserts the rows whose key is not there yet; returns the primary keys of those."""
    if not rows:
        return []
    statement = insert_from(conn, table, rows).on_conflict_do_nothing()
    return [tuple(row) for row in conn.execute(statement.returning(*table.primary_key))]


def insert_from(conn: Connection, table: Table, rows: Sequence[Row]) -> Any:
    """INSERT … SELECT of the rows, to which a conflict clause and RETURNING may be added."""
    names = list(rows[0])
    source = rows_as_table(conn, "fresh", columns_of(table, names), rows)
    # SQLite needs a WHERE to tell ON CONFLICT from the ON of a join.
    return _INSERTS[conn.dialect.name](table).from_select(names, select(source).where(true()))


def insert_one(conn: Connection, table: Table, row: Row) -> bool:
    """Inserts one row, bytes allowed; False where its key is there already."""
    statement = _INSERTS[conn.dialect.name](table).values(**row).on_conflict_do_nothing()
    return conn.execute(statement.returning(*table.primary_key)).first() is not None


def upsert_one(conn: Connection, table: Table, row: Row) -> None:
    """Inserts one row, bytes allowed, replacing what the row of the same primary key had in these columns."""
    conn.execute(_replacing(_INSERTS[conn.dialect.name](table).values(**row), table, row))


def upsert_rows(conn: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Inserts rows of different primary keys, replacing what rows of the same keys had in these columns."""
    if rows:
        conn.execute(_replacing(insert_from(conn, table, rows), table, rows[0]))


def _replacing(statement: Any, table: Table, row: Row) -> Any:
    key = [column.name for column in table.primary_key]
    changed = {name: statement.excluded[name] for name in row if name not in key}
    return statement.on_conflict_do_update(index_elements=key, set_=changed)


def _part(each: Any, key: str, kind: Any) -> Any:
    return type_coerce(func.json_extract(each.c.value, literal_column(f"'$.{key}'")), kind).label(key)
