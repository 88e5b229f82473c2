"""Rows by a list of ids that comes with the execution, the same on both engines.

The list travels as one parameter, an array on PostgreSQL and JSON on SQLite. With `IN` of an expanding parameter the
text differs with the number of ids: it is written and prepared anew, which costs two to ten times as much. How long an
array is PostgreSQL knows when it plans; of a list in JSON it believes that it has a hundred words.
"""

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Dialect, Text, TypeDecorator, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from connectors.database.statements.batch import storable


def among(column: ColumnElement[str], name: str) -> ColumnElement[bool]:
    """Whether the column is one of the words that come with the execution as the parameter `name`, a list of them."""
    return column.op("IN", is_comparison=True)(_Words(bindparam(name, type_=_List)))


class _List(TypeDecorator[Collection[str]]):
    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Collection[str] | None, dialect: Dialect) -> Any:
        words = [storable(word) for word in value or ()]
        return words if dialect.name == "postgresql" else json.dumps(words, ensure_ascii=False)


class _Words(FunctionElement[str]):
    inherit_cache = True


@compiles(_Words, "sqlite")
def _on_sqlite(words: _Words, compiler: Any, **options: Any) -> str:
    return f"(SELECT value FROM json_each({compiler.process(words.clauses, **options)}))"  # noqa: S608 - the words are a parameter


@compiles(_Words, "postgresql")
def _on_postgresql(words: _Words, compiler: Any, **options: Any) -> str:
    return f"(SELECT unnest(CAST({compiler.process(words.clauses, **options)} AS TEXT[])))"
