"""Where DHL says shipments are. Times are those of the place; here every place is in UTC."""

from typing import Any

from deployments.sandbox.journeys import Journey, Step

Body = dict[str, Any]

_CODES = {
    "pre_transit": "SA",
    "in_transit": "DF",
    "out_for_delivery": "WC",
    "delivered": "OK",
    "exception": "OH",
    "returned": "RT",
}


def tracking(journey: Journey) -> Body:
    """One shipment with its events, newest first."""
    shipment = {
        "shipmentTrackingNumber": journey.tracking_number,
        "status": "Success",
        "description": "GOODS",
        "events": [_event(step) for step in reversed(journey.steps)],
    }
    forecast = {"estimatedDeliveryDate": f"{journey.expected_at:%Y-%m-%d}"} if journey.expected_at else {}
    return {"shipments": [shipment | forecast]}


def _event(step: Step) -> Body:
    signed = {"signedBy": step.signed_by} if step.signed_by else {}
    return {
        "date": f"{step.at:%Y-%m-%d}",
        "time": f"{step.at:%H:%M:%S}",
        "GMTOffset": "+00:00",
        "typeCode": _CODES[step.status],
        "description": step.text or step.status,
        "serviceArea": [{"code": step.city[:3].upper(), "description": f"{step.city}-{step.country}"}],
    } | signed
