"""resolve-hold: a person's answer about a held order, by the form of the Prefect UI."""

from decimal import Decimal

from prefect import flow
from prefect.runtime import flow_run
from pydantic import BaseModel, Field

from connectors.database import orders
from connectors.shop import open_shop
from flows.one_order import OrderNotFound, finish_order, leased
from orderflow.address import Address
from orderflow.money import Money
from tasks.labelling.adopt import FoundLabel
from tasks.resolve import Answer, Resolution, resolve_order


class HoldAnswer(BaseModel):
    """The answer. Reroute needs a location, correct_address the address fields, adopt what stands on the label."""

    answer: Answer = Field(
        description="approve, reject, reroute, correct_address or resume; "
        "where a label may exist: adopt (it does) or no_label (it does not)"
    )
    actor: str = Field(min_length=1, description="who decides, for the order's timeline")
    note: str = Field(default="", description="why, for the order's timeline")
    location: str = Field(default="", description="reroute: the code of the location that shall ship it")
    line1: str = Field(default="", description="correct_address: street and number")
    line2: str = ""
    city: str = ""
    region: str = Field(default="", description="correct_address: state or province code")
    postal_code: str = ""
    country: str = Field(default="", description="correct_address: two letters")
    tracking_number: str = Field(default="", description="adopt: the tracking number of the label that was found")
    carrier: str = Field(default="", description="adopt: the carrier of the label")
    cost: Decimal | None = Field(default=None, ge=0, description="adopt: what the label cost")
    currency: str = Field(default="USD", pattern="^[A-Z]{3}$", description="adopt: the currency of the cost")
    provider_reference: str = Field(default="", description="adopt: the provider's id of the label, to void it by")

    def address(self, before: Address) -> Address | None:
        """The corrected address: the given fields over the old ones; None where none was given."""
        fields = {"line1", "line2", "city", "region", "postal_code", "country"}
        given = {name: value for name, value in self.model_dump(include=fields).items() if value}
        if not given:
            return None
        return before.model_copy(update=given | {"latitude": None, "longitude": None})

    def label(self) -> FoundLabel | None:
        """The label that was found; None where its tracking number, carrier or cost is missing."""
        if not self.tracking_number or not self.carrier or self.cost is None:
            return None
        cost = Money.of(self.cost, self.currency)
        return FoundLabel(self.tracking_number, self.carrier, cost, provider_reference=self.provider_reference)


@flow(name="resolve-hold", flow_run_name="{answer.answer} order {number}")
async def resolve_hold(number: str, answer: HoldAnswer) -> str:
    """Carries a person's answer out at once and says in words what happened."""
    owner = str(flow_run.id)
    async with open_shop() as shop:
        with shop.database.read() as conn:
            stored = orders.find_order(conn, shop.vault, number)
        if stored is None:
            raise OrderNotFound(f"no order {number!r}; `orderflow holds list` shows the held ones")
        resolution = Resolution(
            answer=answer.answer,
            actor=f"user:{answer.actor}",
            note=answer.note,
            location=answer.location,
            address=answer.address(stored.order.destination),
            label=answer.label(),
        )
        with leased(shop, stored, owner) as claimed:
            said = resolve_order(shop, owner, claimed, resolution)
        return f"{said}. {await finish_order(shop, owner, stored.id)}"
