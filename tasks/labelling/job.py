"""What a label is needed for, and the three ways trying to get one can end."""

import hashlib
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from connectors.database.orders import StoredOrder
from connectors.database.shipments import ShipmentRow
from connectors.database.steps import StepIntent
from connectors.protocols import Label, ShipmentRequest
from connectors.shop import Shop
from orderflow.address import Address
from orderflow.configuration.sections import Product
from orderflow.holds import Hold
from orderflow.location import StockLocation
from orderflow.shipping.customs import CustomsDeclaration, declaration_of
from orderflow.shipping.packing import parcel_of
from orderflow.shipping.rate import Rate
from orderflow.shipping.rate_choice import RateChoice

Products = Mapping[tuple[str, str], Product]

# The code of a case: a label may have been bought, and only a person can find out.
MAY_EXIST = "label_may_exist"


@dataclass(frozen=True)
class LabelJob:
    """One planned shipment that has no label yet. The shipment's id is the reference of every attempt."""

    stored: StoredOrder
    shipment: ShipmentRow
    request: ShipmentRequest

    @property
    def step_key(self) -> str:
        """The ledger's name of this purchase."""
        return f"{self.shipment.id}/label"

    @property
    def request_hash(self) -> str:
        """What is bought, in one hash: a label for another address or weight is another purchase."""
        return self.hash_for(self.request.destination)

    def hash_for(self, destination: Address) -> str:
        """The same parcel's hash if it went there."""
        asked = destination.model_dump_json() + self.request.parcel.model_dump_json()
        return hashlib.sha256(asked.encode()).hexdigest()


@dataclass(frozen=True)
class Offer:
    """A job with the rate that was chosen for it and why."""

    job: LabelJob
    rate: Rate
    choice: RateChoice

    @property
    def reason(self) -> str:
        """Why this rate, in words."""
        return self.choice.reason

    def intent(self) -> StepIntent:
        """The row to be written before the call."""
        job = self.job
        account = self.rate.provider
        return StepIntent(job.step_key, job.stored.id, "label", self.rate.provider, account, job.request_hash)


@dataclass(frozen=True)
class Labelled:
    """The label was bought, now or in an earlier life; `is_known` says that the ledger has it as done already.

    `request_hash` is what it was bought for, which may not be what the order says now.
    """

    job: LabelJob
    label: Label
    attempt: int
    request_hash: str
    note: str = ""
    is_known: bool = False


@dataclass(frozen=True)
class Later:
    """Nobody can have the label now. `step_state` is what the ledger must say; `counts` whether it was a real try.

    `is_told` is whether the provider itself asked for the wait.
    """

    job: LabelJob
    wait_seconds: float
    error: str
    attempt: int = 0
    step_state: str = ""
    provider: str = ""
    counts: bool = True
    is_told: bool = False


@dataclass(frozen=True)
class ForAPerson:
    """It cannot go on by itself."""

    job: LabelJob
    hold: Hold
    attempt: int = 0
    step_state: str = ""
    provider: str = ""


@dataclass(frozen=True)
class Attempt:
    """One try at a step: its number in the ledger, who was asked, and for what."""

    job: LabelJob
    number: int
    provider: str
    request_hash: str

    def labelled(self, label: Label, note: str) -> Labelled:
        """The label is there."""
        return Labelled(self.job, label, self.number, self.request_hash, note)

    def failed(self, error: str, *, wait_seconds: float = 0.0, counts: bool = True, is_told: bool = False) -> Later:
        """Certainly not bought; it may be tried again after the wait."""
        return Later(self.job, wait_seconds, error, self.number, "failed", self.provider, counts, is_told)

    def unknown(self, error: str, *, wait_seconds: float, counts: bool = True) -> Later:
        """Nobody knows; to be asked about after the wait."""
        return Later(self.job, wait_seconds, error, self.number, "unknown", self.provider, counts)

    def refused(self, hold: Hold) -> ForAPerson:
        """Certainly not bought, and a person must look."""
        return ForAPerson(self.job, hold, self.number, "failed", self.provider)

    def handed_over(self, hold: Hold) -> ForAPerson:
        """Perhaps bought, and only a person can find out; the step stays unknown."""
        return ForAPerson(self.job, hold, self.number, "", self.provider)


Result = Labelled | Later | ForAPerson


def changed(job: LabelJob) -> Later:
    """The order was changed, or is another worker's by now: nothing was done for it, and it is looked at afresh."""
    return Later(job, 0.0, "changed meanwhile", counts=False)


def jobs_of(
    shop: Shop, batch: Iterable[StoredOrder], rows: dict[str, list[ShipmentRow]], *, except_for: Container[str] = ()
) -> list[LabelJob]:
    """The shipments of a batch that still need a label from us, in order of order and number; `except_for` are ids."""
    products = products_of(shop)
    return [
        LabelJob(stored, row, shipment_request(shop, stored, row, products))
        for stored in batch
        for row in rows.get(stored.id, [])
        if row.state == "pending" and row.id not in except_for
    ]


def products_of(shop: Shop) -> Products:
    """What the configuration says of each SKU and variant."""
    return {(one.sku, one.variant): one for one in shop.configuration.products}


class _OfJob(Protocol):
    @property
    def job(self) -> LabelJob: ...


Some = TypeVar("Some", bound=_OfJob)


def by_order(results: Sequence[Some]) -> dict[str, list[Some]]:
    """The results of each order's jobs."""
    grouped: dict[str, list[Some]] = {}
    for result in results:
        grouped.setdefault(result.job.stored.id, []).append(result)
    return grouped


def shipment_request(shop: Shop, stored: StoredOrder, row: ShipmentRow, products: Products) -> ShipmentRequest:
    """The parcel as it is to be sent, from its location to its customer."""
    place = shop.locations[row.location]
    return ShipmentRequest(
        reference=row.id,
        origin=place.address,
        destination=stored.order.destination,
        parcel=parcel_of(row.weight_grams),
        speed=row.speed,
        currency=stored.order.currency,
        value=stored.order.total,
        order_number=stored.order.number,
        services=row.services,
        location_ids=place.channel_ids,
        customs=_customs(stored, row, products, place),
        label_format=place.label_format or shop.configuration.fulfillment.label_format,
    )


def _customs(
    stored: StoredOrder, row: ShipmentRow, products: Products, place: StockLocation
) -> CustomsDeclaration | None:
    """What is in a parcel that leaves its country; the sender vouches for it. None inside one country."""
    if place.address.country == stored.order.destination.country:
        return None
    ordered = {line.line_no: line for line in stored.order.lines}
    signer = place.address.name or place.address.company or place.title
    return declaration_of(row.lines, ordered, products, signer=signer, invoice_number=stored.order.number)
