"""What the configuration says about schedules: how often the inventory is synced."""

from datetime import timedelta

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.schedules import IntervalSchedule

from orderflow.configuration import Configuration

SYNC = "sync-inventory"


async def follow_configuration(
    client: PrefectClient, deployments: list[DeploymentResponse], configuration: Configuration
) -> None:
    """Gives the inventory sync the interval of the configuration; prefect.yaml has the default."""
    wanted = timedelta(minutes=configuration.inventory_sync.interval_minutes)
    for deployment in deployments:
        for planned in deployment.schedules if deployment.name == SYNC else ():
            if isinstance(planned.schedule, IntervalSchedule) and planned.schedule.interval != wanted and planned.id:
                schedule = planned.schedule.model_copy(update={"interval": wanted})
                await client.update_deployment_schedule(deployment.id, planned.id, schedule=schedule)
