"""The reference of connectors as a page: docs/connectors.md is made of it."""

from collections.abc import Iterator
from pathlib import Path

from connectors.catalogue import Entry, catalogue
from connectors.protocols.carrier import Capabilities
from connectors.settings import Variable
from connectors.transport.http import CALL_TIMEOUT_SECONDS, CALLS_AT_ONCE, READ_ATTEMPTS
from deployments.sandbox.app import simulator_names
from orderflow.configuration.sections import LABELS_PER_MINUTE

# What stands above the generated part stays as somebody wrote it.
BEGIN = "<!-- Made by `orderflow connectors list --markdown`; what follows is not edited by hand. -->"


def reference_page() -> str:
    """The generated part of the page: what all have in common, a table of each kind, then every connector."""
    entries = catalogue()
    kinds = {entry.folder: [one for one in entries if one.folder == entry.folder] for entry in entries}
    parts = (line for folder, members in kinds.items() for line in _kind(folder, members))
    return "\n".join((BEGIN, "", *_manner(), *parts))


def rewritten(page: str) -> str:
    """The page with its generated part made anew. Raises ValueError for a page that has none."""
    written, _, _ = page.partition(BEGIN)
    if written == page:
        raise ValueError("the page has no generated part")
    return f"{written}{reference_page().strip()}\n"


def page_in(root: Path) -> Path:
    """Where the page lies in a checkout."""
    return root / "docs" / "connectors.md"


def _manner() -> Iterator[str]:
    yield from (
        "## The same for all",
        "",
        f"- A call ends after {CALL_TIMEOUT_SECONDS:.0f} seconds; one service is asked {CALLS_AT_ONCE} things at once.",
        f"- What only reads is tried {READ_ATTEMPTS} times. What changes something there is sent once.",
        "- A service that asks to slow down is left alone as long as it says.",
        f"- Labels: {LABELS_PER_MINUTE} a minute for each carrier account, unless "
        "`fulfillment.label_limits_per_minute` names another number.",
        "",
    )


def _kind(folder: str, members: list[Entry]) -> Iterator[str]:
    yield from (f"## {folder.replace('_', ' ').capitalize()} ({len(members)})", "")
    yield from ("| code | what it is | webhooks in | stand-in |", "|---|---|---|---|")
    for one in members:
        stand_in = f"`sandbox/{one.code}`" if one.code in simulator_names() else "needs none"
        yield f"| `{one.code}` | {one.summary} | {'yes' if one.receives_webhooks else 'no'} | {stand_in} |"
    yield ""
    for one in members:
        yield from _connector(one)


def _connector(entry: Entry) -> Iterator[str]:
    yield from (f"### `{entry.code}`", "", f"Can be asked to: {', '.join(f'`{verb}`' for verb in entry.verbs)}.", "")
    if entry.capabilities:
        yield from (_after_unknown(entry.capabilities), "")
    if entry.variables:
        yield from (entry.settings, "")
        yield from ("| variable | needed | secret | unless set |", "|---|---|---|---|")
        yield from map(_row, entry.variables)
    else:
        yield "No settings."
    yield ""


def _row(variable: Variable) -> str:
    default = f"`{variable.default}`" if variable.default else ""
    needed, secret = ("yes" if sign else "" for sign in (variable.is_required, variable.is_secret))
    return f"| `{variable.name}` | {needed} | {secret} | {default} |"


def _after_unknown(capabilities: Capabilities) -> str:
    """What becomes of a purchase whose answer never came, in the order of the policy."""
    if capabilities.unique_reference:
        return "After an unknown answer the purchase is sent again: one reference is sold once."
    if capabilities.find_by_reference:
        seconds = capabilities.max_commit_delay_seconds
        return f'After an unknown answer it is asked by reference; "not found" counts {seconds} seconds after the call.'
    if not capabilities.orphan_is_billed:
        return "After an unknown answer the purchase is sent again: a label nobody uses is not billed."
    return "After an unknown answer a person decides: it cannot be asked, and an unused label is billed."
