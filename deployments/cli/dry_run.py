"""`orderflow test --order-id …`: the decision, and nothing else."""

from typing import Annotated

import typer

from deployments.cli.access import current_home
from deployments.cli.decision_trace import decision_trace
from deployments.cli.output import AsJson, AskedWrongly, CommandFailed, show


def test(
    order_id: Annotated[str, typer.Option("--order-id", help="An order's number or id, or test_… for a sample order.")],
    as_json: AsJson = False,
) -> None:
    """Decides an order without writing anything or asking anybody outside, and prints the trace.

    An id that begins with test_ and is nobody's is a sample order: a paid order for two of the shop's first product to
    the address of its first location, with ten of it at every location.
    """
    # What decides is slow to import, which only this command shall wait for.
    from deployments.dry_run import SAMPLE_PREFIX, active_or_written, decide_sample, decide_stored

    home = current_home()
    configuration = active_or_written(home)
    if configuration is None:
        raise CommandFailed("there is no configuration to decide by: run `orderflow init`")
    found = decide_stored(home, configuration, order_id) if home.database_file_exists else None
    if found is None and not order_id.startswith(SAMPLE_PREFIX):
        raise AskedWrongly(f"no order {order_id!r}; an id that begins with {SAMPLE_PREFIX} tries a sample order")
    order, decision = found or decide_sample(home, configuration, order_id)
    note = "Dry run: nothing was written, nobody was asked." + ("" if found else " Sample order, sample stock.")
    show(decision.model_dump(mode="json"), *decision_trace(order.number, decision), "", note, as_json=as_json)
