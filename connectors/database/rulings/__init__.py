"""What people ruled about orders, and who may: kept apart from the orders, so that no new decision forgets it."""

from connectors.database.rulings.approvals import ApprovalRow, approvals_of, give_approval, grant
from connectors.database.rulings.button_presses import ButtonPress, keep_press, new_presses, press_failed, settle_press
from connectors.database.rulings.delegations import (
    DelegationRow,
    delegate,
    delegations_in_force,
    list_delegations,
    revoke_delegation,
)
from connectors.database.rulings.standing import add_rejection, forget_override, rulings_of, set_override

__all__ = [
    "ApprovalRow",
    "ButtonPress",
    "DelegationRow",
    "add_rejection",
    "approvals_of",
    "delegate",
    "delegations_in_force",
    "forget_override",
    "give_approval",
    "grant",
    "keep_press",
    "list_delegations",
    "new_presses",
    "press_failed",
    "revoke_delegation",
    "rulings_of",
    "set_override",
    "settle_press",
]
