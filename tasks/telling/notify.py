"""Notify: what the outbox holds for people is composed and sent."""

from prefect import task
from prefect.cache_policies import NO_CACHE

from connectors.database.outbox import OutboxRow
from connectors.shop import Shop
from tasks.telling.compose import compose
from tasks.telling.deliver import deliver
from tasks.telling.facts import NobodyToTell
from tasks.telling.printing import print_label

BATCH_SIZE = 50
# How the configuration calls the way each notifier goes.
_WAYS = {"slack": "slack_channel", "sendgrid": "email", "twilio": "sms", "webhook": "webhook"}


@task(name="notify", task_run_name="tell people", cache_policy=NO_CACHE, retries=3)
async def notify_people(shop: Shop, owner: str, limit: int = BATCH_SIZE) -> dict[str, int]:
    """Sends due messages; says how many were sent, postponed, uncertain or given up."""

    async def send(row: OutboxRow) -> str:
        try:
            if row.kind == "print":
                return await print_label(shop, row)
            code, message = compose(shop, row)
            _check_switch(shop, code)
        except NobodyToTell as nobody:
            return f"not sent: {nobody}"
        return await shop.notifier(code).send(message)

    return await deliver(shop, owner, "notify", send, limit=limit)


def _check_switch(shop: Shop, code: str) -> None:
    if not shop.configuration.notifications.allows(f"{_WAYS[code]}:"):
        raise NobodyToTell(f"telling people by {_WAYS[code]} is switched off")
