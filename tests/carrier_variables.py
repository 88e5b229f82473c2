"""The settings that lead every carrier's connector to the sandbox; those of the demonstration."""

from deployments.demo.carrier_variables import REGIONAL_CARRIER, carrier_variables

__all__ = ["REGIONAL_CARRIER", "carrier_variables"]
