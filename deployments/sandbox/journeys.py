"""What the simulated carriers have in common: where their parcels are, as a test or the demonstration says.

POST `/{service}/_scans` puts scans of one parcel into the books (kind `scans`). Where the service has a webhook it is
posted to `deliver_to`, or returned where no such address is given.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel

from deployments.sandbox.books import Books
from deployments.sandbox.deliveries import Delivery, deliver

ATTEMPTS = 3


class Step(BaseModel):
    """One scan. `status` is pre_transit, in_transit, out_for_delivery, delivered, exception or returned."""

    status: str
    at: datetime
    city: str = "Memphis"
    region: str = "TN"
    country: str = "US"
    text: str = ""
    signed_by: str = ""


class Walk(BaseModel):
    """Scans of one parcel, and what the carrier forecasts."""

    tracking_number: str
    steps: list[Step] = []
    expected_at: datetime | None = None
    deliver_to: str = ""
    secret: str = ""


class Journey(BaseModel):
    """Everything known of one parcel's way, oldest first."""

    tracking_number: str
    steps: list[Step]
    expected_at: datetime | None = None

    @property
    def status(self) -> str:
        """The last step's, "" before the first."""
        return self.steps[-1].status if self.steps else ""

    @property
    def signed_by(self) -> str:
        """Who took it, "" where nobody did."""
        return next((step.signed_by for step in reversed(self.steps) if step.signed_by), "")


class Journeys:
    """The ways of one service's parcels. `webhook` makes the service's delivery of a journey, signed with a secret."""

    def __init__(self, books: Books, webhook: Callable[[Journey, str], Delivery] | None = None) -> None:
        self._books = books
        self._webhook = webhook

    def add_control(self, routes: APIRouter) -> None:
        """Adds POST /_scans."""
        routes.add_api_route("/_scans", self.walk, methods=["POST"], name="_scans", response_model=None)

    def of(self, tracking_number: str) -> Journey:
        """The way of a parcel so far."""
        mine = [row for row in self._books.entries("scans") if row["tracking_number"] == tracking_number]
        steps = sorted((Step.model_validate(row) for row in mine), key=lambda step: step.at)
        forecast = self._books.find("forecasts", tracking_number=tracking_number)
        return Journey(tracking_number=tracking_number, steps=steps, expected_at=forecast["at"] if forecast else None)

    async def walk(self, walk: Walk) -> dict[str, Any]:
        """Moves a parcel on, and posts the webhook where one is asked for."""
        if self._books.find("labels", tracking_number=walk.tracking_number) is None:
            raise HTTPException(404, f"no label has the number {walk.tracking_number}")
        for step in walk.steps:
            self._books.record("scans", tracking_number=walk.tracking_number, **step.model_dump(mode="json"))
        if walk.expected_at:
            self._books.record("forecasts", tracking_number=walk.tracking_number, at=walk.expected_at.isoformat())
        if self._webhook is None or not walk.steps:
            return {"walked": len(walk.steps)}
        delivery = self._webhook(self.of(walk.tracking_number), walk.secret)
        if walk.deliver_to:
            return await deliver(walk.deliver_to, [delivery], attempts=ATTEMPTS)
        return {"walked": len(walk.steps), "headers": delivery.headers, "body": delivery.body.decode()}
