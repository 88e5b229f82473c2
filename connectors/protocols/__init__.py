"""The kinds of connectors, one file each. One module in a kind's folder is one connector, found by discovery.

Every class has a `code` (its name in configuration and tables), a `Settings` class of its own that reads its
environment variables, and is built as `Connector(settings, http)`. Calls are coroutines; mapping is pure.
"""

from connectors.protocols.carrier import Capabilities, Carrier, Label, ShipmentRequest, TrackedParcel
from connectors.protocols.document import Document
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
    "Document",
    "Label",
    "LineCancellation",
    "Message",
    "Notifier",
    "PrintJob",
    "Printer",
    "RefundRequest",
    "ReportSink",
    "SalesChannel",
    "ShipmentReport",
    "ShipmentRequest",
    "StockSource",
    "SubscriptionHealth",
    "TrackedParcel",
    "TrackingSender",
    "WebhookNotice",
]
