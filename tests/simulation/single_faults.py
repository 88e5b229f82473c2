"""Every single fault, one after the other: a crash or a long pause at each moment of each story, with each answer.

A crash leaves nothing behind but the database and the services' books. So the schedules that crash at some moment of
one course all share what came before it: the course is run once, and what a crash would leave is copied at every
moment. Two copies that are equal have the same future and are worked to their end once.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from simulation.answers import Answer
from simulation.audit import problems
from simulation.schedule import CRASH, Schedule
from simulation.stories import STORIES, begin
from simulation.world import Left, World

KINDS = (("unique",), ("lookup",), ("blind",), ("free",))
# Longer than the lease and than the grace; inside the send itself services allow less.
PAUSE_MS = 200_000


@dataclass(frozen=True)
class Judged:
    """A schedule and everything that was wrong at its end."""

    schedule: Schedule
    problems: tuple[str, ...]


def courses() -> Iterator[Schedule]:
    """Each story with each kind of carrier and each answer to one of its verbs, before anybody is stopped."""
    for name, story in STORIES.items():
        kinds = KINDS if "buy" in story.verbs else KINDS[:1]
        verbs = () if name == "the whole way" else story.verbs  # whose parts are stories of their own
        answers = [("", Answer.OK), *((verb, answer) for verb in verbs for answer in list(Answer)[1:])]
        for carriers in kinds:
            for verb, answer in answers:
                yield from _with_events(name, carriers, verb, answer)


def _with_events(name: str, carriers: tuple[str, ...], verb: str, answer: Answer) -> Iterator[Schedule]:
    answers = {verb: (answer,)} if verb else {}
    label = "/".join(filter(None, (name, *carriers, f"{verb}={answer}" if verb else "")))
    events = STORIES[name].events
    plain = Schedule(label, name, carriers, answers)
    if not events:
        yield plain
    for event in events:
        for moment in range(1, 40, 4):
            yield replace(plain, name=f"{label}/{event}@{moment}", arrivals={moment: event})


def crashed(course: Schedule, moment: int) -> Schedule:
    """The course crashed at this moment."""
    return replace(course, name=f"{course.name}#{moment}", stops={moment: CRASH})


def crashes(world: World, course: Schedule) -> Iterator[Judged]:
    """The course itself, and the course crashed at each of its moments."""
    left: list[tuple[int, Left]] = []
    begin(world, course)
    world.watch = lambda what: left.append((world.moments, _left(world, what, left)))
    world.run()
    world.watch = None
    yield Judged(course, tuple(problems(world)))
    known: dict[str, tuple[str, ...]] = {}
    for moment, remains in left:
        schedule = crashed(course, moment)
        key = remains.fingerprint
        if key not in known:
            world.go_on(schedule, remains)
            known[key] = tuple(problems(world))
        yield Judged(schedule, known[key])


def _left(world: World, what: str, before: list[tuple[int, Left]]) -> Left:
    """What a crash would leave. A transaction that is not committed leaves nothing, so the last copy still holds."""
    return before[-1][1] if what == "before a commit" else world.left_behind()


def paused(course: Schedule, moment: int) -> Schedule:
    """The course with a worker frozen at this moment, while another goes on."""
    return replace(course, name=f"{course.name}~{moment}", stops={moment: PAUSE_MS}, workers=2)


def pauses(world: World, course: Schedule, moments: int) -> Iterator[Judged]:
    """The course paused at each of its first moments."""
    for moment in range(1, moments + 1):
        schedule = paused(course, moment)
        begin(world, schedule)
        world.run()
        yield Judged(schedule, tuple(problems(world)))
