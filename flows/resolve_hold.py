"""resolve-hold: a person's answer about a held order, by the form of the Prefect UI."""

from prefect import flow
from prefect.runtime import flow_run
from pydantic import BaseModel, Field

from connectors.database import orders
from connectors.shop import open_shop
from flows.one_order import OrderNotFound, finish_order, leased
from orderflow.address import Address
from tasks.resolve import Answer, Resolution, resolve_order


class HoldAnswer(BaseModel):
    """The answer. Reroute needs a location; correct_address needs the address fields."""

    answer: Answer = Field(description="approve, reject, reroute, correct_address or resume")
    actor: str = Field(min_length=1, description="who decides, for the order's timeline")
    note: str = Field(default="", description="why, for the order's timeline")
    location: str = Field(default="", description="reroute: the code of the location that shall ship it")
    line1: str = Field(default="", description="correct_address: street and number")
    line2: str = ""
    city: str = ""
    region: str = Field(default="", description="correct_address: state or province code")
    postal_code: str = ""
    country: str = Field(default="", description="correct_address: two letters")

    def address(self, before: Address) -> Address | None:
        """The corrected address: the given fields over the old ones; None where none was given."""
        fields = {"line1", "line2", "city", "region", "postal_code", "country"}
        given = {name: value for name, value in self.model_dump(include=fields).items() if value}
        if not given:
            return None
        return before.model_copy(update=given | {"latitude": None, "longitude": None})


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
        )
        with leased(shop, stored, owner) as claimed:
            said = resolve_order(shop, owner, claimed, resolution)
        return f"{said}. {await finish_order(shop, owner, stored.id)}"
