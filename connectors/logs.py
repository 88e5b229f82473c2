"""What the logs show: no secret and no personal data, and nothing below the level that was asked for."""

import logging
import re
import sys
from collections.abc import MutableMapping
from functools import cache
from typing import Any

import structlog
from pydantic_settings import BaseSettings, SettingsConfigDict

# Mail addresses, phone numbers of seven digits and more, and the usual shapes of tokens and keys.
_SENSITIVE = re.compile(
    r"[\w.+-]+@[\w-]+\.[\w.]+"
    r"|\+\d[\d ()-]{6,}\d"
    r"|(?:Bearer|Basic|ShippoToken)\s+\S+"
    r"|(?:shpat|shpss|xox[a-z]|SG|sk|ck|cs|whsec|shippo_(?:live|test))[_.-][\w.=-]{6,}"
)
HIDDEN = "[hidden]"


class LogSettings(BaseSettings):
    """ORDERFLOW_LOG_LEVEL: DEBUG shows every call to a service."""

    model_config = SettingsConfigDict(env_prefix="ORDERFLOW_", extra="ignore", env_ignore_empty=True)

    log_level: str = "INFO"


def redacted(text: str) -> str:
    """The text with everything hidden that looks like a secret, a mail address or a phone number.

    >>> redacted("mail to ann@example.com with SG.abcdefgh")
    'mail to [hidden] with [hidden]'
    """
    return _SENSITIVE.sub(HIDDEN, text)


@cache
def configure_logs() -> None:
    """Sets the logs up, once per process."""
    level = getattr(logging, LogSettings().log_level.upper(), logging.INFO)
    structlog.configure(
        # What a command says stands alone on standard output.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _hide,
            structlog.dev.ConsoleRenderer(colors=False),
        ],
    )


def _hide(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {name: redacted(value) if isinstance(value, str) else value for name, value in event.items()}
