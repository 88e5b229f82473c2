"""What the table classes are made of."""

from collections.abc import Iterable
from typing import Any, cast

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, MetaData, Table, text
from sqlmodel import Field, SQLModel

metadata = MetaData()

# SQLite numbers rows by itself only where the key is an INTEGER.
GrowingNumber = BigInteger().with_variant(Integer, "sqlite")


class DatabaseTable(SQLModel):
    """The base of our tables, in a metadata of their own. Times are epoch milliseconds, money whole minor units."""

    metadata = metadata


def big(default: int = 0) -> Any:
    """A whole number of 64 bits: a time in epoch milliseconds, an amount in minor units."""
    return Field(default=default, sa_type=BigInteger)


def big_or_null() -> Any:
    """A whole number of 64 bits that may be absent."""
    return Field(default=None, sa_type=BigInteger, nullable=True)


def growing_number() -> Any:
    """A key the database counts upwards, so that rows keep the order they were written in."""
    return Field(default=None, primary_key=True, sa_type=GrowingNumber)


def one_of(column: str, values: Iterable[str]) -> CheckConstraint:
    """The column holds one of these words and nothing else."""
    return CheckConstraint(f"{column} IN ({', '.join(repr(str(value)) for value in values)})")


def partial_index(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index of the few rows that want attention, so that its size does not grow with the table."""
    return Index(name, *columns, unique=unique, sqlite_where=text(where), postgresql_where=text(where))


def table_of(cls: type[DatabaseTable]) -> Table:
    """The table as statements use it."""
    return cast(Table, cls.__table__)  # ty: ignore[missing-attribute]
