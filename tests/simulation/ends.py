"""How runs ended that were worked out, by the states they went through: an equal state has an equal rest.

A state is everything the rest of a run depends on: every row of the database with its time stamps, the services' books,
the clock, the ids given so far, and what is still to come from outside. Between two stages a worker that is alone keeps
nothing in its memory, so there a run may turn out to be at the same point as another before it, and ends as that did.
What is still to come by the schedule is no part of the state. It is compared as far as it was used: the answers that
were asked for, and the stops within the moments there were.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b

from simulation.answers import Answer
from simulation.schedule import Schedule

Asked = tuple[str, Answer]


def digest(*facts: object) -> str:
    """The same for equal facts only."""
    return digest_of([repr(facts)])


def digest_of(texts: Iterable[str]) -> str:
    """The same for equal texts only; none of them has a zero in it."""
    return blake2b("\0".join(texts).encode(), digest_size=16).hexdigest()


@dataclass(frozen=True)
class Ahead:
    """What a schedule has in store from some moment on, where so many requests of each verb were answered before.

    `stops` are told by how many moments later they come.
    """

    schedule: Schedule
    answered: Mapping[str, int]
    stops: Mapping[int, int]

    def stops_within(self, moments: int) -> dict[int, int]:
        """The stops of the next moments."""
        return {later: stop for later, stop in self.stops.items() if later <= moments}

    def gives(self, asked: Sequence[Asked]) -> bool:
        """Whether these requests would be answered so."""
        numbers = Counter(self.answered)
        for verb, answer in asked:
            if self.schedule.answer(verb, numbers[verb]) is not answer:
                return False
            numbers[verb] += 1
        return True


@dataclass(frozen=True)
class End:
    """The end of a run, and what was used of its schedule up to there: so many moments, their stops, the answers."""

    state: str
    problems: tuple[str, ...]
    moments: int = 0
    stops: Mapping[int, int] = field(default_factory=dict)
    asked: tuple[Asked, ...] = ()

    def comes_of(self, ahead: Ahead) -> bool:
        """Whether a schedule with this ahead of it uses the same."""
        return ahead.stops_within(self.moments) == self.stops and ahead.gives(self.asked)


@dataclass(frozen=True)
class Passed:
    """A state a run came by, with what it had used by then and what was ahead."""

    state: str
    moments: int
    asked: int
    ahead: Ahead


class Ends:
    """The ends known so far."""

    def __init__(self) -> None:
        self._known: dict[str, list[End]] = {}

    def find(self, state: str, ahead: Ahead) -> End | None:
        """The end of a run that comes by this state, where one with the same ahead of it was worked out."""
        return next((end for end in self._known.get(state, ()) if end.comes_of(ahead)), None)

    def keep(self, way: Sequence[Passed], end: End) -> None:
        """Remembers the end, which tells of the whole run, for every state the run came by."""
        for passed in way:
            moments = end.moments - passed.moments
            stops = passed.ahead.stops_within(moments)
            rest = replace(end, moments=moments, stops=stops, asked=end.asked[passed.asked :])
            self._known.setdefault(passed.state, []).append(rest)
