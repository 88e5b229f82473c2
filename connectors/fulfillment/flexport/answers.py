"""What Flexport answers, in our words."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from connectors.protocols import PartnerOrder, PartnerParcel, Stage


class _Answer(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel)


class _Label(_Answer):
    carrier: str
    tracking_code: str
    tracking_url: str | None = None
    shipping_method: str | None = None


class _Package(_Answer):
    label: _Label | None = None


class _Shipment(_Answer):
    packages: tuple[_Package, ...] = ()
    shipped_at: datetime | None = None
    label_print_time: datetime | None = None


class _State(_Answer):
    fulfillment_in_progress: bool = False
    fulfillment_status: str = ""


class _Error(_Answer):
    message: str
    retriable: bool = False


class Order(_Answer):
    """An order with its shipments."""

    id: str
    external_order_id: str | None = None
    state: _State
    error: _Error | None = None
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    shipments: tuple[_Shipment, ...] = ()

    def told(self) -> PartnerOrder:
        """The order in our words. What Flexport will not try again is refused."""
        return PartnerOrder(self.id, self._stage(), self._parcel(), reason=self.error.message if self.error else "")

    def _stage(self) -> Stage:
        if self.shipped_at or (self.shipments and all(one.shipped_at for one in self.shipments)):
            return Stage.SHIPPED
        if "CANCEL" in self.state.fulfillment_status.upper():
            return Stage.CANCELLED
        if self.error and not self.error.retriable:
            return Stage.REJECTED
        if any(one.label_print_time for one in self.shipments):
            return Stage.PACKED
        return Stage.ACCEPTED if self.state.fulfillment_in_progress else Stage.REQUESTED

    def _parcel(self) -> PartnerParcel | None:
        labels = (package.label for one in self.shipments for package in one.packages)
        label = next((label for label in labels if label), None)
        if label is None:
            return None
        service, url = label.shipping_method or "", label.tracking_url or ""
        return PartnerParcel(label.carrier.lower(), label.tracking_code, service, url)


class Inventory(_Answer):
    """What the network holds of one product."""

    logistics_sku: str | None = None
    on_hand: int
