"""Whoever breaks what the design rests on is found out."""

import pytest
from simulation.mutants import MUTANTS, Mutant, killer_of
from simulation.world import open_world


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name.replace(" ", "-"))
def test_a_fault_put_in_on_purpose_is_found_by_a_schedule(mutant: Mutant) -> None:
    with open_world() as world:
        judged, tried = killer_of(world, mutant)
    assert judged is not None, f"{tried} schedules found nothing wrong with a product in which {mutant.name}"
