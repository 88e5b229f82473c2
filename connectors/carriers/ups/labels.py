"""What UPS sold, and voided."""

from base64 import b64decode

from connectors.carriers.ups.documents import Answer, Charge, Code, NegotiatedCharges, OneOrMany, ResponseHead
from connectors.errors import OutcomeUnknown
from connectors.labels.file_kind import ZPL, media_type_of
from connectors.labels.picture import picture_pdf
from connectors.protocols import Label
from orderflow.money import Money
from orderflow.shipping.rate import Rate

# No shipment has this reference; the shipment of this reference was voided. Source: probes of the live API, 2026.
NEVER_BOUGHT = "9801031"
VOIDED = "9801040"
LABEL_DOTS_PER_INCH = 200
TRACKING_URL = "https://www.ups.com/track?tracknum="


class _Picture(Answer):
    graphic_image: str = ""

    def as_file(self) -> bytes:
        """The label: ZPL as it is, a picture on a page. Nothing where it cannot be read: it is bought all the same."""
        try:
            content = b64decode(self.graphic_image, validate=True)
            return content if media_type_of(content) == ZPL else picture_pdf(content, LABEL_DOTS_PER_INCH)
        except (ValueError, OSError):
            return b""


class _PackageResult(Answer):
    tracking_number: str
    shipping_label: _Picture = _Picture()


class _ShipmentCharges(Answer):
    total_charges: Charge


class _ShipmentResults(Answer):
    shipment_identification_number: str
    shipment_charges: _ShipmentCharges | None = None
    negotiated_rate_charges: NegotiatedCharges = NegotiatedCharges()
    package_results: OneOrMany[_PackageResult]

    def cost(self, otherwise: Money) -> Money:
        """What UPS bills: the account's own price, else the list price, else the quoted one."""
        if self.negotiated_rate_charges.total_charge:
            return self.negotiated_rate_charges.total_charge.as_money()
        return self.shipment_charges.total_charges.as_money() if self.shipment_charges else otherwise


class _ShipmentResponse(Answer):
    response: ResponseHead
    shipment_results: _ShipmentResults | None = None


class ShipAnswer(Answer):
    """What came of a shipment."""

    shipment_response: _ShipmentResponse

    def as_label(self, rate: Rate) -> Label:
        """The label. Raises Refused for a failure inside an answer of 200."""
        self.shipment_response.response.check()
        results = self.shipment_response.shipment_results
        if results is None or not results.package_results:
            raise OutcomeUnknown("UPS answers success without a package")
        package = results.package_results[0]
        number = results.shipment_identification_number
        return _label(number, package.tracking_number, rate.service, results.cost(rate.cost), package.shipping_label)


class _LabelResult(Answer):
    tracking_number: str = ""
    label_image: _Picture = _Picture()


class _Recovery(Answer):
    response: ResponseHead
    shipment_identification_number: str = ""
    label_results: OneOrMany[_LabelResult]


class RecoveryAnswer(Answer):
    """A label that was bought before."""

    label_recovery_response: _Recovery

    def as_label(self) -> Label:
        """The label; its service is read from its number (1Z, six of the account, two of the service)."""
        recovery = self.label_recovery_response
        recovery.response.check()
        result = next(iter(recovery.label_results), _LabelResult())
        number = result.tracking_number or recovery.shipment_identification_number
        if not number:
            raise OutcomeUnknown("UPS recovers a label without its number")
        shipment = recovery.shipment_identification_number or number
        return _label(shipment, number, number[8:10], None, result.label_image)


class _SummaryResult(Answer):
    status: Code


class _VoidResponse(Answer):
    summary_result: _SummaryResult


class VoidAnswer(Answer):
    """Whether a shipment is void now."""

    void_shipment_response: _VoidResponse

    @property
    def is_void(self) -> bool:
        """UPS answers 200 for a void that failed, too."""
        return self.void_shipment_response.summary_result.status.code == "1"


def _label(shipment: str, number: str, service: str, cost: Money | None, picture: _Picture) -> Label:
    return Label(
        provider="ups",
        provider_reference=shipment,
        carrier="ups",
        service=service,
        tracking_number=number,
        cost=cost or Money.zero("USD"),
        cost_is_known=cost is not None,
        document=picture.as_file(),
        tracking_url=f"{TRACKING_URL}{number}",
    )
