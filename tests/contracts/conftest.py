"""Shows, at the end of a run, which requests were held against which specification, and what was skipped and why."""

from collections import Counter
from pathlib import PurePath

import pytest
from specification_table import TABLE


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    lines = TABLE.lines() + skipped_lines(terminalreporter.stats.get("skipped", []))
    if lines:
        terminalreporter.section("requests against the vendors' specifications")
        for line in lines:
            terminalreporter.write_line(line)


def skipped_lines(reports: list[pytest.TestReport]) -> list[str]:
    """One line for each file of contract tests and reason something of it was skipped."""
    skipped = Counter(
        (PurePath(report.nodeid.split("::")[0]).name, report.longrepr[2].removeprefix("Skipped: "))
        for report in reports
        if "contracts" in PurePath(report.nodeid.split("::")[0]).parts and isinstance(report.longrepr, tuple)
    )
    return [f"not checked: {count} of {name}: {why}" for (name, why), count in sorted(skipped.items())]
