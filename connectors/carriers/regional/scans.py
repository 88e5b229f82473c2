"""Where a described carrier says a parcel is: scans by their paths."""

from typing import Any

from pydantic import BaseModel

from connectors.carriers.regional.description import TrackCall
from connectors.carriers.regional.paths import pick
from connectors.reading import Moment, read_as
from orderflow.shipping.tracking import Scan, TrackingStatus, TrackingUpdate, update_of


class _At(BaseModel):
    at: Moment


def update_from(answer: Any, call: TrackCall, tracking_number: str) -> TrackingUpdate:
    """The update of an answer. Raises Unreadable for a scan without a time."""
    forecast = pick(answer, call.expected_at)
    return update_of(
        tracking_number,
        (_scan(item, call) for item in pick(answer, call.scans) or ()),
        expected_at=read_as(_At, {"at": forecast}).at if forecast else None,
        signed_by=str(pick(answer, call.signed_by)),
    )


def _scan(item: Any, call: TrackCall) -> Scan:
    return Scan(
        status=call.statuses.get(str(pick(item, call.status)), TrackingStatus.IN_TRANSIT),
        at=read_as(_At, {"at": pick(item, call.at)}).at,
        place=str(pick(item, call.place)),
        text=str(pick(item, call.text)),
        code=str(pick(item, call.code)),
    )
