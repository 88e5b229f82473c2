"""One schedule: what happens in the shop, who answers how, and who is stopped when."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from simulation.answers import Answer

CRASH = 0
"""A pause of no milliseconds is none: it stands for the end of the process."""


@dataclass(frozen=True)
class Schedule:
    """Everything a run depends on: the same schedule always runs the same way.

    `answers` are the first answers to each verb ("buy", or "lookup.buy" of one carrier); all later ones are good.
    `stops` and `arrivals` tell by the number of the moment how long the process is frozen there (or CRASH), and which
    event of the story comes then. `turns` decides who goes on where several could.
    """

    name: str
    story: str
    carriers: tuple[str, ...] = ("unique",)
    answers: Mapping[str, tuple[Answer, ...]] = field(default_factory=dict)
    stops: Mapping[int, int] = field(default_factory=dict)
    arrivals: Mapping[int, str] = field(default_factory=dict)
    workers: int = 1
    turns: int = 0

    def answer(self, verb: str, number: int) -> Answer:
        """How this request is answered, the requests of its verb counted from 0."""
        script = self.answers.get(verb) or self.answers.get(verb.partition(".")[2]) or ()
        return script[number] if number < len(script) else Answer.OK

    def __str__(self) -> str:
        told = [f"story {self.story}", f"carriers {'+'.join(self.carriers)}", f"{self.workers} worker(s)"]
        told += [f"{verb}: {', '.join(answers)}" for verb, answers in self.answers.items()]
        told += [f"at moment {at} {_stop(ms)}" for at, ms in sorted(self.stops.items())]
        told += [f"at moment {at} comes {event}" for at, event in sorted(self.arrivals.items())]
        return f"{self.name} = {'; '.join(told)}"


def _stop(pause_ms: int) -> str:
    return "a crash" if pause_ms == CRASH else f"a pause of {pause_ms / 1000:g} s"
