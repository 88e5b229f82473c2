"""What happens in the shop: where a story begins, which stages work in it, and what comes from outside meanwhile.

The stages know of each other only what is in the database. So a story may begin where the stages before have ended
(the opening, made by the same real stages in peace) and end where the next would begin; "the whole way" ends nowhere.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from simulation.clock import START_MS
from simulation.database import copied, empty_copy
from simulation.orders import an_order, cancelled, changed, count, deliver, plan_again
from simulation.schedule import Schedule
from simulation.world import Opening, World

from connectors.database.session import milliseconds
from orderflow.order import PaymentStatus
from tasks.ingest import ingest_orders
from tasks.labelling.label import label_orders
from tasks.log import log_decisions
from tasks.routing.route import route_orders
from tasks.sync import sync_shipments
from tasks.telling.notify import notify_people

Event = Callable[[World], None]

INTAKE = (("inbox", ingest_orders), ("route", route_orders))
LABELS = (*INTAKE, ("label", label_orders))
MESSAGES = (("notify", notify_people), ("log", log_decisions), ("sync", sync_shipments))
THE_WHOLE_WAY = (*LABELS, *MESSAGES)
BEFORE_MS = 600_000
FIRST_ID = 1_000

ONE = an_order(1, "A")
SPLIT = an_order(2, "A", "B")
RIVAL = an_order(3, "A")
WAITING = an_order(4, "C")
UNPAID = changed(ONE, 0, payment_status=PaymentStatus.PENDING)
MOVED = changed(ONE, 20, destination=ONE.destination.model_copy(update={"line1": "9 Other Street"}))


@dataclass(frozen=True)
class Story:
    """One story. It begins when `arrange` is done and the stages `before` have run; `verbs` may be answered badly."""

    arrange: Event
    stages: tuple[tuple[str, Any], ...]
    before: tuple[tuple[str, Any], ...] = ()
    events: Mapping[str, Event] = field(default_factory=dict)
    verbs: tuple[str, ...] = ()

    def begin(self, world: World, schedule: Schedule) -> None:
        """Puts the world to where the story begins."""
        opening = _opening(world, schedule)
        world.begin(schedule, opening.database, self.stages, dict(self.events))
        world.books, world.delivered = opening.books.copy(), set(opening.delivered)
        world.last_id = FIRST_ID


def _told(*orders: Any, **stock: int) -> Event:
    def arrange(world: World) -> None:
        count(world.database, "east", 1, A=stock.get("A", 3))
        count(world.database, "west", 1, B=stock.get("B", 3), C=0)
        _comes(*orders)(world)

    return arrange


def _comes(*orders: Any) -> Event:
    def happen(world: World) -> None:
        for order in orders:
            deliver(world.database, order)
            world.delivered.add((order.number, milliseconds(order.updated_at)))

    return happen


def _goods_arrive(world: World) -> None:
    count(world.database, "west", 2, C=5)
    if not plan_again(world.shop, WAITING.number):
        world.arrivals[world.moments + 1] = "goods arrive"


STORIES = {
    "webhooks": Story(
        _told(UNPAID), INTAKE,
        events={"payment": _comes(changed(ONE, 5)), "again": _comes(changed(ONE, 5), UNPAID), "move": _comes(MOVED),
                "cancel": _comes(cancelled(ONE))},
    ),
    "last unit": Story(
        _told(ONE, A=1), INTAKE, events={"rival": _comes(RIVAL), "cancel": _comes(cancelled(ONE))}
    ),
    "one line": Story(_told(ONE), LABELS, INTAKE, verbs=("buy", "find", "rate")),
    "two parcels": Story(_told(SPLIT), LABELS, INTAKE, verbs=("buy", "find", "rate")),
    "cancelled": Story(
        _told(ONE), LABELS, INTAKE, events={"cancel": _comes(cancelled(ONE))}, verbs=("buy", "find", "void")
    ),
    "parcels cancelled": Story(
        _told(SPLIT), LABELS, INTAKE, events={"cancel": _comes(cancelled(SPLIT))}, verbs=("buy", "find", "void")
    ),
    "moved": Story(_told(ONE), LABELS, INTAKE, events={"move": _comes(MOVED)}, verbs=("buy", "find")),
    "backordered": Story(
        _told(WAITING), LABELS, INTAKE, events={"goods arrive": _goods_arrive}, verbs=("buy", "find")
    ),
    "messages": Story(_told(SPLIT), MESSAGES, LABELS, verbs=("send", "report", "write")),
    "the whole way": Story(
        _told(ONE, SPLIT), THE_WHOLE_WAY, events={"cancel": _comes(cancelled(ONE))},
        verbs=("buy", "find", "rate", "void", "send", "report", "write"),
    ),
}  # fmt: skip


def begin(world: World, schedule: Schedule) -> None:
    """Puts the world to the beginning of the schedule."""
    STORIES[schedule.story].begin(world, schedule)


def _opening(world: World, schedule: Schedule) -> Opening:
    """Database and books as the story finds them, made once for each story and its carriers."""
    key = (schedule.story, schedule.carriers)
    if key not in world.openings:
        story = STORIES[schedule.story]
        peace = Schedule("opening", schedule.story, schedule.carriers)
        world.begin(peace, empty_copy(), story.before, {})
        world.clock.now_ms = START_MS - BEFORE_MS
        story.arrange(world)
        if story.before:
            world.run()
        assert not world.troubles, world.troubles
        world.openings[key] = Opening(copied(world.database.raw), world.books.copy(), frozenset(world.delivered))
    return world.openings[key]
