"""What is said to USPS: questions for shipping options, orders for labels, and who pays."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from connectors.parcels.measures import inches, pounds, sides_mm
from connectors.protocols import ShipmentRequest
from orderflow.address import Address
from orderflow.shipping.label_format import LabelFormat
from orderflow.shipping.rate import Parcel, Rate


@dataclass(frozen=True)
class Payer:
    """The account that pays the postage (EPS or PERMIT) and the ids USPS knows its owner by."""

    customer_registration_id: str
    mailer_id: str
    manifest_mailer_id: str
    account_type: str
    account_number: str

    def roles(self) -> dict[str, Any]:
        """The request for a payment authorization: one party pays and owns the label."""
        party = {
            "CRID": self.customer_registration_id,
            "MID": self.mailer_id,
            "manifestMID": self.manifest_mailer_id,
            "accountType": self.account_type,
            "accountNumber": self.account_number,
        }
        return {"roles": [{"roleName": role, **party} for role in ("PAYER", "LABEL_OWNER")]}


def options_question(request: ShipmentRequest, payer: Payer, mailing_date: date) -> dict[str, Any]:
    """What every outbound mail class costs and how long it takes."""
    account = {"accountType": payer.account_type, "accountNumber": payer.account_number}
    return {
        "pricingOptions": [{"priceType": "COMMERCIAL", "paymentAccount": account}],
        "originZIPCode": _zip(request.origin)["ZIPCode"],
        "destinationZIPCode": _zip(request.destination)["ZIPCode"],
        "destinationEntryFacilityType": "NONE",
        "packageDescription": {
            **_measures(request.parcel),
            "mailClass": "ALL_OUTBOUND",
            "mailingDate": mailing_date.isoformat(),
        },
        "shippingFilter": "PRICE",
    }


def label_order(request: ShipmentRequest, rate: Rate, mailing_date: date) -> dict[str, Any]:
    """A label of the rate's mail class, rate indicator and processing category."""
    mail_class, rate_indicator, processing_category = rate.rate_id.split(":")
    return {
        **image_order(request.label_format),
        "toAddress": _address(request.destination),
        "fromAddress": _address(request.origin),
        "packageDescription": {
            **_measures(request.parcel),
            "weightUOM": "lb",
            "dimensionsUOM": "in",
            "mailClass": mail_class,
            "rateIndicator": rate_indicator,
            "processingCategory": processing_category,
            "destinationEntryFacilityType": "NONE",
            "mailingDate": mailing_date.isoformat(),
            "customerReference": [{"referenceNumber": request.reference[:30], "printReferenceNumber": True}],
        },
    }


def image_order(label_format: LabelFormat = LabelFormat.PDF) -> dict[str, Any]:
    """How a label is printed: on 4 × 6 inches without a receipt, as PDF or ZPL. There is no PNG."""
    image = "ZPL203DPI" if label_format is LabelFormat.ZPL else "PDF"
    return {"imageInfo": {"imageType": image, "labelType": "4X6LABEL", "receiptOption": "NONE"}}


def _measures(parcel: Parcel) -> dict[str, float]:
    sides = zip(("length", "width", "height"), sides_mm(parcel), strict=True)
    return {"weight": float(pounds(parcel.weight_grams)), **{name: float(inches(side)) for name, side in sides}}


def _address(address: Address) -> dict[str, str]:
    """The address. USPS wants a first and a last name or a firm, so a name of one word stands as the firm."""
    first, _, last = address.name.strip().rpartition(" ")
    told = {
        "firstName": first,
        "lastName": last if first else "",
        "firm": address.company or ("" if first else last),
        "streetAddress": address.line1,
        "secondaryAddress": address.line2,
        "city": address.city,
        "state": address.region,
        **_zip(address),
    }
    return {name: text for name, text in told.items() if text or name == "ZIPCode"}


def _zip(address: Address) -> dict[str, str]:
    """The five digits, and the four behind the hyphen where there are some."""
    code, _, plus = address.postal_code.strip().partition("-")
    return {"ZIPCode": code[:5], "ZIPPlus4": plus}
