"""Small functions, small files, small folders, names that say something."""

import ast
from collections import Counter

import pytest
from conventions.repository import RINGS, functions, name_of, parsed, python_files, tracked_files

LONGEST_FUNCTION = 40
LONGEST_FILE = 250
FULLEST_FOLDER = 15
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "misc", "common"}


def test_no_function_is_longer_than_forty_lines():
    long = [
        f"{name_of(path)}:{function.lineno} {function.name}: {lines} lines"
        for path in python_files(*RINGS, "tests", "benchmarks")
        for function in functions(path)
        if (lines := function.end_lineno - function.lineno + 1) > LONGEST_FUNCTION
    ]
    assert not long


def test_no_file_is_longer_than_two_hundred_and_fifty_lines():
    files = python_files(*RINGS, "benchmarks")
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in files}
    assert not {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE}


def test_no_folder_has_more_than_fifteen_python_files():
    files = [path for path in python_files(*RINGS) if path.name != "__init__.py"]
    folders = Counter(name_of(path.parent) for path in files)
    assert not {folder: number for folder, number in folders.items() if number > FULLEST_FOLDER}


def test_no_file_or_folder_has_a_name_that_says_nothing():
    empty = [name_of(path) for path in tracked_files() if EMPTY_NAMES & {path.stem, *path.parent.parts}]
    assert not empty


@pytest.mark.parametrize("folder", [*RINGS, "tests", "benchmarks"])
def test_every_file_says_at_its_top_what_it_is_for(folder):
    silent = [name_of(path) for path in python_files(folder) if not ast.get_docstring(parsed(path))]
    assert not silent
