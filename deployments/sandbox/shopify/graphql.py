"""As much GraphQL as it takes to answer a client honestly: it gets the fields it asks for, and nothing else.

A document is parsed into operations and fragments. A value is then projected: of a dict the asked fields are taken,
a field that is a function is called with the field's arguments, a field that is not there is an error, as Shopify
would say. Types, directives other than on root fields and subscriptions are not known here.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|#[^\n]*|\.\.\.|[{}()\[\]:!$@=]|-?\d+(?:\.\d+)?|[_A-Za-z]\w*')
_WORDS = {"true": True, "false": False, "null": None}


class GraphqlError(Exception):
    """The document or its variables are refused before anything is done."""


@dataclass(frozen=True)
class Variable:
    """A place in the arguments where a variable's value goes."""

    name: str


@dataclass(frozen=True)
class Field:
    """A field that is asked for, or with a `type_condition` a group of fields for one type only."""

    name: str
    alias: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    directives: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    selections: Sequence["Field"] = ()
    spread: str = ""
    type_condition: str = ""


@dataclass(frozen=True)
class Operation:
    """A query or a mutation with the types of its variables, by their names."""

    kind: str
    name: str
    variables: Mapping[str, str]
    selections: Sequence[Field]


@dataclass
class Document:
    """Everything one request's text defines."""

    operations: dict[str, Operation] = field(default_factory=dict)
    fragments: dict[str, Sequence[Field]] = field(default_factory=dict)


@lru_cache(maxsize=64)
def parse(text: str) -> Document:
    """The document. Raises GraphqlError for a text that is none."""
    try:
        return _Parser(text).document()
    except (StopIteration, IndexError, ValueError) as error:
        raise GraphqlError(f"Parse error on {str(error) or 'end of document'}") from None


def checked_variables(operation: Operation, given: Mapping[str, Any]) -> dict[str, Any]:
    """The variables with null for what is optional. Raises GraphqlError for one unknown or missing."""
    unknown = sorted(set(given) - set(operation.variables))
    if unknown:
        raise GraphqlError(f"Variable ${unknown[0]} is not defined by {operation.name}")
    for name, kind in operation.variables.items():
        if kind.endswith("!") and given.get(name) is None:
            raise GraphqlError(f"Variable ${name} of type {kind} was provided invalid value")
    return {name: given.get(name) for name in operation.variables}


def resolved(value: Any, variables: Mapping[str, Any]) -> Any:
    """An argument's value with the variables put in."""
    if isinstance(value, Variable):
        return variables[value.name]
    if isinstance(value, Mapping):
        return {name: resolved(inner, variables) for name, inner in value.items()}
    return [resolved(inner, variables) for inner in value] if isinstance(value, list) else value


def project(value: Any, selections: Sequence[Field], document: Document, variables: Mapping[str, Any]) -> Any:
    """The asked part of the value. Raises GraphqlError for a field it does not have."""
    if value is None:
        return None
    if isinstance(value, list):
        return [project(each, selections, document, variables) for each in value]
    if not isinstance(value, Mapping):
        raise GraphqlError("Selections can't be made on scalars")
    answer: dict[str, Any] = {}
    for asked in _flat(value, selections, document):
        answer[asked.alias or asked.name] = _field(value, asked, document, variables)
    return answer


def _flat(value: Mapping[str, Any], selections: Sequence[Field], document: Document) -> Iterator[Field]:
    for asked in selections:
        if asked.spread:
            yield from _flat(value, document.fragments[asked.spread], document)
        elif not asked.type_condition:
            yield asked
        elif value.get("__typename") == asked.type_condition:
            yield from _flat(value, asked.selections, document)


def _field(value: Mapping[str, Any], asked: Field, document: Document, variables: Mapping[str, Any]) -> Any:
    if asked.name not in value:
        raise GraphqlError(f"Field '{asked.name}' doesn't exist on type '{value.get('__typename', 'Object')}'")
    inner = value[asked.name]
    if callable(inner):
        inner = inner(**resolved(asked.arguments, variables))
    if asked.selections:
        return project(inner, asked.selections, document, variables)
    if isinstance(inner, Mapping):
        raise GraphqlError(f"Field '{asked.name}' returns an object and must have selections")
    return inner


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = [token for token in _TOKEN.findall(text) if not token.startswith("#")]
        self._at = 0

    def document(self) -> Document:
        document = Document()
        while self._at < len(self._tokens):
            kind, name = self._next(), self._next()
            if kind == "fragment":
                self._expect("on")
                self._next()
                document.fragments[name] = self._selections()
            elif kind in {"query", "mutation"}:
                document.operations[name] = Operation(kind, name, self._definitions(), self._selections())
            else:
                raise ValueError(repr(kind))
        return document

    def _definitions(self) -> dict[str, str]:
        definitions = {}
        if self._peek() == "(":
            self._next()
            while self._peek() != ")":
                self._expect("$")
                name = self._next()
                self._expect(":")
                definitions[name] = self._type()
            self._next()
        return definitions

    def _type(self) -> str:
        kind = ""
        while self._peek() not in {"$", ")"}:
            kind += self._next()
        return kind

    def _selections(self) -> list[Field]:
        self._expect("{")
        selections = []
        while self._peek() != "}":
            selections.append(self._group() if self._peek() == "..." else self._field())
        self._next()
        return selections

    def _group(self) -> Field:
        self._next()
        word = self._next()
        if word != "on":
            return Field(name="", spread=word)
        kind = self._next()
        return Field(name="", type_condition=kind, selections=self._selections())

    def _field(self) -> Field:
        name, alias = self._next(), ""
        if self._peek() == ":":
            self._next()
            alias, name = name, self._next()
        arguments = self._arguments()
        directives = {}
        while self._peek() == "@":
            self._next()
            directive = self._next()
            directives[directive] = self._arguments()
        selections = self._selections() if self._peek() == "{" else ()
        return Field(name, alias, arguments, directives, selections)

    def _arguments(self) -> dict[str, Any]:
        arguments = {}
        if self._peek() == "(":
            self._next()
            while self._peek() != ")":
                name = self._next()
                self._expect(":")
                arguments[name] = self._value()
            self._next()
        return arguments

    def _members(self) -> dict[str, Any]:
        members = {}
        while self._peek() != "}":
            name = self._next()
            self._expect(":")
            members[name] = self._value()
        self._next()
        return members

    def _value(self) -> Any:
        word = self._next()
        if word == "$":
            return Variable(self._next())
        if word == "{":
            return self._members()
        if word == "[":
            values = []
            while self._peek() != "]":
                values.append(self._value())
            self._next()
            return values
        if word.startswith('"'):
            return word[1:-1].replace('\\"', '"').replace("\\\\", "\\")
        if word.lstrip("-").isdigit():
            return int(word)
        return _WORDS.get(word, word)

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _next(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1]

    def _expect(self, token: str) -> None:
        if self._next() != token:
            raise ValueError(f"{self._tokens[self._at - 1]!r}, expected {token!r}")
