"""python -m simulation: many schedules, or one of them again with everything that happens in it."""

import argparse
import os
import sys
import time

from simulation.campaign import Report, campaign, find
from simulation.mutants import kill_all
from simulation.single_faults import judge
from simulation.world import open_world


def main() -> int:
    """Status 0 where nothing failed."""
    parser = argparse.ArgumentParser(prog="simulation", description=__doc__)
    parser.add_argument("--schedules", type=int, default=20_000, help="how many to run")
    parser.add_argument("--seed", type=int, default=0, help="which ones")
    parser.add_argument("--replay", metavar="NAME", help="run this one again and tell what happens")
    parser.add_argument("--mutants", action="store_true", help="break the product on purpose and see it found out")
    asked = parser.parse_args()
    if asked.replay:
        return replay(asked.replay)
    return kill_all() if asked.mutants else run(asked.schedules, asked.seed)


def replay(name: str) -> int:
    """Prints one schedule and its trace."""
    with open_world() as world:
        judged = judge(world, find(name))
        print(judged.schedule, *world.trace, sep="\n")
    print(*(judged.problems or ["nothing is wrong"]), sep="\n")
    return len(judged.problems)


def run(schedules: int, seed: int) -> int:
    """Prints how many schedules of each story ran and which failed."""
    cores, began = os.cpu_count() or 1, time.monotonic()
    report = campaign(schedules, seed=seed, cores=cores)
    print(f"{'story':<20}{'schedules':>10}")
    print(*(f"{story:<20}{number:>10}" for story, number in sorted(report.stories.items())), sep="\n")
    print(f"seed {seed}: {report.stories.total()} schedules, {len(report.failed)} failing, ", end="")
    print(f"{time.monotonic() - began:.0f} s on {cores} cores")
    alone = report.stories.total() - report.merged
    print(f"{alone} were worked to their own end, {report.merged} came to a state of one of these and end as it did")
    tell(report)
    return min(len(report.failed), 1)


def tell(report: Report) -> None:
    """Prints the first failures, each with the command that shows it again."""
    for judged in report.failed[:20]:
        print(f"{judged.schedule}\n    {'; '.join(judged.problems)}")
        print(f"    make simulate ARGS='--replay \"{judged.schedule.name}\"'")


if __name__ == "__main__":
    sys.exit(main())
