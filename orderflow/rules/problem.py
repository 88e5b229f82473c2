"""What is wrong with a rule or a setting, in words an operations engineer can act on."""

from collections.abc import Sequence

from orderflow.value import Value


class Problem(Value):
    """One mistake: the path to it ("routing_rules[1].conditions.order_valu"), what is wrong, and what would mend it."""

    path: str
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" + (f"; {self.remedy}" if self.remedy else "")


class RuleError(Exception):
    """Rules that cannot be understood, with every problem found, not only the first."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


def did_you_mean(names: Sequence[str]) -> str:
    """The remedy that offers the closest known names; empty where there is none."""
    return f"did you mean {' or '.join(names)}?" if names else ""
