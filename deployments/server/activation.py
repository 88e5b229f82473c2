"""Makes the deployments of prefect.yaml active on the Prefect server that PREFECT_API_URL names.

`python -m deployments.server.activation` does it and prints one JSON object; a process of its own, so that the
supervisor and the CLI need not import Prefect.
"""

import argparse
import asyncio
import json
import os
import shlex
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.filters import WorkPoolFilter
from prefect.client.schemas.responses import DeploymentResponse
from prefect.workers.utilities import get_default_base_job_template_for_infrastructure_type

import deployments
from deployments.first_steps import deployed_configuration
from deployments.home import Home
from deployments.server.automations import ensure_automations, forget_automations
from deployments.server.prefect_settings import WORK_POOL
from deployments.server.process import launcher
from deployments.server.schedules import follow_configuration
from orderflow.configuration import Configuration

PREFECT_FILE = "prefect.yaml"


def main() -> None:
    """Reads the options, activates, prints what is active; exit 1 with the reason where it cannot."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--file", type=Path, default=None, help="the prefect.yaml to deploy")
    parser.add_argument("--wait", type=float, default=0, metavar="SECONDS", help="for a server that is starting")
    parser.add_argument("--supervised", action="store_true", help="a supervisor here ends the runs that are dead")
    options = parser.parse_args()
    try:
        print(json.dumps(asyncio.run(activate(options.file, options.wait, is_supervised=options.supervised))))  # noqa: T201
    except ActivationFailed as error:
        sys.exit(str(error))


class ActivationFailed(Exception):
    """The deployments could not be made active; the message is Prefect's own."""


async def activate(file: Path | None, wait_seconds: float = 0, *, is_supervised: bool = False) -> dict[str, list[str]]:
    """Creates the pool, deploys the file, resumes what was paused; returns the names of what is active."""
    async with get_client() as client:
        await until_healthy(client, wait_seconds)
        await ensure_work_pool(client)
        await asyncio.to_thread(deploy, file or prefect_file())
        await (forget_automations(client) if is_supervised else ensure_automations(client))
        active = await resume_all(client)
        if configuration := active_configuration():
            await follow_configuration(client, active, configuration)
        return {"deployments": sorted(deployment.name for deployment in active)}


def active_configuration() -> Configuration | None:
    """What was deployed last; None where nothing was, or where there is no database yet."""
    home = Home.from_environment()
    if not home.database_file_exists:
        return None
    database = home.database()
    try:
        deployed = deployed_configuration(database)
    finally:
        database.close()
    return deployed[1] if deployed else None


async def until_healthy(client: PrefectClient, seconds: float) -> None:
    """Returns when the server answers. Raises ActivationFailed after `seconds`."""
    deadline = time.monotonic() + seconds
    while error := await client.api_healthcheck():
        if time.monotonic() > deadline:
            raise ActivationFailed(f"the Prefect server at {client.api_url} does not answer: {error}")
        await asyncio.sleep(0.3)


def prefect_file() -> Path:
    """The list of deployments: the current folder's, else the one beside our packages, else the installed one."""
    beside = Path(deployments.__file__).parents[1] / PREFECT_FILE
    installed = Path(sysconfig.get_path("data")) / "share" / "orderflow" / PREFECT_FILE
    found = next((path for path in (Path.cwd() / PREFECT_FILE, beside, installed) if path.exists()), None)
    if found is None:
        raise ActivationFailed(f"there is no {PREFECT_FILE} in the current folder")
    return found


def deploy(file: Path) -> None:
    """Registers every deployment of the file. Raises ActivationFailed with what Prefect said."""
    command = [sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--all", "--prefect-file", str(file)]
    environment = {"ORDERFLOW_PROJECT": str(file.resolve().parent), **os.environ}
    done = subprocess.run(  # noqa: S603 - our own command
        command, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise ActivationFailed((done.stdout + done.stderr).strip())


async def ensure_work_pool(client: PrefectClient) -> None:
    """The process pool whose runs die with their worker, on Linux even when the worker is killed."""
    template = await get_default_base_job_template_for_infrastructure_type("process")
    if template is None:
        raise ActivationFailed("this Prefect has no process worker")
    template["variables"]["properties"]["command"]["default"] = flow_command()
    pool = WorkPoolCreate(name=WORK_POOL, type="process", base_job_template=template)
    await client.create_work_pool(pool, overwrite=True)


def flow_command() -> str:
    """How a worker starts a flow run."""
    return shlex.join([*launcher(parent_pid=0), sys.executable, "-m", "prefect.engine"])


async def resume_all(client: PrefectClient) -> list[DeploymentResponse]:
    """Takes every deployment of the pool out of its pause; returns them."""
    pool = WorkPoolFilter.model_validate({"name": {"any_": [WORK_POOL]}})
    found = await client.read_deployments(work_pool_filter=pool)
    for deployment in found:
        if deployment.paused:
            await client.resume_deployment(deployment.id)
    return found


if __name__ == "__main__":
    main()
