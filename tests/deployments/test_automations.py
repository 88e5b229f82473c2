"""Prefect itself ends dead runs only where no supervisor does."""

import asyncio
from uuid import uuid4

from deployments.server.automations import automations, ensure_automations, forget_automations


class Kept:
    """An automation as Prefect keeps it."""

    def __init__(self, automation):
        self.id, self.name = uuid4(), automation.name


class SimulatedPrefect:
    """A Prefect server's list of automations."""

    def __init__(self):
        self.kept = []

    async def read_automations_by_name(self, name):
        return [each for each in self.kept if each.name == name]

    async def create_automation(self, automation):
        self.kept.append(Kept(automation))

    async def update_automation(self, automation_id, automation):
        assert automation_id in [each.id for each in self.kept]

    async def delete_automation(self, automation_id):
        self.kept = [each for each in self.kept if each.id != automation_id]


def test_automations_are_made_once_and_taken_away_where_a_supervisor_looks_after_the_runs():
    async def story():
        prefect = SimulatedPrefect()
        await ensure_automations(prefect)
        await ensure_automations(prefect)
        assert [each.name for each in prefect.kept] == [each.name for each in automations()]
        await forget_automations(prefect)
        await forget_automations(prefect)
        assert prefect.kept == []

    asyncio.run(story())
