"""A 3PL or drop-shipper with a REST API, described by a JSON file and no Python.

The file says where each verb is called, with which JSON, and where in the answer each fact stands; see description.py
for its words, and `deployments/policy/partners/` for files to begin with. What the partner promises after an unknown
answer is in the file as well. There may be several: `third_party:acme` has variables of its own.
"""

from collections.abc import Mapping
from typing import Any, Self

import httpx

from connectors.described.filling import fill, fill_path
from connectors.described.paths import pick, pick_list
from connectors.described.reach import reach_of
from connectors.errors import OutcomeUnknown, Refused
from connectors.fulfillment.third_party.description import Call, Description, OrderPaths, StockCall
from connectors.fulfillment.third_party.facts import line_facts, order_facts
from connectors.fulfillment.third_party.settings import Settings
from connectors.protocols import (
    Capabilities,
    FulfillmentPartner,
    FulfillmentRequest,
    PartnerOrder,
    PartnerParcel,
    Stage,
)
from connectors.transport.http import HttpClient, json_of
from orderflow.inventory import StockLevel

ALL = "all"
_EMPTY: tuple[Any, ...] = ("", None, {}, [])


class ThirdParty(FulfillmentPartner):
    """The described partner."""

    code = "third_party"
    capabilities = Capabilities(unique_reference=False, find_by_reference=False, tracks=False)
    Settings = Settings

    def __init__(self, settings: Settings, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._partner = settings.description()
        self.capabilities = self._partner.capabilities()
        access = self._partner.access
        headers = {access.header: access.prefix + settings.token.get_secret_value()}
        url = settings.base_url or self._partner.base_url
        reach = reach_of(settings.base_url, transport)
        self._http = HttpClient(settings.code, url, headers=headers, explain=self._refusal, transport=reach)

    @classmethod
    def named(cls, name: str, stored: Mapping[str, str] | None = None) -> Self:
        """The partner of that name. Raises NotConfigured."""
        return cls(Settings.of(name, stored))

    async def aclose(self) -> None:
        """Gives the connections back."""
        await self._http.aclose()

    async def request(self, request: FulfillmentRequest) -> PartnerOrder:
        """Hands the shipment over."""
        call = self._partner.request
        lines = [_filled(fill(call.line, line_facts(line))) for line in request.lines]
        facts = order_facts(request, self._partner.speeds) | {"lines": lines}
        answer = await self._http.write(call.method, **_asked(call, facts), json=_filled(fill(call.body, facts)))
        return _told(json_of(answer), self._partner.order)

    async def find_by_reference(self, reference: str) -> PartnerOrder | None:
        """The order of this reference. Raises OutcomeUnknown where the partner cannot be asked."""
        call = self._partner.find
        if call is None:
            raise OutcomeUnknown(f"the partner cannot be asked for the order of {reference}")
        try:
            answer = json_of(await self._http.read(call.method, **_asked(call, {"reference": reference})))
        except Refused as refusal:
            if refusal.code == "not_found":
                return None
            raise
        found = pick_list(answer, call.orders)[:1] if call.orders else [answer]
        return _told(found[0], self._partner.order) if found and found[0] else None

    async def status(self, provider_reference: str) -> PartnerOrder:
        """How far the partner is."""
        call = self._partner.status
        answer = await self._http.read(call.method, **_asked(call, {"id": provider_reference}))
        return _told(json_of(answer), self._partner.order)

    async def cancel(self, provider_reference: str) -> bool:
        """Calls the order off; False where it is too late or the partner takes no cancellation."""
        call = self._partner.cancel
        if call is None:
            return False
        try:
            await self._http.write(call.method, **_asked(call, {"id": provider_reference}))
        except Refused as refusal:
            if refusal.code in call.too_late:
                return False
            raise
        return (await self.status(provider_reference)).stage is Stage.CANCELLED

    async def stock_levels(self) -> tuple[StockLevel, ...]:
        """What the partner has, page by page; () where it tells none."""
        call, cursor = self._partner.stock, ""
        levels: list[StockLevel] = []
        while call is not None:
            asked = _asked(call, {})
            if cursor:
                asked["params"] = {**asked["params"], call.next_parameter: cursor}
            page = json_of(await self._http.read(call.method, **asked))
            levels += [_level(item, call) for item in pick_list(page, call.levels)]
            cursor = str(pick(page, call.next) or "") if call.next else ""
            if not cursor:
                break
        return tuple(levels)

    def _refusal(self, response: httpx.Response) -> Refused:
        return _refusal_from(response, self._partner)


def _asked(call: Call, facts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "path": fill_path(call.path, facts).lstrip("/"),
        "params": fill(call.query, facts),
        "headers": fill(call.headers, facts),
    }


def _filled(template: Any) -> Any:
    """The template without what turned out empty."""
    if isinstance(template, dict):
        members = {name: _filled(inner) for name, inner in template.items()}
        return {name: value for name, value in members.items() if value not in _EMPTY}
    return [_filled(inner) for inner in template] if isinstance(template, list) else template


def _told(answer: Any, paths: OrderPaths) -> PartnerOrder:
    """The order of an answer. Raises OutcomeUnknown for one without its id."""
    order_id, number = _text(answer, paths.id), _text(answer, paths.tracking_number)
    if not order_id:
        raise OutcomeUnknown("the partner answers success without the order's id")
    parcel = PartnerParcel(
        carrier=_text(answer, paths.carrier).lower() or "partner",
        tracking_number=number,
        service=_text(answer, paths.service),
        tracking_url=_text(answer, paths.tracking_url),
    )
    units = pick(answer, paths.refused) if paths.refused else None
    return PartnerOrder(
        provider_reference=order_id,
        stage=paths.stages.get(_text(answer, paths.stage), Stage.ACCEPTED),
        parcel=parcel if number else None,
        refused=tuple((_text(one, paths.refused_sku), int(pick(one, paths.refused_units))) for one in units or ()),
        reason=_text(answer, paths.reason),
    )


def _level(item: Any, call: StockCall) -> StockLevel:
    place = _text(item, call.place) or ALL
    return StockLevel(location=place, sku=_text(item, call.sku), on_hand=int(pick(item, call.on_hand) or 0))


def _text(answer: Any, path: str) -> str:
    found = pick(answer, path) if path else None
    return "" if found is None else str(found)


def _refusal_from(response: httpx.Response, partner: Description) -> Refused:
    """What a 4xx means."""
    status = response.status_code
    if status in {401, 403}:
        return Refused(f"the partner refuses the token ({status})", code="credentials")
    try:
        body = response.json()
    except ValueError:
        body = None
    paths = partner.refusals
    words = _text(body, paths.message) or f"answered {status}"
    code = _text(body, paths.code) or ("not_found" if status == httpx.codes.NOT_FOUND else f"http_{status}")
    is_address = any(word == code or word in words.lower() for word in paths.about_address)
    return Refused(words, code="address" if is_address else code)
