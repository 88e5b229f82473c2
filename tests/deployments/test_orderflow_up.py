"""`orderflow up`, for real: everything comes up, comes back, and goes."""

import base64
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest
from webhook_deliveries import SECRET, order_body, post

from connectors.database.operation import heartbeats
from deployments.home import Home
from deployments.server.ports import free_port
from deployments.server.prefect_settings import auth_string
from deployments.server.server import answers

REPOSITORY = Path(__file__).resolve().parents[2]
DEPLOYMENTS = {
    line.split(":")[1].strip()
    for line in (REPOSITORY / "prefect.yaml").read_text().splitlines()
    if line.startswith("  - name:")
}
# A machine that runs other things at the same time needs several times the 20 seconds of an idle one.
PATIENCE_SECONDS = 180


@dataclass
class Running:
    """A running `orderflow up` and how to talk to it."""

    home: Home
    environment: dict[str, str]
    process: subprocess.Popen[bytes]

    def orderflow(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "deployments.cli.main", *arguments]
        return subprocess.run(
            command, env=self.environment, cwd=self.home.home, capture_output=True, text=True, check=False
        )

    def child(self, words: str) -> psutil.Process | None:
        """The supervised process whose command line has these words."""
        found = [p for p in psutil.Process(self.process.pid).children() if words in " ".join(p.cmdline())]
        return found[0] if found else None


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    folder = tmp_path_factory.mktemp("up")
    home = Home(home=folder, prefect_port=free_port(), receiver_port=free_port())
    shop = {"SHOPIFY_API_KEY": "k", "SHOPIFY_API_PASSWORD": "p", "SHOPIFY_STORE_URL": "s.example"}
    ports = {"ORDERFLOW_PREFECT_PORT": home.prefect_port, "ORDERFLOW_RECEIVER_PORT": home.receiver_port}
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("PREFECT_", "ORDERFLOW_"))}
    environment = {**kept, **shop, **home.variables(), **{name: str(port) for name, port in ports.items()}}
    environment |= {"SHOPIFY_WEBHOOK_SECRET": SECRET, "PYTHONPATH": str(REPOSITORY), "PYTHONUNBUFFERED": "1"}
    up = Running(home, environment, None)
    for command in (("init",), ("config:deploy",)):
        assert up.orderflow(*command).returncode == 0
    with (folder / "up.log").open("wb") as log:
        command = [sys.executable, "-m", "deployments.cli.main", "up"]
        up.process = subprocess.Popen(command, env=environment, cwd=folder, stdout=log, stderr=log)
    assert until(lambda: "is up" in (folder / "up.log").read_text()), (folder / "up.log").read_text()
    yield up
    if up.process.poll() is None:
        up.process.send_signal(signal.SIGTERM)
        up.process.wait(60)


def until(condition, seconds=PATIENCE_SECONDS):
    """What the condition gives, once it gives something or nobody wants to wait any more."""
    deadline = time.monotonic() + seconds
    while not (found := condition()) and time.monotonic() < deadline:
        time.sleep(0.3)
    return found


def doctor_of(running):
    return {check["name"]: check for check in json.loads(running.orderflow("doctor", "--json").stdout)}


def shifts_at_work(running):
    """The shifts that ever gave a sign of life."""
    database = running.home.database()
    with database.read() as conn:
        found = heartbeats.workers(conn)
    database.close()
    return found


def sync_every(running, minutes):
    """Deploys a configuration with this interval of the inventory sync."""
    file = running.home.home / "orderflow-config.json"
    document = json.loads(file.read_text())
    document["inventory_sync"]["interval_minutes"] = minutes
    file.write_text(json.dumps(document))
    assert running.orderflow("config:deploy", "--yes").returncode == 0


def test_orders_are_taken_in_and_the_first_shift_begins_at_once(running):
    assert post(running.home.receiver_address, order_body()).json() == {"status": "received"}
    assert until(lambda: shifts_at_work(running))


@pytest.mark.requirement("OF-114")
def test_activating_makes_every_deployment_active_and_takes_it_out_of_its_pause(running):
    user, _, password = auth_string(running.home).partition(":")
    with httpx.Client(base_url=f"{running.home.prefect_address}/api", auth=(user, password)) as prefect:
        token = prefect.get("/csrf-token", params={"client": "test"}).json()["token"]
        prefect.headers.update({"Prefect-Csrf-Token": token, "Prefect-Csrf-Client": "test"})
        watch = next(d for d in prefect.post("/deployments/filter", json={}).json() if d["name"] == "watch-orders")
        assert prefect.post(f"/deployments/{watch['id']}/pause_deployment").is_success
        assert doctor_of(running)["deployments"]["verdict"] == "warning"
        sync_every(running, minutes=10)
        ended = running.orderflow("workflows:activate", "--json")
        assert ended.returncode == 0, ended.stderr
        assert set(json.loads(ended.stdout)["deployments"]) == DEPLOYMENTS
        found = {deployment["name"]: deployment for deployment in prefect.post("/deployments/filter", json={}).json()}
    assert {name: item["paused"] for name, item in found.items()} == dict.fromkeys(DEPLOYMENTS, False)
    assert found["sync-inventory"]["schedules"][0]["schedule"]["interval"] == 600


def test_the_doctor_finds_a_running_server_well(running):
    assert until(lambda: not [c for c in doctor_of(running).values() if c["verdict"] == "problem"])
    assert doctor_of(running)["Prefect settings"]["verdict"] == "ok"
    assert doctor_of(running)["Prefect workers"]["verdict"] == "ok"


@pytest.mark.requirement("OF-160")
def test_prefect_is_closed_to_strangers_and_to_other_machines(running):
    assert httpx.get(f"{running.home.prefect_address}/api/admin/version").status_code == 401
    listening = {
        connection.laddr.ip
        for process in psutil.Process(running.process.pid).children(recursive=True)
        for connection in process.net_connections(kind="tcp")
        if connection.status == psutil.CONN_LISTEN
    }
    assert listening == {"127.0.0.1"}


@pytest.mark.requirement("OF-160")
def test_no_secret_is_in_any_log_or_in_prefects_own_database(running):
    secrets = [SECRET, running.home.key_file.read_text().strip(), auth_string(running.home).partition(":")[2]]
    secrets += [base64.b64encode(secret.encode()).decode() for secret in secrets]
    home = running.home.home
    for path in (*(home / "logs").iterdir(), *(home / "prefect").rglob("*"), home / "up.log"):
        found = path.read_bytes() if path.is_file() else b""
        assert not [name for name, secret in enumerate(secrets) if secret.encode() in found], path


def test_a_second_one_on_the_same_ports_says_which_port_is_taken(running):
    ended = running.orderflow("up")
    assert ended.returncode == 1
    assert f"port {running.home.prefect_port}" in ended.stderr
    assert "--prefect-port" in ended.stderr


def test_a_killed_worker_and_a_killed_receiver_come_back(running):
    worker, receiver = running.child("prefect worker"), running.child("deployments.receiver")
    runs = until(lambda: worker.children(recursive=True))
    worker.kill()
    receiver.kill()
    assert until(lambda: not [run for run in runs if run.is_running() and run.status() != psutil.STATUS_ZOMBIE])
    assert until(lambda: (back := running.child("prefect worker")) and back.pid != worker.pid and back.children())
    assert until(lambda: (back := running.child("deployments.receiver")) and back.pid != receiver.pid)
    assert until(lambda: answers(f"{running.home.receiver_address}/health"))


def test_interrupted_it_stops_everything_it_started(running):
    family = psutil.Process(running.process.pid).children(recursive=True)
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(60) == 0
    _, left = psutil.wait_procs(family, timeout=10)
    assert not [process for process in left if process.status() != psutil.STATUS_ZOMBIE]
