"""Notify: what the outbox holds for people is composed and sent."""

from functools import partial

from prefect import task
from prefect.cache_policies import NO_CACHE

from connectors.database.outbox import OutboxRow, endpoints
from connectors.shop import Shop
from tasks.telling.addressing import address_of
from tasks.telling.alarms import DIGEST, Bells, wait_for_the_end
from tasks.telling.compose import compose
from tasks.telling.deliver import deliver
from tasks.telling.facts import NOT_SENT, Facts, NobodyToTell
from tasks.telling.outcomes.doubts import settle_doubts
from tasks.telling.outcomes.patience import WEBHOOK
from tasks.telling.outcomes.record import keep_log
from tasks.telling.printing import print_label

BATCH_SIZE = 50
# How the configuration calls the way each notifier goes.
_WAYS = {"slack": "slack_channel", "sendgrid": "email", "smtp": "email", "twilio": "sms", "webhook": "webhook"}


@task(name="notify", task_run_name="tell people", cache_policy=NO_CACHE, retries=3)
async def notify_people(shop: Shop, owner: str, limit: int = BATCH_SIZE) -> dict[str, int]:
    """Ends doubts it can end, and sends due messages; says how many were sent, postponed, uncertain or given up."""
    await settle_doubts(shop)
    with shop.database.read() as conn:
        switched_off = endpoints.disabled(conn)
    bells = Bells(shop)

    async def send(row: OutboxRow, facts: Facts) -> str:
        try:
            if row.kind == "print":
                return await print_label(shop, row, facts)
            if row.kind == WEBHOOK and address_of(row.payload["to"]) in switched_off:
                raise NobodyToTell("the address failed for so long that it was switched off")
            if not bells.may_ring(row):
                raise NobodyToTell("there are too many: a digest tells of them")
            if row.kind == DIGEST:
                wait_for_the_end(shop, row)
            code, message = compose(shop, row, facts)
            _check_switch(shop, code)
        except NobodyToTell as nobody:
            return f"{NOT_SENT}{nobody}"
        return await shop.notifier(code).send(message)

    return await deliver(shop, owner, "notify", send, limit=limit, keep_log=partial(keep_log, shop))


def _check_switch(shop: Shop, code: str) -> None:
    if not shop.configuration.notifications.allows(f"{_WAYS[code]}:"):
        raise NobodyToTell(f"telling people by {_WAYS[code]} is switched off")
