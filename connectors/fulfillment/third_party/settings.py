"""What a described partner must be told besides its description: its secret, and its name where there are several."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Self

from pydantic import Field, PrivateAttr, SecretStr, ValidationError

from connectors.errors import NotConfigured
from connectors.fulfillment.third_party.description import Description
from connectors.settings import ConnectorSettings

PREFIX = "THIRD_PARTY_"


class Settings(ConnectorSettings):
    """The description's file and the partner's token. `base_url` overrides the one of the file.

    THIRD_PARTY_ACME_FILE is the description of `third_party:acme`.
    """

    service: ClassVar[str] = "third_party"

    token: SecretStr = Field(validation_alias="THIRD_PARTY_TOKEN")
    file: Path = Field(validation_alias="THIRD_PARTY_FILE")
    base_url: str = Field("", validation_alias="THIRD_PARTY_URL")
    _name: str = PrivateAttr("")

    @classmethod
    def of(cls, name: str, stored: Mapping[str, str] | None = None) -> Self:
        """The settings of the partner of that name. Raises NotConfigured with the variable that is missing."""
        prefix = f"{PREFIX}{name.upper()}_"
        everything = {**(stored or {}), **{variable: text for variable, text in os.environ.items() if text}}
        own = {PREFIX + key.removeprefix(prefix): text for key, text in everything.items() if key.startswith(prefix)}
        try:
            settings = cls.model_validate(own)
        except ValidationError as error:
            variable = str(error.errors()[0]["loc"][0]).replace(PREFIX, prefix)
            raise NotConfigured(variable, needed_by=f"{cls.service}:{name}") from None
        settings._name = name
        return settings

    @property
    def code(self) -> str:
        """What the partner is called in the configuration."""
        return f"{self.service}:{self._name}" if self._name else self.service

    def description(self) -> Description:
        """The partner as the file has it. Raises NotConfigured with the place of the first fault."""
        try:
            return Description.model_validate_json(self.file.expanduser().read_bytes())
        except OSError as error:
            raise self._unusable(f"{self.file}: {error.strerror}") from None
        except ValidationError as error:
            fault = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(map(str, fault["loc"]))
            raise self._unusable(f"{where}: {fault['msg']}".removeprefix(": ")) from None

    def _unusable(self, fault: str) -> NotConfigured:
        variable = f"{PREFIX}{self._name.upper()}_FILE" if self._name else f"{PREFIX}FILE"
        error = NotConfigured(f"a {variable} without faults ({fault})", needed_by=self.code)
        error.variable = variable
        return error
