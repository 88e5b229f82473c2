"""The one-machine server: Prefect, its worker and the receiver on 127.0.0.1, kept alive until it is stopped."""

import os
import threading
import time
from collections.abc import Callable, Mapping

import httpx
import structlog

from connectors.database.operation import leftovers
from connectors.database.session import Database
from connectors.errors import ConnectorError
from deployments.home import LOOPBACK, Home
from deployments.server.activation_process import Activation
from deployments.server.ports import require_free
from deployments.server.prefect_api import PrefectApi
from deployments.server.prefect_settings import WORK_POOL, prefect_variables
from deployments.server.problems import NotReady
from deployments.server.process import Program, SupervisedProcess
from deployments.server.shifts import Shifts

log = structlog.get_logger("deployments.server")

PREFECT_SECONDS = 90.0
WATCH_SECONDS = 0.5
GRACE_SECONDS = 15.0
# Somebody may be stopped in the middle of a write; the supervisor has other things to do than to wait for that.
BURY_SECONDS = 2.0


class Server:
    """Supervises the processes of one installation. `say` is told in words whatever happens to them.

    Everything is started from one thread of its own, because Linux ends a child when the *thread* that started it
    ends. `environment` overrides single variables of the children.
    """

    def __init__(
        self, home: Home, environment: Mapping[str, str] | None = None, say: Callable[[str], None] = log.info
    ) -> None:
        self.home = home
        self._say = say
        self.environment = {**os.environ, **home.variables(), **prefect_variables(home), **(environment or {})}
        self.processes = {program.name: SupervisedProcess(program, self.environment) for program in programs(home)}
        self._database = Database(home.database_address, wait_seconds=BURY_SECONDS)
        self._stopping = threading.Event()
        self._active = threading.Event()
        self._problem = ""
        auth = self.environment["PREFECT_API_AUTH_STRING"]
        api = PrefectApi(self.environment["PREFECT_API_URL"], auth)
        self._shifts = Shifts(api, workers=home.workers, bury=self._bury)
        self._thread = threading.Thread(target=self._supervise, name="supervisor", daemon=True)

    @property
    def _workers(self) -> list[SupervisedProcess]:
        return [process for name, process in self.processes.items() if name.startswith("worker")]

    @property
    def pids(self) -> dict[str, int]:
        """The process ids of what runs now, by name."""
        return {name: process.pid for name, process in self.processes.items() if process.pid}

    def start(self) -> None:
        """Starts everything and returns at once. Raises PortTaken before anything is started."""
        require_free(self.home.prefect_port, purpose="Prefect server", option="--prefect-port")
        require_free(self.home.receiver_port, purpose="receiver", option="--receiver-port")
        self.home.folders.create()
        self._thread.start()

    def wait_ready(self, seconds: float = 120.0) -> None:
        """Returns when webhooks are taken and the deployments are active. Raises NotReady after `seconds`."""
        deadline = time.monotonic() + seconds
        while not (self._active.wait(0.2) and answers(f"{self.home.receiver_address}/health")):
            if self._problem or self._stopping.is_set():
                raise NotReady(self._problem or "stopped before it was ready")
            if time.monotonic() > deadline:
                raise NotReady(f"not ready after {seconds:.0f} seconds: see the logs in {self.home.folders.logs}")

    def ask_to_stop(self) -> None:
        """Begins to stop and returns at once; harmless in a signal handler."""
        self._stopping.set()

    def stop(self) -> None:
        """Stops the worker and the receiver, then Prefect; nothing that was started is left."""
        self.ask_to_stop()
        if self._thread.ident:
            self._thread.join()

    def wait(self) -> None:
        """Returns when somebody asked to stop."""
        while not self._stopping.wait(3600):
            pass

    def _supervise(self) -> None:
        try:
            self._start_in_order()
            while not self._stopping.wait(WATCH_SECONDS):
                self._restart_the_dead()
                if any(worker.is_running for worker in self._workers):
                    self._shifts.keep_going()
        except NotReady as error:
            self._problem = str(error)
            self._stopping.wait()
        finally:
            self._stop_all()

    def _start_in_order(self) -> None:
        self.processes["prefect"].start()
        self.processes["receiver"].start()
        self._activate()
        if not self._stopping.is_set():
            self._shifts.begin()
            for worker in self._workers:
                worker.start()
            self._shifts.begin_anew()
            self._active.set()

    def _activate(self) -> None:
        """Registers the deployments as soon as Prefect answers. Raises NotReady with the words of what failed."""
        prefect = self.processes["prefect"]
        activation = Activation(self.environment, "--supervised", "--wait", str(PREFECT_SECONDS))
        while activation.is_running:
            if self._stopping.wait(WATCH_SECONDS) or not prefect.is_running:
                activation.cancel()
        if not prefect.is_running:
            raise NotReady(f"Prefect ended; {prefect.program.log_file} ends with:\n{prefect.last_words()}")
        if activation.problem and not self._stopping.is_set():
            raise NotReady(f"the deployments could not be activated:\n{activation.problem}")

    def _restart_the_dead(self) -> None:
        """Starts again what died, each after its own wait, so that nothing waits for anything else."""
        for name, process in self.processes.items():
            if process.is_running:
                continue
            if process.restart_at is None:
                process.kill_group()
                wait_seconds = process.plan_restart()
                self._say(f"{name} ended with {process.exit_code}; starting it again in {wait_seconds:.1f} s")
            elif time.monotonic() >= process.restart_at:
                process.start()
                if process in self._workers:
                    self._shifts.begin_anew()

    def _bury(self, run_id: str) -> bool:
        """What a dead run had leased is due again; False while the database is away."""
        try:
            with self._database.write() as conn:
                freed = leftovers.free_leases(conn, run_id)
        except ConnectorError:
            return False
        if freed:
            self._say(f"run {run_id} is gone; {freed} rows it had taken are due again")
        return True

    def _stop_all(self) -> None:
        first = [*self._workers, self.processes["receiver"]]
        for group in (first, [self.processes["prefect"]]):
            for process in group:
                process.ask_to_stop()
            for process in group:
                process.wait_until_stopped(GRACE_SECONDS)
        self._database.close()


# Not with the faster httptools, which the others use: it takes headers without end into memory.
RECEIVER = (
    *("-m", "uvicorn", "deployments.receiver.app:from_environment", "--factory"),
    *("--host", LOOPBACK, "--http", "h11"),
)


def programs(home: Home) -> list[Program]:
    """What runs: the Prefect server, the workers that start flow runs, the receiver of webhooks."""
    prefect = ("-m", "prefect", "server", "start", "--host", LOOPBACK, "--port", str(home.prefect_port))
    quiet = ("--port", str(home.receiver_port), "--no-access-log", "--log-level", "warning", "--no-server-header")
    logs = home.folders.logs
    return [
        Program("prefect", prefect, logs / "prefect.log"),
        *(_worker(home, number) for number in range(1, home.workers + 1)),
        Program("receiver", (*RECEIVER, *quiet, "--timeout-graceful-shutdown", "5"), logs / "receiver.log"),
    ]


def _worker(home: Home, number: int) -> Program:
    name = "worker" if number == 1 else f"worker-{number}"
    start = (
        "-m",
        "prefect",
        "worker",
        "start",
        "--pool",
        WORK_POOL,
        "--type",
        "process",
        "--name",
        f"orderflow-{name}",
    )
    # Orders may wait a moment for the processor; a channel that posts a webhook may not.
    return Program(name, start, home.folders.logs / f"{name}.log", niceness=10)


def answers(url: str) -> bool:
    """Whether the address answers 200 within a second."""
    try:
        return httpx.get(url, timeout=1.0).status_code == 200
    except httpx.HTTPError:
        return False
