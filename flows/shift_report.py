"""What an operator sees of a run: a table of its decisions, and the channels they came from as tags."""

from collections.abc import Sequence
from typing import Any

from prefect.artifacts import acreate_table_artifact
from prefect.client.orchestration import get_client
from prefect.runtime import flow_run

from connectors.installation import Installation
from tasks.routing.deciding import Routed

ROWS_SHOWN = 500


async def publish_decisions(routed: Sequence[Routed]) -> None:
    """Publishes the newest decisions as this run's table, the latest first; a long shift shows its last 500."""
    address = Installation.from_environment().public_url
    newest = list(reversed(routed))[:ROWS_SHOWN]
    await acreate_table_artifact(
        key="routing-decisions",
        table=[decision_row(item, address) for item in newest],
        description=f"{len(routed)} decisions of this run, the newest {len(newest)} shown, latest first.",
    )


def decision_row(item: Routed, address: str) -> dict[str, Any]:
    """One line of the table: no personal data, a link to the order's own page."""
    decision, order = item.decision, item.stored.order
    shipments = decision.plan.shipments
    return {
        "order": f"[{order.number}]({address}/orders/{item.stored.id})",
        "channel": order.source,
        "outcome": decision.hold.code if decision.hold else decision.outcome.value,
        "ships from": ", ".join(shipment.location for shipment in shipments) or "—",
        "estimated cost": str(decision.plan.cost or "—"),
        "score": f"{decision.route_score:.1f}" if decision.route_score is not None else "—",
        "rules": ", ".join(match.rule_id for match in decision.rules) or "—",
        "why": decision.reason,
    }


async def tag_with_channels(routed: Sequence[Routed], known: set[str]) -> set[str]:
    """Adds a tag per sales channel to the run; returns the channels it is tagged with now."""
    channels = {item.stored.order.source for item in routed} | known
    if channels != known and flow_run.id:
        tags = set(flow_run.tags or []) | {f"channel:{code}" for code in channels}
        async with get_client() as client:
            await client.update_flow_run(flow_run.id, tags=sorted(tags))
    return channels
