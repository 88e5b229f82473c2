"""Links a customer answers by: sealed with the installation's key, so that nobody can make one or change one."""

from dataclasses import dataclass
from typing import Literal

from connectors.vault import Vault, VaultLocked

Answer = Literal["wait", "cancel"]
PATH = "/choices"

_ABOUT = "backorder"


@dataclass(frozen=True)
class Choice:
    """What the link says: the customer of this order waits for what is not there yet, or does not want it any more."""

    order_id: str
    answer: Answer


def choice_link(vault: Vault, public_url: str, choice: Choice) -> str:
    """The address that carries the answer; whoever has it may give it."""
    token = vault.seal(f"{_ABOUT}/{choice.order_id}/{choice.answer}".encode()).decode()
    return f"{public_url.rstrip('/')}{PATH}/{token}"


def choice_of(vault: Vault, token: str) -> Choice | None:
    """The answer a link carries; None for one that we did not make."""
    try:
        about, order_id, answer = vault.open(token.encode()).decode().split("/")
    except (VaultLocked, ValueError):
        return None
    if about != _ABOUT or answer not in {"wait", "cancel"}:
        return None
    return Choice(order_id, "wait" if answer == "wait" else "cancel")
