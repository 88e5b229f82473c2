"""What is different between two rule sets, in words: rules added, removed and changed, and what in them."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from orderflow.rules.actions import Actions
from orderflow.rules.parser import parse_conditions
from orderflow.rules.rule import Rule
from orderflow.rules.rule_set import RuleSet
from orderflow.rules.sentences import sentence, shown
from orderflow.value import Value

_DECIDING = ("name", "priority", "on_match", "on_else", "effective_from", "effective_until", "enabled")


class RuleChange(Value):
    """What became of one rule; `details` has a sentence for each condition, effect or setting that is different."""

    rule_id: str
    kind: Literal["added", "removed", "changed"]
    details: tuple[str, ...]

    def __str__(self) -> str:
        return f"rule {self.rule_id} {self.kind}: {'; '.join(self.details)}"


def rule_changes(old: RuleSet, new: RuleSet) -> tuple[RuleChange, ...]:
    """Every rule that is not the same in both: those gone first, then as the new set asks its rules."""
    before = {rule.id: rule for rule in old.rules}
    after = {rule.id: rule for rule, _ in new.in_order}
    gone = [
        RuleChange(rule_id=rule.id, kind="removed", details=(_summary(rule, old.currency),))
        for rule in old.rules
        if rule.id not in after
    ]
    return (*gone, *(change for rule in after.values() for change in _change(rule, before, old, new)))


def _change(rule: Rule, before: Mapping[str, Rule], old: RuleSet, new: RuleSet) -> Iterator[RuleChange]:
    was = before.get(rule.id)
    if was is None:
        yield RuleChange(rule_id=rule.id, kind="added", details=(_summary(rule, new.currency),))
        return
    details = [
        *_conditions_changed(was, rule, old.currency, new.currency),
        *_effects_changed("", was.actions, rule.actions),
        *_effects_changed("else ", was.otherwise, rule.otherwise),
        *_settings_changed(was, rule),
        *_moved(rule.id, old, new),
    ]
    if details:
        yield RuleChange(rule_id=rule.id, kind="changed", details=tuple(details))


def _summary(rule: Rule, currency: str) -> str:
    """The rule in a sentence: "if customer_tier is VIP then warehouse east"."""
    words = f"if {sentence(parse_conditions(rule.conditions, currency=currency))} then {effects_in_words(rule.actions)}"
    return words + (f", else {effects_in_words(rule.otherwise)}" if rule.otherwise else "")


def effects_in_words(actions: Actions) -> str:
    """What is to be done: "warehouse east, gift_wrap", "nothing"."""
    effects = actions.model_dump(mode="json", exclude_defaults=True)
    return ", ".join(name if effect is True else f"{name} {shown(effect)}" for name, effect in effects.items()) or (
        "nothing"
    )


def _conditions_changed(was: Rule, rule: Rule, was_in: str, now_in: str) -> Iterator[str]:
    before = {key: _entry(key, content, was_in) for key, content in was.conditions.items()}
    after = {key: _entry(key, content, now_in) for key, content in rule.conditions.items()}
    for key in dict.fromkeys((*before, *after)):
        if key not in after:
            yield f"no longer asks that {before[key]}"
        elif key not in before:
            yield f"asks that {after[key]} too"
        elif before[key] != after[key]:
            yield f"asks that {after[key]}, before that {before[key]}"


def _entry(key: str, content: Any, currency: str) -> str:
    return sentence(parse_conditions({key: content}, currency=currency))


def _effects_changed(branch: str, was: Actions | None, now: Actions | None) -> Iterator[str]:
    before, after = _effects(was), _effects(now)
    for name in dict.fromkeys((*before, *after)):
        if before.get(name) != after.get(name):
            yield f"{branch}{name}: {_told(after.get(name))}, before {_told(before.get(name))}"


def _effects(actions: Actions | None) -> dict[str, Any]:
    return actions.model_dump(mode="json", exclude_defaults=True) if actions else {}


def _settings_changed(was: Rule, rule: Rule) -> Iterator[str]:
    for name in _DECIDING:
        before, after = getattr(was, name), getattr(rule, name)
        if before != after:
            yield f"{name}: {_told(after)}, before {_told(before)}"


def _moved(rule_id: str, old: RuleSet, new: RuleSet) -> Iterator[str]:
    """Whether a rule of the same priority that stands in both sets has changed sides."""
    ahead = _ahead_of(rule_id, new) - _ahead_of(rule_id, old)
    both = {rule.id for rule in old.rules} & {rule.id for rule in new.rules}
    for other in (one.id for one, _ in new.in_order if one.id in ahead & both):
        if _priorities(old, rule_id, other) == _priorities(new, rule_id, other):
            yield f"is asked after {other}, before ahead of it"


def _ahead_of(rule_id: str, rules: RuleSet) -> set[str]:
    asked = [rule.id for rule, _ in rules.in_order]
    return set(asked[: asked.index(rule_id)])


def _priorities(rules: RuleSet, *rule_ids: str) -> list[int]:
    by_id = {rule.id: rule.priority for rule in rules.rules}
    return [by_id[rule_id] for rule_id in rule_ids]


def _told(value: Any) -> str:
    return "nothing" if value in (None, "") else shown(value)
