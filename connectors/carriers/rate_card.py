"""The carrier that needs no account: prices from a rate card, labels printed here, kept as files by reference.

A label is a folder named by its reference, holding the PDF and the purchase. It is prepared under another name and
renamed into place when all of it is on the disk. Renaming onto an existing label fails, so a reference is sold once,
whatever dies and however many processes try.
"""

import asyncio
import json
import os
import re
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import Field

from connectors.address_check import address_problem
from connectors.errors import Refused
from connectors.geography import with_coordinates
from connectors.installation import Installation
from connectors.labels.sheet import LabelSheet, label_pdf
from connectors.protocols import Capabilities, Carrier, Label, ShipmentRequest
from connectors.settings import ConnectorSettings
from orderflow.money import Money
from orderflow.shipping.rate import Rate
from orderflow.shipping.rate_card import RateCard

CARDS = Path(__file__).resolve().parents[2] / "deployments" / "policy"
SMALL_PRINT = "Rate card label: no carrier was paid for it."

_SAFE_REFERENCE = re.compile(r"[A-Za-z0-9_-]{1,100}")


def load_rate_card(name_or_path: str) -> RateCard:
    """The rate card of this name ("us", "br") or in this JSON file. Raises FileNotFoundError or ValueError."""
    shipped = CARDS / f"rate_card_{name_or_path}.json"
    path = shipped if shipped.exists() else Path(name_or_path).expanduser()
    return RateCard.model_validate_json(path.read_bytes())


def tracking_number(reference: str) -> str:
    """ "RC", fifteen digits drawn from the reference by sha256, and the check digit of GS1 over them.

    GS1 General Specifications 7.9: weights 3 and 1 in turn from the right, and the digit that makes the sum a ten.
    """
    digits = f"{int(sha256(reference.encode()).hexdigest(), 16) % 10**15:015d}"
    total = sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(reversed(digits)))
    return f"RC{digits}{-total % 10}"


class Settings(ConnectorSettings):
    """Which card, and where the labels are kept: in the installation's label folder where nothing is set."""

    service = "rate_card"

    card: str = Field(default="us", validation_alias="ORDERFLOW_RATE_CARD")
    label_folder: Path = Field(
        default_factory=lambda: Installation.from_environment().folders.labels,
        validation_alias="ORDERFLOW_LABEL_FOLDER",
    )


class RateCardCarrier(Carrier):
    """Sells at the reference rates of a RateCard. Nothing leaves the machine; whoever drives the van reads the PDF."""

    code = "rate_card"
    capabilities = Capabilities(
        unique_reference=True,
        find_by_reference=True,
        orphan_is_billed=False,
        max_commit_delay_seconds=0,
        is_outside=False,
        tracks=False,
    )
    Settings = Settings

    def __init__(self, settings: Settings) -> None:
        self._card = load_rate_card(settings.card)
        self._shelf = settings.label_folder / self.code

    async def rate(self, request: ShipmentRequest) -> tuple[Rate, ...]:
        """The card's offers; coordinates are looked up where an address has none."""
        origin, destination = with_coordinates(request.origin), with_coordinates(request.destination)
        return self._card.rates(origin, destination, request.parcel.weight_grams)

    async def buy(self, request: ShipmentRequest, rate: Rate) -> Label:
        """Prints and keeps the label; the one already kept under this reference if there is one."""
        return await asyncio.to_thread(self._sell, request, rate)

    async def find_by_reference(self, reference: str) -> Label | None:
        """The kept label, unless it was voided."""
        folder = self._folder(reference)
        return None if _is_void(folder) or not folder.exists() else await asyncio.to_thread(_kept_label, folder)

    async def void(self, provider_reference: str) -> bool:
        """Marks the kept label as void, for good; False where there is none."""
        folder = self._folder(provider_reference)
        if folder.exists():
            (folder / "void").touch()
        return folder.exists()

    def _sell(self, request: ShipmentRequest, rate: Rate) -> Label:
        problem = address_problem(request.destination, strict=False)
        if problem:
            raise Refused(problem[1], field=problem[0], code="address")
        folder = self._folder(request.reference)
        if not folder.exists():
            self._keep(folder, _purchase(request, rate), label_pdf(_sheet(request, rate)))
        if _is_void(folder):
            raise Refused(f"the label of reference {request.reference} was voided", code="reference_used")
        return _kept_label(folder)

    def _keep(self, folder: Path, purchase: dict[str, Any], document: bytes) -> None:
        self._shelf.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".", dir=self._shelf, ignore_cleanup_errors=True) as name:
            draft = Path(name) / "label"
            draft.mkdir()
            _write(draft / "label.pdf", document)
            _write(draft / "purchase.json", json.dumps(purchase).encode())
            try:
                draft.rename(folder)
            except OSError:
                if not folder.exists():  # else another process was quicker, and its label is the label
                    raise
        _sync_folder(self._shelf)

    def _folder(self, reference: str) -> Path:
        if not _SAFE_REFERENCE.fullmatch(reference):
            raise Refused("a reference is up to 100 letters, digits, - and _", field="reference", code="reference")
        return self._shelf / reference


def _sheet(request: ShipmentRequest, rate: Rate) -> LabelSheet:
    return LabelSheet(
        service=f"{rate.carrier} {rate.service}",
        origin=request.origin,
        destination=request.destination,
        tracking_number=tracking_number(request.reference),
        reference=request.reference,
        order_number=request.order_number,
        weight_grams=request.parcel.weight_grams,
        extras=request.services,
        note=SMALL_PRINT,
    )


def _purchase(request: ShipmentRequest, rate: Rate) -> dict[str, Any]:
    return {
        "provider_reference": request.reference,
        "carrier": rate.carrier,
        "service": rate.service,
        "tracking_number": tracking_number(request.reference),
        "cost": rate.cost.model_dump(mode="json"),
    }


def _kept_label(folder: Path) -> Label:
    purchase = json.loads((folder / "purchase.json").read_bytes())
    cost = Money.model_validate(purchase.pop("cost"))
    return Label(provider=RateCardCarrier.code, cost=cost, document=(folder / "label.pdf").read_bytes(), **purchase)


def _is_void(folder: Path) -> bool:
    return (folder / "void").exists()


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Makes the renaming itself survive a power loss."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
