"""What Prefect tidies by itself: runs whose process is gone, so that nothing waits behind them for ever."""

from datetime import timedelta

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.objects import StateType
from prefect.events.actions import ChangeFlowRunState
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture

HEARTBEAT = "prefect.flow-run.heartbeat"
# Suspended and Paused runs wait for a person and have no heartbeat; they are not gone.
ALIVE_OR_OVER = ("Completed", "Failed", "Cancelled", "Cancelling", "Crashed", "Suspended", "Paused", "AwaitingRetry")
NO_HEARTBEAT_SECONDS = 90
PENDING_SECONDS = 300


def automations() -> list[AutomationCore]:
    """A run without heartbeat for 90 s, and one that is Pending for 5 min, become Crashed."""
    after_running = {HEARTBEAT, *(f"prefect.flow-run.{state}" for state in ALIVE_OR_OVER)}
    after_pending = {"prefect.flow-run.Running", *after_running}
    return [
        _crash("Crash runs without a heartbeat", {HEARTBEAT}, after_running, NO_HEARTBEAT_SECONDS),
        _crash("Crash runs that never start", {"prefect.flow-run.Pending"}, after_pending, PENDING_SECONDS),
    ]


async def ensure_automations(client: PrefectClient) -> None:
    """Creates the automations or brings them up to date, by name."""
    for automation in automations():
        existing = await client.read_automations_by_name(automation.name)
        if existing:
            await client.update_automation(existing[0].id, automation)
        else:
            await client.create_automation(automation)


async def forget_automations(client: PrefectClient) -> None:
    """Takes them away, where a supervisor sees for itself which processes are gone.

    Prefect writes a row for each of them at every event of a run. On SQLite these writes wait for all others: of the
    writes that waited for a minute in vain on a busy machine, nineteen of twenty were these.
    """
    for automation in automations():
        for existing in await client.read_automations_by_name(automation.name):
            await client.delete_automation(existing.id)


def _crash(name: str, after: set[str], expected: set[str], seconds: int) -> AutomationCore:
    trigger = EventTrigger(
        after=after,
        expect=expected,
        match={"prefect.resource.id": "prefect.flow-run.*"},
        for_each={"prefect.resource.id"},
        posture=Posture.Proactive,
        threshold=1,
        within=timedelta(seconds=seconds),
    )
    message = f"{name}: nothing was heard of it for {seconds} seconds"
    action = ChangeFlowRunState(name="Crashed", state=StateType.CRASHED, message=message, force=True)
    return AutomationCore(name=name, trigger=trigger, actions=[action], enabled=True)
