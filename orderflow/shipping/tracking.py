"""Where a parcel is, in words all carriers share, and what follows from it: when to look again, whether it is late."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import AwareDatetime

from orderflow.value import Value


class TrackingStatus(StrEnum):
    """How far a parcel has come. `exception` is a trouble on the way that may still end well."""

    PRE_TRANSIT = "pre_transit"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    DELIVERED = "delivered"
    EXCEPTION = "exception"
    RETURNED = "returned"


FINAL = frozenset({TrackingStatus.DELIVERED, TrackingStatus.RETURNED})
TROUBLED = frozenset({TrackingStatus.EXCEPTION, TrackingStatus.RETURNED})

# How long until it is worth asking again. Each answer without news doubles the wait, up to a day.
_LOOK_AGAIN = {
    TrackingStatus.PRE_TRANSIT: timedelta(hours=4),
    TrackingStatus.IN_TRANSIT: timedelta(hours=2),
    TrackingStatus.OUT_FOR_DELIVERY: timedelta(minutes=30),
    TrackingStatus.EXCEPTION: timedelta(hours=4),
}
LONGEST_WAIT = timedelta(days=1)


class Scan(Value):
    """One thing that happened to a parcel. `code` is the carrier's own, `text` its words, `place` where it was."""

    status: TrackingStatus
    at: AwareDatetime
    place: str = ""
    text: str = ""
    code: str = ""

    @property
    def key(self) -> str:
        """Equal for one scan by whichever way it is told; how the carrier spells the place is no part of it."""
        told = (self.status, str(int(self.at.timestamp())), self.code or self.text.casefold())
        return hashlib.sha256("|".join(told).encode()).hexdigest()[:32]


class TrackingUpdate(Value):
    """What a carrier says of one parcel. `expected_at` is its own forecast, `signed_by` and `proof_url` its proof."""

    tracking_number: str
    status: TrackingStatus
    scans: tuple[Scan, ...] = ()
    expected_at: AwareDatetime | None = None
    signed_by: str = ""
    proof_url: str = ""

    @property
    def newest(self) -> Scan | None:
        """The last thing that happened."""
        return max(self.scans, key=lambda scan: scan.at, default=None)

    @property
    def delivered_at(self) -> datetime | None:
        """When it was delivered; None where it was not, or where the carrier does not say when."""
        return max((scan.at for scan in self.scans if scan.status is TrackingStatus.DELIVERED), default=None)


def update_of(
    tracking_number: str,
    scans: Iterable[Scan],
    *,
    status: TrackingStatus | None = None,
    expected_at: datetime | None = None,
    signed_by: str = "",
    proof_url: str = "",
) -> TrackingUpdate:
    """The update of a carrier's scans, each once, oldest first; a status it does not tell is that of its last scan."""
    different = {scan.key: scan for scan in scans}
    ordered = tuple(sorted(different.values(), key=lambda scan: scan.at))
    last = ordered[-1].status if ordered else TrackingStatus.PRE_TRANSIT
    return TrackingUpdate(
        tracking_number=tracking_number,
        status=status or last,
        scans=ordered,
        expected_at=expected_at,
        signed_by=signed_by,
        proof_url=proof_url,
    )


def wait_until_next_look(status: TrackingStatus, looks_without_news: int) -> timedelta:
    """How long until the carrier is asked again; parcels that do not move are asked about less and less."""
    first = _LOOK_AGAIN.get(status, LONGEST_WAIT)
    return min(first * 2 ** min(looks_without_news, 10), LONGEST_WAIT)


def is_late(status: TrackingStatus, promised_to: datetime | None, expected_at: datetime | None, now: datetime) -> bool:
    """Whether a parcel under way missed its promised window, or will by the carrier's own forecast."""
    if promised_to is None or status in FINAL:
        return False
    return now > promised_to or (expected_at is not None and expected_at > promised_to)
