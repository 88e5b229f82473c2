"""SendGrid's notifier against the stand-in and against the vendor's own specification."""

import asyncio
import json

import pytest
from notice_values import LETTERHEAD, customer_notices, sample_order, sample_parcel
from shared_material import shared_path

from connectors import registry
from connectors.errors import NotConfigured, OutcomeUnknown, Refused, TryAgain
from connectors.notifiers.sendgrid import mail_body
from connectors.protocols import Message
from connectors.templates import mail
from orderflow.notices.customer.delivery_notices import shipped_notice

KEYS = {"SENDGRID_API_KEY": "SG.key", "SENDGRID_FROM_EMAIL": "orders@widget.example.com"}
SHIPPED = mail(customer_notices()["order_shipped"], "dana@example.com", "order-1/shipment-1/shipped")


def _send(sandbox, *messages: Message, **changes: str) -> list[str]:
    stored = {**KEYS, "SENDGRID_BASE_URL": f"{sandbox.url}/sendgrid", **changes}

    async def all_of_them() -> list[str]:
        notifier = registry.build("notifiers", "sendgrid", stored)
        sent = [await notifier.send(message) for message in messages]
        await notifier.aclose()
        return sent

    return asyncio.run(all_of_them())


def _mails(sandbox):
    return sandbox.books("sendgrid").entries("mails")


@pytest.mark.requirement("OF-18", "OF-96")
def test_a_rendered_mail_arrives_with_both_forms_and_our_key(sandbox):
    (message_id,) = _send(sandbox, SHIPPED)
    assert message_id
    (arrived,) = _mails(sandbox)
    assert (arrived["recipient"], arrived["sender"]) == ("dana@example.com", "orders@widget.example.com")
    assert (arrived["subject"], arrived["text"], arrived["html"]) == (SHIPPED.subject, SHIPPED.text, SHIPPED.html)
    assert arrived["key"] == "order-1/shipment-1/shipped"


@pytest.mark.requirement("OMS-19")
def test_two_parcels_are_two_mails_with_a_tracking_number_each(sandbox):
    notices = [shipped_notice(sample_order(), sample_parcel(number, 6, 2), LETTERHEAD) for number in (1, 2)]
    _send(sandbox, *(mail(notice, "dana@example.com", f"shipped-{n}") for n, notice in enumerate(notices)))
    first, second = _mails(sandbox)
    assert "774899132751" in first["text"]
    assert "774899132752" in second["text"]
    assert "774899132752" not in first["text"]


@pytest.mark.requirement("OMS-26", "OMS-46")
def test_a_backorder_mail_arrives_with_its_date(sandbox):
    _send(sandbox, mail(customer_notices()["order_backordered"], "dana@example.com", "b-1"))
    (arrived,) = _mails(sandbox)
    assert "Backordered" in arrived["subject"]
    assert "Jan 30 – Feb 6" in arrived["text"]


def test_a_label_travels_as_an_attachment(sandbox):
    label = ("label.pdf", "application/pdf", b"%PDF-1.7 label")
    _send(sandbox, mail(customer_notices()["order_shipped"], "packing@example.com", "k", (label,)))
    assert _mails(sandbox)[0]["attachments"] == [("label.pdf", "application/pdf", 14)]


@pytest.mark.requirement("OF-96")
@pytest.mark.parametrize("variable", KEYS)
def test_a_missing_setting_is_named(sandbox, variable):
    with pytest.raises(NotConfigured, match=variable):
        registry.build("notifiers", "sendgrid", {name: text for name, text in KEYS.items() if name != variable})


def test_a_bad_address_is_refused_with_the_field_and_without_the_address(sandbox):
    with pytest.raises(Refused) as refused:
        _send(sandbox, mail(customer_notices()["order_shipped"], "dana at home", "k"))
    assert refused.value.field == "personalizations.0.to.0.email"
    assert "dana" not in str(refused.value)


def test_a_wrong_key_is_refused_as_credentials(sandbox):
    with pytest.raises(Refused) as refused:
        _send(sandbox, SHIPPED, SENDGRID_API_KEY="wrong")
    assert refused.value.code == "credentials"


def test_a_limit_means_later(sandbox):
    sandbox.fail("sendgrid", "send", "rate_limited", seconds=30)
    with pytest.raises(TryAgain) as later:
        _send(sandbox, SHIPPED)
    assert later.value.wait_seconds == 30
    assert _mails(sandbox) == []


@pytest.mark.parametrize("mode", ["cut_off", "error_500_done"])
def test_a_mail_whose_fate_is_unclear_is_sent_once_and_called_unknown(sandbox, mode):
    sandbox.fail("sendgrid", "send", mode, count=None)
    with pytest.raises(OutcomeUnknown):
        _send(sandbox, SHIPPED)
    assert len(_mails(sandbox)) == 1


def test_nobody_listening_means_certainly_not_sent(sandbox):
    with pytest.raises(TryAgain):
        _send(sandbox, SHIPPED, SENDGRID_BASE_URL="http://127.0.0.1:9")


def test_the_vendors_specification_accepts_our_request():
    from openapi_core import Config, OpenAPI
    from openapi_core.testing import MockRequest

    specification = json.loads(shared_path("contracts/sendgrid/tsg_mail_v3.json").read_text(encoding="utf-8"))
    api = OpenAPI.from_dict(specification, config=Config(spec_validator_cls=None))
    body = mail_body(SHIPPED, {"email": "orders@widget.example.com"})
    request = MockRequest(
        "https://api.sendgrid.com",
        "post",
        "/v3/mail/send",
        headers={"Authorization": "Bearer SG.key"},
        data=json.dumps(body).encode(),
    )
    api.validate_request(request)


def test_our_request_and_the_sdks_have_the_same_shape():
    recordings = json.loads(shared_path("contracts/sdk-wire-recordings.json").read_text(encoding="utf-8"))
    recorded = next(json.loads(one["body"]) for one in recordings if one["sdk"] == "sendgrid")
    ours = mail_body(Message("k", "a@e.com", "Order", "hi"), {"email": "ops@e.com"})
    del ours["personalizations"][0]["custom_args"]
    assert ours == recorded
