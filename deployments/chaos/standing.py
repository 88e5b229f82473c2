"""What is still owed while a run comes to rest: to orders first of all, then to whoever is to be told of them."""

from dataclasses import dataclass

from connectors.database.operation import counts
from connectors.database.operation.open_work import open_work
from connectors.database.session import Database


@dataclass(frozen=True)
class Standing:
    """Orders not arrived yet and rows some worker still owes an order something for; messages still to be sent."""

    missing: int
    owed: int
    untold: int

    @property
    def has_orders_settled(self) -> bool:
        """Whether every order is done, or waits for a person, stock or payment."""
        return self.missing == 0 and self.owed == 0


def standing(database: Database, expected: int) -> Standing:
    """The standing now of a run that was sent so many orders."""
    with database.read() as conn:
        left = open_work(conn)
        arrived = sum(counts.order_counts(conn).values())
    return Standing(
        missing=max(0, expected - arrived),
        owed=left["inbox"] + left["route"] + left["label"],
        untold=left["notify"] + left["log"] + left["sync"],
    )
