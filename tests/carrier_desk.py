"""A desk in front of every carrier's stand-in: parcels are sent through the real connectors over real HTTP."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from carrier_exchanges import AUSTIN, NEW_YORK
from carrier_variables import carrier_variables
from sandbox_server import RunningSandbox
from ulid import ULID

from connectors.protocols import Label, ShipmentRequest
from connectors.registry import build, connectors_of
from orderflow.money import Money
from orderflow.shipping.customs import CustomsDeclaration, CustomsItem
from orderflow.shipping.rate import Parcel

CARRIERS = tuple(connectors_of("carriers"))
TORONTO = NEW_YORK.model_copy(
    update={"country": "CA", "region": "ON", "postal_code": "M5C 2M6", "city": "Toronto", "phone": "+14165550100"}
)
LAMP = CustomsItem(
    sku="LAMP-LED",
    description="Desk lamp",
    quantity=2,
    unit_value=Money.of("40.00", "USD"),
    unit_weight_grams=300,
    hs_code="9405.21",
    origin_country="VN",
)
CUSTOMS = CustomsDeclaration(items=(LAMP,), signer="Dock", invoice_number="#1001")


class CarrierDesk:
    """Every carrier configured for one sandbox, with webhook secrets."""

    def __init__(self, sandbox: RunningSandbox, folder: Path) -> None:
        self.sandbox = sandbox
        self._secrets = {
            "EASYPOST_WEBHOOK_SECRET": "old, sécret",
            "SHIPPO_WEBHOOK_TOKEN": "shippo-token",
            "UPS_WEBHOOK_TOKEN": "ups-token",
        }
        known = carrier_variables(sandbox.url) | {"ORDERFLOW_LABEL_FOLDER": str(folder)}
        self._variables = {name: text for name, text in known.items() if name not in self._secrets}

    def carrier(self, code: str, *, webhooks: bool = True) -> Any:
        return build("carriers", code, self._variables | (self._secrets if webhooks else {}))

    def ask(self, code: str, question: Callable[[Any], Awaitable[Any]], *, webhooks: bool = True) -> Any:
        async def opened() -> Any:
            carrier = self.carrier(code, webhooks=webhooks)
            try:
                return await question(carrier)
            finally:
                if hasattr(carrier, "aclose"):
                    await carrier.aclose()

        return asyncio.run(opened())

    def request(self, **changes: Any) -> ShipmentRequest:
        shape: dict[str, Any] = {"origin": AUSTIN, "destination": NEW_YORK, "parcel": Parcel(weight_grams=900)}
        return ShipmentRequest(reference=str(ULID()), order_number="#1001", **(shape | changes))

    def buy(self, code: str, **changes: Any) -> Label:
        async def rate_and_buy(carrier: Any) -> Label:
            request = self.request(**changes)
            return await carrier.buy(request, (await carrier.rate(request))[0])

        return self.ask(code, rate_and_buy)
