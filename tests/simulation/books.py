"""What the outside services wrote down themselves: the other half of every audit."""

from dataclasses import dataclass, field, replace


@dataclass
class SoldLabel:
    """One label a carrier sold. `id` is the carrier's own name of the purchase."""

    id: str
    carrier: str
    reference: str
    void: bool = False


@dataclass
class Books:
    """Labels, messages by key, shipments told to the channel and rows written to the sheet."""

    labels: list[SoldLabel] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    reports: list[str] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)

    def copy(self) -> "Books":
        """The same entries, to be continued apart."""
        return Books([replace(label) for label in self.labels], self.messages[:], self.reports[:], self.rows[:])

    def sold(self, carrier: str, reference: str) -> SoldLabel | None:
        """The carrier's newest label of this reference, void or not."""
        mine = [one for one in self.labels if one.carrier == carrier and one.reference == reference]
        return mine[-1] if mine else None

    def live(self, carrier: str, reference: str) -> SoldLabel | None:
        """The carrier's newest label of this reference that is not void."""
        mine = [one for one in self.labels if one.carrier == carrier and one.reference == reference and not one.void]
        return mine[-1] if mine else None
