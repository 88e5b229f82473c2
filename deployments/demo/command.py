"""`orderflow demo`: a whole shop on this machine, against stand-ins of every outside service."""

import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.panel import Panel
from rich.text import Text

from connectors.database.session import Database
from deployments.cli.output import AskedWrongly, CommandFailed, console, show
from deployments.cli.up import addresses, stop_on_signals
from deployments.demo import story
from deployments.demo.audit import disagreements
from deployments.demo.progress import NotFinished, follow
from deployments.demo.runs import run_to_the_end
from deployments.demo.sandbox_server import SandboxServer, free_port
from deployments.demo.summary import figures, readable, three_decisions
from deployments.first_steps import prepare
from deployments.home import LOOPBACK, Home
from deployments.server.server import NotReady, Server

Orders = Annotated[Path | None, typer.Option("--orders", help="An order file (JSONL, may be .gz) instead of our own.")]
Exit = Annotated[bool, typer.Option("--exit", help="Stop at the end; status 0 only if all books agree.")]


def demo(  # noqa: PLR0917 - options, always named
    count: Annotated[int, typer.Option(min=1, help="How many orders to send.")] = 300,
    orders: Orders = None,
    limit: Annotated[int, typer.Option(min=1, help="With --orders: at most so many lines.")] = 1000,
    seed: Annotated[int, typer.Option(help="Which story to tell.")] = 7,
    leave: Exit = False,
    home_folder: Annotated[
        Path | None, typer.Option("--home", help="Keep everything here, not in a new folder.")
    ] = None,
    timeout_minutes: Annotated[float, typer.Option(help="Give up after so many minutes.")] = 15,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as one JSON document.")] = False,
) -> None:
    """Sends orders through a whole shop on this machine and compares everybody's books at the end."""
    if orders is not None and not orders.exists():
        raise AskedWrongly(f"there is no file {orders}")
    home = demo_home(home_folder or Path(tempfile.mkdtemp(prefix="orderflow-demo-")))
    document = story.demo_configuration("brazil" if orders else "configuration")
    with _everything(home, document, seed) as (server, sandbox, database):
        if orders is None:
            story.fill_shelves(sandbox, document)
            run_to_the_end(server, "sync-inventory", seconds=120)
            sent = story.send_orders(sandbox, home, count, seed)
        else:
            sent = story.send_file(home, database, orders, limit, document)
        run_to_the_end(server, "poll-channels", seconds=120)
        _finish(server, sandbox, database, sent.total, seconds=timeout_minutes * 60)
        wrong = disagreements(database, sandbox, sent.total)
        _tell(database, sandbox, wrong, as_json=as_json)
        if not leave:
            _stay(home, server, sandbox)
    if wrong:
        raise CommandFailed(f"the books disagree in {len(wrong)} place(s)")


def demo_home(folder: Path) -> Home:
    """An installation of its own in this folder, on free ports."""
    receiver_port = free_port()
    return Home(
        home=folder,
        receiver_port=receiver_port,
        prefect_port=free_port(),
        public_url=f"http://{LOOPBACK}:{receiver_port}",
        database_url=os.environ.get("ORDERFLOW_DATABASE_URL", ""),
    )


@contextmanager
def _everything(home: Home, document: dict[str, Any], seed: int) -> Generator[tuple[Server, SandboxServer, Database]]:
    prepare(home)
    console.print(f"everything of this demonstration is in {home.home}", style="dim", markup=False)
    sandbox = SandboxServer(free_port(), home.folders.logs / "sandbox.log", dict(os.environ), seed)
    database = home.database()
    story.deploy(database, document)
    folders = {"ORDER_FILE_FOLDER": str(home.folders.orders), "ORDERFLOW_RATE_CARD": document["rate_card"]}
    server = Server(home, sandbox.variables() | folders, say=console.print)
    try:
        with sandbox, console.status("starting Prefect, the worker, the receiver and the sandbox …"):
            server.start()
            server.wait_ready()
            console.print(addresses(home))
            yield server, sandbox, database
    finally:
        console.print("stopping …", style="dim")
        server.stop()
        database.close()


def _finish(server: Server, sandbox: SandboxServer, database: Database, expected: int, *, seconds: float) -> None:
    def alive() -> None:
        if sandbox.pid is None:
            raise NotReady("the sandbox died")

    try:
        follow(database, expected, seconds=seconds, alive=alive)
        run_to_the_end(server, "sync-inventory", seconds=seconds)
        follow(database, expected, seconds=seconds, alive=alive)
    except NotFinished as error:
        raise CommandFailed(f"{error}; see the logs in {server.home.folders.logs}") from error


def _tell(database: Database, sandbox: SandboxServer, wrong: list[str], *, as_json: bool) -> None:
    found = figures(database, sandbox) | {"disagreements": wrong}
    show(found, *readable(found), as_json=as_json)
    if as_json:
        return
    for number, lines in three_decisions(database):
        console.print(Panel(Text("\n".join(lines)), title=f"why: order {number}", title_align="left"))
    for sentence in wrong:
        console.print(f"✗ {sentence}", style="red", markup=False)
    if not wrong:
        console.print("✓ the books of all services agree with our database", style="green")


def _stay(home: Home, server: Server, sandbox: SandboxServer) -> None:
    stop_on_signals(server)
    console.print(addresses(home))
    console.print(f"the sandbox's books: {sandbox.address}/books", markup=False)
    console.print("Ctrl-C ends the demonstration")
    server.wait()
