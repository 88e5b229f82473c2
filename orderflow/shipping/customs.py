"""What customs must be told of a parcel that leaves a country: each thing in it, its tariff code, origin and value."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from orderflow.decision import PlannedLine
from orderflow.money import Money
from orderflow.order import OrderLine
from orderflow.value import Value


class CustomsItem(Value):
    """Units of one SKU in the parcel; value and weight are those of one unit. `hs_code` is the Harmonized System's."""

    sku: str
    description: str
    quantity: int
    unit_value: Money
    unit_weight_grams: int
    hs_code: str = ""
    origin_country: str = ""

    @property
    def value(self) -> Money:
        """What all units together are worth."""
        return self.unit_value * self.quantity

    @property
    def weight_grams(self) -> int:
        """What all units together weigh."""
        return self.unit_weight_grams * self.quantity

    def gaps(self) -> Iterator[str]:
        """What of it is not known, in words: "HS code of SKU LAMP-LED"."""
        known = {
            "HS code": self.hs_code,
            "country of origin": self.origin_country,
            "weight": self.unit_weight_grams,
            "description": self.description,
        }
        return (f"{what} of SKU {self.sku}" for what, told in known.items() if not told)


class CustomsDeclaration(Value):
    """Goods that were sold. `signer` vouches for them; `invoice_number` is the order's."""

    items: tuple[CustomsItem, ...]
    signer: str
    invoice_number: str = ""

    @property
    def value(self) -> Money:
        """What the whole parcel is worth."""
        first, *others = (item.value for item in self.items)
        return sum(others, start=first)

    def gaps(self) -> tuple[str, ...]:
        """Everything customs must know and we do not."""
        return tuple(gap for item in self.items for gap in item.gaps())


class DeclaredProduct(Protocol):
    """What of a product customs ask for."""

    @property
    def title(self) -> str:
        """What people call it."""
        ...

    @property
    def weight_grams(self) -> int | None:
        """The weight of one unit."""
        ...

    @property
    def hs_code(self) -> str:
        """Its code in the Harmonized System."""
        ...

    @property
    def origin_country(self) -> str:
        """Where it was made."""
        ...


def declaration_of(
    planned: Sequence[PlannedLine],
    ordered: Mapping[int, OrderLine],
    products: Mapping[tuple[str, str], DeclaredProduct],
    *,
    signer: str,
    invoice_number: str,
) -> CustomsDeclaration | None:
    """The declaration of a parcel of these units, with gaps where nothing is known; None for an empty parcel.

    `ordered` are the order's lines by number, `products` the shop's own by SKU and variant.
    """
    items = tuple(
        _item(line, ordered[line.line_no], products.get((line.sku, line.variant)) or products.get((line.sku, "")))
        for line in planned
        if line.line_no in ordered
    )
    return CustomsDeclaration(items=items, signer=signer, invoice_number=invoice_number) if items else None


def _item(line: PlannedLine, ordered: OrderLine, product: DeclaredProduct | None) -> CustomsItem:
    weight = ordered.weight_grams or (product.weight_grams if product else None) or 0
    return CustomsItem(
        sku=line.sku,
        description=(product.title if product else "") or ordered.title,
        quantity=line.quantity,
        unit_value=ordered.unit_price,
        unit_weight_grams=weight,
        hs_code=product.hs_code if product else "",
        origin_country=product.origin_country if product else "",
    )
