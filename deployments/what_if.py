"""What a draft configuration would have decided for past orders, with the stock of their time.

1. Of every order of these days take its first recorded decision: what our rules said before any person spoke.
2. Decide it again as it was recorded, and once more by the draft's rules, policy, locations and rates.
3. Compare the two. Both are made by today's code, so that only the draft makes a difference.

The stock is what each decision saw. An order the draft sends elsewhere does not take those units from the orders after
it, so a draft that prefers one scarce location looks a little better than it would have been. Locations only the draft
has are empty. The draft's own strategy decides, not its experiment. Personal data rules look at is that of today.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

from sqlalchemy import Connection

from connectors.database import orders
from connectors.database.decisions import RecordedDecision, count_recorded, recorded_decisions
from connectors.database.session import Database
from connectors.shop import Shop
from connectors.vault import Vault
from deployments.home import Home
from orderflow.configuration import Configuration
from orderflow.replay import Basis
from orderflow.replay.personal_data import with_people
from orderflow.replay.what_if import Figures, Pair, WhatIf, compare

_AT_ONCE = 200
_SHOWN = 20
_DAYS_BEFORE_ACTIVATION = 30.0
# About two milliseconds each.
_MOST_BEFORE_ACTIVATION = 2000


def what_if(home: Home, database: Database, draft: Configuration, *, days: float) -> WhatIf:
    """What the draft would have changed for the orders decided in these last days."""
    shop = Shop(home, database, draft)
    with database.read() as conn:
        return compare(list(_pairs(conn, shop.vault, shop.basis, days)))


def effect_on_recent_orders(home: Home, database: Database, draft: Configuration) -> list[str]:
    """What is shown before a configuration is put in force; of a busy shop fewer days, so that nobody waits long."""
    with database.read() as conn:
        decided = count_recorded(conn, days=_DAYS_BEFORE_ACTIVATION)
    if not decided:
        return []
    days = _DAYS_BEFORE_ACTIVATION * min(1.0, _MOST_BEFORE_ACTIVATION / decided)
    return what_if_lines(what_if(home, database, draft, days=days), days=days)


def what_if_lines(answer: WhatIf, *, days: float) -> list[str]:
    """The answer as people read it; of many changed orders the first twenty."""
    if not answer.before.orders:
        return [f"No order of the last {days:.3g} days has a record to try the draft on."]
    lines = [f"The {answer.before.orders} orders of the last {days:.3g} days, as decided → by the draft:"]
    lines += [f"  {name}: {before} → {after}" for name, before, after in figure_rows(answer)]
    lines.append(f"{len(answer.changes)} of them change.")
    for change in answer.changes[:_SHOWN]:
        lines.append(f"  {change.number}: {change.before} → {change.after} ({change.reason})")
    if len(answer.changes) > _SHOWN:
        lines.append(f"  … and {len(answer.changes) - _SHOWN} more; --json lists them all.")
    return lines


def figure_rows(answer: WhatIf) -> list[tuple[str, str, str]]:
    """The figures by name, before and after."""
    before, after = _words(answer.before), _words(answer.after)
    return [(name, before[name], after[name]) for name in before]


def _words(figures: Figures) -> dict[str, str]:
    counts = {"split": figures.split, "backordered": figures.backordered, "looked at by a person": figures.touched}
    return {
        "shipping cost": " + ".join(map(str, figures.cost)) or "none",
        "promised days": "unknown" if figures.promised_days is None else f"{figures.promised_days:.2f}",
        **{name: f"{count} ({100 * count / figures.orders:.1f} %)" for name, count in counts.items()},
    }


def _pairs(conn: Connection, vault: Vault, draft: Basis, days: float) -> Iterator[Pair]:
    firsts = _first_of_each_order(recorded_decisions(conn, days=days))
    while batch := list(islice(firsts, _AT_ONCE)):
        known = {stored.id: stored.order for stored in orders.load_orders(conn, vault, [one.order_id for one in batch])}
        for one in batch:
            order = with_people(one.inputs.facts.order, known[one.order_id])
            complete = replace(one.inputs, facts=replace(one.inputs.facts, order=order))
            yield Pair(one.number, one.inputs.decide(), complete.on(draft).decide())


def _first_of_each_order(found: Iterable[RecordedDecision]) -> Iterator[RecordedDecision]:
    seen: set[str] = set()
    for one in found:
        if one.order_id not in seen and one.is_readable:
            seen.add(one.order_id)
            yield one
