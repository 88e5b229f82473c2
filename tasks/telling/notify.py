"""Notify: what the outbox holds for people is composed and sent."""

from prefect import task
from prefect.cache_policies import NO_CACHE

from connectors.database.outbox import OutboxRow
from connectors.shop import Shop
from tasks.telling.compose import NobodyToTell, compose
from tasks.telling.deliver import deliver

BATCH_SIZE = 50


@task(name="notify", task_run_name="tell people", cache_policy=NO_CACHE, retries=3)
async def notify_people(shop: Shop, owner: str, limit: int = BATCH_SIZE) -> dict[str, int]:
    """Sends due messages; says how many were sent, postponed, uncertain or given up."""

    async def send(row: OutboxRow) -> str:
        try:
            code, message = compose(shop, row)
        except NobodyToTell as nobody:
            return f"not sent: {nobody}"
        return await shop.notifier(code).send(message)

    return await deliver(shop, owner, "notify", send, limit=limit)
