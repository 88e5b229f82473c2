"""Paths into JSON: what they find, and how they say that they cannot be understood."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.described.paths import pick, steps_of

DOCUMENT = {"id": 7, "buyer": {"e mail": "a@b.c", "groups": [{"name": "VIP"}, {}, {"name": "B2B"}]}, "rows": [[1, 2]]}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("$", DOCUMENT),
        ("$.id", 7),
        ("id", 7),
        ("$.buyer['e mail']", "a@b.c"),
        ('$.buyer["e mail"]', "a@b.c"),
        ("$.buyer.groups[0].name", "VIP"),
        ("$.buyer.groups[*].name", ["VIP", "B2B"]),
        ("$.rows[0][1]", 2),
        ("$.rows[*][0]", [1]),
        ("$.buyer.groups[9].name", None),
        ("$.id.name", None),
        ("$.nobody", None),
        ("$.id[*]", []),
    ],
)
def test_a_path_finds_what_stands_there(path, found):
    assert pick(DOCUMENT, path) == found


@pytest.mark.parametrize(
    "path", ["$..id", "$.rows[?(@.x)]", "$.rows[-1]", "$.a b", "$.rows[0", "", "$.__import__('os')"]
)
def test_what_is_no_path_says_from_where_on(path):
    with pytest.raises(ValueError, match=r"cannot be understood from .* on: steps are"):
        steps_of(path)


@given(st.text(max_size=20))
def test_any_text_is_a_path_or_is_refused(text):
    try:
        steps_of(text)
    except ValueError:
        return
    pick(DOCUMENT, text)
