"""What a person can say of a held order."""

from dataclasses import dataclass
from enum import StrEnum

from orderflow.address import Address
from tasks.labelling.adopt import FoundLabel


class Answer(StrEnum):
    """The answers; `adopt` and `no_label` are about a label that may exist."""

    APPROVE = "approve"
    REJECT = "reject"
    REROUTE = "reroute"
    CORRECT_ADDRESS = "correct_address"
    RESUME = "resume"
    ADOPT = "adopt"
    NO_LABEL = "no_label"


@dataclass(frozen=True)
class Resolution:
    """A person's answer, with what some need: a reroute its location, a correction its address, `adopt` its label."""

    answer: Answer
    actor: str
    note: str = ""
    location: str = ""
    address: Address | None = None
    label: FoundLabel | None = None
