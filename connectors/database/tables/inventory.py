"""What lies where, what of it is promised, and what is sold at all."""

from sqlalchemy import BigInteger, CheckConstraint
from sqlmodel import Field

from connectors.database.tables.base import DatabaseTable, big, growing_number, one_of, partial_index, table_of


class StockTable(DatabaseTable, table=True):
    """Units of one SKU and variant at one location. `shortfall` is what was promised and then found missing."""

    __tablename__ = "stock"
    __table_args__ = (
        CheckConstraint("reserved >= 0"),
        CheckConstraint("reserved <= on_hand + shortfall"),
        CheckConstraint("shortfall >= 0"),
        CheckConstraint("safety_stock >= 0"),
    )
    sku: str = Field(primary_key=True)
    variant: str = Field(primary_key=True)
    location: str = Field(primary_key=True)
    on_hand: int = 0
    reserved: int = 0
    shortfall: int = 0
    safety_stock: int = 0
    # Any count is newer than a row that was never counted.
    source_version: int = Field(default=-1, sa_type=BigInteger)
    counted_at: int = big()


class StockLedgerTable(DatabaseTable, table=True):
    """Every change of stock, written with it; the sums of a cell are the stock. Rows never change."""

    __tablename__ = "stock_ledger"
    __table_args__ = (one_of("kind", ("count", "drift", "adjust", "reserve", "release", "ship", "unship")),)
    id: int | None = growing_number()
    location: str
    sku: str
    variant: str
    kind: str
    delta_on_hand: int
    delta_reserved: int
    order_id: str = ""
    reason: str = ""
    at: int = big()


class ReservationTable(DatabaseTable, table=True):
    """Units of one order line promised at one location; `shipped` of them have left."""

    __tablename__ = "reservation"
    __table_args__ = (
        CheckConstraint("quantity > 0"),
        CheckConstraint("shipped >= 0 AND shipped <= quantity"),
        one_of("state", ("held", "shipped", "released")),
        partial_index("reservation_held", "sku", "variant", "location", where="state = 'held'"),
    )
    order_id: str = Field(primary_key=True)
    line_no: int = Field(primary_key=True)
    location: str = Field(primary_key=True)
    sku: str
    variant: str
    quantity: int
    shipped: int = 0
    state: str = "held"


class StockAlertTable(DatabaseTable, table=True):
    """Rungs of the threshold ladder that have been told of and have not recovered."""

    __tablename__ = "stock_alert"
    sku: str = Field(primary_key=True)
    variant: str = Field(primary_key=True)
    location: str = Field(primary_key=True)
    rung: str = Field(primary_key=True)
    raised_at: int = big()


class ProductTable(DatabaseTable, table=True):
    """What the shop sells, as a document."""

    __tablename__ = "product"
    sku: str = Field(primary_key=True)
    variant: str = Field(primary_key=True)
    document: str


stock = table_of(StockTable)
stock_ledger = table_of(StockLedgerTable)
reservation = table_of(ReservationTable)
stock_alert = table_of(StockAlertTable)
product = table_of(ProductTable)
