"""A PostgreSQL server of our own, which may be restarted without asking anybody."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from deployments.cli.output import CommandFailed
from deployments.demo.sandbox_server import free_port
from deployments.home import LOOPBACK

DATABASE = "orderflow"


class OwnPostgresql:
    """A server in a folder; `url` leads to an empty database on it."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self._data = folder / "postgresql"
        self._programs = programs
        self.port = free_port()
        self.url = f"postgresql://postgres@{LOOPBACK}:{self.port}/{DATABASE}"

    def create(self) -> None:
        """Makes and starts it. It trusts whoever is on this machine, and holds nothing that lasts."""
        self._data.mkdir()
        if os.geteuid() == 0:
            self._data.parent.chmod(0o755)
            shutil.chown(self._data, "postgres", "postgres")
        self._run("initdb", "-D", str(self._data), "-U", "postgres", "-A", "trust")
        options = f"-c listen_addresses={LOOPBACK} -p {self.port} -k {self._data}"
        with (self._data / "postgresql.auto.conf").open("a") as settings:
            settings.write("max_connections = 200\n")
        self._run("pg_ctl", "-D", str(self._data), "-w", "-l", str(self._data / "log"), "-o", options, "start")
        self._run("createdb", "-h", LOOPBACK, "-p", str(self.port), "-U", "postgres", DATABASE)

    def restart_at_once(self) -> None:
        """Ends it as a crash would and starts it again: it must recover from its log."""
        self._run("pg_ctl", "-D", str(self._data), "-w", "-m", "immediate", "-l", str(self._data / "log"), "restart")

    def stop(self) -> None:
        """Ends it, if it was ever started."""
        if (self._data / "postmaster.pid").exists():
            self._run("pg_ctl", "-D", str(self._data), "-w", "-m", "fast", "stop")

    def _run(self, program: str, *arguments: str) -> None:
        command: Sequence[str] = [str(self._programs / program), *arguments]
        if os.geteuid() == 0:
            # PostgreSQL refuses to run as root.
            command = ["runuser", "-u", "postgres", "--", *command]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")  # noqa: S603 - our own
        if done.returncode:
            raise CommandFailed(f"{program} failed: {done.stderr.strip()[-500:]}")


@contextmanager
def own_postgresql(folder: Path) -> Iterator[OwnPostgresql]:
    """One that lives until the end. Raises CommandFailed where PostgreSQL is not installed."""
    server = OwnPostgresql(folder, programs())
    try:
        server.create()
        yield server
    finally:
        server.stop()


def programs() -> Path:
    """The folder of initdb and pg_ctl. Raises CommandFailed with what to install."""
    on_path = shutil.which("initdb")
    found = [Path(on_path).resolve()] if on_path else sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        raise CommandFailed("PostgreSQL's initdb is not here: install the PostgreSQL server, or name one by its URL")
    return found[-1].parent
