"""The words of a partner's description: a pure value, read from JSON.

Texts of calls hold placeholders like {destination.city}; a text that is one placeholder becomes the fact itself, and
what turns out empty is left out. {lines} is the list of lines, each made by the request's `line`. Paths lead into
answers (`$.tracking[0]`); "" means that the fact is not told.
"""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from connectors.described.filling import placeholders
from connectors.described.paths import steps_of
from connectors.fulfillment.third_party.facts import LINE_FACTS, ORDER_FACTS
from connectors.protocols import Capabilities, Stage
from orderflow.shipping.rate import ShippingSpeed


def _readable(path: str) -> str:
    steps_of(path)
    return path


Path = Annotated[str, AfterValidator(_readable)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Access(_Part):
    """How calls are signed: the token in a header, behind a prefix."""

    header: str = "Authorization"
    prefix: str = "Bearer "


class Call(_Part):
    """One request."""

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str
    query: dict[str, str] = {}
    headers: dict[str, str] = {}


class RequestCall(Call):
    """The handing over: its body, and what a line of it looks like."""

    body: dict[str, Any]
    line: dict[str, Any]


class FindCall(Call):
    """The question for the order of a reference; `orders` is where a list of them stands, "" for an answer of one."""

    orders: Path = ""


class CancelCall(Call):
    """The calling off. `too_late` are codes of refusals that say that the order is picked already."""

    too_late: tuple[str, ...] = ()


class StockCall(Call):
    """The question for stock levels. `next` is where a page tells what to send as `next_parameter` for the following.

    Without `place` all of it lies in one place, "all".
    """

    levels: Path
    sku: Path
    on_hand: Path
    place: Path = ""
    next: Path = ""
    next_parameter: str = ""


class OrderPaths(_Part):
    """Where an order tells its facts. `stages` gives ours for each of the partner's states, as text.

    `refused` is where a list of units stands that will not be sent, `refused_sku` and `refused_units` lead within each.
    """

    id: Path
    stage: Path
    stages: dict[str, Stage]
    reason: Path = ""
    tracking_number: Path = ""
    tracking_url: Path = ""
    carrier: Path = ""
    service: Path = ""
    refused: Path = ""
    refused_sku: Path = ""
    refused_units: Path = ""


class Refusals(_Part):
    """Where a refusal tells its code and its words; `about_address` are codes, or words in it, about the address."""

    code: Path = ""
    message: Path = ""
    about_address: tuple[str, ...] = ()


class Description(_Part):
    """One partner. `speeds` are its names for our speeds; one that is not named there goes as ours."""

    base_url: str
    access: Access = Access()
    reference_is_unique: bool = False
    longest_commit_delay_seconds: int = Field(default=120, ge=0)
    unused_order_is_billed: bool = True
    speeds: dict[ShippingSpeed, str] = {}
    request: RequestCall
    find: FindCall | None = None
    status: Call
    cancel: CancelCall | None = None
    stock: StockCall | None = None
    order: OrderPaths
    refusals: Refusals = Refusals()

    @model_validator(mode="after")
    def _knows_its_placeholders(self) -> "Description":
        for call in (self.request, self.find, self.status, self.cancel, self.stock):
            if call is not None:
                _check([call.path, call.query, call.headers, getattr(call, "body", None)], ORDER_FACTS)
        _check(self.request.line, LINE_FACTS)
        return self

    def capabilities(self) -> Capabilities:
        """What may be done after an unknown answer."""
        return Capabilities(
            unique_reference=self.reference_is_unique,
            find_by_reference=self.find is not None,
            orphan_is_billed=self.unused_order_is_billed,
            max_commit_delay_seconds=self.longest_commit_delay_seconds,
            tracks=False,
        )


def _check(template: Any, known: frozenset[str]) -> None:
    if unknown := sorted(placeholders(template) - known):
        raise ValueError(f"{{{unknown[0]}}} is no placeholder; there are {', '.join(sorted(known))}")
