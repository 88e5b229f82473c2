"""What the simulated carriers have in common: their routes, what carriage costs, and a label one can open.

An address is refused, so that a demo or a test can ask for it by data alone, when its street holds UNDELIVERABLE or
its postal code begins with 00000.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from uuid import uuid4

from fastapi import APIRouter, Request
from PIL import Image, ImageDraw
from reportlab.pdfgen.canvas import Canvas

from deployments.sandbox.doors import Denial, guarded
from deployments.sandbox.faults import FaultyRoute

GRAMS_PER_POUND = 453.6


@dataclass(frozen=True)
class Service:
    """One product of a carrier; the price grows with the zone and with every pound begun."""

    carrier: str
    code: str
    name: str
    base_cents: int
    cents_per_zone: int
    cents_per_pound: int
    days_near: int
    days_far: int

    def cents(self, zone: int, grams: float) -> int:
        """The price in cents, the same for the same parcel every time."""
        pounds = max(1, -int(-grams // GRAMS_PER_POUND))
        return self.base_cents + self.cents_per_zone * zone + (pounds - 1) * (self.cents_per_pound + 4 * zone)

    def days(self, zone: int) -> int:
        """Business days in transit."""
        return self.days_near if zone <= 4 else self.days_far


SERVICES = (
    Service("usps", "usps_ground_advantage", "Ground Advantage", 540, 45, 60, 3, 5),
    Service("usps", "usps_priority_mail", "Priority Mail", 760, 70, 95, 2, 3),
    Service("ups", "ups_ground", "Ground", 890, 75, 55, 2, 4),
    Service("fedex", "fedex_2day", "2Day", 1720, 140, 120, 2, 2),
    Service("ups", "ups_next_day_air", "Next Day Air", 3300, 310, 230, 1, 1),
)


Route = tuple[str, str, str, Callable[..., Any]]


def routes_of(
    routes: Iterable[Route],
    prefix: str = "",
    *,
    denied: Denial | None = None,
    open_to_all: Collection[str] = (),
) -> APIRouter:
    """A router of a service: each route is its method, its path, the operation faults are planned for, and its work.

    Whoever is `denied` reaches only the operations that are open to all; so are routes that are added later.
    """
    router = APIRouter(route_class=FaultyRoute)
    behind_the_door = guarded(denied) if denied else FaultyRoute
    for method, path, operation, endpoint in routes:
        router.add_api_route(
            f"{prefix}{path}",
            endpoint,
            methods=[method],
            name=operation,
            response_model=None,
            route_class_override=FaultyRoute if operation in open_to_all else behind_the_door,
        )
    return router


async def json_of(request: Request) -> dict[str, Any]:
    """The request's JSON object; an empty one where there is none."""
    try:
        body = await request.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def zone_of(origin: str, destination: str) -> int:
    """1 to 8 by the distance of the first digits of two postal codes; 5 where they have none."""
    if not (origin[:1].isdigit() and destination[:1].isdigit()):
        return 5
    return 1 + min(7, abs(int(origin[0]) - int(destination[0])))


def crosses_a_border(origin: str | None, destination: str | None) -> bool:
    """Whether a parcel from one country to the other must be declared; nothing here is a customs union."""
    return origin != destination


def is_undeliverable(street: str, postal_code: str) -> bool:
    """Whether the simulated post refuses the address."""
    return "UNDELIVERABLE" in street.upper() or postal_code.startswith("00000")


def tracking_number() -> str:
    """A number nobody else has."""
    return f"9400{uuid4().int % 10**18:018d}"


def label_file(file_format: str, lines: list[str]) -> bytes:
    """A label as "pdf", "png" or "zpl"."""
    if file_format == "png":
        return label_picture(lines, "PNG")
    return label_zpl(lines) if file_format == "zpl" else label_pdf(lines)


def label_zpl(lines: list[str]) -> bytes:
    """A label in the commands of thermal printers."""
    fields = [f"^FO40,{40 + 60 * place}^A0N,40^FD{line}^FS" for place, line in enumerate(["SANDBOX LABEL", *lines])]
    return "\n".join(["^XA", *fields, "^XZ"]).encode()


def label_picture(lines: list[str], kind: str) -> bytes:
    """A label of 4 × 7 inches at 200 dots an inch, lying on its side, as GIF or PNG."""
    image = Image.new("1", (1400, 800), color=1)
    pen = ImageDraw.Draw(image)
    for place, line in enumerate(["SANDBOX LABEL", *lines]):
        pen.text((40, 40 + 60 * place), line, fill=0)
    file = BytesIO()
    image.save(file, kind)
    return file.getvalue()


def label_pdf(lines: list[str]) -> bytes:
    """One page of 4 × 6 inches with the lines on it."""
    file = BytesIO()
    canvas = Canvas(file, pagesize=(288, 432), pageCompression=0, invariant=1)
    for place, line in enumerate(["SANDBOX LABEL", *lines]):
        canvas.drawString(18, 400 - 16 * place, line)
    canvas.save()
    return file.getvalue()
