"""The stand-ins of the direct carriers demand what the services demand: spoilt purchases sell nothing."""

import asyncio
import json
from typing import Any

import httpx
import pytest
from carrier_exchanges import REQUEST, Exchanges, carrier_through

PURCHASES = {
    "dhl": "/shipments",
    "easypost": "/buy",
    "fedex": "/ship/v1/shipments",
    "regional": "/parcels",
    "ups": "/ship",
    "usps": "/labels/v3/label",
}
HEADERS = [
    *((code, header) for code in ("easypost", "fedex", "ups", "usps", "dhl") for header in ["authorization"]),
    ("dhl", "x-version"),
    ("regional", "x-api-key"),
    ("usps", "x-payment-authorization-token"),
]
PARTS = [
    ("dhl", "plannedShippingDateAndTime"),
    ("dhl", "pickup"),
    ("dhl", "accounts"),
    ("dhl", "customerDetails.receiverDetails.contactInformation.phone"),
    ("dhl", "content.incoterm"),
    ("dhl", "content.packages"),
    ("easypost", "rate"),
    ("fedex", "accountNumber"),
    ("fedex", "labelResponseOptions"),
    ("fedex", "requestedShipment.shippingChargesPayment"),
    ("fedex", "requestedShipment.labelSpecification"),
    ("fedex", "requestedShipment.shipper.contact.phoneNumber"),
    ("fedex", "requestedShipment.requestedPackageLineItems"),
    ("regional", "product"),
    ("regional", "kilograms"),
    ("ups", "ShipmentRequest.Request"),
    ("ups", "ShipmentRequest.LabelSpecification"),
    ("ups", "ShipmentRequest.Shipment.PaymentInformation"),
    ("ups", "ShipmentRequest.Shipment.Service"),
    ("ups", "ShipmentRequest.Shipment.Package"),
    ("usps", "imageInfo"),
    ("usps", "toAddress.lastName"),
    ("usps", "fromAddress.ZIPCode"),
    ("usps", "packageDescription.mailingDate"),
    ("usps", "packageDescription.rateIndicator"),
    ("usps", "packageDescription.weight"),
]


class Purchase:
    """One purchase that went well, to be made again with something missing."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.transport = Exchanges()
        asyncio.run(self._buy())
        kept = [exchange.request for exchange in self.transport.kept if exchange.request.method == "POST"]
        self.request = next(request for request in kept if request.url.path.endswith(PURCHASES[code]))

    async def _buy(self) -> None:
        carrier = carrier_through(self.code, self.transport)
        await carrier.buy(REQUEST, (await carrier.rate(REQUEST))[0])

    def again(self, *, without_header: str = "", without_part: str = "") -> int:
        headers = {name: text for name, text in self.request.headers.items() if name != without_header}
        body = without(json.loads(self.request.content), without_part.split("."))
        headers.pop("content-length", None)
        request = httpx.Request("POST", self.request.url, headers=headers, json=body)
        return asyncio.run(self.transport.handle_async_request(request)).status_code

    def sold(self) -> int:
        return len(self.transport.app.state.books[self.code].entries("labels"))


def without(document: Any, steps: list[str]) -> Any:
    name, *deeper = steps
    if not deeper:
        return {key: value for key, value in document.items() if key != name}
    return document | {name: without(document[name], deeper)}


@pytest.mark.parametrize(("code", "header"), HEADERS)
def test_a_purchase_without_a_demanded_header_sells_nothing(code: str, header: str) -> None:
    purchase = Purchase(code)
    assert header in purchase.request.headers
    assert purchase.again(without_header=header) in {400, 401, 403}
    assert purchase.sold() == 1


@pytest.mark.parametrize(("code", "part"), PARTS)
def test_a_purchase_without_a_demanded_part_sells_nothing(code: str, part: str) -> None:
    purchase = Purchase(code)
    assert 400 <= purchase.again(without_part=part) < 500
    assert purchase.sold() == 1


@pytest.mark.parametrize("code", PURCHASES)
def test_the_same_purchase_made_again_sells_again_except_where_it_is_of_one_shipment(code: str) -> None:
    purchase = Purchase(code)
    status = purchase.again()
    assert (status, purchase.sold()) == (422, 1) if code == "easypost" else (status < 300 and purchase.sold() == 2)
