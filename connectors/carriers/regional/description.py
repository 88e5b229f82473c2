"""The words of a regional carrier's description: a pure value, read from JSON.

Texts of calls hold placeholders like {destination.city}; facts of answers are found by paths like `labels.0.url`, where
a number counts from 0 and an empty path means the fact is not told.
"""

import re
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from connectors.carriers.regional.paths import pick
from connectors.carriers.regional.template import FACTS
from connectors.described.filling import placeholders
from connectors.protocols import Capabilities
from orderflow.shipping.tracking import TrackingStatus

Path = str


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Access(_Part):
    """How calls are signed: the token in a header behind a prefix, or, where there is a user, as its password."""

    header: str = "Authorization"
    prefix: str = "Bearer "
    user: str = ""


class Call(_Part):
    """One request. A member of `query` or `body` that turns out empty is left out."""

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str
    query: dict[str, str] = {}
    body: Any = None


class OfferPaths(_Part):
    """Where the offers stand, and within each its facts. Without `currency` it is the carrier's own."""

    offers: Path
    service: Path
    amount: Path
    currency: Path = ""
    days: Path = ""
    offer_id: Path = ""


class LabelPaths(_Part):
    """Where the facts of a label stand. `document` is the PDF in base64, `document_url` a link to it."""

    id: Path
    tracking_number: Path
    service: Path = ""
    amount: Path = ""
    currency: Path = ""
    document: Path = ""
    document_url: Path = ""
    tracking_url: Path = ""


class RateCall(Call):
    """The question for offers."""

    answer: OfferPaths


class BuyCall(Call):
    """The purchase; `refusal` is where a success says why it is none."""

    answer: LabelPaths
    refusal: Path = ""


class FindCall(Call):
    """The question for the label of a reference.

    `labels` is where a list of them stands, empty for an answer that is one label. `reference` is where each tells its
    own, for lists of more than was asked for; `state` is where each says whether it is void.
    """

    answer: LabelPaths
    labels: Path = ""
    reference: Path = ""
    state: Path = ""
    void_states: tuple[str, ...] = ()

    def labels_in(self, answer: Any) -> list[Any]:
        """The labels of an answer."""
        found = pick(answer, self.labels) if self.labels else answer
        return found if isinstance(found, list) else [found] if found else []


class VoidCall(Call):
    """The cancellation; without `state` every success is one. `already_void` are codes of refusals that mean so."""

    state: Path = ""
    void_states: tuple[str, ...] = ()
    already_void: tuple[str, ...] = ()


class TrackCall(Call):
    """The question where a parcel is. `scans` is where a list of them stands, and the other paths lead within each.

    `statuses` gives ours for each of the carrier's words; a word it leaves out is a step on the way. `expected_at` and
    `signed_by` are paths from the top of the answer. Times have an offset. `unknown` are codes of refusals that say
    that nothing is known of the parcel.
    """

    scans: Path
    status: Path
    at: Path
    place: Path = ""
    text: Path = ""
    code: Path = ""
    expected_at: Path = ""
    signed_by: Path = ""
    statuses: dict[str, TrackingStatus]
    unknown: tuple[str, ...] = ()


class Refusals(_Part):
    """Where a refusal tells its code, its words and the field, and which of the codes are about the address."""

    code: Path = ""
    message: Path = ""
    field: Path = ""
    about_destination: tuple[str, ...] = ()


class Description(_Part):
    """One regional carrier. `name` is what rules and reports call it."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    base_url: str
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    access: Access = Access()
    reference_is_unique: bool = False
    unused_label_is_billed: bool = True
    longest_commit_delay_seconds: int = Field(default=120, ge=0)
    customs_union: tuple[str, ...] = ()
    label_hosts: tuple[str, ...] = ()
    rate: RateCall
    buy: BuyCall
    find: FindCall | None = None
    void: VoidCall | None = None
    track: TrackCall | None = None
    refusals: Refusals = Refusals()

    @model_validator(mode="after")
    def _knows_its_placeholders(self) -> "Description":
        for call in (self.rate, self.buy, self.find, self.void, self.track):
            used = placeholders([call.path, call.query, call.body]) if call else set()
            if unknown := sorted(used - FACTS):
                raise ValueError(f"{{{unknown[0]}}} is no placeholder; there are {', '.join(sorted(FACTS))}")
        return self

    def capabilities(self) -> Capabilities:
        """What may be done after an unknown answer."""
        return Capabilities(
            unique_reference=self.reference_is_unique,
            find_by_reference=self.find is not None,
            orphan_is_billed=self.unused_label_is_billed,
            max_commit_delay_seconds=self.longest_commit_delay_seconds,
            tracks=self.track is not None,
        )

    def label_hosts_pattern(self) -> re.Pattern[str]:
        """The hosts besides the API's own where label files may be fetched; by default none."""
        return re.compile("|".join(map(re.escape, self.label_hosts)) or r"(?!)")
