"""An amount of one currency."""

from decimal import ROUND_HALF_UP, Decimal

from pydantic import Field

from orderflow.value import Value

# ISO 4217 currencies whose minor unit is not a hundredth.
_DIGITS = {
    **dict.fromkeys(["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF"], 0),
    **dict.fromkeys(["UGX", "VND", "VUV", "XAF", "XOF", "XPF"], 0),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
}


class CurrencyMismatchError(ValueError):
    """Two amounts of different currencies were added or compared."""


def minor_digits(currency: str) -> int:
    """How many decimal digits the currency's minor unit has: 2 for USD, 0 for JPY."""
    return _DIGITS.get(currency, 2)


class Money(Value):
    """A price, cost or value in one currency; never a float."""

    amount: Decimal
    currency: str = Field(pattern=r"^[A-Z]{3}$")

    @classmethod
    def of(cls, amount: Decimal | str | int, currency: str) -> "Money":
        """The amount rounded half up to the currency's minor unit."""
        step = Decimal(1).scaleb(-minor_digits(currency))
        return cls(amount=Decimal(amount).quantize(step, ROUND_HALF_UP), currency=currency)

    @classmethod
    def from_minor(cls, minor: int, currency: str) -> "Money":
        """The amount that is stored as this many minor units (cents for USD)."""
        return cls.of(Decimal(minor).scaleb(-minor_digits(currency)), currency)

    @classmethod
    def zero(cls, currency: str) -> "Money":
        """Nothing, in this currency."""
        return cls.of(0, currency)

    @property
    def minor(self) -> int:
        """The amount as stored: whole minor units."""
        return int(Money.of(self.amount, self.currency).amount.scaleb(minor_digits(self.currency)))

    def __add__(self, other: "Money") -> "Money":
        return Money(amount=self.amount + self._same(other), currency=self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(amount=self.amount - self._same(other), currency=self.currency)

    def __mul__(self, factor: int | Decimal) -> "Money":
        return Money.of(self.amount * factor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.amount <= self._same(other)

    def __ge__(self, other: "Money") -> bool:
        return self.amount >= self._same(other)

    def __str__(self) -> str:
        sign = "$" if self.currency == "USD" else f"{self.currency} "
        return f"{sign}{self.amount:,.{minor_digits(self.currency)}f}"

    def _same(self, other: "Money") -> Decimal:
        if other.currency != self.currency:
            raise CurrencyMismatchError(f"{self.currency} and {other.currency} cannot be added or compared")
        return other.amount
