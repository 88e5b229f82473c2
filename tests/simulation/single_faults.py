"""Every single fault, one after the other: a crash or a long pause at each moment of each story, with each answer.

A crash leaves nothing behind but the database and the services' books. So the schedules that crash at some moment of
one course all share what came before it: the course is run once, and what a crash would leave is copied at every
moment. Two copies that are equal have the same future and are worked to their end once.
"""

from collections.abc import Iterator
from dataclasses import replace

from simulation.answers import Answer
from simulation.judged import Judged, judged
from simulation.schedule import CRASH, Schedule
from simulation.stories import STORIES, begin
from simulation.world import Left, World

KINDS = (("unique",), ("lookup",), ("blind",), ("free",))
# Longer than the lease and than the grace; inside the send itself services allow less.
PAUSE_MS = 200_000


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
    world.watch = lambda: left.append((world.moments, world.left_behind()))
    world.run()
    world.watch = None
    yield judged(world)
    for moment, remains in left:
        world.go_on(crashed(course, moment), remains)
        yield judged(world)


def paused(course: Schedule, moment: int) -> Schedule:
    """The course with a worker frozen at this moment, while another goes on."""
    return replace(course, name=f"{course.name}~{moment}", stops={moment: PAUSE_MS}, workers=2)


def pauses(world: World, course: Schedule, moments: int) -> Iterator[Judged]:
    """The course paused at each of its first moments."""
    for moment in range(1, moments + 1):
        yield judge(world, paused(course, moment))


def judge(world: World, schedule: Schedule) -> Judged:
    """Runs one schedule from its beginning to its end."""
    begin(world, schedule)
    world.run()
    return judged(world)
