"""Who may ask: whoever has the token."""

from collections.abc import Mapping

from pydantic import Field, SecretStr

from connectors.settings import ConnectorSettings
from connectors.transport.signatures import check_token, split_secrets

VARIABLE = "ORDERFLOW_ACTION_TOKEN"


class ActionSettings(ConnectorSettings):
    """The token; several, comma-separated, while one takes over from another."""

    service = "zapier"
    token: SecretStr = Field(validation_alias=VARIABLE, min_length=16)


def verify(settings: ActionSettings, headers: Mapping[str, str]) -> None:
    """Returns if the request carries the token as its bearer; raises SignatureRefused otherwise."""
    scheme, _, given = headers.get("authorization", "").partition(" ")
    tokens = split_secrets(settings.token.get_secret_value())
    check_token(tokens, given if scheme.lower() == "bearer" else "", variable=VARIABLE)
