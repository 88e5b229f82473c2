"""What UPS offers."""

from typing import Annotated

from pydantic import BeforeValidator

from connectors.carriers.ups.documents import Answer, Charge, Code, NegotiatedCharges, OneOrMany, ResponseHead
from orderflow.shipping.rate import Rate, speed_of

# "The requested service is unavailable between the selected locations", and the same said of the shipment.
NO_SERVICE = {"111210", "111217"}
# An offer that does not say how long it takes is counted as slower than any that does.
DAYS_UNSAID = 8

Days = Annotated[int | None, BeforeValidator(lambda days: days or None)]


class _Arrival(Answer):
    business_days_in_transit: Days = None


class _ServiceSummary(Answer):
    estimated_arrival: _Arrival = _Arrival()


class _TimeInTransit(Answer):
    service_summary: _ServiceSummary = _ServiceSummary()


class _RatedShipment(Answer):
    service: Code
    total_charges: Charge
    negotiated_rate_charges: NegotiatedCharges = NegotiatedCharges()
    time_in_transit: _TimeInTransit = _TimeInTransit()
    guaranteed_delivery: _Arrival = _Arrival()

    def as_rate(self) -> Rate:
        """The offer at the account's own price."""
        told = self.time_in_transit.service_summary.estimated_arrival.business_days_in_transit
        days = told or self.guaranteed_delivery.business_days_in_transit or DAYS_UNSAID
        return Rate(
            provider="ups",
            carrier="ups",
            service=self.service.code,
            speed=speed_of(days),
            cost=(self.negotiated_rate_charges.total_charge or self.total_charges).as_money(),
            days=days,
            rate_id=self.service.code,
        )


class _RateResponse(Answer):
    response: ResponseHead
    rated_shipment: OneOrMany[_RatedShipment] = ()


class RateAnswer(Answer):
    """The services offered."""

    rate_response: _RateResponse

    def as_rates(self) -> list[Rate]:
        """The offers; none where UPS says so inside an answer of 200."""
        return [shipment.as_rate() for shipment in self.rate_response.rated_shipment]
