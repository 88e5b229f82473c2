"""The kinds of connectors, one file each. One module in a kind's folder is one connector, found by discovery.

Every class has a `code` (its name in configuration and tables), a `Settings` class of its own that reads its
environment variables, and is built as `Connector(settings, http)`. Calls are coroutines; mapping is pure.
"""

from connectors.protocols.carrier import Capabilities, Carrier, Label, ShipmentRequest, TrackedParcel
from connectors.protocols.delivery_reports import DeliveryReport, DeliveryReporter, ReportDelivery
from connectors.protocols.document import Document
from connectors.protocols.fulfillment import (
    FulfillmentPartner,
    FulfillmentRequest,
    PartnerOrder,
    PartnerParcel,
    PickLine,
    ShippingRequirements,
    Stage,
)
from connectors.protocols.label_list import LabelLister, SoldLabel
from connectors.protocols.notifier import Message, Notifier
from connectors.protocols.printer import Printer, PrintJob
from connectors.protocols.report_sink import ReportSink
from connectors.protocols.sales_channel import (
    ChannelLocation,
    LineCancellation,
    RefundRequest,
    SalesChannel,
    ShipmentReport,
    StockSource,
    SubscriptionHealth,
    WebhookNotice,
)
from connectors.protocols.tracking import TrackingSender

__all__ = [
    "Capabilities",
    "Carrier",
    "ChannelLocation",
    "DeliveryReport",
    "DeliveryReporter",
    "Document",
    "FulfillmentPartner",
    "FulfillmentRequest",
    "Label",
    "LabelLister",
    "LineCancellation",
    "Message",
    "Notifier",
    "PartnerOrder",
    "PartnerParcel",
    "PickLine",
    "PrintJob",
    "Printer",
    "RefundRequest",
    "ReportDelivery",
    "ReportSink",
    "SalesChannel",
    "ShipmentReport",
    "ShipmentRequest",
    "ShippingRequirements",
    "SoldLabel",
    "Stage",
    "StockSource",
    "SubscriptionHealth",
    "TrackedParcel",
    "TrackingSender",
    "WebhookNotice",
]
