"""Why an order waits for a person."""

from enum import StrEnum

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

    `code` is stable for machines ("unknown_sku"), `field` the path a person must look at ("lines[2].sku").
    """

    reason: HoldReason
    code: str
    field: str = ""
    detail: str
    remedy: str
