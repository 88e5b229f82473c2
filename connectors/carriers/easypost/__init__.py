"""EasyPost: a shipment comes with rates, buying one of them makes it a label, refunding the shipment voids it.

A shipment is bought once, and a second purchase of it is refused by name; but every question for rates makes another
shipment. All of them carry our reference, by which a purchase of unknown outcome is found among the bought ones.
"""

import re
from collections.abc import Mapping, Sequence, Set
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import httpx
from pydantic import Field, SecretStr

from connectors.carriers.easypost.answers import PostageLabel, Shipment, Shipments, refusal_of
from connectors.carriers.easypost.orders import shipment_order
from connectors.carriers.easypost.tracking import SIGNATURE, Trackers, check_signature, notice_of, updates_of
from connectors.documents import read_document
from connectors.errors import OutcomeUnknown, Refused, SignatureRefused
from connectors.labels.link import labelled
from connectors.parcels.customs import customs_of
from connectors.protocols import (
    Capabilities,
    Carrier,
    Label,
    LabelLister,
    ShipmentRequest,
    SoldLabel,
    TrackedParcel,
    TrackingSender,
    WebhookNotice,
)
from connectors.settings import ConnectorSettings
from connectors.transport.http import HttpClient, answer_of
from connectors.transport.signatures import split_secrets
from connectors.transport.together import Together
from orderflow.shipping.rate import Rate
from orderflow.shipping.tracking import TrackingUpdate

LABEL_HOSTS = re.compile(r"easypost-files\.s3[\w.-]*\.amazonaws\.com")
PAGE_SIZE = 100
MOST_PAGES = 20
# The account is read as a list once an hour, and then as far back as it was asked for.
MOST_LISTED_PAGES = 200
# So many purchases of unknown fate are looked for in one reading of it.
MOST_ASKED_FOR = 200

# A purchase's reference, and when it was begun.
Asked = tuple[str, datetime]

_BOUGHT_BEFORE = "SHIPMENT.POSTAGE.EXISTS"


class Settings(ConnectorSettings):
    """One EasyPost account; a test key makes every label a free sample. Several webhook secrets stand with commas."""

    service = "easypost"

    api_key: SecretStr = Field(validation_alias="EASYPOST_API_KEY")
    webhook_secret: SecretStr = Field(default=SecretStr(""), validation_alias="EASYPOST_WEBHOOK_SECRET")
    base_url: str = Field(default="https://api.easypost.com/v2", validation_alias="EASYPOST_BASE_URL")


class EasyPostCarrier(Carrier, LabelLister, TrackingSender):
    """The label platform EasyPost. Links to label files are followed without credentials."""

    code = "easypost"
    capabilities = Capabilities(unique_reference=False, find_by_reference=True)
    Settings = Settings

    def __init__(self, settings: Settings, transport: httpx.AsyncBaseTransport | None = None) -> None:
        headers = {"Authorization": f"Bearer {settings.api_key.get_secret_value()}"}
        self._base_url = settings.base_url
        self._secrets = split_secrets(settings.webhook_secret.get_secret_value())
        self._http = HttpClient(self.code, settings.base_url, headers=headers, explain=refusal_of, transport=transport)
        self._files = HttpClient(self.code, settings.base_url, transport=transport)
        self._found: Together[Asked, Shipment] = Together(self._find_all, most=MOST_ASKED_FOR)

    async def aclose(self) -> None:
        """Gives the connections back."""
        await self._http.aclose()
        await self._files.aclose()

    async def rate(self, request: ShipmentRequest) -> tuple[Rate, ...]:
        """The offers of every carrier account, cheapest first. Raises Refused where none offers for the address."""
        order = {"shipment": shipment_order(request, customs_of(request))}
        return answer_of(await self._http.read("POST", "shipments", json=order), Shipment).as_rates()

    async def buy(self, request: ShipmentRequest, rate: Rate) -> Label:
        """Buys the shipment at the rate; the label it has already, if it was bought before."""
        customs_of(request)
        shipment_id, _, rate_id = rate.rate_id.partition(":")
        try:
            response = await self._http.write("POST", f"{_path(shipment_id)}/buy", json={"rate": {"id": rate_id}})
        except Refused as refusal:
            if refusal.code != _BOUGHT_BEFORE:
                raise
            return await self._bought(await self._get(shipment_id))
        return await self._bought(answer_of(response, Shipment))

    async def find_by_reference(self, reference: str) -> Label | None:
        """The newest bought shipment with this reference that was not refunded, out of the newest 2,000.

        Raises OutcomeUnknown where there are more: an older one could be it.
        """
        found = await self._among_newest({reference}, {}, MOST_PAGES)
        return await self._labelled(found.get(reference))

    async def find_since(self, reference: str, since: datetime) -> Label | None:
        """The same among the shipments created since then: no account is too busy to be asked.

        The list is read once for all who ask in the same breath.
        """
        return await self._labelled(await self._found.get((reference, since)))

    async def labels_since(self, since: datetime) -> Sequence[SoldLabel]:
        """The bought shipments that were created since then; EasyPost tells no time of the purchase."""
        query: dict[str, Any] = {"purchased": "true", "page_size": PAGE_SIZE}
        query |= _created(since)
        listed: list[SoldLabel] = []
        for _ in range(MOST_LISTED_PAGES):
            page = answer_of(await self._http.read("GET", "shipments", params=query), Shipments)
            listed += [sold for item in page.shipments if (sold := item.as_sold())]
            if not page.has_more or not page.shipments:
                return listed
            query["before_id"] = page.shipments[-1].id
        raise OutcomeUnknown(f"EasyPost sold more than {MOST_LISTED_PAGES * PAGE_SIZE} labels since {since:%Y-%m-%d}")

    async def void(self, provider_reference: str) -> bool:
        """Asks for the refund; True once it is accepted, though the money may come back weeks later."""
        try:
            response = await self._http.write("POST", f"{_path(provider_reference)}/refund", json={})
        except Refused as refusal:
            if refusal.code == "credentials":
                raise
            return await self._is_refunded(provider_reference)
        return answer_of(response, Shipment).is_void

    async def track(self, parcel: TrackedParcel) -> TrackingUpdate | None:
        """Where the parcel is, by the tracker that came with its label."""
        query = {"tracking_code": parcel.tracking_number}
        found = answer_of(await self._http.read("GET", "trackers", params=query), Trackers).trackers
        mine = [tracker for tracker in found if tracker.shipment_id in {"", parcel.provider_reference}]
        return mine[0].as_update() if mine else None

    async def verify(self, headers: Mapping[str, str], body: bytes, token: str) -> None:
        """Returns for a signed event; raises SignatureRefused for everything else."""
        if not self._secrets:
            raise SignatureRefused("no event can be verified while EASYPOST_WEBHOOK_SECRET is not set")
        check_signature(self._secrets, headers.get(SIGNATURE, ""), body)

    def notice(self, headers: Mapping[str, str], body: bytes) -> WebhookNotice | None:
        """What the event is about."""
        return notice_of(read_document(body))

    def updates(self, document: Any) -> tuple[TrackingUpdate, ...]:
        """What the event says of its parcel."""
        return updates_of(document)

    async def _find_all(self, asked: Sequence[Asked]) -> Mapping[Asked, Shipment]:
        created = _created(min(since for _, since in asked))
        found = await self._among_newest({reference for reference, _ in asked}, created, MOST_LISTED_PAGES)
        return {(reference, since): found[reference] for reference, since in asked if reference in found}

    async def _among_newest(
        self, wanted: Set[str], created: Mapping[str, str], most_pages: int
    ) -> Mapping[str, Shipment]:
        """The newest purchase of each reference; the list is read until all are found or it ends."""
        found: dict[str, Shipment] = {}
        query: dict[str, Any] = {"purchased": "true", "page_size": PAGE_SIZE, **created}
        for _ in range(most_pages):
            page = answer_of(await self._http.read("GET", "shipments", params=query), Shipments)
            for item in page.shipments:
                if (reference := item.reference or "") in wanted and not item.is_void:
                    found.setdefault(reference, item)
            if len(found) == len(wanted) or not page.has_more or not page.shipments:
                return found
            query["before_id"] = page.shipments[-1].id
        missing = ", ".join(sorted(wanted - found.keys())[:3])
        raise OutcomeUnknown(f"{missing} is not among the newest {most_pages * PAGE_SIZE} labels at EasyPost")

    async def _labelled(self, found: Shipment | None) -> Label | None:
        return await self._bought(found) if found else None

    async def _is_refunded(self, shipment_id: str) -> bool:
        """Whether an earlier refund is why another one is refused."""
        try:
            return (await self._get(shipment_id)).is_void
        except Refused:
            return False

    async def _get(self, shipment_id: str) -> Shipment:
        return answer_of(await self._http.read("GET", _path(shipment_id)), Shipment)

    async def _bought(self, shipment: Shipment) -> Label:
        if shipment.is_void:
            raise Refused(f"the label of {shipment.id} was voided", code="reference_used")
        if shipment.selected_rate is None or not shipment.tracking_code:
            raise OutcomeUnknown(f"EasyPost shows no label of {shipment.id} yet")
        files = shipment.postage_label or PostageLabel()
        rate = shipment.selected_rate.as_rate(shipment.id)
        label = Label(
            provider=self.code,
            provider_reference=shipment.id,
            carrier=rate.carrier,
            service=rate.service,
            tracking_number=shipment.tracking_code,
            cost=rate.cost,
            document_url=files.label_pdf_url or files.label_url or "",
            tracking_url=shipment.tracking_url,
        )
        return await labelled(self._files, label, home=self._base_url, elsewhere=LABEL_HOSTS)


def _created(since: datetime) -> Mapping[str, str]:
    """The question for shipments created since then."""
    return {"start_datetime": since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}


def _path(shipment_id: str) -> str:
    return f"shipments/{quote(shipment_id, safe='')}"
