"""What the Shopify connector must be told."""

from typing import ClassVar

from pydantic import Field, SecretStr, field_validator

from connectors.settings import ConnectorSettings
from connectors.transport.signatures import split_secrets


class ShopifySettings(ConnectorSettings):
    """The custom app's credentials.

    `api_password` is the Admin API access token. `webhook_secret` is the app's client secret, which signs webhooks;
    several may be listed, comma-separated, while it is rotated. Without one every delivery is refused.
    """

    service: ClassVar[str] = "shopify"

    api_key: str = Field(validation_alias="SHOPIFY_API_KEY")
    api_password: SecretStr = Field(validation_alias="SHOPIFY_API_PASSWORD")
    store_url: str = Field(validation_alias="SHOPIFY_STORE_URL")
    webhook_secret: SecretStr = Field(SecretStr(""), validation_alias="SHOPIFY_WEBHOOK_SECRET")
    api_version: str = Field("2026-10", validation_alias="SHOPIFY_API_VERSION", pattern=r"^\d{4}-\d{2}$")

    @field_validator("store_url")
    @classmethod
    def _with_scheme(cls, text: str) -> str:
        return text.rstrip("/") if "://" in text else f"https://{text.rstrip('/')}"

    @property
    def admin_url(self) -> str:
        """Where the Admin API of this version answers."""
        return f"{self.store_url}/admin/api/{self.api_version}"

    @property
    def webhook_secrets(self) -> tuple[str, ...]:
        """The secrets a delivery may be signed with."""
        return split_secrets(self.webhook_secret.get_secret_value())
