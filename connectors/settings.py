"""How a connector gets its settings: by environment variable first, from the encrypted store second."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self, get_args

from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError
from pydantic.fields import FieldInfo

from connectors.errors import NotConfigured


@dataclass(frozen=True)
class Variable:
    """One environment variable a connector reads. `default` is what holds while it is not set, "" for nothing."""

    name: str
    is_required: bool
    is_secret: bool
    default: str = ""


class ConnectorSettings(BaseModel):
    """The base of every connector's Settings. Each field's `validation_alias` is its environment variable."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)
    service: ClassVar[str] = ""

    @classmethod
    def load(cls, stored: Mapping[str, str] | None = None) -> Self:
        """The settings from the environment, else from `stored` (variable → value).

        Raises NotConfigured with the name of the first missing variable.
        """
        try:
            return cls.model_validate(_known(stored))
        except ValidationError as error:
            raise NotConfigured(_variables_in(error)[0], needed_by=cls.service) from error

    @classmethod
    def missing(cls, stored: Mapping[str, str] | None = None) -> tuple[str, ...]:
        """Every variable that is missing or unusable, by name; () where the connector can be built."""
        try:
            cls.model_validate(_known(stored))
        except ValidationError as error:
            return _variables_in(error)
        except NotConfigured as error:
            return (error.variable,)
        return ()

    @classmethod
    def described(cls) -> tuple[Variable, ...]:
        """The environment variables this connector reads, required ones first."""
        told = [_described(item) for item in cls.model_fields.values()]
        return tuple(sorted(told, key=lambda variable: not variable.is_required))

    @classmethod
    def variables(cls) -> tuple[str, ...]:
        """The names of the environment variables this connector reads, required ones first."""
        return tuple(variable.name for variable in cls.described())


def _known(stored: Mapping[str, str] | None) -> dict[str, str]:
    return {**(stored or {}), **{name: text for name, text in os.environ.items() if text}}


def _variables_in(error: ValidationError) -> tuple[str, ...]:
    """The variables the faults are in; what is said of the settings as a whole names no variable."""
    return tuple(dict.fromkeys(str(fault["loc"][0]) if fault["loc"] else "settings" for fault in error.errors()))


def _described(item: FieldInfo) -> Variable:
    is_secret = SecretStr in {item.annotation, *get_args(item.annotation)}
    default = "" if is_secret or item.is_required() else _told(item.default)
    return Variable(str(item.validation_alias), item.is_required(), is_secret, default)


def _told(default: Any) -> str:
    """A default as somebody would write it; one that depends on the installation is not told."""
    return str(default) if isinstance(default, str | int | float | bool) else ""
