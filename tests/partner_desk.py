"""A desk in front of every fulfilment partner's stand-in: shipments are handed over by real connectors over HTTP."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import httpx
from sandbox_server import RunningSandbox
from ulid import ULID

from connectors.protocols import FulfillmentRequest, PartnerOrder, PickLine, ShippingRequirements
from connectors.registry import build
from deployments.demo.partner_variables import partner_variables
from orderflow.address import Address
from orderflow.money import Money

AUSTIN = Address(
    name="Ann Lee",
    line1="5 Elm St",
    line2="2nd floor",
    city="Austin",
    region="TX",
    postal_code="78701",
    country="US",
    phone="+15125550100",
)
LINES = (
    PickLine(1, "LAMP-LED", 2, title="Desk lamp", unit_price=Money.of("40.00", "USD")),
    PickLine(2, "TENT-2P", 1, title="Trail tent", unit_price=Money.of("120.00", "USD")),
)


class PartnerDesk:
    """Every partner configured for one sandbox, and one shipment to be sent."""

    def __init__(self, sandbox: RunningSandbox) -> None:
        self.sandbox = sandbox
        self.reference = str(ULID())

    def order(self, **changes: Any) -> FulfillmentRequest:
        shape: dict[str, Any] = {
            "reference": self.reference,
            "order_number": "#1001",
            "destination": AUSTIN,
            "lines": LINES,
            "shipping": ShippingRequirements(
                gift_wrap=True, services=("signature",), deliver_by=datetime(2026, 3, 9, tzinfo=UTC)
            ),
            "place": "12",
            "ordered_at": datetime(2026, 3, 2, 15, tzinfo=UTC),
            "email": "ann@example.com",
        }
        return FulfillmentRequest(**(shape | changes))

    def ask(self, code: str, question: Callable[[Any], Awaitable[Any]]) -> Any:
        async def opened() -> Any:
            partner = build("fulfillment", code, partner_variables(self.sandbox.url))
            try:
                return await question(partner)
            finally:
                if hasattr(partner, "aclose"):
                    await partner.aclose()

        return asyncio.run(opened())

    def request(self, code: str, **changes: Any) -> PartnerOrder:
        return self.ask(code, lambda partner: partner.request(self.order(**changes)))

    def find(self, code: str) -> PartnerOrder | None:
        return self.ask(code, lambda partner: partner.find_by_reference(self.reference))

    def status(self, code: str, taken: PartnerOrder) -> PartnerOrder:
        return self.ask(code, lambda partner: partner.status(taken.provider_reference))

    def cancel(self, code: str, taken: PartnerOrder) -> bool:
        return self.ask(code, lambda partner: partner.cancel(taken.provider_reference))

    def progress(self, code: str, state: str, **more: Any) -> None:
        """Moves the job on in the partner's building."""
        told = {"reference": self.reference, "state": state, **more}
        httpx.post(f"{self.sandbox.url}/{simulator_of(code)}/_progress", json=told).raise_for_status()

    def jobs(self, code: str) -> list[dict[str, Any]]:
        """The jobs of this shipment in the stand-in's own books."""
        rows = self.sandbox.books(simulator_of(code)).entries("jobs")
        return [row for row in rows if row["reference"] == self.reference]


def simulator_of(code: str) -> str:
    """The stand-in of a connector; the described supplier's speaks as the warehouse's does."""
    return "warehouse" if code == "third_party:supplier" else code
