"""The table of threats names tests that are there, and every test of a row is in the table."""

import re

from conventions.repository import ROOT, python_files

TABLE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")


def test_every_row_of_the_table_has_its_test_and_every_test_its_row():
    named = set(re.findall(r"`(test_\w+\.py)`", TABLE))
    there = {path.name for path in python_files("tests")}
    rows = {name for name in there if name.startswith("test_row_")}
    assert named <= there
    assert rows <= named
    assert {int(name.split("_")[2]) for name in rows} == {*range(1, 14), 16, 17, 19, 20}
