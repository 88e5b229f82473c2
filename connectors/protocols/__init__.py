"""The kinds of connectors, one file each. One module in a kind's folder is one connector, found by discovery.

Every class has a `code` (its name in configuration and tables), a `Settings` class of its own that reads its
environment variables, and is built as `Connector(settings, http)`. Calls are coroutines; mapping is pure.
"""

from connectors.protocols.carrier import Capabilities, Carrier, Label, ShipmentRequest
from connectors.protocols.document import Document
from connectors.protocols.notifier import Message, Notifier
from connectors.protocols.report_sink import ReportSink
from connectors.protocols.sales_channel import SalesChannel, ShipmentReport, WebhookNotice

__all__ = [
    "Capabilities",
    "Carrier",
    "Document",
    "Label",
    "Message",
    "Notifier",
    "ReportSink",
    "SalesChannel",
    "ShipmentReport",
    "ShipmentRequest",
    "WebhookNotice",
]
