"""`orderflow up`: everything on this machine, until Ctrl-C."""

import signal
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from deployments.cli.access import current_home, open_database
from deployments.cli.output import CommandFailed, console, table
from deployments.first_steps import deployed_configuration, prepare
from deployments.home import Home
from deployments.server.prefect_settings import OPERATOR, auth_file

if TYPE_CHECKING:
    from deployments.server.server import Server

Port = Annotated[int | None, typer.Option(min=1, max=65535, show_default=False)]
Workers = Annotated[int | None, typer.Option(min=1, max=64, show_default=False, help="How many work side by side.")]


def up(prefect_port: Port = None, receiver_port: Port = None, workers: Workers = None) -> None:
    """Starts Prefect, workers and the receiver on 127.0.0.1, starts again what dies, stops cleanly on Ctrl-C."""
    from deployments.server.server import Server

    home = _with_ports(current_home(), prefect_port, receiver_port)
    home = home.model_copy(update={"workers": workers or home.workers})
    prepare(home)
    _require_configuration(home)
    server = Server(home, say=lambda words: console.print(words, style="yellow", markup=False))
    stop_on_signals(server)
    server.start()
    try:
        with console.status("starting Prefect, the workers and the receiver …"):
            server.wait_ready()
        console.print(addresses(home))
        server.wait()
    finally:
        console.print("stopping …")
        server.stop()


def addresses(home: Home) -> object:
    """Where everything is."""
    rows = [
        ("Prefect UI", home.prefect_address),
        ("sign in with", f"{OPERATOR}:<the text in {auth_file(home)}>"),
        ("webhooks", f"{home.receiver_address}/webhooks/<channel>"),
        ("health, metrics", f"{home.receiver_address}/health, /metrics"),
        ("logs", home.folders.logs),
    ]
    return table(("OrderFlow is up", "stop with Ctrl-C"), rows)


def stop_on_signals(server: "Server") -> None:
    """Makes Ctrl-C and SIGTERM stop the server; a second Ctrl-C does not interrupt the stopping."""

    def ask(_signal: int, _frame: FrameType | None) -> None:
        server.ask_to_stop()

    signal.signal(signal.SIGINT, ask)
    signal.signal(signal.SIGTERM, ask)


def _with_ports(home: Home, prefect_port: int | None, receiver_port: int | None) -> Home:
    chosen = {"prefect_port": prefect_port or home.prefect_port, "receiver_port": receiver_port or home.receiver_port}
    moved = home.model_copy(update=chosen)
    own_pages = home.public_url == home.receiver_address
    return moved.model_copy(update={"public_url": moved.receiver_address}) if own_pages else moved


def _require_configuration(home: Home) -> None:
    with open_database(home) as database:
        if deployed_configuration(database) is None:
            file = home.configuration()
            raise CommandFailed(f"no configuration is active: run `orderflow config:deploy {file.name}` first")
