"""An order as Shopify describes it.

The webhook's words (`created_at`) and those of the GraphQL node (`createdAt`) are read into the same values, so that
an order reads the same whichever way it came. Ids are taken from `admin_graphql_api_id` where there is one: the plain
ones exceed 2^53, and some sender on the way may have rounded them.
"""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    AliasChoices,
    AliasGenerator,
    AliasPath,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)
from pydantic.alias_generators import to_camel

from connectors.channels.shopify.global_id import tail
from connectors.reading import (
    Amount,
    Count,
    CountryCode,
    Degrees,
    Flag,
    Grams,
    Identifier,
    Many,
    Moment,
    RequiredIdentifier,
    Text,
    as_text,
)

_GRAMS = {
    "GRAMS": Decimal(1),
    "KILOGRAMS": Decimal(1000),
    "OUNCES": Decimal("28.349523125"),
    "POUNDS": Decimal("453.59237"),
}


def _properties(value: Any) -> dict[str, str]:
    """Names and values, whether they come as a list, as one pair or as an object; repeated names are joined."""
    if isinstance(value, dict):
        value = [value] if "name" in value else [{"name": name, "value": text} for name, text in value.items()]
    pairs: dict[str, str] = {}
    for entry in value or ():
        if not isinstance(entry, dict):
            raise ValueError("expected a list of names and values")
        name, text = as_text(entry.get("name", entry.get("key"))), as_text(entry.get("value"))
        pairs[name] = f"{pairs[name]}, {text}" if name in pairs else text
    return pairs


def _tags(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        value = value.split(",")
    if not isinstance(value or (), list | tuple):
        raise ValueError("expected tags: a list, or a text with commas")
    return tuple(text for text in (as_text(tag).strip() for tag in value or ()) if text)


def _in_grams(value: Any) -> Any:
    """The grams of a weight with its unit; a number stays what it is."""
    if not isinstance(value, dict):
        return value
    return Decimal(str(value.get("value") or 0)) * _GRAMS.get(value.get("unit", ""), Decimal(0))


def _shop_money(field: str) -> AliasPath:
    return AliasPath(field, "shopMoney", "amount")


Properties = Annotated[dict[str, str], BeforeValidator(_properties)]
Tags = Annotated[tuple[str, ...], BeforeValidator(_tags)]
Weight = Annotated[Grams, BeforeValidator(_in_grams)]


class ShopDocument(BaseModel):
    """The base: each field is found under its webhook name or under the same name in camel case."""

    model_config = ConfigDict(
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        alias_generator=AliasGenerator(validation_alias=lambda name: AliasChoices(name, to_camel(name))),
    )


class Identified(ShopDocument):
    """Something with an id that must not be lost to rounding."""

    @model_validator(mode="before")
    @classmethod
    def _exact_id(cls, document: Any) -> Any:
        if not isinstance(document, dict):
            return document
        identifier = document.get("admin_graphql_api_id") or document.get("id")
        return {**document, "id": tail(identifier) if isinstance(identifier, str) else identifier}


class ShopifyLine(Identified):
    """A line item. `current_quantity` leaves out what was removed or refunded since."""

    id: RequiredIdentifier
    sku: Text = ""
    name: Text = ""
    title: Text = ""
    quantity: Annotated[Count, Field(ge=0)]
    current_quantity: Annotated[Count, Field(ge=0)] | None = None
    price: Amount = Field(validation_alias=AliasChoices("price", _shop_money("originalUnitPriceSet")))
    grams: Weight = Field(None, validation_alias=AliasChoices("grams", "weight"))
    requires_shipping: bool | None = True
    properties: Properties = Field({}, validation_alias=AliasChoices("properties", "customAttributes"))

    @property
    def ordered(self) -> int:
        """How many units the customer still wants."""
        return self.quantity if self.current_quantity is None else self.current_quantity


class ShopifyAddress(ShopDocument):
    """A postal address; region and country as codes."""

    name: Text = ""
    first_name: Text = ""
    last_name: Text = ""
    company: Text = ""
    address1: Text = ""
    address2: Text = ""
    city: Text = ""
    province: Text = ""
    province_code: Text = ""
    zip: Text = ""
    country_code: CountryCode = Field("", validation_alias=AliasChoices("country_code", "countryCodeV2"))
    phone: Text = ""
    latitude: Degrees = None
    longitude: Degrees = None


class ShopifyCustomer(Identified):
    """Who ordered. Webhooks since API 2025-01 carry no tags of the customer; the pull does."""

    id: Identifier = ""
    first_name: Text = ""
    last_name: Text = ""
    email: Text = Field("", validation_alias=AliasChoices("email", AliasPath("defaultEmailAddress", "emailAddress")))
    phone: Text = Field("", validation_alias=AliasChoices("phone", AliasPath("defaultPhoneNumber", "phoneNumber")))
    tags: Tags = ()
    orders_count: Count | None = Field(None, validation_alias=AliasChoices("orders_count", "numberOfOrders"))


class ShopifyShippingLine(ShopDocument):
    """What the customer chose and paid for the shipping."""

    title: Text = ""
    is_removed: Flag = False
    price: Amount = Field(
        Decimal(0), validation_alias=AliasChoices("discounted_price", _shop_money("discountedPriceSet"), "price")
    )


class ShopifyMetafield(ShopDocument):
    """A value of the shop's own making."""

    namespace: Text = ""
    key: Text
    value: Annotated[str, BeforeValidator(as_text)] = ""


class ShopifyRisk(ShopDocument):
    """What Shopify or a fraud app thinks of the order."""

    risk_level: Text = ""


class ShopifyOrder(Identified):
    """The order itself, in the shop's currency."""

    id: RequiredIdentifier
    name: Text = ""
    created_at: Moment
    updated_at: Moment
    cancelled_at: Moment | None = None
    currency: Text = Field(validation_alias=AliasChoices("currency", "currencyCode"))
    total: Amount = Field(
        validation_alias=AliasChoices("current_total_price", _shop_money("currentTotalPriceSet"), "total_price")
    )
    financial_status: Text = Field("", validation_alias=AliasChoices("financial_status", "displayFinancialStatus"))
    fulfillment_status: Text = Field(
        "", validation_alias=AliasChoices("fulfillment_status", "displayFulfillmentStatus")
    )
    email: Text = ""
    contact_email: Text = ""
    phone: Text = ""
    note: Text = ""
    tags: Tags = ()
    note_attributes: Properties = Field({}, validation_alias=AliasChoices("note_attributes", "customAttributes"))
    customer: ShopifyCustomer | None = None
    company: Any = Field(None, validation_alias=AliasChoices("company", AliasPath("purchasingEntity", "company")))
    shipping_address: ShopifyAddress | None = None
    line_items: tuple[ShopifyLine, ...] = Field(
        validation_alias=AliasChoices("line_items", AliasPath("lineItems", "nodes"))
    )
    shipping_lines: Many[ShopifyShippingLine] = Field(
        (), validation_alias=AliasChoices("shipping_lines", AliasPath("shippingLines", "nodes"))
    )
    metafields: Many[ShopifyMetafield] = Field(
        (), validation_alias=AliasChoices(AliasPath("metafields", "nodes"), "metafields")
    )
    risks: Many[ShopifyRisk] = Field((), validation_alias=AliasPath("risk", "assessments"))
