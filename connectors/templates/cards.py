"""Slack cards: notices as Block Kit blocks.

Everything that came from outside is escaped, so `<!channel>` in a customer's name stays text, and every text is cut
to what Slack takes, so a long order cannot make the whole message fail.
"""

import re
from collections.abc import Iterable, Sequence
from functools import singledispatch

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContextBlock,
    HeaderBlock,
    MarkdownTextObject,
    PlainTextObject,
    SectionBlock,
)

from connectors.protocols import Message
from orderflow.notices.notice import StaffNotice
from orderflow.notices.staff.alerts import Alert
from orderflow.notices.staff.exception_notice import ExceptionNotice
from orderflow.notices.staff.routing_card import RoutingCard

FIELD_LIMIT = 2000
FIELDS_PER_SECTION = 10
MAX_BLOCKS = 50

Facts = Iterable[tuple[str, str]]


def card(notice: StaffNotice, channel: str, key: str) -> Message:
    """The notice as a Slack message with blocks; the text alone is what a phone's banner shows.

    Raises NotImplementedError for a notice that has no card.
    """
    blocks = [_header(notice.headline), *body_blocks(notice), *_buttons(notice)][:MAX_BLOCKS]
    return Message(
        key=key,
        recipient=channel,
        subject=notice.subject,
        text=escaped(notice.subject),
        data={"blocks": [block.to_dict() for block in blocks]},
        for_everyone=isinstance(notice, ExceptionNotice),
    )


@singledispatch
def body_blocks(notice: StaffNotice) -> list[Block]:
    """What stands between the headline and the button."""
    raise NotImplementedError(f"{type(notice).__name__} has no Slack card")


@body_blocks.register
def _routing(notice: RoutingCard) -> list[Block]:
    facts = (
        ("Order", notice.order),
        ("Customer", notice.customer),
        ("Total", notice.total),
        ("Primary Warehouse", notice.location),
        ("Stock Check", "\n".join(notice.stock_check) or "n/a"),
        ("Est. Delivery", notice.delivery_window),
        ("Label", notice.label_state),
        *([("Status", notice.status)] if notice.status else []),
    )
    return [
        *_fields(facts),
        _section("Items", notice.items),
        _section("Reason", [notice.reason]),
        *([_section("Actions", notice.actions)] if notice.actions else []),
        _context(f"Confidence: {notice.confidence} | Route Score: {notice.route_score}"),
    ]


@body_blocks.register
def _exception(notice: ExceptionNotice) -> list[Block]:
    facts = (
        ("Status", notice.status),
        ("Time Detected", notice.detected_at),
        ("Customer", notice.customer),
        ("Value", notice.value),
        ("Severity", notice.severity),
        ("Action Required", notice.action_required),
    )
    ranked = [f"{rank}. {action}" for rank, action in enumerate(notice.actions, 1)]
    return [
        *_fields(facts),
        _section("Problem", [*notice.facts, *([f"→ {notice.verdict}"] if notice.verdict else [])]),
        *([_section("Recommended Actions", ranked)] if ranked else []),
        _context(f"Auto-escalates to {notice.escalates_to} in {notice.escalates_in}"),
    ]


@body_blocks.register
def _alert(notice: Alert) -> list[Block]:
    return _fields((fact.label, fact.text) for fact in notice.facts)


def escaped(text: str, limit: int = SectionBlock.text_max_length) -> str:
    """The text with Slack's three control characters escaped, cut to the limit but never inside an escape."""
    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return safe if len(safe) <= limit else re.sub(r"&\w*$", "", safe[: limit - 1]) + "…"


def _header(text: str) -> Block:
    return HeaderBlock(text=PlainTextObject(text=escaped(text, HeaderBlock.text_max_length), emoji=True))


def _fields(facts: Facts) -> list[Block]:
    texts = [_titled(label, [value], FIELD_LIMIT) for label, value in facts]
    chunks = (texts[start : start + FIELDS_PER_SECTION] for start in range(0, len(texts), FIELDS_PER_SECTION))
    return [SectionBlock(fields=chunk) for chunk in chunks]


def _section(label: str, lines: Sequence[str]) -> Block:
    return SectionBlock(text=_titled(label, lines, SectionBlock.text_max_length))


def _titled(label: str, lines: Sequence[str], limit: int) -> MarkdownTextObject:
    title = f"*{escaped(label, 100)}*\n"
    # Verbatim: Slack must not turn "@here" or "#general" in a name into a mention of its own accord.
    return MarkdownTextObject(text=title + escaped("\n".join(lines), limit - len(title)), verbatim=True)


def _context(text: str) -> Block:
    return ContextBlock(elements=[PlainTextObject(text=escaped(text, FIELD_LIMIT), emoji=True)])


def _buttons(notice: StaffNotice) -> list[Block]:
    buttons = [*_answers(notice)]
    if notice.link:
        style = None if buttons else "primary"
        buttons.append(ButtonElement(text="Open the order", url=notice.link, action_id="open_order", style=style))
    return [ActionsBlock(elements=buttons)] if buttons else []


def _answers(notice: StaffNotice) -> Iterable[ButtonElement]:
    """Buttons for a case that waits for a yes or a no; what they mean, connectors/slack_buttons.py reads."""
    if isinstance(notice, ExceptionNotice) and notice.case_id:
        yield ButtonElement(text="Approve", action_id="approve_order", value=notice.case_id, style="primary")
        yield ButtonElement(text="Reject", action_id="reject_order", value=notice.case_id, style="danger")
