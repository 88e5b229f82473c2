"""Teams are told of status, bottlenecks and exceptions by every way that is switched on."""

import asyncio
from collections.abc import Iterable
from datetime import timedelta

import pytest
from notice_values import LETTERHEAD, NOW, sample_exception, sample_order, sample_parcel

from connectors import registry
from connectors.protocols import Message
from connectors.templates import card, event, mail, sms
from deployments.sandbox.webhook import SECRET
from orderflow.configuration.notifications import Notifications
from orderflow.lifecycle import OrderStatus
from orderflow.notices.order_event import EventType, bottleneck_event, order_event
from orderflow.notices.recipients import recipient_of
from orderflow.notices.staff.alerts import bottleneck_alert, inventory_alert, order_status_alert
from orderflow.thresholds import StockStatus

BOOKS = {"slack": "messages", "sendgrid": "mails", "twilio": "texts", "webhook": "deliveries"}
HAPPENED = {
    "status": (
        order_status_alert(sample_order(), OrderStatus.FULFILLED, [sample_parcel()], NOW, LETTERHEAD),
        order_event(EventType.STATUS_CHANGED, sample_order(), NOW, status=OrderStatus.FULFILLED),
    ),
    "bottleneck": (
        bottleneck_alert("label", 40, timedelta(hours=2), timedelta(minutes=10)),
        bottleneck_event("label", 40, NOW),
    ),
    "exception": (sample_exception(), order_event(EventType.HELD, sample_order(), NOW, reason="inventory")),
}
STOCK_OUT = inventory_alert("Widget Pro", "W-1", {"Warehouse A": 0}, status=StockStatus.CRITICAL, threshold=5)


def _settings(url: str) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_BASE_URL": f"{url}/slack/api/",
        "SENDGRID_API_KEY": "SG.key",
        "SENDGRID_FROM_EMAIL": "ops@widget.example.com",
        "SENDGRID_BASE_URL": f"{url}/sendgrid",
        "TWILIO_ACCOUNT_SID": "AC1",
        "TWILIO_AUTH_TOKEN": "TEST_sandbox",
        "TWILIO_FROM_NUMBER": "+15125550101",
        "TWILIO_BASE_URL": f"{url}/twilio",
        "WEBHOOK_SIGNING_SECRET": SECRET,
        "ORDERFLOW_ALLOW_PRIVATE_WEBHOOKS": "1",
    }


def _send(url: str, messages: Iterable[tuple[str, Message]]) -> None:
    async def all_of_them() -> None:
        for notifier, message in messages:
            await registry.build("notifiers", notifier, _settings(url)).send(message)

    asyncio.run(all_of_them())


@pytest.mark.requirement("OF-11")
@pytest.mark.parametrize("kind", HAPPENED)
@pytest.mark.parametrize("sink", ["slack", "sendgrid", "webhook"])
def test_every_kind_of_news_reaches_teams_by_every_way(sandbox, kind, sink):
    notice, happened = HAPPENED[kind]
    message = {
        "slack": card(notice, "#operations", "news-1"),
        "sendgrid": mail(notice, "ops@example.com", "news-1"),
        "webhook": event(happened, f"{sandbox.url}/webhook/dashboard", "news-1"),
    }[sink]
    _send(sandbox.url, [(sink, message)])
    assert len(sandbox.books(sink).entries(BOOKS[sink])) == 1


@pytest.mark.requirement("OF-108")
@pytest.mark.parametrize(
    ("switch", "silent"), [("slack_enabled", "slack"), ("email_enabled", "sendgrid"), ("sms_enabled", "twilio")]
)
def test_a_way_that_is_switched_off_gets_no_message_at_all(sandbox, switch, silent):
    channels = ("slack_channel:stock", "email:stock@example.com", "sms:+1-555-0100", "dashboard:stock")
    policy = Notifications.model_validate({"channels": {"inventory": channels}, switch: False})
    wanted = [recipient_of(text) for text in policy.recipients_of("inventory")]
    shapes = {"slack": card, "sendgrid": mail, "twilio": sms}
    _send(
        sandbox.url,
        [(who.notifier, shapes[who.notifier](STOCK_OUT, who.address, "k")) for who in wanted if who],
    )
    heard = {name for name, kind in BOOKS.items() if sandbox.books(name).entries(kind)}
    assert heard == {"slack", "sendgrid", "twilio"} - {silent}
