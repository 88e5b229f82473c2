"""Orders in files: CSV or JSONL dropped into a folder, for shops without an interface and for imports of a day.

Files lie in the folder, go to `done/` when their orders are stored, and what we have to say lies in `out/`:
`shipments.csv` and `availability.csv`.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from connectors.channels.order_file.drop_folder import documents_of, move_finished, waiting_files
from connectors.channels.order_file.mapping import SOURCE, orders_in
from connectors.channels.order_file.settings import OrderFileSettings
from connectors.channels.order_file.tables import append_shipment, write_availability
from connectors.errors import SignatureRefused
from connectors.plain_orders.document import PlainOrder
from connectors.protocols import Document, SalesChannel, ShipmentReport, WebhookNotice
from orderflow.inventory import StockLevel
from orderflow.order import Order


class OrderFileChannel(SalesChannel):
    """A folder somebody drops order files into."""

    code: ClassVar[str] = SOURCE
    has_webhooks: ClassVar[bool] = False
    Settings = OrderFileSettings
    OrderDocument = PlainOrder

    def __init__(self, settings: OrderFileSettings) -> None:
        self._folder = settings.folder

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        """Raises SignatureRefused: files are not posted."""
        raise SignatureRefused("order files are dropped into a folder, not posted")

    def notice(self, headers: Mapping[str, str], body: bytes) -> WebhookNotice | None:
        """Raises SignatureRefused: files are not posted."""
        raise SignatureRefused("order files are dropped into a folder, not posted")

    def to_orders(self, topic: str, document: Any) -> tuple[Order, ...]:
        """The order of one document. Raises Unreadable with file, line and column."""
        return orders_in(document)

    async def changed_orders(self, since: datetime) -> AsyncIterator[Document]:
        """Every order of every file that waits, whatever its date; a file is new as long as it lies there."""
        for path in waiting_files(self._folder):
            for document in documents_of(path):
                yield document

    def finished(self, documents: Sequence[Document]) -> None:
        """Says that these documents are stored, in the order they came; a file all of whose are goes to `done/`."""
        move_finished(self._folder, documents)

    async def report_shipment(self, report: ShipmentReport) -> str:
        """Writes the shipment into `out/shipments.csv` once; returns its reference."""
        return append_shipment(self._folder, report)

    async def stock_levels(self) -> tuple[StockLevel, ...]:
        """None: a folder of orders counts nothing."""
        return ()

    async def set_available(self, levels: Sequence[StockLevel], *, key: str) -> int:
        """Writes `out/availability.csv` anew; the same content again changes nothing, so `key` is not needed."""
        return write_availability(self._folder, levels)
