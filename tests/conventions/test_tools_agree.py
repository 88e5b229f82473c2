"""The tools that read the whole code find nothing."""

import subprocess
import sys
from pathlib import Path

import pytest
from conventions.repository import ROOT

BIN = Path(sys.executable).parent
CHECKS = {
    "lint": ["ruff", "check", "--quiet", "--output-format=concise", "."],
    "format": ["ruff", "format", "--check", "--quiet", "--output-format=concise", "."],
    "types": ["ty", "check", "--no-progress", "--output-format=concise"],
    "rings": ["lint-imports"],
}


@pytest.mark.parametrize("check", CHECKS)
def test_the_tools_find_nothing_to_say(check):
    tool, *arguments = CHECKS[check]
    done = subprocess.run([BIN / tool, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(CHECKS[check])}\n{done.stdout[-3000:]}{done.stderr[-1000:]}"
