"""What the WooCommerce connector must be told."""

from typing import ClassVar

from pydantic import Field, SecretStr, field_validator

from connectors.settings import ConnectorSettings
from connectors.transport.signatures import split_secrets


class WooCommerceSettings(ConnectorSettings):
    """The shop's address and a REST key with read and write permission.

    WooCommerce takes the key as Basic authentication over https only. `webhook_secret` is the secret the webhooks were
    created with; several may be listed, comma-separated. Without one every delivery is refused.
    """

    service: ClassVar[str] = "woocommerce"

    url: str = Field(validation_alias="WOOCOMMERCE_URL")
    consumer_key: SecretStr = Field(validation_alias="WOOCOMMERCE_CONSUMER_KEY")
    consumer_secret: SecretStr = Field(validation_alias="WOOCOMMERCE_CONSUMER_SECRET")
    webhook_secret: SecretStr = Field(SecretStr(""), validation_alias="WOOCOMMERCE_WEBHOOK_SECRET")

    @field_validator("url")
    @classmethod
    def _with_scheme(cls, text: str) -> str:
        return text.rstrip("/") if "://" in text else f"https://{text.rstrip('/')}"

    @property
    def api_url(self) -> str:
        """Where version 3 of the REST API answers."""
        return f"{self.url}/wp-json/wc/v3"

    @property
    def webhook_secrets(self) -> tuple[str, ...]:
        """The secrets a delivery may be signed with."""
        return split_secrets(self.webhook_secret.get_secret_value())
