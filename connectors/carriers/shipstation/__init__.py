"""ShipStation API v2: one platform over a shop's carrier accounts and warehouses.

A label is bought with the shipment's reference as `external_shipment_id`, which ShipStation accepts once. A second
purchase is refused, and the label of the first one is adopted. A refused void is answered 200, not approved.
"""

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
from connectors.errors import OutcomeUnknown, Refused
from connectors.labels.link import label_file
from connectors.protocols import Capabilities, Carrier, Label, ShipmentRequest
from connectors.settings import ConnectorSettings
from connectors.transport.http import HttpClient, answer_of
from orderflow.shipping.rate import Rate


class Settings(ConnectorSettings):
    """One ShipStation account. Without carrier ids every carrier connected to the account is asked for rates."""

    service = "shipstation"

    api_key: SecretStr = Field(validation_alias="SHIPSTATION_API_KEY")
    base_url: str = Field(default="https://api.shipstation.com/v2", validation_alias="SHIPSTATION_BASE_URL")
    carrier_ids: str = Field(default="", validation_alias="SHIPSTATION_CARRIER_IDS")


class ShipStationCarrier(Carrier):
    """The label platform ShipStation."""

    code = "shipstation"
    capabilities = Capabilities(unique_reference=True, find_by_reference=True)
    Settings = Settings

    def __init__(self, settings: Settings, http: HttpClient | None = None) -> None:
        headers = {"api-key": settings.api_key.get_secret_value()}
        self._base_url = settings.base_url
        self._http = http or HttpClient(self.code, settings.base_url, headers=headers, explain=refusal_of)
        self._carrier_ids = [part.strip() for part in settings.carrier_ids.split(",") if part.strip()]

    async def aclose(self) -> None:
        """Gives the connections back."""
        await self._http.aclose()

    async def rate(self, request: ShipmentRequest) -> tuple[Rate, ...]:
        """The offers of all carrier accounts, cheapest first. Raises Refused where none offers for the address."""
        question = rate_question(request, await self._accounts())
        answer = answer_of(await self._http.read("POST", "rates", json=question), RatesAnswer).rate_response
        if not answer.rates and (refusal := answer.as_refusal()).code == "address":
            raise refusal
        return tuple(sorted((rate.as_rate() for rate in answer.rates), key=lambda rate: rate.cost.amount))

    async def buy(self, request: ShipmentRequest, rate: Rate) -> Label:
        """Buys from the account and service of the rate; the label already bought under this reference, if any."""
        try:
            response = await self._http.write("POST", "labels", json=label_order(request, rate))
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
        live = (label for label in labels if not label.voided and label.status != "error")
        label = next(live, None)
        return await self._bought(label) if label else None

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

    async def _accounts(self) -> list[str]:
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
        return Label(
            provider=self.code,
            provider_reference=label.label_id,
            carrier=carrier_of(label.carrier_code),
            service=label.service_code,
            tracking_number=label.tracking_number,
            cost=label.shipment_cost.as_money() + label.insurance_cost.as_money(),
            document=download.content or await label_file(self._http, download.link, home=self._base_url),
            document_url=download.link,
            tracking_url=label.tracking_url or "",
        )
