"""What a described shop must be told besides its description: its secrets."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Self

from pydantic import Field, PrivateAttr, SecretStr, ValidationError

from connectors.channels.custom_rest.description import Description
from connectors.errors import NotConfigured
from connectors.settings import ConnectorSettings
from connectors.transport.signatures import split_secrets

PREFIX = "CUSTOM_REST_"


class CustomRestSettings(ConnectorSettings):
    """The description's file and the shop's secrets. `url` overrides the one of the file.

    A further shop has a name, which stands in its variables and behind a colon in its code: CUSTOM_REST_OUTLET_FILE is
    the description of `custom_rest:outlet`.
    """

    service: ClassVar[str] = "custom_rest"

    file: Path = Field(validation_alias="CUSTOM_REST_FILE")
    token: SecretStr = Field(SecretStr(""), validation_alias="CUSTOM_REST_TOKEN")
    user: str = Field("", validation_alias="CUSTOM_REST_USER")
    url: str = Field("", validation_alias="CUSTOM_REST_URL")
    webhook_secret: SecretStr = Field(SecretStr(""), validation_alias="CUSTOM_REST_WEBHOOK_SECRET")
    _name: str = PrivateAttr("")

    @classmethod
    def of(cls, name: str, stored: Mapping[str, str] | None = None) -> Self:
        """The settings of the shop of that name. Raises NotConfigured with the variable that is missing."""
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
        """What the shop is called in the configuration."""
        return f"{self.service}:{self._name}" if self._name else self.service

    @property
    def webhook_secrets(self) -> tuple[str, ...]:
        """The secrets a delivery may be signed with."""
        return split_secrets(self.webhook_secret.get_secret_value())

    def description(self) -> Description:
        """The shop as the file has it. Raises NotConfigured with the place of the first fault."""
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
