"""What is refused before anything is parsed."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.documents import MAX_DEPTH, check_document, read_document
from connectors.errors import Unreadable

LEAVES = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(-1e99, 1e99) | st.text()
DOCUMENTS = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=30)


@given(DOCUMENTS)
def test_an_ordinary_document_is_read_as_any_parser_would(document):
    body = json.dumps(document).encode()
    assert read_document(body) == json.loads(body)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"[" * 100_000 + b"]" * 100_000, "nested deeper"),
        (b'{"a":' * 33 + b"1" + b"}" * 33, "nested deeper"),
        (b"[" + b"1," * 100_001 + b"1]", "more than 100000 values"),
        (b'{"n":' + b"9" * 1_000_000 + b"}", "64 bits"),
        (b'{"n":1e999}', "64 bits"),
        (b'{"n":NaN}', "NaN"),
        (b'{"n":-Infinity}', "Infinity"),
        (("[" * 40 + "]" * 40).encode("utf-16"), "zero byte"),
        (b"not json", "not JSON"),
        (b'{"a":"\xff"}', "not JSON"),
        (b"", "not JSON"),
    ],
    ids=lambda case: "",
)
def test_a_document_that_could_hurt_the_reader_is_unreadable(body, reason):
    with pytest.raises(Unreadable, match=reason):
        read_document(body)


def test_brackets_and_digits_inside_texts_do_not_count():
    check_document(json.dumps({"note": "[" * 500 + '\\"' + "9" * 500 + " NaN"}).encode())


def test_the_deepest_allowed_nesting_is_read():
    assert read_document(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)
