"""What the Magento connector must be told."""

from typing import ClassVar

from pydantic import Field, SecretStr, field_validator

from connectors.settings import ConnectorSettings


class MagentoSettings(ConnectorSettings):
    """The shop's address and an integration's access token, or for Adobe's hosted edition a client id and secret.

    `stock_id` is the MSI stock whose reservations count; `store` the store view's code in addresses.
    """

    service: ClassVar[str] = "magento"

    url: str = Field(validation_alias="MAGENTO_URL")
    access_token: SecretStr = Field(SecretStr(""), validation_alias="MAGENTO_ACCESS_TOKEN")
    client_id: str = Field("", validation_alias="MAGENTO_CLIENT_ID")
    client_secret: SecretStr = Field(SecretStr(""), validation_alias="MAGENTO_CLIENT_SECRET")
    login_url: str = Field("https://ims-na1.adobelogin.com", validation_alias="MAGENTO_LOGIN_URL")
    scope: str = Field("openid,AdobeID,commerce.accs", validation_alias="MAGENTO_SCOPE")
    store: str = Field("all", validation_alias="MAGENTO_STORE", pattern=r"^\w+$")
    stock_id: int = Field(1, validation_alias="MAGENTO_STOCK_ID", ge=1)

    @field_validator("url")
    @classmethod
    def _with_scheme(cls, text: str) -> str:
        return text.rstrip("/") if "://" in text else f"https://{text.rstrip('/')}"

    @property
    def api_url(self) -> str:
        """Where version 1 of the REST API answers."""
        return f"{self.url}/rest/{self.store}/V1"
