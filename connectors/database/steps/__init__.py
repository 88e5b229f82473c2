"""The ledger of steps that spend money: the intent is written before the call, the outcome after it.

A step whose outcome nobody knows is not called again by `begin_steps`: that only hands it to a new owner, who asks the
provider. What follows from the answer, orderflow.effects decides; `call_again` is for providers that cannot sell twice.
"""

from connectors.database.steps.intents import BegunStep, StepIntent, begin_steps, call_again
from connectors.database.steps.ledger import StepRow, steps_by_key, steps_of, unresolved_steps
from connectors.database.steps.outcomes import StepResult, fail_step, finish_step, finish_steps, unknown_step

__all__ = [
    "BegunStep",
    "StepIntent",
    "StepResult",
    "StepRow",
    "begin_steps",
    "call_again",
    "fail_step",
    "finish_step",
    "finish_steps",
    "steps_by_key",
    "steps_of",
    "unknown_step",
    "unresolved_steps",
]
