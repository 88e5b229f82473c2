"""The vendors' own clients talk to our stand-ins: where one cannot read an answer, the stand-in is wrong."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from sandbox_server import RunningSandbox, running_sandbox

ADDRESS = {
    "name": "Ann",
    "street1": "1 Dock St",
    "city": "Los Angeles",
    "state": "CA",
    "zip": "90001",
    "country": "US",
    "phone": "+12135550100",
}
THERE = ADDRESS | {"street1": "5 Elm St", "city": "New York", "state": "NY", "zip": "10001"}
BOX = {"length": "10", "width": "8", "height": "4", "distance_unit": "in", "weight": "2", "mass_unit": "lb"}
TOKEN = "TEST_sandbox"


@pytest.fixture(scope="module")
def server() -> Iterator[RunningSandbox]:
    with running_sandbox() as running:
        yield running


@pytest.fixture
def sandbox(server: RunningSandbox) -> RunningSandbox:
    server.forget()
    return server


@pytest.mark.requirement("OF-17")
def test_twilios_client_sends_reads_and_lists_a_text(sandbox: RunningSandbox) -> None:
    rest = pytest.importorskip("twilio.rest")
    http = pytest.importorskip("twilio.http.http_client")

    class Here(http.TwilioHttpClient):
        def request(self, method: str, url: str, *args: Any, **options: Any) -> Any:
            return super().request(
                method, url.replace("https://api.twilio.com", f"{sandbox.url}/twilio"), *args, **options
            )

    client = rest.Client("AC" + "a" * 32, TOKEN, http_client=Here())
    sent = client.messages.create(to="+15125550100", from_="+15125550101", body="hi", status_callback="https://x/cb")
    assert (sent.status, sent.body, sent.num_segments) == ("queued", "hi", "1")
    assert [message.sid for message in client.messages.list(to="+15125550100")] == [sent.sid]
    with pytest.raises(pytest.importorskip("twilio.base.exceptions").TwilioRestException) as refused:
        client.messages.create(to="12", from_="+15125550101", body="hi")
    assert refused.value.code == 21211


@pytest.mark.requirement("OF-162")
def test_twilios_validator_accepts_the_reports_of_the_stand_in(sandbox: RunningSandbox) -> None:
    validator = pytest.importorskip("twilio.request_validator").RequestValidator(TOKEN)
    form = {"To": "+15125550100", "From": "+15125550101", "Body": "hi", "StatusCallback": "https://x/cb?message_key=k"}
    account = "AC" + "a" * 32
    url = f"{sandbox.url}/twilio/2010-04-01/Accounts/{account}/Messages.json"
    requests.post(url, data=form, auth=(account, TOKEN), timeout=5)
    told = {"status": "delivered", "auth_token": TOKEN}
    answer = requests.post(f"{sandbox.url}/twilio/_status", json=told, timeout=5).json()
    fields = dict(pytest.importorskip("urllib.parse").parse_qsl(answer["body"]))
    assert validator.validate("https://x/cb?message_key=k", fields, answer["headers"]["X-Twilio-Signature"])
    assert not validator.validate("https://x/cb?message_key=other", fields, answer["headers"]["X-Twilio-Signature"])


@pytest.mark.requirement("OF-18")
def test_sendgrids_client_sends_a_mail_and_its_helper_accepts_the_events(sandbox: RunningSandbox) -> None:
    sendgrid = pytest.importorskip("sendgrid")
    helpers = pytest.importorskip("sendgrid.helpers.mail")
    webhook = pytest.importorskip("sendgrid.helpers.eventwebhook")
    client = sendgrid.SendGridAPIClient("SG.key", host=f"{sandbox.url}/sendgrid")
    mail = helpers.Mail("shop@example.com", "ann@example.com", "Order", plain_text_content="hi")
    mail.custom_arg = helpers.CustomArg("message_key", "k")
    answer = client.send(mail)
    assert (answer.status_code, bool(answer.headers["X-Message-Id"])) == (202, True)
    key = client.client.user.webhooks.event.settings.signed.get().to_dict["public_key"]
    told = requests.post(f"{sandbox.url}/sendgrid/_events", json={"events": ["delivered"]}, timeout=5).json()
    signature, timestamp = (
        told["headers"][f"X-Twilio-Email-Event-Webhook-{name}"] for name in ("Signature", "Timestamp")
    )
    checker = webhook.EventWebhook()
    public_key = checker.convert_public_key_to_ecdsa(key)
    assert checker.verify_signature(told["body"], signature, timestamp, public_key)
    assert not checker.verify_signature(told["body"] + " ", signature, timestamp, public_key)


@pytest.mark.requirement("OF-16", "OF-79")
def test_slacks_client_posts_answers_and_edits(sandbox: RunningSandbox) -> None:
    slack = pytest.importorskip("slack_sdk")
    client = slack.WebClient("xoxb-1", base_url=f"{sandbox.url}/slack/api/")
    first = client.chat_postMessage(channel="#ops", text="hi")
    client.chat_postMessage(channel="#ops", text="more", thread_ts=first["ts"], reply_broadcast=True)
    client.chat_update(channel=first["channel"], ts=first["ts"], text="new")
    shown = [(row["text"], row["thread"], row["edits"]) for row in sandbox.books("slack").entries("messages")]
    assert shown == [("new", "", 1), ("more", first["ts"], 0)]
    with pytest.raises(slack.errors.SlackApiError, match="channel_not_found"):
        client.chat_postMessage(channel="#missing", text="hi")
    assert slack.WebhookClient(f"{sandbox.url}/slack/services/T/B/x").send(text="hi").body == "ok"


@pytest.mark.requirement("OF-88")
def test_gspread_writes_and_reads_a_sheet(sandbox: RunningSandbox) -> None:
    gspread = pytest.importorskip("gspread")
    credentials = pytest.importorskip("google.oauth2.credentials").Credentials("ya29.token")
    adapters = pytest.importorskip("requests.adapters")

    class Here(adapters.HTTPAdapter):
        def send(self, request: Any, **options: Any) -> Any:
            request.url = request.url.replace("https://sheets.googleapis.com", f"{sandbox.url}/google_sheets")
            return super().send(request, **options)

    client = gspread.Client(credentials)
    client.http_client.session.mount("https://sheets.googleapis.com", Here())
    sheet = client.open_by_key("book").add_worksheet("Orders", rows=2, cols=3)
    sheet.append_rows([["order", "cost"], ["=1+1", 7]], value_input_option="RAW")
    assert sheet.get_all_values() == [["order", "cost"], ["=1+1", "7"]]


@pytest.mark.requirement("OF-58")
def test_shippos_client_buys_and_refunds_a_label(sandbox: RunningSandbox) -> None:
    shippo = pytest.importorskip("shippo")
    parts = pytest.importorskip("shippo.models.components")
    client = shippo.Shippo(api_key_header="ShippoToken shippo_test_x", server_url=f"{sandbox.url}/shippo")
    shipment = client.shipments.create(
        parts.ShipmentCreateRequest(
            address_from=parts.AddressCreateRequest(**ADDRESS),
            address_to=parts.AddressCreateRequest(**THERE),
            parcels=[parts.ParcelCreateRequest(**BOX)],
            async_=False,
            metadata="order-1",
        )
    )
    label = client.transactions.create(
        parts.TransactionCreateRequest(
            rate=shipment.rates[0].object_id, async_=False, label_file_type=parts.LabelFileTypeEnum.PDF, metadata="o-1"
        )
    )
    assert (label.status, bool(label.tracking_number)) == (parts.TransactionStatusEnum.SUCCESS, True)
    refund = client.refunds.create(transaction=label.object_id, async_=False)
    assert refund.status


@pytest.mark.requirement("OMS-12")
def test_easyposts_client_buys_and_refunds_a_label(sandbox: RunningSandbox) -> None:
    easypost = pytest.importorskip("easypost")
    client = easypost.EasyPostClient("EZTK_test", api_base=f"{sandbox.url}/easypost/v2")
    parcel = {"length": 10, "width": 8, "height": 4, "weight": 32}
    shipment = client.shipment.create(from_address=ADDRESS, to_address=THERE, parcel=parcel, reference="order-1")
    bought = client.shipment.buy(shipment.id, rate=shipment.rates[0])
    assert bought.tracking_code and bought.postage_label.label_url
    assert client.shipment.refund(shipment.id).refund_status
    with pytest.raises(easypost.errors.ApiError):
        client.shipment.retrieve("shp_of_nobody")
