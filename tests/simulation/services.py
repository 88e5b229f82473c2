"""The outside services at the seam of our protocols: no network, but books of their own and answers by script."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from simulation.answers import Answer, converse
from simulation.books import SoldLabel

from connectors.errors import Refused
from connectors.protocols import (
    Carrier,
    Label,
    Message,
    Notifier,
    ReportSink,
    SalesChannel,
    ShipmentReport,
    ShipmentRequest,
)
from connectors.protocols.carrier import Capabilities
from orderflow.money import Money
from orderflow.order import Order
from orderflow.shipping.rate import Rate

# The kinds of carriers there are, told apart by what they do with references; cheapest first.
KINDS = {
    "unique": Capabilities(unique_reference=True, find_by_reference=True),
    "lookup": Capabilities(unique_reference=False, find_by_reference=True),
    "blind": Capabilities(unique_reference=False, find_by_reference=False),
    "free": Capabilities(unique_reference=False, find_by_reference=False, orphan_is_billed=False),
}
PRICES = {kind: Money.of(5 + number, "USD") for number, kind in enumerate(KINDS)}
# A process frozen inside the send itself for longer than the grace is the one thing no ledger can mend.
INSIDE_THE_SEND_MS = 90_000


class SimulatedCarrier(Carrier):
    """A carrier of one kind."""

    def __init__(self, kind: str, world: Any) -> None:
        self.code = kind
        self.capabilities = KINDS[kind]
        self._world = world

    async def rate(self, request: ShipmentRequest) -> tuple[Rate, ...]:
        offer = Rate(provider=self.code, carrier="post", service="ground", cost=PRICES[self.code], days=3)
        return await converse(self._world, f"{self.code}.rate", self._answer("rate"), lambda: (offer,))

    async def buy(self, request: ShipmentRequest, rate: Rate) -> Label:
        sale = partial(self.sell, request.reference)
        late = partial(self.commit_late, request.reference)
        what = f"{self.code}.buy {request.reference[-4:]}"
        return await converse(
            self._world, what, self._answer("buy"), sale, late=late, longest_pause_ms=INSIDE_THE_SEND_MS
        )

    async def find_by_reference(self, reference: str) -> Label | None:
        if not self.capabilities.find_by_reference:
            raise AssertionError(f"{self.code} cannot be asked")
        return await converse(
            self._world, f"{self.code}.find {reference[-4:]}", self._answer("find"), partial(self._look, reference)
        )

    async def void(self, provider_reference: str) -> bool:
        what = f"{self.code}.void {provider_reference}"
        answer = self._answer("void")
        if answer is Answer.REFUSED:
            return await converse(self._world, what, Answer.OK, lambda: False)
        return await converse(self._world, what, answer, partial(self._void, provider_reference))

    def sell(self, reference: str) -> Label:
        """What the carrier does: one label, or the one it sold before where references are unique."""
        books = self._world.books
        sold = books.sold(self.code, reference) if self.capabilities.unique_reference else None
        if sold is not None and sold.void:
            raise Refused(f"the label of {reference} was voided", code="reference_used")
        if sold is None:
            sold = SoldLabel(f"{self.code}-{len(books.labels) + 1}", self.code, reference)
            books.labels.append(sold)
        return self._label(sold)

    def commit_late(self, reference: str) -> None:
        """What the carrier does long after it was asked, unless the reference is used already and may be used once."""
        if not (self.capabilities.unique_reference and self._world.books.sold(self.code, reference)):
            self.sell(reference)

    def _look(self, reference: str) -> Label | None:
        sold = self._world.books.live(self.code, reference)
        return self._label(sold) if sold else None

    def _void(self, provider_reference: str) -> bool:
        for label in self._world.books.labels:
            if label.id == provider_reference:
                label.void = True
        return True

    def _label(self, sold: SoldLabel) -> Label:
        return Label(self.code, sold.id, "post", "ground", f"T-{sold.id}", PRICES[self.code])

    def _answer(self, verb: str) -> Answer:
        return self._world.next_answer(f"{self.code}.{verb}")


class SimulatedNotifier(Notifier):
    """Mail, chat or text messages: sending twice is two messages."""

    def __init__(self, code: str, world: Any) -> None:
        self.code = code
        self._world = world

    async def send(self, message: Message) -> str:
        sent = partial(self._world.books.messages.append, message.key)
        await converse(self._world, f"send {message.key[-20:]}", self._world.next_answer("send"), sent)
        return "accepted"


class SimulatedChannel(SalesChannel):
    """A shop whose documents are our own order's JSON; a shipment told twice is one shipment.

    The stages under simulation ask nothing else of a channel, so its other verbs are left out.
    """

    def __init__(self, world: Any) -> None:
        self._world = world

    def to_orders(self, topic: str, document: Any) -> tuple[Order, ...]:
        return (Order.model_validate(document),)

    async def report_shipment(self, report: ShipmentReport) -> str:
        told = partial(self._world.books.reports.append, report.shipment_reference)
        await converse(self._world, "report", self._world.next_answer("report"), told)
        return "noted"


SimulatedChannel.__abstractmethods__ = frozenset()  # type: ignore[attr-defined]


class SimulatedSheet(ReportSink):
    """A table whose rows have keys."""

    def __init__(self, world: Any) -> None:
        self._world = world

    async def upsert(self, table: str, key_column: str, columns: Sequence[str], rows: Sequence[dict[str, Any]]) -> int:
        keys = [str(row[key_column]) for row in rows]
        written = partial(self._world.books.rows.extend, keys)
        await converse(self._world, "write rows", self._world.next_answer("write"), written)
        return len(rows)
