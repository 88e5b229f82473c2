"""Schedules drawn by seed: answers, crashes, pauses, events and turns all follow from one number."""

import random

from simulation.answers import Answer
from simulation.schedule import CRASH, Schedule
from simulation.stories import STORIES

# How often each story is told: the short ones cost less, the whole way costs most and repeats the others.
SHARES = {
    "webhooks": 8,
    "last unit": 6,
    "one line": 14,
    "two parcels": 14,
    "cancelled": 16,
    "parcels cancelled": 12,
    "moved": 8,
    "backordered": 6,
    "messages": 14,
    "the whole way": 2,
}
CARRIERS = (("unique",), ("lookup",), ("blind",), ("free",), ("unique", "lookup"), ("lookup", "unique"))
PAUSES_MS = (2_000, 61_000, 75_000, 130_000, 200_000)
LAST_MOMENT = 45


def random_schedule(seed: int) -> Schedule:
    """The schedule of this seed."""
    chance = random.Random(seed)
    name = chance.choices(list(SHARES), weights=list(SHARES.values()))[0]
    story = STORIES[name]
    return Schedule(
        name=str(seed),
        story=name,
        carriers=chance.choice(CARRIERS),
        answers={verb: _answers(chance) for verb in story.verbs if chance.random() < 0.6},
        stops={chance.randint(1, LAST_MOMENT): _stop(chance) for _ in range(chance.randint(0, 3))},
        arrivals={chance.randint(1, LAST_MOMENT): event for event in story.events},
        workers=chance.choice((1, 2, 2)),
        turns=seed,
    )


def _answers(chance: random.Random) -> tuple[Answer, ...]:
    return tuple(chance.choice(list(Answer)) for _ in range(chance.randint(1, 3)))


def _stop(chance: random.Random) -> int:
    return CRASH if chance.random() < 0.5 else chance.choice(PAUSES_MS)
