"""What we may ask of a service: calls per minute and rest after failures, shared by all workers."""

from connectors.database.budgets.breaker import allowed, failed, failing, succeeded
from connectors.database.budgets.rate import slow_down, take

__all__ = ["allowed", "failed", "failing", "slow_down", "succeeded", "take"]
