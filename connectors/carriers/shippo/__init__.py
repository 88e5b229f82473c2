"""Shippo: shipments give rates, a transaction on a rate is a label, a refund is a void.

Shippo sells again when asked again. The reference travels in the transaction's `metadata`, by which a purchase of
unknown outcome is found. A failed purchase is answered 201 with status ERROR. Its webhooks carry no signature, so the
secret is a part of the address it posts to.
"""

import re
from collections.abc import Mapping, Sequence, Set
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from pydantic import Field, SecretStr

from connectors.carriers.shippo.answers import (
    RateAnswer,
    Reference,
    Refund,
    Shipment,
    Transaction,
    Transactions,
    refusal_of,
    refused,
)
from connectors.carriers.shippo.orders import purchase_order, shipment_order
from connectors.carriers.shippo.tracking import Track, notice_of, updates_of
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
from connectors.transport.signatures import check_token, split_secrets
from connectors.transport.together import Together
from orderflow.shipping.rate import Rate
from orderflow.shipping.tracking import TrackingUpdate

API_VERSION = "2018-02-08"
LABEL_HOSTS = re.compile(r"[\w-]+\.goshippo\.com|shippo-[\w-]+\.s3[\w.-]*\.amazonaws\.com")
PAGE_SIZE = 100
MOST_PAGES = 20
# The account is read as a list once an hour, and then as far back as it was asked for.
MOST_LISTED_PAGES = 200
# So many purchases of unknown fate are looked for in one reading of it.
MOST_ASKED_FOR = 200

# A purchase's reference, and when it was begun.
Asked = tuple[str, datetime]


class Settings(ConnectorSettings):
    """One Shippo account; a test token makes every label a free sample. Webhook tokens stand with commas."""

    service = "shippo"

    token: SecretStr = Field(validation_alias="SHIPPO_API_TOKEN")
    webhook_token: SecretStr = Field(default=SecretStr(""), validation_alias="SHIPPO_WEBHOOK_TOKEN")
    base_url: str = Field(default="https://api.goshippo.com", validation_alias="SHIPPO_BASE_URL")


class ShippoCarrier(Carrier, LabelLister, TrackingSender):
    """The label platform Shippo. `http` speaks to the API, `files` follows links to labels without credentials."""

    code = "shippo"
    capabilities = Capabilities(unique_reference=False, find_by_reference=True, orphan_is_billed=True)
    Settings = Settings

    def __init__(self, settings: Settings, http: HttpClient | None = None, files: HttpClient | None = None) -> None:
        token = f"ShippoToken {settings.token.get_secret_value()}"
        headers = {"Authorization": token, "SHIPPO-API-VERSION": API_VERSION}
        self._base_url = settings.base_url
        self._tokens = split_secrets(settings.webhook_token.get_secret_value())
        self._http = http or HttpClient(self.code, settings.base_url, headers=headers, explain=refusal_of)
        self._files = files or HttpClient(self.code, settings.base_url)
        self._found: Together[Asked, Transaction] = Together(self._find_all, most=MOST_ASKED_FOR)

    async def aclose(self) -> None:
        """Gives the connections back."""
        await self._http.aclose()
        await self._files.aclose()

    async def rate(self, request: ShipmentRequest) -> tuple[Rate, ...]:
        """The offers of every carrier account, cheapest first. Raises Refused where none offers for the address."""
        order = shipment_order(request, customs_of(request))
        return answer_of(await self._http.read("POST", "shipments", json=order), Shipment).as_rates()

    async def buy(self, request: ShipmentRequest, rate: Rate) -> Label:
        """Buys the rate, with the shipment's reference as metadata."""
        customs_of(request)
        order = purchase_order(request, rate)
        transaction = answer_of(await self._http.write("POST", "transactions", json=order), Transaction)
        if transaction.status == "ERROR":
            raise refused(transaction.messages)
        if transaction.status != "SUCCESS":
            raise OutcomeUnknown(f"Shippo has the purchase {transaction.object_id} in state {transaction.status}")
        return await self._label(transaction, rate)

    async def find_by_reference(self, reference: str) -> Label | None:
        """The newest label with this metadata that was not refunded, out of the newest 2,000 sold.

        Raises OutcomeUnknown where there are more: an older one could be it.
        """
        found = await self._among_newest({reference}, datetime.min.replace(tzinfo=UTC), MOST_PAGES)
        return await self._labelled(found.get(reference))

    async def find_since(self, reference: str, since: datetime) -> Label | None:
        """The same, the list read until it is older than that: no account is too busy to be asked.

        The list is read once for all who ask in the same breath.
        """
        return await self._labelled(await self._found.get((reference, since)))

    async def labels_since(self, since: datetime) -> Sequence[SoldLabel]:
        """The purchases since then: the list comes newest first and is read until it is older."""
        listed: list[SoldLabel] = []
        for page in range(1, MOST_LISTED_PAGES + 1):
            query = {"object_status": "SUCCESS", "results": PAGE_SIZE, "page": page}
            answer = answer_of(await self._http.read("GET", "transactions", params=query), Transactions)
            sold = [one for item in answer.results if (one := item.as_sold())]
            listed += [one for one in sold if one.sold_at >= since]
            if not answer.next or (sold and sold[-1].sold_at < since):
                return listed
        raise OutcomeUnknown(f"Shippo sold more than {MOST_LISTED_PAGES * PAGE_SIZE} labels since {since:%Y-%m-%d}")

    async def void(self, provider_reference: str) -> bool:
        """Asks for the refund; True once it is accepted, though the money may come back days later."""
        order = {"transaction": provider_reference, "async": False}
        try:
            refund = answer_of(await self._http.write("POST", "refunds", json=order), Refund)
        except Refused as refusal:
            if refusal.code == "credentials":
                raise
            return await self._is_refunded(provider_reference)
        return refund.status != "ERROR"

    async def track(self, parcel: TrackedParcel) -> TrackingUpdate | None:
        """Where the parcel is, asked by carrier and number."""
        path = f"tracks/{quote(parcel.carrier, safe='')}/{quote(parcel.tracking_number, safe='')}"
        try:
            return answer_of(await self._http.read("GET", path), Track).as_update()
        except Refused as refusal:
            if refusal.code != "not_found":
                raise
            return None

    async def verify(self, headers: Mapping[str, str], body: bytes, token: str) -> None:
        """Returns for a delivery to the secret address; raises SignatureRefused for everything else."""
        check_token(self._tokens, token, variable="SHIPPO_WEBHOOK_TOKEN")

    def notice(self, headers: Mapping[str, str], body: bytes) -> WebhookNotice | None:
        """What the event is about."""
        return notice_of(read_document(body))

    def updates(self, document: Any) -> tuple[TrackingUpdate, ...]:
        """What the event says of its parcel."""
        return updates_of(document)

    async def _find_all(self, asked: Sequence[Asked]) -> Mapping[Asked, Transaction]:
        earliest = min(since for _, since in asked)
        found = await self._among_newest({reference for reference, _ in asked}, earliest, MOST_LISTED_PAGES)
        return {(reference, since): found[reference] for reference, since in asked if reference in found}

    async def _among_newest(self, wanted: Set[str], since: datetime, most_pages: int) -> Mapping[str, Transaction]:
        """The newest purchase of each reference; the list is read until all are found or it is older than that."""
        found: dict[str, Transaction] = {}
        for page in range(1, most_pages + 1):
            query = {"object_status": "SUCCESS", "results": PAGE_SIZE, "page": page}
            listed = answer_of(await self._http.read("GET", "transactions", params=query), Transactions)
            for item in listed.results:
                if (reference := item.metadata or "") in wanted and item.status == "SUCCESS":
                    found.setdefault(reference, item)
            if len(found) == len(wanted) or not listed.next or listed.reaches(since):
                return found
        missing = ", ".join(sorted(wanted - found.keys())[:3])
        raise OutcomeUnknown(f"{missing} is not among the newest {most_pages * PAGE_SIZE} labels at Shippo")

    async def _is_refunded(self, transaction_id: str) -> bool:
        """Whether an earlier refund is why another one is refused."""
        try:
            response = await self._http.read("GET", f"transactions/{quote(transaction_id, safe='')}")
        except Refused:
            return False
        return answer_of(response, Transaction).status in {"REFUNDED", "REFUNDPENDING"}

    async def _rate_of(self, transaction: Transaction) -> Rate:
        rate_id = transaction.rate.object_id if isinstance(transaction.rate, Reference) else transaction.rate or ""
        return answer_of(await self._http.read("GET", f"rates/{quote(rate_id, safe='')}"), RateAnswer).as_rate()

    async def _labelled(self, found: Transaction | None) -> Label | None:
        return await self._label(found, await self._rate_of(found)) if found else None

    async def _label(self, transaction: Transaction, rate: Rate) -> Label:
        label = Label(
            provider=self.code,
            provider_reference=transaction.object_id,
            carrier=rate.carrier,
            service=rate.service,
            tracking_number=transaction.tracking_number or "",
            cost=rate.cost,
            document_url=transaction.label_url or "",
            tracking_url=transaction.tracking_url_provider or "",
        )
        return await labelled(self._files, label, home=self._base_url, elsewhere=LABEL_HOSTS)
