"""Void a label that a person found at its provider and nobody wants, through the ledger."""

from connectors.database import steps
from connectors.database.orders import StoredOrder
from connectors.database.steps import StepIntent
from connectors.errors import ConnectorError
from connectors.shop import Shop
from orderflow.effects import StepState
from tasks.labelling.adopt import undecided_purchase


class NotVoided(ValueError):
    """The provider did not void the label, or nobody knows whether it did: repeat it, or void it there."""


async def void_found(shop: Shop, owner: str, stored: StoredOrder, provider_reference: str) -> None:
    """Voids the label of the order's undecided purchase; voiding twice changes nothing. Raises NotVoided.

    The purchase itself stays undecided: whether another is bought is said afterwards.
    """
    with shop.database.write() as conn:
        bought = undecided_purchase(conn, stored)
        key = f"{bought.key}/{provider_reference}/void"
        intent = StepIntent(key, stored.id, "void", bought.provider, bought.account, provider_reference)
        begun = steps.begin_steps(conn, [intent], owner)[key].row
    if begun.state is StepState.DONE:
        return
    error = await _void(shop, bought.provider, provider_reference)
    with shop.database.write() as conn:
        if error:
            steps.fail_step(conn, key, attempt=begun.attempt, owner=owner, error=error)
            raise NotVoided(f"{bought.provider} did not void {provider_reference}: {error}")
        steps.finish_step(conn, key, attempt=begun.attempt, owner=owner, provider_ref="", result={})


async def _void(shop: Shop, provider: str, provider_reference: str) -> str:
    """Empty where it is void now, else why not."""
    try:
        is_void = await shop.carrier(provider).void(provider_reference)
    except ConnectorError as error:
        return str(error)
    return "" if is_void else "the provider refuses"
