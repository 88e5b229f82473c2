"""The sections of the configuration and their defaults."""

from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, model_validator

from orderflow.backorders.refill import RefillRules
from orderflow.policy import BackorderMode
from orderflow.shipping.label_format import LabelFormat
from orderflow.shipping.performance import PerformanceWeights
from orderflow.value import Value

LABELS_PER_MINUTE = 100


def _known_timezone(name: str) -> str:
    if not is_timezone(name):
        raise ValueError('expected a time zone like "America/New_York"')
    return name


def is_timezone(name: str) -> bool:
    """Whether there is a time zone of that name."""
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        return False
    return True


Timezone = Annotated[str, AfterValidator(_known_timezone)]


class Shop(Value):
    """Who sells. Amounts of rules that name no currency are in `currency`.

    `channels_without_street` are channels whose addresses may lack a street (anonymised test data).
    """

    name: str = "OrderFlow"
    home_country: str = Field(default="US", pattern=r"^[A-Z]{2}$")
    currency: str = Field(default="USD", pattern=r"^[A-Z]{3}$")
    timezone: Timezone = "UTC"
    console_url: str = ""
    channels_without_street: tuple[str, ...] = ()


class InventorySync(Value):
    """How stock is kept in step: how often, from where, and below which units people are told.

    `refill` is how strictly backorders keep their turns when stock comes.
    """

    enabled: bool = True
    interval_minutes: int = Field(default=15, ge=5, le=30)
    sources: tuple[str, ...] = ("shopify", "woocommerce", "custom_api")
    low_stock_threshold: int = Field(default=20, ge=0)
    critical_stock_threshold: int = Field(default=5, ge=0)
    refill: RefillRules = RefillRules()

    @model_validator(mode="after")
    def _critical_is_lower(self) -> Self:
        if self.critical_stock_threshold > self.low_stock_threshold:
            raise ValueError("critical_stock_threshold must not be above low_stock_threshold")
        return self


class Fulfillment(Value):
    """How labels are bought. `label_providers` sell them; `default_carrier` is taken among equals.

    `carrier_selection` says how one of their offers is taken (see shipping/rate_choice.py): "performance" weighs by
    `carrier_performance`, "rotation" follows `carrier_rotation` quarter by quarter.

    `label_format` is what labels come as where their location says nothing else.
    `label_limits_per_minute` is per provider; a provider that is not named there has 100 requests a minute.
    """

    default_carrier: str = "usps"
    carrier_selection: Literal["cost_optimized", "speed_optimized", "preferred", "performance", "rotation"] = (
        "cost_optimized"
    )
    carrier_rotation: tuple[str, ...] = ()
    carrier_performance: PerformanceWeights = PerformanceWeights()
    auto_generate_labels: bool = True
    batch_processing: bool = True
    batch_size: int = Field(default=50, ge=1, le=200)
    label_providers: tuple[str, ...] = Field(default=("rate_card",), min_length=1)
    label_limits_per_minute: dict[str, Annotated[int, Field(ge=1)]] = {}
    label_format: LabelFormat = LabelFormat.PDF

    @model_validator(mode="after")
    def _a_rotation_has_carriers(self) -> Self:
        if self.carrier_selection == "rotation" and not self.carrier_rotation:
            raise ValueError("carrier_selection rotation needs the carriers that follow each other in carrier_rotation")
        return self

    @property
    def label_batch_size(self) -> int:
        """Orders labelled together: one at a time without batch processing."""
        return self.batch_size if self.batch_processing else 1

    def labels_per_minute(self, provider: str) -> int:
        """How many label requests the provider's account takes in a minute."""
        return self.label_limits_per_minute.get(provider, LABELS_PER_MINUTE)


class Product(Value):
    """One thing the shop sells. `fulfilled_by` is the stock location that must ship it, "" for any.

    `second_supplier` is asked where `supplier` does not answer; both are mail addresses.
    `backorders` is what happens to units nobody has, None for what routing.backorders says of all products.

    `hs_code` (its code in the Harmonized System, "8539.52") and `origin_country` are needed where it leaves a country.
    """

    sku: str = Field(min_length=1)
    variant: str = ""
    title: str = ""
    weight_grams: int | None = Field(default=None, ge=0)
    category: str = ""
    fulfilled_by: str = ""
    backorders: BackorderMode | None = None
    supplier: str = ""
    second_supplier: str = ""
    hs_code: str = Field(default="", pattern=r"^([0-9]{4}[0-9.]{2,11})?$")
    origin_country: str = Field(default="", pattern=r"^([A-Z]{2})?$")


class OutgoingWebhook(Value):
    """An address that is told of events; no events named means all of them."""

    url: str = Field(pattern=r"^https?://\S+$")
    events: tuple[str, ...] = ()
