"""A regional carrier with a REST API, described by a JSON file and no Python.

The file says where each verb is called, with which JSON, and where in the answer each fact stands; see description.py
for its words and `deployments/policy/regional_carrier.json` for one that works. What the carrier promises after an
unknown answer is in the file as well, for it differs from carrier to carrier.
"""

from pathlib import Path
from typing import Any

import httpx
from pydantic import Field, SecretStr, ValidationError

from connectors.carriers.regional.answers import label_from, offers_from, refusal_from
from connectors.carriers.regional.description import Call, Description, FindCall
from connectors.carriers.regional.paths import pick
from connectors.carriers.regional.scans import update_from
from connectors.carriers.regional.template import fill, fill_path, shipment_facts
from connectors.described.reach import reach_of
from connectors.errors import NotConfigured, OutcomeUnknown, Refused
from connectors.labels.link import labelled
from connectors.parcels.customs import customs_of
from connectors.protocols import Capabilities, Carrier, Label, ShipmentRequest, TrackedParcel
from connectors.settings import ConnectorSettings
from connectors.transport.http import HttpClient, json_of
from orderflow.shipping.rate import Rate
from orderflow.shipping.tracking import TrackingUpdate

VARIABLE = "REGIONAL_CARRIER_FILE"


class Settings(ConnectorSettings):
    """The description's file and the account's secret. `base_url` overrides the one of the file."""

    service = "regional"

    token: SecretStr = Field(validation_alias="REGIONAL_CARRIER_TOKEN")
    file: Path = Field(validation_alias=VARIABLE)
    base_url: str = Field(default="", validation_alias="REGIONAL_BASE_URL")

    def description(self) -> Description:
        """The carrier as the file has it. Raises NotConfigured with the place of the first fault."""
        try:
            return Description.model_validate_json(self.file.expanduser().read_bytes())
        except OSError as error:
            raise _unusable(f"{self.file}: {error.strerror}") from None
        except ValidationError as error:
            fault = error.errors(include_url=False, include_input=False)[0]
            raise _unusable(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}") from None


class RegionalCarrier(Carrier):
    """The described carrier. Links to label files are followed without credentials."""

    code = "regional"
    capabilities = Capabilities(unique_reference=False, find_by_reference=False)
    Settings = Settings

    def __init__(self, settings: Settings, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._carrier = settings.description()
        self._base_url = settings.base_url or self._carrier.base_url
        self._customs_union = frozenset(self._carrier.customs_union)
        self.capabilities = self._carrier.capabilities()
        reach = reach_of(settings.base_url, transport)
        self._http = self._client(settings.token.get_secret_value(), reach)
        self._files = HttpClient(self.code, self._base_url, transport=reach)

    async def aclose(self) -> None:
        """Gives the connections back."""
        await self._http.aclose()
        await self._files.aclose()

    async def rate(self, request: ShipmentRequest) -> tuple[Rate, ...]:
        """The carrier's offers, cheapest first."""
        customs_of(request, self._customs_union)
        call = self._carrier.rate
        response = await self._http.read(call.method, **_request(call, shipment_facts(request)))
        offers = offers_from(json_of(response), call.answer, self._carrier)
        return tuple(sorted(offers, key=lambda rate: rate.cost.amount))

    async def buy(self, request: ShipmentRequest, rate: Rate) -> Label:
        """Buys the offer. Raises Refused for a failure the description recognises inside a success."""
        customs_of(request, self._customs_union)
        call = self._carrier.buy
        response = await self._http.write(call.method, **_request(call, shipment_facts(request, rate)))
        answer = json_of(response)
        if refusal := pick(answer, call.refusal):
            raise Refused(str(refusal))
        return await self._with_file(label_from(answer, call.answer, self._carrier, rate))

    async def find_by_reference(self, reference: str) -> Label | None:
        """The label that is not void. Raises OutcomeUnknown where the carrier cannot be asked."""
        call = self._carrier.find
        if call is None:
            raise OutcomeUnknown(f"{self._carrier.name} cannot be asked for the label of {reference}")
        try:
            response = await self._http.read(call.method, **_request(call, {"reference": reference}))
        except Refused as refusal:
            if refusal.code == "not_found":
                return None
            raise
        live = (item for item in call.labels_in(json_of(response)) if _is_ours(item, call, reference))
        found = next(live, None)
        return await self._with_file(label_from(found, call.answer, self._carrier)) if found else None

    async def void(self, provider_reference: str) -> bool:
        """Cancels the label; False where the carrier refuses or knows no cancelling."""
        call = self._carrier.void
        if call is None:
            return False
        try:
            response = await self._http.write(call.method, **_request(call, {"id": provider_reference}))
        except Refused as refusal:
            if refusal.code == "credentials":
                raise
            return refusal.code in call.already_void
        return not call.state or str(pick(json_of(response), call.state)) in call.void_states

    async def track(self, parcel: TrackedParcel) -> TrackingUpdate | None:
        """Where the parcel is; None where the carrier knows nothing of it, or cannot be asked."""
        call = self._carrier.track
        if call is None:
            return None
        facts = {"id": parcel.provider_reference, "tracking_number": parcel.tracking_number}
        try:
            answer = json_of(await self._http.read(call.method, **_request(call, facts)))
        except Refused as refusal:
            if refusal.code in {"not_found", *call.unknown}:
                return None
            raise
        return update_from(answer, call, parcel.tracking_number)

    async def _with_file(self, label: Label) -> Label:
        """The label with the file its link leads to, where it did not come in the answer."""
        hosts = self._carrier.label_hosts_pattern()
        return await labelled(self._files, label, home=self._base_url, elsewhere=hosts)

    def _client(self, token: str, transport: httpx.AsyncBaseTransport | None) -> HttpClient:
        access = self._carrier.access
        return HttpClient(
            self.code,
            self._base_url,
            headers={} if access.user else {access.header: f"{access.prefix}{token}"},
            auth=(access.user, token) if access.user else None,
            explain=self._refusal,
            transport=transport,
        )

    def _refusal(self, response: httpx.Response) -> Refused:
        return refusal_from(response, self._carrier)


def _request(call: Call, facts: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {"path": fill_path(call.path, facts)}
    if call.query:
        told["params"] = fill(call.query, facts)
    if call.body is not None:
        told["json"] = fill(call.body, facts)
    return told


def _is_ours(item: Any, call: FindCall, reference: str) -> bool:
    """Whether a listed label is the one of this reference, and not void."""
    is_other = call.reference and str(pick(item, call.reference)) != reference
    return not is_other and str(pick(item, call.state)) not in call.void_states


def _unusable(fault: str) -> NotConfigured:
    error = NotConfigured(f"a {VARIABLE} without faults ({fault})", needed_by=Settings.service)
    error.variable = VARIABLE
    return error
