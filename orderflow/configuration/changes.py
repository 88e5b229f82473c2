"""What is different between two configurations, in words."""

from collections.abc import Iterator
from typing import Any

from orderflow.configuration.model import Configuration
from orderflow.rules.changes import RuleChange, rule_changes
from orderflow.rules.sentences import shown
from orderflow.value import Value


class SettingChange(Value):
    """A setting outside the rules: "fulfillment.batch_size", with what it was and what it is, "" for not set."""

    path: str
    was: str
    now: str

    def __str__(self) -> str:
        return f"{self.path}: {self.now or 'not set'}, before {self.was or 'not set'}"


class Changes(Value):
    """All that is different: rules first, then settings in the order of the sections."""

    rules: tuple[RuleChange, ...] = ()
    settings: tuple[SettingChange, ...] = ()

    @property
    def sentences(self) -> tuple[str, ...]:
        """One sentence for each; none where both configurations do the same."""
        return (*map(str, self.rules), *map(str, self.settings))


def changes_between(old: Configuration, new: Configuration) -> Changes:
    """What became different from the old configuration to the new one. Examples of rules are left out."""
    before, after = (one.model_dump(mode="json", exclude={"routing_rules"}) for one in (old, new))
    return Changes(rules=rule_changes(old.rule_set(), new.rule_set()), settings=tuple(_settings("", before, after)))


def _settings(path: str, was: Any, now: Any) -> Iterator[SettingChange]:
    """The settings at and under the path that are different, each told at the deepest place that is in both."""
    if was == now:
        return
    before, after = _members(was), _members(now)
    if before is None or after is None:
        yield SettingChange(path=path, was=_told(was), now=_told(now))
        return
    for name in dict.fromkeys((*before, *after)):
        place = f"{path}.{name}".lstrip(".") if isinstance(now, dict) else f"{path}[{name}]"
        yield from _settings(place, before.get(name), after.get(name))


def _members(value: Any) -> dict[str, Any] | None:
    """The members of an object by name, and of a list of named things by their names; None for anything else."""
    if isinstance(value, dict):
        return value
    if not isinstance(value, list) or not value or not all(isinstance(member, dict) for member in value):
        return None
    names = [_name_of(member) for member in value]
    return dict(zip(names, value, strict=True)) if all(names) and len(set(names)) == len(names) else None


def _name_of(member: dict[str, Any]) -> str:
    if "sku" in member:
        return f"{member['sku']} {member.get('variant', '')}".strip()
    return str(member.get("code") or member.get("name") or member.get("url") or "")


def _told(value: Any) -> str:
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, dict):
        return _name_of(value) or ", ".join(f"{name} {_told(member)}" for name, member in value.items())
    return ", ".join(map(_told, value)) if isinstance(value, list) else shown(value)
