"""The sample order of the routing card, and the notices made of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from orderflow.address import Address
from orderflow.decision import Decision, Outcome, PlannedLine, PlannedShipment, SourcingPlan
from orderflow.holds import Hold, HoldReason
from orderflow.inventory import StockLevel
from orderflow.location import LocationKind
from orderflow.money import Money
from orderflow.notices.customer.backorder_notice import BackorderNotice, backorder_notice, restock_window
from orderflow.notices.customer.delivery_notices import delay_notice, delivered_notice, shipped_notice
from orderflow.notices.customer.order_summary import order_summary
from orderflow.notices.notice import CustomerNotice, Letterhead
from orderflow.notices.parcels import ShippedParcel
from orderflow.notices.purchase_order import PurchaseLine, PurchaseOrder
from orderflow.notices.staff.escalation import Severity
from orderflow.notices.staff.exception_notice import ExceptionNotice, exception_notice
from orderflow.notices.staff.recommended_actions import Offer, Shortage, shortage_actions
from orderflow.notices.staff.routing_card import EffectState, LabelEffect, RoutingCard, RoutingEffects, routing_card
from orderflow.order import Customer, Order, OrderLine, PaymentStatus
from orderflow.shipping.rate import ShippingSpeed

NOW = datetime(2024, 1, 16, 10, 15, tzinfo=UTC)
LETTERHEAD = Letterhead(shop="Widget House", console_url="https://ops.example.com")
TITLES = {"warehouse_east": "Warehouse East", "warehouse_central": "Warehouse Central"}
CUSTOMER = Customer(name="Dana Whitfield", email="dana@example.com", phone="+1 512 555 0100", tier="VIP")
WIDGETS = PlannedLine(line_no=1, sku="WIDGET-PRO", quantity=12)


def usd(amount: str) -> Money:
    """Dollars."""
    return Money.of(amount, "USD")


def sample_order(**changes: Any) -> Order:
    """Order ORD-2024-087654: twelve widgets and four service packs, which nobody has to ship."""
    line = OrderLine(
        line_no=1, line_id="1", sku="WIDGET-PRO", title="Widget Pro", quantity=12, unit_price=usd("187.50")
    )
    pack = OrderLine(line_no=2, line_id="2", sku="SP", title="ServicePack", quantity=4, unit_price=usd("50"))
    values: dict[str, Any] = {
        "source": "shopify",
        "external_id": "5551",
        "number": "ORD-2024-087654",
        "placed_at": NOW,
        "updated_at": NOW,
        "payment_status": PaymentStatus.PAID,
        "total": usd("2450"),
        "customer": CUSTOMER,
        "destination": Address(name="Dana Whitfield", line1="12 Elm St", city="Austin", region="TX", country="US"),
        "lines": (line, pack.model_copy(update={"requires_shipping": False})),
        "note": "please leave at the door",
    }
    return Order(**{**values, **changes})


def planned(number: int = 1, location: str = "warehouse_east", units: int = 12, days: int = 2) -> PlannedShipment:
    """A parcel of so many widgets."""
    return PlannedShipment(
        number=number,
        location=location,
        source=LocationKind.WAREHOUSE,
        lines=(WIDGETS.model_copy(update={"quantity": units}),),
        weight_grams=6000,
        speed=ShippingSpeed.EXPEDITED,
        estimated_cost=usd("45"),
        estimated_days=days,
        promised_from=NOW + timedelta(days=days),
        promised_to=NOW + timedelta(days=days + 2),
    )


def sample_decision(*shipments: PlannedShipment, **changes: Any) -> Decision:
    """The decision to send everything from the east, which has 47 widgets left to promise."""
    values: dict[str, Any] = {
        "source": "shopify",
        "external_id": "5551",
        "outcome": Outcome.SHIP,
        "reason": "VIP priority + lowest shipping cost ($45 vs $89)",
        "plan": SourcingPlan(shipments=shipments or (planned(),)),
        "stock": (
            StockLevel(location="warehouse_east", sku="WIDGET-PRO", on_hand=59, reserved=12),
            StockLevel(location="warehouse_central", sku="WIDGET-PRO", on_hand=7131),
        ),
        "route_score": 9.2,
        "confidence": 0.98,
        "decided_at": NOW,
    }
    return Decision(**{**values, **changes})


DONE = RoutingEffects(
    labels=(LabelEffect(carrier="fedex", service="2-Day", state=EffectState.DONE, printing=EffectState.DONE),),
    reserved=(WIDGETS,),
    customer_mail=EffectState.DONE,
    alerts=(("#fulfillment", EffectState.DONE),),
)


def sample_card(effects: RoutingEffects = DONE, **changes: Any) -> RoutingCard:
    """The sample card."""
    return routing_card(sample_order(**changes), sample_decision(), effects, TITLES, LETTERHEAD)


def sample_parcel(number: int = 1, units: int = 12, parcel_count: int = 1, **changes: Any) -> ShippedParcel:
    """A parcel of so many widgets on its way with FedEx."""
    values: dict[str, Any] = {
        "number": number,
        "parcel_count": parcel_count,
        "lines": (WIDGETS.model_copy(update={"quantity": units}),),
        "carrier": "fedex",
        "service": "2-Day",
        "tracking_number": f"77489913275{number}",
        "tracking_url": f"https://track.example.com/77489913275{number}",
        "promised_from": planned().promised_from,
        "promised_to": planned().promised_to,
    }
    return ShippedParcel(**{**values, **changes})


def sample_exception(severity: Severity = Severity.MEDIUM, **changes: Any) -> ExceptionNotice:
    """The sample exception: twelve ordered, eleven left, found a quarter of an hour ago."""
    shortage = Shortage(product="Widget Pro", ordered=12, left=11)
    hold = Hold(
        reason=HoldReason.INVENTORY,
        code="stock_changed",
        detail="Stock changed since the order was routed.",
        remedy="Choose one of the recommended actions.",
    )
    return exception_notice(
        sample_order(**changes),
        hold,
        severity=severity,
        detected_at=NOW,
        now=NOW + timedelta(minutes=15),
        letterhead=LETTERHEAD,
        shortages=[shortage],
        actions=shortage_actions(shortage, [Offer(location="Warehouse Central", units=30, extra_cost=usd("12"))]),
    )


def sample_backorder(units: int = 5, **changes: Any) -> BackorderNotice:
    """Some widgets wait for the usual two to three weeks."""
    line = WIDGETS.model_copy(update={"quantity": units})
    links = {"wait_link": "https://widget.example.com/w/1", "cancel_link": "https://widget.example.com/c/1"}
    restock = restock_window(NOW, None)
    return backorder_notice(sample_order(**changes), [line], LETTERHEAD, restock=restock, now=NOW, **links)


def customer_notices(**changes: Any) -> dict[str, CustomerNotice]:
    """Every notice a customer can get, by the name of its golden file."""
    order, parcel = sample_order(**changes), sample_parcel()
    partial = sample_parcel(units=7, parcel_count=2)
    return {
        "order_summary": order_summary(order, sample_decision(), LETTERHEAD),
        "order_summary_split": order_summary(order, sample_decision(*_split()), LETTERHEAD),
        "order_shipped": shipped_notice(order, parcel, LETTERHEAD),
        "order_shipped_partly": shipped_notice(order, partial, LETTERHEAD),
        "order_delayed": delay_notice(order, parcel, LETTERHEAD, NOW + timedelta(days=8)),
        "order_delivered": delivered_notice(order, parcel, LETTERHEAD, NOW + timedelta(days=3)),
        "order_backordered": sample_backorder(**changes),
    }


def sample_purchase() -> PurchaseOrder:
    """A draft for a hundred widgets."""
    return PurchaseOrder(
        number="PO-77",
        supplier="Acme Parts",
        lines=(PurchaseLine(sku="WIDGET-PRO", product="Widget Pro", quantity=100),),
        created_at=NOW,
        needed_by=NOW + timedelta(days=10),
    )


def _split() -> tuple[PlannedShipment, PlannedShipment]:
    return planned(units=11), planned(2, "warehouse_central", units=1, days=5)
