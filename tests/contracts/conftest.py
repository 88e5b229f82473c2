"""Shows, at the end of a run, which requests were held against which specification, and what was skipped and why."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path, PurePath

import pytest
from carrier_desk import CarrierDesk
from sandbox_server import RunningSandbox, running_sandbox
from specification_table import TABLE


@pytest.fixture(scope="session")
def carrier_sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as running:
        yield running


@pytest.fixture
def desk(carrier_sandbox: RunningSandbox, tmp_path: Path) -> Iterator[CarrierDesk]:
    """Every carrier, in front of one sandbox that behaves again afterwards."""
    yield CarrierDesk(carrier_sandbox, tmp_path)
    carrier_sandbox.app.state.faults.clear()


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
