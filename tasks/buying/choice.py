"""Choosing a carrier by the shop's setting, with what the books say of every carrier, and keeping why."""

from collections.abc import Sequence
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from connectors.database import carriage
from connectors.database.carriage import CarrierChoice
from connectors.database.session import moment
from connectors.shop import Shop
from orderflow.rules.actions import Actions
from orderflow.shipping.performance import CarrierRecord, Performance
from orderflow.shipping.rate import Rate
from orderflow.shipping.rate_choice import RateChoice, Selection, carrier_of_quarter, choose_rate
from tasks.labelling.job import LabelJob, Offer

MEASURED_EVERY_MS = 10 * 60 * 1000

# Measuring reads months of parcels, and a shift chooses every second: the figures are used for some minutes.
_measured: WeakKeyDictionary[Shop, tuple[int, list[CarrierRecord]]] = WeakKeyDictionary()


def selection_of(shop: Shop, conn: Connection) -> Selection:
    """How this shop chooses today: whose quarter it is, and each carrier's record where the choice goes by it."""
    settings = shop.configuration.fulfillment
    now_ms = shop.database.now_ms(conn)
    records = _records(conn, shop, now_ms) if settings.carrier_selection == "performance" else []
    today = moment(now_ms).astimezone(ZoneInfo(shop.configuration.shop.timezone)).date()
    return Selection(
        name=settings.carrier_selection,
        default_carrier=settings.default_carrier,
        turn=carrier_of_quarter(settings.carrier_rotation, today),
        currency=shop.configuration.shop.currency,
        performance=Performance(records, settings.carrier_performance),
    )


def _records(conn: Connection, shop: Shop, now_ms: int) -> list[CarrierRecord]:
    measured_ms, records = _measured.get(shop, (0, []))
    if now_ms - measured_ms >= MEASURED_EVERY_MS:
        days = shop.configuration.fulfillment.carrier_performance.trailing_days
        records = carriage.carrier_records(conn, days)
        _measured[shop] = (now_ms, records)
    return records


def choose(job: LabelJob, rates: Sequence[Rate], actions: Actions, selection: Selection) -> RateChoice:
    """The rate to buy for this parcel: a rule's wish before the customer's, both before the shop's setting."""
    return choose_rate(
        rates,
        speed=job.request.speed,
        preferred_carrier=actions.carrier or job.stored.order.customer.preferred_carrier,
        selection=selection,
        within_days=actions.delivery_days,
    )


def as_kept(offer: Offer, selection: str) -> CarrierChoice:
    """The choice as it is kept beside the parcel."""
    rate, choice = offer.rate, offer.choice
    return CarrierChoice(
        shipment_id=offer.job.shipment.id,
        order_id=offer.job.stored.id,
        carrier=rate.carrier,
        selection=selection,
        reason=choice.reason,
        cost=rate.cost,
        market=choice.market,
        offers=choice.offers,
    )
