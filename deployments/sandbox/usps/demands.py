"""What USPS demands of requests. Each fault is what is said of it and the parameter it names."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from deployments.sandbox.usps.answers import SERVICES

Fault = tuple[str, str]

# Who sends no key asks for none.
NO_KEY = "00000000-0000-0000-0000-000000000000"

_ZIP = re.compile(r"(?!00000)\d{5}")
_STATE = re.compile(r"[A-Z]{2}")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PARTY = ("CRID", "MID", "manifestMID", "accountType", "accountNumber")
_MEASURES = ("weight", "length", "width", "height")
_PACKAGE = ("weightUOM", "dimensionsUOM", "rateIndicator", "processingCategory", "destinationEntryFacilityType")


def payer_faults(body: dict[str, Any]) -> list[Fault]:
    """What is missing of a request for a payment authorization."""
    roles = {role.get("roleName"): role for role in body.get("roles") or []}
    missing = [
        f"roles.{name}.{part}"
        for name in ("PAYER", "LABEL_OWNER")
        for part in _PARTY
        if not (roles.get(name) or {}).get(part)
    ]
    return [(f"{field} is required", field) for field in missing]


def options_faults(body: dict[str, Any]) -> list[Fault]:
    """What is wrong with a question for shipping options."""
    package = body.get("packageDescription") or {}
    faults = [_zip_fault(name, body.get(name)) for name in ("originZIPCode", "destinationZIPCode")]
    faults += _measure_faults(package) + _date_faults(package)
    if not package.get("mailClass"):
        faults.append(("mailClass is required", "packageDescription.mailClass"))
    if not body.get("pricingOptions"):
        faults.append(("pricingOptions is required", "pricingOptions"))
    return [fault for fault in faults if fault]


def label_faults(body: dict[str, Any]) -> list[Fault]:
    """What is wrong with an order for a label."""
    faults = [fault for side in ("toAddress", "fromAddress") for fault in _address_faults(side, body.get(side) or {})]
    package = body.get("packageDescription") or {}
    faults += _measure_faults(package) + _date_faults(package)
    faults += [(f"{part} is required", f"packageDescription.{part}") for part in _PACKAGE if not package.get(part)]
    if package.get("mailClass") not in {service.code for service in SERVICES}:
        faults.append(("mailClass is not one of USPS", "packageDescription.mailClass"))
    if not (body.get("imageInfo") or {}).get("imageType"):
        faults.append(("imageType is required", "imageInfo.imageType"))
    return faults


def is_key(text: str) -> bool:
    """Whether a text can be an idempotency key, which must be a UUID."""
    return _UUID.fullmatch(text) is not None


def _address_faults(side: str, address: dict[str, Any]) -> list[Fault]:
    faults = [(f"{part} is required", f"{side}.{part}") for part in ("streetAddress", "city") if not address.get(part)]
    if not address.get("firm") and not (address.get("firstName") and address.get("lastName")):
        faults.append(("a firm, or a first and a last name, is required", f"{side}.firstName"))
    if not _STATE.fullmatch(str(address.get("state"))):
        faults.append(("state must be two letters", f"{side}.state"))
    fault = _zip_fault(f"{side}.ZIPCode", address.get("ZIPCode"))
    return faults + ([fault] if fault else [])


def _zip_fault(parameter: str, code: object) -> Fault | None:
    return None if _ZIP.fullmatch(str(code)) else ("The ZIP Code is invalid.", parameter)


def _measure_faults(package: dict[str, Any]) -> list[Fault]:
    wrong = [part for part in _MEASURES if not isinstance(package.get(part), int | float) or package[part] <= 0]
    return [(f"{part} must be a number above zero", f"packageDescription.{part}") for part in wrong]


def _date_faults(package: dict[str, Any]) -> list[Fault]:
    """The mailing date is today or up to seven days ahead; a day of grace is for the time zones."""
    today = datetime.now(UTC).date()
    last = today + timedelta(days=7)
    if (today - timedelta(days=1)).isoformat() <= str(package.get("mailingDate")) <= last.isoformat():
        return []
    return [("mailingDate must be today or within seven days", "packageDescription.mailingDate")]
