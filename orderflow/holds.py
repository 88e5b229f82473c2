"""Why an order waits for a person."""

from enum import StrEnum

from pydantic import AwareDatetime

from orderflow.value import Value


class HoldReason(StrEnum):
    """The five reasons an order may be held; free text is refused."""

    PAYMENT = "payment"
    ADDRESS = "address"
    INVENTORY = "inventory"
    FRAUD = "fraud"
    APPROVAL = "approval"


class Hold(Value):
    """A named wait: what is wrong, in which field, and what would mend it.

    `code` is stable for machines ("unknown_sku"), `field` the path a person must look at ("lines[2].sku"). At
    `lapses_at` it ends by itself: an order that waited for capacity is decided again, an approval nobody gave expires.
    """

    reason: HoldReason
    code: str
    field: str = ""
    detail: str
    remedy: str
    lapses_at: AwareDatetime | None = None
