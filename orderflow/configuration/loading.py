"""From the JSON of `orderflow-config.json` to a configuration that can be relied on.

1. Understand squashed spelling, with a warning each.
2. Check every section's shape and every rule's conditions; tell all problems at once.
3. Check that what is named exists: locations, strategies, recipients. Without any locations, unknown ones are warnings.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from orderflow.configuration.findings import problems_in
from orderflow.configuration.model import Configuration
from orderflow.configuration.references import problems_of, warnings_of
from orderflow.configuration.spelling import respelled
from orderflow.rules.parser import parse_conditions
from orderflow.rules.problem import Problem, RuleError


class ConfigurationError(Exception):
    """A configuration that cannot be used, with every problem found: where it is, what is wrong, what would mend it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


def load_configuration(document: Mapping[str, Any]) -> tuple[Configuration, tuple[str, ...]]:
    """The configuration and the warnings a person should read. Raises ConfigurationError with all problems."""
    if not isinstance(document, Mapping):
        raise ConfigurationError([Problem(path="the document", message="expected an object of settings")])
    warnings: list[str] = []
    configuration = _configuration(respelled(document, warnings.append))
    problems = problems_of(configuration)
    if problems:
        raise ConfigurationError(problems)
    return configuration, (*warnings, *warnings_of(configuration))


def _configuration(document: dict[str, Any]) -> Configuration:
    problems = _rule_problems(document)
    try:
        configuration = Configuration.model_validate(document)
    except ValidationError as error:
        problems = [*problems_in(error, document, Configuration), *problems]
        raise ConfigurationError(problems) from None
    if not problems:
        problems = _rule_set_problems(configuration)
    if problems:
        raise ConfigurationError(problems)
    return configuration


def _rule_problems(document: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with conditions, even where the rules or lanes around them have mistakes of their own."""
    problems: list[Problem] = []
    for section in ("routing_rules", "lanes"):
        written = document.get(section)
        for index, one in enumerate(written if isinstance(written, list) else ()):
            try:
                parse_conditions(_conditions(one), f"{section}[{index}].conditions")
            except RuleError as error:
                problems.extend(error.problems)
    return problems


def _conditions(one: Any) -> Any:
    written = one.get("conditions", {}) if isinstance(one, Mapping) else {}
    return written if isinstance(written, Mapping) else {}


def _rule_set_problems(configuration: Configuration) -> list[Problem]:
    try:
        configuration.rule_set()
    except RuleError as error:
        return list(error.problems)
    return []
