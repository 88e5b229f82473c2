"""What the BigCommerce connector must be told."""

from typing import ClassVar

from pydantic import Field, SecretStr

from connectors.settings import ConnectorSettings
from connectors.transport.signatures import split_secrets


class BigCommerceSettings(ConnectorSettings):
    """The store's hash, an access token, and the client secret that signs webhooks.

    The token needs the scopes orders (modify), store inventory (modify), store locations (read) and webhooks. Several
    secrets may be listed, comma-separated, while one takes over; without one every delivery is refused.
    """

    service: ClassVar[str] = "bigcommerce"

    store_hash: str = Field(validation_alias="BIGCOMMERCE_STORE_HASH", pattern=r"^[A-Za-z0-9]+$")
    access_token: SecretStr = Field(validation_alias="BIGCOMMERCE_ACCESS_TOKEN")
    client_secret: SecretStr = Field(SecretStr(""), validation_alias="BIGCOMMERCE_CLIENT_SECRET")
    api_url: str = Field("https://api.bigcommerce.com", validation_alias="BIGCOMMERCE_API_URL")

    @property
    def store_url(self) -> str:
        """Where the store's API answers, versions 2 and 3 below it."""
        return f"{self.api_url.rstrip('/')}/stores/{self.store_hash}"

    @property
    def secrets(self) -> tuple[str, ...]:
        """The secrets a delivery may be signed with."""
        return split_secrets(self.client_secret.get_secret_value())
