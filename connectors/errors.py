"""How a conversation with an outside service can fail.

ConnectorError
├── TryAgain          certainly not done; the same request may be sent again after `wait_seconds`
├── OutcomeUnknown    it may or may not have been done; ask before anything is repeated
├── Refused           certainly not done, and repeating cannot help: a person must look at `field`
├── SignatureRefused  an incoming message is not from whom it says
├── Unreadable        an incoming document cannot be understood; it is kept and dead-lettered
└── NotConfigured     a setting is missing; the message names the environment variable
"""


class ConnectorError(Exception):
    """The root of everything a connector raises on purpose."""


class TryAgain(ConnectorError):
    """Certainly not done. `wait_seconds` is what the service asked for where `is_told`, else our own back-off."""

    def __init__(self, message: str, *, wait_seconds: float = 5.0, is_told: bool = False) -> None:
        super().__init__(message)
        self.wait_seconds = wait_seconds
        self.is_told = is_told


class OutcomeUnknown(ConnectorError):
    """A time-out, a 5xx after sending or an unreadable success: neither done nor not done."""


class Refused(ConnectorError):
    """The service said no for good. `field` names what a person must mend, `code` is stable for machines."""

    def __init__(self, message: str, *, field: str = "", code: str = "refused") -> None:
        super().__init__(message)
        self.field = field
        self.code = code


class SignatureRefused(ConnectorError):
    """The signature is missing, wrong or too old; nothing of the message may be stored."""


class Unreadable(ConnectorError):
    """The document is not what its sender promises; `field` is the wrong path, the message what was expected."""

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class NotConfigured(ConnectorError):
    """An enabled connector lacks a setting; `variable` is the environment variable that would give it."""

    def __init__(self, variable: str, *, needed_by: str) -> None:
        remedy = f"set the environment variable or run `orderflow auth {needed_by}`"
        super().__init__(f"{needed_by} needs {variable}: {remedy}")
        self.variable = variable
