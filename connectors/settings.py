"""How a connector gets its settings: by environment variable first, from the encrypted store second."""

import os
from collections.abc import Mapping
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from connectors.errors import NotConfigured


class ConnectorSettings(BaseModel):
    """The base of every connector's Settings. Each field's `validation_alias` is its environment variable."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)
    service: ClassVar[str] = ""

    @classmethod
    def load(cls, stored: Mapping[str, str] | None = None) -> Self:
        """The settings from the environment, else from `stored` (variable → value).

        Raises NotConfigured with the name of the first missing variable.
        """
        values = {**(stored or {}), **{name: text for name, text in os.environ.items() if text}}
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            variable = str(error.errors()[0]["loc"][0])
            raise NotConfigured(variable, needed_by=cls.service) from error

    @classmethod
    def variables(cls) -> tuple[str, ...]:
        """The environment variables this connector reads, required ones first."""
        fields = sorted(cls.model_fields.values(), key=lambda item: not item.is_required())
        return tuple(str(item.validation_alias) for item in fields)
