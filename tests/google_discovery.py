"""What a Google discovery document finds wrong with a request, as sentences.

Its schemas are JSON Schema of an old draft with habits of their own: a `$ref` is the bare name of a schema, "any" is a
type, an object lists all its properties without saying that there are no others, and a property that is null counts
as left out (ProtoJSON Format, "null is an accepted value for all field types").
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

Document = dict[str, Any]
_KEPT = ("type", "enum", "required")
_WRITTEN = {"boolean": r"true|false", "integer": r"-?\d+", "string": r".*"}


@dataclass(frozen=True)
class Asked:
    """A request as it came over the wire: the path still encoded, below the service's root."""

    verb: str
    path: str
    query: Mapping[str, list[str]]
    body: bytes


@dataclass(frozen=True)
class Discovery:
    """One service's discovery document."""

    document: Document

    def method_of(self, asked: Asked) -> Document | None:
        """The method whose verb and path template the request has."""
        for method in methods(self.document["resources"]):
            if method["httpMethod"] == asked.verb and _template(method["flatPath"]).fullmatch(asked.path.lstrip("/")):
                return method
        return None

    def faults(self, asked: Asked) -> list[str]:
        """Everything wrong with path, query and body; nothing where the request is valid."""
        method = self.method_of(asked)
        if method is None:
            return [f"there is no {asked.verb} {asked.path}"]
        return [*self._query_faults(method, asked), *self._body_faults(method, asked)]

    def _query_faults(self, method: Document, asked: Asked) -> Iterator[str]:
        of_method = {name: one for name, one in method["parameters"].items() if one["location"] == "query"}
        known = self.document["parameters"] | of_method
        for name, values in asked.query.items():
            if name not in known:
                yield f"there is no parameter {name}"
            elif len(values) > 1 and not known[name].get("repeated"):
                yield f"{name} is given {len(values)} times"
            else:
                yield from (f"{name} cannot be {value!r}" for value in values if not _fits(known[name], value))

    def _body_faults(self, method: Document, asked: Asked) -> Iterator[str]:
        jsonschema = pytest.importorskip("jsonschema")
        if "request" not in method:
            yield from ["there should be no body"] if asked.body else []
            return
        definitions = {name: json_schema(one) for name, one in self.document["schemas"].items()}
        schema = {**json_schema(method["request"]), "$defs": definitions}
        for fault in jsonschema.Draft202012Validator(schema).iter_errors(json.loads(asked.body)):
            yield f"{fault.json_path}: {fault.message}"


def methods(resources: Document) -> Iterator[Document]:
    """Every method of the resources and of those within them."""
    for resource in resources.values():
        yield from resource.get("methods", {}).values()
        yield from methods(resource.get("resources", {}))


def json_schema(schema: Document) -> Document:
    """The schema as JSON Schema 2020-12, where an object has no properties but those it lists."""
    if "$ref" in schema:
        return {"$ref": f"#/$defs/{schema['$ref']}"}
    translated = {name: schema[name] for name in _KEPT if name in schema and schema[name] != "any"}
    if "properties" in schema:
        translated["properties"] = {
            name: {"if": {"type": "null"}, "else": json_schema(one)} for name, one in schema["properties"].items()
        }
        translated["additionalProperties"] = False
    for name in ("items", "additionalProperties"):
        if name in schema:
            translated[name] = json_schema(schema[name])
    return translated


def _template(path: str) -> re.Pattern[str]:
    """A path's pattern: a variable is one step, whose colons come encoded."""
    return re.compile(
        "".join(r"[^/:]+" if part[:1] == "{" else re.escape(part) for part in re.split(r"(\{\w+\})", path))
    )


def _fits(parameter: Document, value: str) -> bool:
    return value in parameter.get("enum", [value]) and bool(re.fullmatch(_WRITTEN[parameter["type"]], value))
