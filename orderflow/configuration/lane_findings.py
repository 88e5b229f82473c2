"""What keeps a lane from being put in force."""

from collections.abc import Iterable, Iterator

from orderflow.configuration.lanes import EXCEPTIONS, Lane
from orderflow.rules.lint import LintCode, LintFinding


def lane_findings(lanes: Iterable[Lane]) -> Iterator[LintFinding]:
    """For each lane the cases nobody gets, and a missing way back; nothing for a lane that may be released."""
    for lane in lanes:
        missing = [reason for reason in EXCEPTIONS if reason not in lane.exceptions]
        whom = f"lane {lane.code}" + ("" if lane.conditions else ", which is every order,")
        if missing:
            yield LintFinding(
                code=LintCode.NO_EXCEPTION_BRANCH,
                message=f"{whom} does not say who gets an order held for {', '.join(missing)}",
                example=f"for example an order of it with {_TROUBLE[missing[0]]}",
                remedy=f'add them to its exceptions: {{"{missing[0]}": "slack_channel:…"}}',
            )
        if not lane.rollback.strip():
            yield LintFinding(
                code=LintCode.NO_ROLLBACK,
                message=f"{whom} has no command that takes it back to manual routing",
                example="for example when failed labels rise on the day of its release",
                remedy='set its rollback: "orderflow config rollback"',
            )


_TROUBLE = {
    EXCEPTIONS[0]: "a payment that failed",
    EXCEPTIONS[1]: "an address without a city",
    EXCEPTIONS[2]: "a SKU nobody knows",
    EXCEPTIONS[3]: "a high risk",
}
