"""What the lint says of a rule."""

from enum import StrEnum

from orderflow.value import Value


class LintCode(StrEnum):
    """The kinds of defects that are found."""

    CONTRADICTORY = "contradictory"
    DUPLICATE = "duplicate"
    SHADOWED = "shadowed"
    UNREACHABLE = "unreachable"
    NUMERIC_HOLE = "numeric_hole"
    NO_EFFECT = "no_effect"
    NO_EXCEPTION_BRANCH = "no_exception_branch"


class LintFinding(Value):
    """One probable defect: the rule it is about ("" for the whole set), what is wrong, and what would mend it."""

    code: LintCode
    rule_id: str
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.rule_id or 'rule set'}: {self.message}; {self.remedy}"
