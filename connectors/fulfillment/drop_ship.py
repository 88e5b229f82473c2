"""Drop-shipping by mail: each shipment is one mail with a CSV file, a row for each line.

The mail goes out through the outbox like any other. What became of the order, the supplier answers to a person, who
passes it on with `orderflow handovers`. Several suppliers have names: `drop_ship:acme` reads DROP_SHIP_ACME_EMAIL.
"""

import csv
import io
import os
from collections.abc import Mapping
from typing import Self

from pydantic import Field

from connectors.errors import NotConfigured
from connectors.protocols import FulfillmentRequest, Message
from connectors.protocols.mailed_partner import MailedPartner
from connectors.settings import ConnectorSettings
from connectors.tabular.csv_table import harmless

COLUMNS = (
    *("reference", "order_number", "line", "sku", "variant", "title", "quantity"),
    *("name", "company", "address_1", "address_2", "city", "region", "postal_code", "country", "phone"),
    *("speed", "gift_wrap", "services", "deliver_by"),
)


class Settings(ConnectorSettings):
    """The mailbox orders go to."""

    service = "drop_ship"

    email: str = Field(pattern=r"^[^@\s]+@[^@\s]+$", validation_alias="DROP_SHIP_EMAIL")


class DropShip(MailedPartner):
    """One supplier's mailbox."""

    code = "drop_ship"
    Settings = Settings

    def __init__(self, settings: Settings) -> None:
        self._email = settings.email

    @classmethod
    def named(cls, name: str, stored: Mapping[str, str] | None = None) -> Self:
        """The supplier of that name. Raises NotConfigured."""
        variable = f"DROP_SHIP_{name.upper()}_EMAIL"
        email = os.environ.get(variable) or (stored or {}).get(variable)
        if not email:
            raise NotConfigured(variable, needed_by=f"{cls.code}:{name}")
        return cls(Settings(DROP_SHIP_EMAIL=email))

    def mail_of(self, request: FulfillmentRequest, key: str) -> Message:
        """The mail with its file; the shipment's id stands in the subject, for the answer to name it."""
        subject = f"Order {request.order_number}, please send ({request.reference})"
        lines = "\n".join(f"{line.quantity} × {line.sku} {line.title}".rstrip() for line in request.lines)
        text = (
            f"Please send what follows to the address in the attached file, and answer this mail with the carrier and"
            f" the tracking number, or with what you cannot send.\n\n{lines}\n\nReference: {request.reference}\n"
        )
        name = f"order-{request.reference}.csv"
        attachment = (name, "text/csv", order_csv(request))
        return Message(key=key, recipient=self._email, subject=subject, text=text, attachments=(attachment,))


def order_csv(request: FulfillmentRequest) -> bytes:
    """The shipment as a CSV file, a row for each line, which no spreadsheet runs as a formula."""
    to, shipping = request.destination, request.shipping
    address = (to.name, to.company, to.line1, to.line2, to.city, to.region, to.postal_code, to.country, to.phone)
    wishes = (
        shipping.speed.value,
        "yes" if shipping.gift_wrap else "no",
        " ".join(shipping.services),
        shipping.deliver_by.date().isoformat() if shipping.deliver_by else "",
    )
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for line in request.lines:
        about = (line.line_no, line.sku, line.variant, line.title, line.quantity)
        cells = (request.reference, request.order_number, *about, *address, *wishes)
        writer.writerow(map(harmless, cells))
    return file.getvalue().encode()
