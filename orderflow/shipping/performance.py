"""How well carriers did, measured, and what that makes a rate really cost.

A share measured on few parcels says little. Each is therefore drawn towards the share of all carriers together, as if
every carrier had `prior_parcels` more parcels of average fortune behind it: the mean of the posterior of a binomial
share whose prior is Beta(m·p, m·(1 − p)), with p the pooled share and m the prior's parcels:

    shrunk = (bad + m·p) ÷ (n + m)

(Gelman and others, Bayesian Data Analysis, 3rd edition, 2.4; the prior's mean comes from the data, as in Efron and
Morris, "Stein's Estimation Rule and Its Competitors", 1973.) A carrier nobody has measured is an average one.

    expected cost = price × (1 + late_weight·late + claim_weight·claims + failure_weight·failures)

The weights are in prices of a parcel: with a late weight of 1 a late parcel costs its freight once more, in goodwill.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import StrEnum

from pydantic import Field

from orderflow.shipping.rate import Rate
from orderflow.value import Value


class ClaimKind(StrEnum):
    """What went wrong with a parcel that a carrier had."""

    LOST = "lost"
    DAMAGED = "damaged"


class CarrierRecord(Value):
    """What the books say of one carrier over some days.

    Of `due` parcels the promised day is past or the delivery is known, `late` of them missed it. Of `labelled` parcels
    `claims` were lost or damaged. Of `tries` to buy a label `failures` came to nothing.
    """

    carrier: str
    due: int = Field(default=0, ge=0)
    late: int = Field(default=0, ge=0)
    labelled: int = Field(default=0, ge=0)
    claims: int = Field(default=0, ge=0)
    tries: int = Field(default=0, ge=0)
    failures: int = Field(default=0, ge=0)


class PerformanceWeights(Value):
    """How much each misfortune counts, and how slowly a carrier's own figures prevail over everybody's."""

    late_weight: Decimal = Field(default=Decimal(1), ge=0)
    claim_weight: Decimal = Field(default=Decimal(5), ge=0)
    failure_weight: Decimal = Field(default=Decimal("0.5"), ge=0)
    prior_parcels: int = Field(default=20, ge=1)
    trailing_days: int = Field(default=90, ge=1)


class Reliability(Value):
    """The shrunk shares of one carrier: late, claimed, failed at the label."""

    late: Decimal = Decimal(0)
    claims: Decimal = Decimal(0)
    failures: Decimal = Decimal(0)


def shrunk(bad: int, count: int, pooled: Decimal, prior_parcels: int) -> Decimal:
    """The share `bad` ÷ `count`, drawn towards the pooled one by so many parcels of average fortune."""
    return (bad + prior_parcels * pooled) / (count + prior_parcels)


class Performance:
    """What was measured of every carrier, ready to be asked for the real cost of its rates."""

    def __init__(self, records: Iterable[CarrierRecord] = (), weights: PerformanceWeights | None = None) -> None:
        self.weights = weights or PerformanceWeights()
        self._records: Mapping[str, CarrierRecord] = {one.carrier.casefold(): one for one in records}
        every = self._records.values()
        self._late = _share(sum(one.late for one in every), sum(one.due for one in every))
        self._claims = _share(sum(one.claims for one in every), sum(one.labelled for one in every))
        self._failures = _share(sum(one.failures for one in every), sum(one.tries for one in every))

    def of(self, carrier: str) -> Reliability:
        """The carrier's shrunk shares; those of all carriers together where nothing is known of it."""
        one, prior = self._record(carrier), self.weights.prior_parcels
        return Reliability(
            late=shrunk(one.late, one.due, self._late, prior),
            claims=shrunk(one.claims, one.labelled, self._claims, prior),
            failures=shrunk(one.failures, one.tries, self._failures, prior),
        )

    def expected_cost(self, rate: Rate) -> Decimal:
        """The rate's price with what its carrier's misfortunes cost on average, in the rate's currency."""
        shares, weights = self.of(rate.carrier), self.weights
        burden = weights.late_weight * shares.late + weights.claim_weight * shares.claims
        return rate.cost.amount * (1 + burden + weights.failure_weight * shares.failures)

    def words(self, carrier: str) -> str:
        """What the choice rests on: "94 % on time after 50 parcels"."""
        one = self._record(carrier)
        on_time = 100 * (1 - self.of(carrier).late)
        return f"{on_time:.0f} % on time after {one.due} parcel{'' if one.due == 1 else 's'}"

    def _record(self, carrier: str) -> CarrierRecord:
        return self._records.get(carrier.casefold()) or CarrierRecord(carrier=carrier)


def _share(bad: int, count: int) -> Decimal:
    return Decimal(bad) / count if count else Decimal(0)
