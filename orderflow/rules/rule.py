"""One rule: when it applies and what follows."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from pydantic import AwareDatetime, ConfigDict, Field, field_validator, model_validator

from orderflow.rules.actions import Actions
from orderflow.rules.examples.example import Example
from orderflow.value import Value

Then = Literal["stop", "continue"]


class Rule(Value):
    """If the conditions are met then `actions`, else `otherwise` (written "else" in JSON).

    `conditions` are as written; parser.py says what they mean. Of two rules the one with the higher `priority` goes
    first, among equals the one written first. A met rule is the last one unless `on_match` is "continue"; a taken else
    branch lets the later rules go on unless `on_else` is "stop". The rule is in force from `effective_from` until just
    before `effective_until`. `examples` are tried before the rule is deployed; they decide nothing.
    """

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True, validate_by_alias=True)

    id: str = Field(min_length=1)
    name: str = ""
    conditions: dict[str, Any] = {}
    actions: Actions = Actions()
    otherwise: Actions | None = Field(default=None, alias="else")
    priority: int = 0
    on_match: Then = "stop"
    on_else: Then = "continue"
    effective_from: AwareDatetime | None = None
    effective_until: AwareDatetime | None = None
    enabled: bool = True
    examples: tuple[Example, ...] = ()

    @field_validator("conditions", mode="before")
    @classmethod
    def _plain_numbers(cls, conditions: Any) -> Any:
        return _plain(conditions)

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> "Rule":
        if self.effective_from and self.effective_until and self.effective_from >= self.effective_until:
            raise ValueError("effective_until must be after effective_from")
        return self

    def in_force(self, now: datetime) -> bool:
        """Whether the rule is enabled and its dates include this moment."""
        begun = self.effective_from is None or self.effective_from <= now
        return self.enabled and begun and (self.effective_until is None or now < self.effective_until)

    @property
    def document(self) -> dict[str, Any]:
        """The rule as it was written, for JSON: only what somebody set."""
        return self.model_dump(mode="json", exclude_unset=True)


def _plain(value: Any) -> Any:
    """The value as JSON writes it shortest, so that 500, 500.0 and Decimal("500.00") make the same rule."""
    if isinstance(value, dict):
        return {key: _plain(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(member) for member in value]
    if isinstance(value, Decimal | float):
        return int(value) if float(value).is_integer() else float(value)
    return value
