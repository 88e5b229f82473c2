"""How UPS writes: arrays of one as an object, successes that failed, errors with or without a frame."""

import re
from decimal import Decimal
from typing import Annotated, Any, TypeVar

import httpx
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_pascal

from connectors.errors import Refused
from connectors.parcels.refused_addresses import refused_destination
from orderflow.money import Money

# Postal code and state that do not fit each other (rating), an address that cannot be found (shipping).
ADDRESS_CODES = {"111285", "111286", "120802"}
_ABOUT_RECIPIENT = re.compile(r"ship ?to|consignee", re.IGNORECASE)
_ABOUT_SENDER = re.compile(r"ship ?from|shipper", re.IGNORECASE)

T = TypeVar("T")


def _as_list(value: Any) -> Any:
    """UPS writes an array of one as that one."""
    return [value] if isinstance(value, dict) else value


OneOrMany = Annotated[tuple[T, ...], BeforeValidator(_as_list)]


class Answer(BaseModel):
    """A document whose names begin with capitals."""

    model_config = ConfigDict(alias_generator=to_pascal)


class Code(Answer):
    """A code with its words."""

    code: str
    description: str = ""


class ResponseHead(Answer):
    """Whether it worked, and what UPS remarks."""

    response_status: Code
    alert: OneOrMany[Code] = ()

    def check(self) -> None:
        """Returns if it worked; raises Refused for an answer of 200 that says it failed."""
        if self.response_status.code != "1":
            told = next(iter(self.alert), self.response_status)
            raise Refused(told.description or "UPS gave no reason", code=told.code)


class Charge(Answer):
    """A price."""

    currency_code: str
    monetary_value: Decimal

    def as_money(self) -> Money:
        """The price as ours."""
        return Money.of(self.monetary_value, self.currency_code)


class NegotiatedCharges(Answer):
    """The account's own price, where it has one."""

    total_charge: Charge | None = None


class _Fault(BaseModel):
    code: str = ""
    message: str = "UPS gave no reason"


class _Faults(BaseModel):
    errors: OneOrMany[_Fault] = Field(min_length=1)


class _Refusal(BaseModel):
    response: _Faults


def refusal_of(response: httpx.Response) -> Refused:
    """What a 4xx means; Label Recovery leaves the outer `response` away."""
    if response.status_code in {401, 403}:
        return Refused(f"UPS refuses the credentials ({response.status_code})", code="credentials")
    fault = _fault(response)
    if fault is None:
        return Refused(f"UPS answered {response.status_code}: {response.text[:200]}")
    named = _ABOUT_RECIPIENT.search(fault.message)
    if named or (fault.code in ADDRESS_CODES and not _ABOUT_SENDER.search(fault.message)):
        return refused_destination(fault.message)
    return Refused(fault.message, code=fault.code)


def _fault(response: httpx.Response) -> _Fault | None:
    for model in (_Refusal, _Faults):
        try:
            read = model.model_validate_json(response.content)
        except ValidationError:
            continue
        faults = read.response if isinstance(read, _Refusal) else read
        return faults.errors[0]
    return None
