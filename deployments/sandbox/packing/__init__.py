"""What the simulated fulfilment partners have in common: jobs of their own, moved on by tests, and their shelves.

A job's states follow each other: received, confirmed, picked, packed, shipped; or rejected, or cancelled. From picked
on nothing can be called off. Books: `jobs` (reference, id, state, lines, place, refused, reason, parcel and what the
partner was told besides), `levels`.

POST /_progress {reference, state, reason, refused, carrier} moves a job on, as people in the building would; POST
/_delivered {reference} delivers its parcel; POST /_stock {levels} fills the shelves.
"""

import itertools
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel

from deployments.sandbox.books import Books

Row = dict[str, Any]
STATES = ("received", "confirmed", "picked", "packed", "shipped")
ENDS = ("rejected", "cancelled")


class Progress(BaseModel):
    """What happened to a job. `refused` are units by SKU that will not be sent while the others are."""

    reference: str
    state: str = ""
    reason: str = ""
    refused: dict[str, int] = {}
    carrier: str = "ups"
    without_number: bool = False


class Delivered(BaseModel):
    """A parcel that arrived."""

    reference: str


class Level(BaseModel):
    """What lies on a shelf."""

    place: str = ""
    sku: str
    on_hand: int


class Shelves(BaseModel):
    """Everything that lies on shelves now."""

    levels: list[Level]


class PackingHouse:
    """One partner's jobs and shelves."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self._ids = itertools.count(1001)

    @property
    def jobs(self) -> list[Row]:
        """Every job, oldest first."""
        return self._books.entries("jobs")

    @property
    def levels(self) -> list[Row]:
        """What lies on the shelves."""
        return self._books.entries("levels")

    def take(self, reference: str, lines: dict[str, int], **facts: Any) -> Row:
        """A new job. Whether the reference was taken before, the caller has looked."""
        about = {"state": "received", "refused": {}, "reason": "", "parcel": None, "delivered_at": None, **facts}
        return self._books.record("jobs", reference=reference, id=next(self._ids), lines=lines, **about)

    def of_reference(self, reference: str) -> Row | None:
        """The job of this reference."""
        return self._books.find("jobs", reference=reference)

    def of_id(self, job_id: str) -> Row | None:
        """The job of this id."""
        return self._books.find("jobs", id=int(job_id)) if job_id.isdigit() else None

    def cancel(self, job: Row) -> bool:
        """Calls a job off; False where it is picked."""
        if job["state"] in {"picked", "packed", "shipped"}:
            return False
        job["state"] = "cancelled"
        return True

    def add_controls(self, router: APIRouter) -> None:
        """The addresses by which tests and the demonstration move this small world."""

        @router.post("/_progress")
        def progress(told: Progress) -> Row:
            return self._move(self._asked(told.reference), told)

        @router.post("/_delivered")
        def deliver(told: Delivered) -> Row:
            job = self._asked(told.reference)
            job["delivered_at"] = datetime.now(UTC).isoformat()
            return job

        @router.post("/_stock")
        def fill(shelves: Shelves) -> Row:
            self.levels.clear()
            for level in shelves.levels:
                self._books.record("levels", **level.model_dump())
            return {"levels": len(shelves.levels)}

    def _asked(self, reference: str) -> Row:
        job = self.of_reference(reference)
        if job is None:
            raise HTTPException(404, f"no job of {reference}")
        return job

    def _move(self, job: Row, told: Progress) -> Row:
        if told.state and told.state not in STATES + ENDS:
            raise HTTPException(422, f"there is no state {told.state!r}")
        job |= {"state": told.state or job["state"], "reason": told.reason or job["reason"]}
        job["refused"] = told.refused or job["refused"]
        if told.state == "shipped" and not told.without_number:
            number = f"1Z{uuid4().int % 10**16:016d}"
            url = f"https://track.example/{number}"
            job["parcel"] = {"carrier": told.carrier, "service": "ground", "number": number, "url": url}
        return job


def units_by(name: str, lines: Iterable[Row]) -> dict[str, int]:
    """The units of each SKU, which a line tells under this name."""
    units: dict[str, int] = {}
    for line in lines:
        units[line[name]] = units.get(line[name], 0) + line["quantity"]
    return units
