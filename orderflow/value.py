"""The base of everything the domain passes around."""

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """An immutable value, equal by content; an unknown field is refused by name."""

    model_config = ConfigDict(frozen=True, extra="forbid")
