"""What the configuration's types allow at a place: the settings of a section, the choices of a value."""

from collections.abc import Mapping, Sequence
from enum import Enum
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel


def alternatives(annotation: Any) -> tuple[Any, ...]:
    """The types a value may have, with unions and annotations taken apart."""
    if get_origin(annotation) is Annotated:
        return alternatives(get_args(annotation)[0])
    if get_origin(annotation) in {Union, UnionType}:
        return tuple(one for part in get_args(annotation) for one in alternatives(part))
    return (annotation,)


def settings_of(annotation: Any) -> Mapping[str, Any]:
    """The settings a section has, by the name they are written with, and their types; none for anything else."""
    models = [one for one in alternatives(annotation) if isinstance(one, type) and issubclass(one, BaseModel)]
    return {field.alias or name: field.annotation for one in models for name, field in one.model_fields.items()}


def choices_of(annotation: Any) -> tuple[str, ...]:
    """The words a value must be one of; none where it is free."""
    found: list[str] = []
    for one in alternatives(annotation):
        if get_origin(one) is Literal:
            found += [str(choice) for choice in get_args(one)]
        elif isinstance(one, type) and issubclass(one, Enum):
            found += [str(member.value) for member in one]
    return tuple(found)


def member_type(annotation: Any, step: str | int) -> Any:
    """The type of what lies one step further: a setting, an entry of an object, a member of a list."""
    settings = settings_of(annotation)
    if step in settings:
        return settings[str(step)]
    wanted = dict if isinstance(step, str) else tuple
    containers = [one for one in alternatives(annotation) if get_origin(one) is wanted]
    if not containers:
        return Any
    return get_args(containers[0])[1 if wanted is dict else 0]


def type_at(annotation: Any, path: Sequence[str | int]) -> Any:
    """The type at the end of a path into the document; Any where the types do not say."""
    for step in path:
        annotation = member_type(annotation, step)
    return annotation
