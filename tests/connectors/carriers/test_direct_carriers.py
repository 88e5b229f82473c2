"""What UPS, FedEx, DHL and USPS answer in ways of their own, and how it is understood."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import httpx
import pytest
from carrier_exchanges import AUSTIN, NEW_YORK, REQUEST, Exchanges, carrier_through

from connectors.errors import OutcomeUnknown, Refused, TryAgain
from connectors.protocols import Label
from orderflow.money import Money
from orderflow.shipping.rate import Rate, ShippingSpeed

TOKEN = {"access_token": "t", "expires_in": 3600, "paymentAuthorizationToken": "p"}
GOOD = {"ResponseStatus": {"Code": "1", "Description": "Success"}}


def answering(status: int, body: Any) -> httpx.MockTransport:
    """A service that hands out tokens and answers everything else with this."""

    def answer(request: httpx.Request) -> httpx.Response:
        is_entrance = "token" in request.url.path or "payment" in request.url.path
        return httpx.Response(200, json=TOKEN) if is_entrance else httpx.Response(status, json=body)

    return httpx.MockTransport(answer)


def offer(code: str, service: str = "03") -> Rate:
    return Rate(provider=code, carrier=code, service=service, cost=Money.of("9.99", "USD"), days=2, rate_id=service)


def rates_of(code: str, body: Any) -> tuple[Rate, ...]:
    return asyncio.run(carrier_through(code, answering(200, body)).rate(REQUEST))


def bought_of(code: str, body: Any, status: int = 200) -> Label:
    return asyncio.run(carrier_through(code, answering(status, body)).buy(REQUEST, offer(code)))


def ups_shipment(results: dict[str, Any]) -> dict[str, Any]:
    package = {"TrackingNumber": "1ZA1B2C30312345678", "ShippingLabel": {"GraphicImage": ""}}
    told = {"ShipmentIdentificationNumber": "1ZA1B2C30312345678", "PackageResults": [package]} | results
    return {"ShipmentResponse": {"Response": GOOD, "ShipmentResults": told}}


@pytest.mark.requirement("OF-51")
def test_an_array_of_one_that_ups_writes_as_that_one_is_read_as_an_array() -> None:
    charge = {"CurrencyCode": "USD", "MonetaryValue": "12.30"}
    alone = {"Service": {"Code": "03"}, "TotalCharges": charge}
    (rate,) = rates_of("ups", {"RateResponse": {"Response": GOOD, "RatedShipment": alone}})
    assert (rate.service, rate.cost) == ("03", Money.of("12.30", "USD"))
    package = {"TrackingNumber": "1ZA1B2C30312345678"}
    assert bought_of("ups", ups_shipment({"PackageResults": package})).tracking_number == "1ZA1B2C30312345678"


@pytest.mark.requirement("OF-51")
def test_ups_is_believed_about_what_it_bills() -> None:
    listed = {"ShipmentCharges": {"TotalCharges": {"CurrencyCode": "USD", "MonetaryValue": "39.13"}}}
    negotiated = {"NegotiatedRateCharges": {"TotalCharge": {"CurrencyCode": "USD", "MonetaryValue": "31.00"}}}
    assert bought_of("ups", ups_shipment(listed | negotiated)).cost == Money.of("31.00", "USD")
    assert bought_of("ups", ups_shipment(listed)).cost == Money.of("39.13", "USD")
    assert bought_of("ups", ups_shipment({})).cost == offer("ups").cost


def test_a_label_ups_finds_again_says_that_its_price_is_not_known() -> None:
    carrier = carrier_through("ups", Exchanges())

    async def buy_and_find() -> Label | None:
        await carrier.buy(REQUEST, (await carrier.rate(REQUEST))[0])
        return await carrier.find_by_reference(REQUEST.reference)

    found = asyncio.run(buy_and_find())
    assert found is not None
    assert (found.cost_is_known, found.cost) == (False, Money.zero("USD"))
    assert found.service == "03", "the service is read from the tracking number"


@pytest.mark.parametrize(
    ("code", "body"),
    [
        ("ups", {"ShipmentResponse": {"Response": GOOD}}),
        ("ups", {"LabelRecoveryResponse": {}}),
        ("fedex", {"output": {}}),
        ("fedex", {"output": {"transactionShipments": [{}]}}),
        ("dhl", {"shipmentTrackingNumber": None}),
        ("usps", {"labelMetadata": {}}),
    ],
)
def test_a_success_without_a_label_is_of_unknown_outcome(code: str, body: Any) -> None:
    carrier, rate = carrier_through(code, answering(200, body)), offer(code, "a:b:c")
    with pytest.raises(OutcomeUnknown):
        asyncio.run(carrier.buy(REQUEST, rate))


def test_where_ups_has_no_service_there_are_no_offers() -> None:
    refused = {"response": {"errors": [{"code": "111210", "message": "The requested service is unavailable."}]}}
    assert asyncio.run(carrier_through("ups", answering(400, refused)).rate(REQUEST)) == ()


def test_where_dhl_has_no_product_there_are_no_offers() -> None:
    refused = {"detail": "996: Requested product(s) not available at origin.", "status": "404", "title": "Not Found"}
    assert asyncio.run(carrier_through("dhl", answering(404, refused)).rate(REQUEST)) == ()


def test_an_error_about_the_sender_is_not_taken_for_one_about_the_recipient() -> None:
    ups = {"response": {"errors": [{"code": "120206", "message": "Missing or invalid ShipFrom postal code"}]}}
    fedex = {"errors": [{"code": "SHIPPER.POSTALCODE.INVALID", "message": "The postal code is wrong."}]}
    dhl = {"detail": "#/customerDetails/shipperDetails/postalAddress: required key [postalCode] not found"}
    for code, body in (("ups", ups), ("fedex", fedex), ("dhl", dhl)):
        with pytest.raises(Refused) as refusal:
            bought_of(code, body, 400)
        assert refusal.value.code != "address"


@pytest.mark.requirement("OF-50")
@pytest.mark.parametrize(
    ("operation", "days"),
    [
        ({"transitTime": "ONE_DAY"}, 1),
        ({"transitTime": "FOUR_DAYS"}, 4),
        ({"commitDate": "2026-03-03T10:30:00"}, 1),
        ({"commitDate": "2026-03-09T17:00:00"}, 5),
        ({"commitDate": "2026-03-02T17:00:00"}, 1),
        ({}, 8),
        ({"transitTime": "UNKNOWN"}, 8),
    ],
)
def test_fedex_tells_its_days_in_words_or_by_a_date(operation: dict[str, str], days: int) -> None:
    priced = [{"rateType": "ACCOUNT", "totalNetCharge": 10.5, "currency": "USD"}]
    quote = {"serviceType": "FEDEX_GROUND", "ratedShipmentDetails": priced, "operationalDetail": operation}
    (rate,) = rates_of("fedex", {"output": {"quoteDate": "2026-03-02", "rateReplyDetails": [quote]}})
    assert rate.days == days
    assert (rate.speed is ShippingSpeed.OVERNIGHT) == (days == 1)


def test_the_accounts_own_price_is_taken_before_the_list_price() -> None:
    prices = [("LIST", 20.0), ("ACCOUNT", 14.2)]
    priced = [{"rateType": kind, "totalNetCharge": price, "currency": "USD"} for kind, price in prices]
    quote = {"serviceType": "FEDEX_GROUND", "ratedShipmentDetails": priced}
    (rate,) = rates_of("fedex", {"output": {"rateReplyDetails": [quote]}})
    assert rate.cost == Money.of("14.20", "USD")
    billed = [("BASEC", "EUR", 9), ("BILLC", "USD", 11), ("PULCL", "CAD", 15)]
    total = [{"currencyType": kind, "priceCurrency": currency, "price": price} for kind, currency, price in billed]
    product = {"productCode": "N", "totalPrice": total}
    unpriced = {"productCode": "7", "totalPrice": [{"currencyType": "BILLC", "priceCurrency": "USD", "price": 0}]}
    (rate,) = rates_of("dhl", {"products": [product, unpriced]})
    assert rate.cost == Money.of("11", "USD")


def test_a_label_bought_without_a_readable_file_is_bought_all_the_same() -> None:
    piece = {"trackingNumber": "794", "packageDocuments": [{"encodedLabel": "no base64!"}]}
    assert bought_of("fedex", {"output": {"transactionShipments": [{"pieceResponses": [piece]}]}}).document == b""
    torn = {"shipmentTrackingNumber": 935, "documents": [{"typeCode": "label", "content": "no base64!"}]}
    label = bought_of("dhl", torn, 201)
    assert (label.tracking_number, label.document) == ("935", b"")
    package = {"TrackingNumber": "1Z", "ShippingLabel": {"GraphicImage": "bm8gcGljdHVyZQ=="}}
    assert bought_of("ups", ups_shipment({"PackageResults": [package]})).document == b""


@pytest.mark.parametrize("code", ["dhl", "fedex"])
def test_a_recipient_without_a_phone_is_told_with_the_senders(code: str) -> None:
    transport = Exchanges()
    carrier = carrier_through(code, transport)

    async def buy(**changes: Any) -> None:
        request = replace(REQUEST, **changes)
        await carrier.buy(request, (await carrier.rate(request))[0])

    asyncio.run(buy())
    assert AUSTIN.phone.removeprefix("+") in transport.kept[-1].request.content.decode().replace("+", "")
    with pytest.raises(Refused) as refusal:
        asyncio.run(buy(origin=AUSTIN.model_copy(update={"phone": ""})))
    assert refusal.value.code != "credentials"


@pytest.mark.requirement("OF-51")
def test_the_reference_stands_where_ups_looks_it_up() -> None:
    def order(origin: str) -> Any:
        transport = Exchanges()
        ends = {"origin": AUSTIN.model_copy(update={"country": origin})}
        ends |= {"destination": NEW_YORK.model_copy(update={"country": origin})}
        asyncio.run(carrier_through("ups", transport).buy(replace(REQUEST, **ends), offer("ups")))
        return json.loads(transport.kept[-1].request.content)["ShipmentRequest"]["Shipment"]

    inside, elsewhere = order("US"), order("DE")
    reference = [{"Code": "TN", "Value": REQUEST.reference}]
    assert inside["Package"][0]["ReferenceNumber"] == elsewhere["ReferenceNumber"] == reference
    assert "ReferenceNumber" not in inside
    assert "ReferenceNumber" not in elsewhere["Package"][0]


def test_a_fedex_shipment_cancelled_by_somebody_else_counts_as_void() -> None:
    gone = {"errors": [{"code": "SHIPMENT.X", "message": "The shipment was already deleted."}]}
    assert asyncio.run(carrier_through("fedex", answering(400, gone)).void("794"))
    unknown = {"errors": [{"code": "TRACKINGNUMBER.INVALID", "message": "We do not know this number."}]}
    assert not asyncio.run(carrier_through("fedex", answering(400, unknown)).void("794"))


def test_a_lock_out_at_fedex_is_waited_for_and_refused_credentials_are_not() -> None:
    def lock_out(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=TOKEN) if "token" in request.url.path else httpx.Response(403, text="<html>")

    with pytest.raises(TryAgain) as wait:
        asyncio.run(carrier_through("fedex", httpx.MockTransport(lock_out)).buy(REQUEST, offer("fedex")))
    assert wait.value.wait_seconds >= 60
    forbidden = {"errors": [{"code": "FORBIDDEN.ERROR", "message": "We could not authorize your credentials."}]}
    with pytest.raises(Refused) as refusal:
        bought_of("fedex", forbidden, 403)
    assert refusal.value.code == "credentials"


@pytest.mark.parametrize("code", ["easypost", "fedex", "regional", "ups", "usps"])
def test_credentials_that_are_refused_are_not_taken_for_a_refused_void(code: str) -> None:
    carrier = carrier_through(code, answering(401, {}))
    with pytest.raises(Refused) as refusal:
        asyncio.run(carrier.void("1"))
    assert refusal.value.code == "credentials"
