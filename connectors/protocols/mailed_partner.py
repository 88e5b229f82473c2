"""Fulfilment partners that read mail: nothing is called, the order is mailed, and people tell what became of it."""

from abc import abstractmethod

from connectors.errors import OutcomeUnknown
from connectors.protocols.carrier import Capabilities
from connectors.protocols.fulfillment import FulfillmentPartner, FulfillmentRequest, PartnerOrder, Stage
from connectors.protocols.notifier import Message
from orderflow.inventory import StockLevel


class MailedPartner(FulfillmentPartner):
    """A partner whose orders are mailed. The mail is written with the handover, in one commit, and sent once."""

    capabilities = Capabilities(
        unique_reference=True, find_by_reference=False, orphan_is_billed=False, is_outside=False, tracks=False
    )

    @abstractmethod
    def mail_of(self, request: FulfillmentRequest, key: str) -> Message:
        """The mail that hands the shipment over."""

    async def request(self, request: FulfillmentRequest) -> PartnerOrder:
        """The shipment is handed over as soon as its mail is written."""
        return PartnerOrder(request.reference, Stage.REQUESTED)

    async def find_by_reference(self, reference: str) -> PartnerOrder | None:
        """Nobody can be asked. Raises OutcomeUnknown."""
        raise OutcomeUnknown(f"{self.code} reads mail and cannot be asked for {reference}")

    async def status(self, provider_reference: str) -> PartnerOrder:
        """Nobody can be asked. Raises OutcomeUnknown."""
        raise OutcomeUnknown(f"{self.code} reads mail and cannot be asked how far {provider_reference} is")

    async def cancel(self, provider_reference: str) -> bool:
        """A mail cannot be called back: a person asks the partner."""
        return False

    async def stock_levels(self) -> tuple[StockLevel, ...]:
        """What it has, it does not tell."""
        return ()
