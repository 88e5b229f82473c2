"""ShipStation API v2: one platform over a shop's carrier accounts and warehouses.

A label is bought with the shipment's reference as `external_shipment_id`, which ShipStation accepts once. A second
purchase is refused, and the label of the first one is adopted. A refused void is answered 200, not approved.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from pydantic import Field, SecretStr

from connectors.carriers.shipstation.answers import (
    AccountsAnswer,
    LabelAnswer,
    LabelsAnswer,
    RatesAnswer,
    ShipmentAnswer,
    VoidAnswer,
    carrier_of,
    refusal_of,
)
from connectors.carriers.shipstation.orders import label_order, rate_question
from connectors.carriers.shipstation.signatures import PublishedKeys
from connectors.carriers.shipstation.tracking import Tracking, notice_of, updates_of
from connectors.documents import read_document
from connectors.errors import OutcomeUnknown, Refused
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
from orderflow.shipping.rate import Rate
from orderflow.shipping.tracking import TrackingUpdate

# A list of 20,000 labels is longer than two days of the busiest shop we know of.
PAGE_SIZE = 100
MOST_PAGES = 200


class Settings(ConnectorSettings):
    """One ShipStation account. Without carrier ids every carrier connected to the account is asked for rates."""

    service = "shipstation"

    api_key: SecretStr = Field(validation_alias="SHIPSTATION_API_KEY")
    base_url: str = Field(default="https://api.shipstation.com/v2", validation_alias="SHIPSTATION_BASE_URL")
    carrier_ids: str = Field(default="", validation_alias="SHIPSTATION_CARRIER_IDS")
    keys_url: str = Field(default="https://api.shipengine.com/jwks", validation_alias="SHIPSTATION_JWKS_URL")


class ShipStationCarrier(Carrier, LabelLister, TrackingSender):
    """The label platform ShipStation."""

    code = "shipstation"
    capabilities = Capabilities(unique_reference=True, find_by_reference=True)
    Settings = Settings

    def __init__(self, settings: Settings, http: HttpClient | None = None) -> None:
        headers = {"api-key": settings.api_key.get_secret_value()}
        self._base_url = settings.base_url
        self._http = http or HttpClient(self.code, settings.base_url, headers=headers, explain=refusal_of)
        self._keys_client = HttpClient(self.code, settings.keys_url)
        self._keys = PublishedKeys(self._keys_client, settings.keys_url)
        self._asking = asyncio.Lock()
        self._carrier_ids = [part.strip() for part in settings.carrier_ids.split(",") if part.strip()]

    async def aclose(self) -> None:
        """Gives the connections back."""
        await self._http.aclose()
        await self._keys_client.aclose()

    async def rate(self, request: ShipmentRequest) -> tuple[Rate, ...]:
        """The offers of all carrier accounts, cheapest first. Raises Refused where none offers for the address."""
        question = rate_question(request, customs_of(request), await self._accounts())
        answer = answer_of(await self._http.read("POST", "rates", json=question), RatesAnswer).rate_response
        if not answer.rates and (refusal := answer.as_refusal()).code == "address":
            raise refusal
        return tuple(sorted((rate.as_rate() for rate in answer.rates), key=lambda rate: rate.cost.amount))

    async def buy(self, request: ShipmentRequest, rate: Rate) -> Label:
        """Buys from the account and service of the rate; the label already bought under this reference, if any."""
        try:
            order = label_order(request, customs_of(request), rate)
            response = await self._http.write("POST", "labels", json=order)
        except Refused as refusal:
            if refusal.code != "duplicate_reference":
                raise
            return await self._adopt(request.reference)
        label = answer_of(response, LabelAnswer)
        if label.status == "error":
            raise Refused(f"ShipStation could not create label {label.label_id}", code="label_error")
        return await self._bought(label)

    async def find_by_reference(self, reference: str) -> Label | None:
        """The label that is not void. Raises OutcomeUnknown while ShipStation still works on it."""
        labels = await self._labels(reference)
        label = next((label for label in labels if label.is_live), None)
        return await self._bought(label) if label else None

    async def labels_since(self, since: datetime) -> Sequence[SoldLabel]:
        """The account's labels by their time of creation."""
        query: dict[str, Any] = {"created_at_start": since.astimezone(UTC).isoformat(), "page_size": PAGE_SIZE}
        listed: list[SoldLabel] = []
        for page in range(1, MOST_PAGES + 1):
            answer = answer_of(await self._http.read("GET", "labels", params={**query, "page": page}), LabelsAnswer)
            listed += [sold for label in answer.labels if (sold := label.as_sold())]
            if page >= answer.pages:
                return listed
        raise OutcomeUnknown(f"ShipStation sold more than {MOST_PAGES * PAGE_SIZE} labels since {since:%Y-%m-%d %H:%M}")

    async def void(self, provider_reference: str) -> bool:
        """Asks for the void; a label that is void already counts as voided, one that is not known as refused."""
        try:
            response = await self._http.write("PUT", f"labels/{quote(provider_reference, safe='')}/void")
        except Refused as refusal:
            if refusal.code != "not_found":
                raise
            return False
        answer = answer_of(response, VoidAnswer)
        return answer.approved or answer.reason_code == "label_already_voided"

    async def track(self, parcel: TrackedParcel) -> TrackingUpdate | None:
        """Where the parcel is, asked by the label's id."""
        path = f"labels/{quote(parcel.provider_reference, safe='')}/track"
        try:
            return answer_of(await self._http.read("GET", path), Tracking).as_update()
        except Refused as refusal:
            if refusal.code != "not_found":
                raise
            return None

    async def verify(self, headers: Mapping[str, str], body: bytes, token: str) -> None:
        """Returns for a delivery ShipStation signed in the last five minutes; raises SignatureRefused otherwise."""
        await self._keys.check(headers, body)

    def notice(self, headers: Mapping[str, str], body: bytes) -> WebhookNotice | None:
        """What the delivery is about."""
        return notice_of(read_document(body))

    def updates(self, document: Any) -> tuple[TrackingUpdate, ...]:
        """What the delivery says of its parcel."""
        return updates_of(document)

    async def _accounts(self) -> list[str]:
        """The carrier accounts to ask; who needs them while somebody asks for them waits for that answer."""
        async with self._asking:
            if not self._carrier_ids:
                answer = answer_of(await self._http.read("GET", "carriers"), AccountsAnswer)
                self._carrier_ids = [account.carrier_id for account in answer.carriers]
        return self._carrier_ids

    async def _adopt(self, reference: str) -> Label:
        if label := await self.find_by_reference(reference):
            return label
        if await self._labels(reference):
            raise Refused(f"the label of reference {reference} was voided", code="reference_used")
        raise OutcomeUnknown(f"ShipStation knows the reference {reference} but shows no label yet")

    async def _labels(self, reference: str) -> tuple[LabelAnswer, ...]:
        path = f"shipments/external_shipment_id/{quote(reference, safe='')}"
        try:
            shipment = answer_of(await self._http.read("GET", path), ShipmentAnswer)
        except Refused as refusal:
            if refusal.code != "not_found":
                raise
            return ()
        query = {"shipment_id": shipment.shipment_id}
        return answer_of(await self._http.read("GET", "labels", params=query), LabelsAnswer).labels

    async def _bought(self, label: LabelAnswer) -> Label:
        if label.status != "completed":
            raise OutcomeUnknown(f"ShipStation has label {label.label_id} in state {label.status}")
        download = label.label_download
        bought = Label(
            provider=self.code,
            provider_reference=label.label_id,
            carrier=carrier_of(label.carrier_code),
            service=label.service_code,
            tracking_number=label.tracking_number,
            cost=label.shipment_cost.as_money() + label.insurance_cost.as_money(),
            document=download.content,
            document_url=download.link,
            tracking_url=label.tracking_url or "",
        )
        return await labelled(self._http, bought, home=self._base_url)
