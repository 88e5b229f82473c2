"""`orderflow experiments …`: what the running one shows, ending it, and making its better strategy everybody's."""

import json
from typing import Annotated, Any

import typer
from rich.markup import escape
from sqlalchemy import Connection

from connectors.database import experiments, policy
from connectors.database.session import Database
from connectors.shop import Shop
from deployments.cli.access import actor, current_home, moment, open_database
from deployments.cli.commands.config.agreeing import agreed_changes
from deployments.cli.output import AsJson, AskedWrongly, CommandFailed, console, show, table
from deployments.first_steps import CONFIGURATION, deploy_configuration, deployed_configuration
from deployments.home import Home
from orderflow.configuration import load_configuration
from orderflow.experiments.estimates import Estimate
from orderflow.experiments.report import MISMATCH, ArmReport, Report, report
from orderflow.experiments.settings import TRIED, Arm, Experiment

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask whether the changes are meant.")]

group = typer.Typer(help="Experiments: report, stop, promote.", no_args_is_help=True)


@group.command("report")
def show_report(as_json: AsJson = False) -> None:
    """Orders, cost, splits, days and backorders by arm with 95 % intervals, and what may be said of them.

    An arm that is found to harm ends the experiment, as the watch would have within the minute.
    """
    # Prefect comes with the tasks; only this command needs to wait for its import.
    from tasks.routing.trying import stop_where_it_harms

    home = current_home()
    with open_database(home) as database:
        shop, experiment = _running(home, database)
        with database.write() as conn:
            found = _report(conn, shop, experiment)
            stop_where_it_harms(conn, shop)
            stopped = experiments.stop_of(conn, experiment.name)
    ended = f"Stopped {moment(stopped.at_ms)} UTC by {stopped.actor}: {stopped.reason}." if stopped else ""
    document = found.model_dump(mode="json") | {"stopped": ended or None}
    show(document, _table(found), "", *_sentences(found), *[escape(ended)] * bool(ended), as_json=as_json)


@group.command()
def stop(reason: Annotated[str, typer.Option(help="Why; it is kept with your name.")], as_json: AsJson = False) -> None:
    """Gives no more orders an arm: the active rules decide all again. It cannot be started again under its name."""
    home = current_home()
    with open_database(home) as database:
        _, experiment = _running(home, database)
        with database.write() as conn:
            if not experiments.stop(conn, experiment.name, reason, actor=actor()):
                raise CommandFailed(f"the experiment {experiment.name} was stopped before")
    show({"stopped": experiment.name}, f"Stopped {experiment.name}.", as_json=as_json)


@group.command()
def promote(
    arm: Annotated[Arm, typer.Argument(metavar="ARM", help="a or b.")], yes: Yes = False, as_json: AsJson = False
) -> None:
    """Makes the arm's strategy everybody's and ends the experiment, as a new version of the configuration."""
    if arm not in TRIED:
        raise AskedWrongly("what can be promoted is a or b; the active rules are everybody's already")
    home = current_home()
    with open_database(home) as database:
        shop, experiment = _running(home, database)
        with database.read() as conn:
            sentence = _report(conn, shop, experiment).sentence
        document = _promoted(database, experiment.strategy_of(arm))
        if not as_json:
            console.print(sentence, markup=False, soft_wrap=True)
        changes = agreed_changes(home, database, load_configuration(document)[0], yes=yes, as_json=as_json)
        deployed = deploy_configuration(database, document, actor=actor())
    reminder = "Write the same changes into your configuration file, or the next `config deploy` of it takes them back."
    answer = {"version": deployed.hash, "strategy": experiment.strategy_of(arm), "changes": list(changes)}
    show(answer | {"verdict": sentence}, f"Active: version {deployed.hash[:12]}. {reminder}", as_json=as_json)


def _running(home: Home, database: Database) -> tuple[Shop, Experiment]:
    active = deployed_configuration(database)
    if active is None or active[1].experiment is None:
        raise AskedWrongly("the active configuration has no experiment")
    return Shop(home, database, active[1]), active[1].experiment


def _report(conn: Connection, shop: Shop, experiment: Experiment) -> Report:
    currency, active = shop.rate_card.currency, shop.configuration.routing.strategy
    found = experiments.tallies(conn, experiment.name, currency)
    return report(experiment, found, currency=currency, active_strategy=active)


def _promoted(database: Database, strategy: str) -> dict[str, Any]:
    """The active configuration's document, sourcing by this strategy and without the experiment."""
    with database.read() as conn:
        version = policy.active(conn, CONFIGURATION)
    document = json.loads(version.document) if version else {}
    del document["experiment"]
    return document | {"routing": document.get("routing", {}) | {"strategy": strategy}}


def _table(found: Report) -> Any:
    columns = ("arm", "strategy", "orders", f"cost per order, {found.currency}", "days", "split", "backordered")
    return table(columns, map(_row, found.arms), title=f"Experiment {found.name}")


def _row(arm: ArmReport) -> tuple[object, ...]:
    shares = (_words(arm.split, 100, " %"), _words(arm.backordered, 100, " %"))
    return arm.arm.value, arm.strategy, arm.orders, _words(arm.cost), _words(arm.days), *shares


def _words(estimate: Estimate | None, factor: float = 1, unit: str = "") -> str:
    if estimate is None:
        return ""
    known = estimate.scaled(factor)
    return f"{known.value:.2f}{unit} ({known.low:.2f} … {known.high:.2f})"


def _sentences(found: Report) -> list[str]:
    split = f"The split is as it should be (p = {found.sample_ratio_p_value:.3g})."
    odd = f"The split is not what was asked for (p = {found.sample_ratio_p_value:.3g})."
    difference = f"Arm a costs {_words(found.cost_difference)} {found.currency} more per order than arm b."
    fair = found.sample_ratio_p_value >= MISMATCH
    return [split if fair else odd, *[difference] * bool(found.cost_difference), found.sentence]
