"""What our fulfilment partners' connectors say to their stand-ins, and what these answer, written down as it passes."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
from carrier_exchanges import Exchange, Exchanges
from partner_desk import AUSTIN, LINES

from connectors.protocols import FulfillmentRequest, ShippingRequirements
from connectors.registry import connectors_of
from deployments.demo.partner_variables import partner_variables

ORDER = FulfillmentRequest(
    reference="01K0000000000000000000SPEC",
    order_number="#1001",
    destination=AUSTIN,
    lines=LINES,
    shipping=ShippingRequirements(gift_wrap=True, services=("signature",)),
    place="12",
    email="ann@example.com",
)


def every_verb(code: str, *, before: Callable[[httpx.AsyncClient], Any]) -> list[Exchange]:
    """The exchanges of all verbs, refusals among them; `before` fills the partner's shelves."""
    return asyncio.run(_every_verb(code, before))


async def _every_verb(code: str, before: Callable[[httpx.AsyncClient], Any]) -> list[Exchange]:
    transport = Exchanges()
    cls = connectors_of("fulfillment")[code]
    partner: Any = cls(cls.Settings.load(partner_variables("http://sandbox")), transport)
    async with httpx.AsyncClient(base_url="http://sandbox", transport=httpx.ASGITransport(transport.app)) as http:
        await before(http)
        taken = await partner.request(ORDER)
        await partner.request(ORDER)
        assert await partner.find_by_reference(ORDER.reference) == taken
        assert await partner.status(taken.provider_reference) == taken
        assert await partner.stock_levels()
        assert await partner.cancel(taken.provider_reference)
    return transport.kept
