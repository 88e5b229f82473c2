"""Tests are sentences about behaviour, and say which requirements they prove."""

import ast
import re

from conventions.repository import functions, name_of, python_files

ID = re.compile(r"^(OF|OUT|LANE|FUL|OMS)-\d+$")
SHORTEST_SENTENCE = 4


def test_every_test_is_named_as_a_sentence():
    mumbled = [
        f"{name_of(path)}: {function.name}"
        for path in python_files("tests")
        for function in functions(path)
        if function.name.startswith("test_") and len(function.name.split("_")[1:]) < SHORTEST_SENTENCE
    ]
    assert not mumbled


def test_every_requirement_marker_names_an_id():
    wrong = [
        f"{name_of(path)}: {argument.value!r}"
        for path in python_files("tests")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "requirement"
        for argument in node.args
        if not (isinstance(argument, ast.Constant) and ID.match(str(argument.value)))
    ]
    assert not wrong


def test_no_two_test_files_share_a_name():
    names = [path.name for path in python_files("tests") if path.name.startswith("test_")]
    assert sorted(set(names)) == sorted(names)
