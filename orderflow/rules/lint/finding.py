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
    MISSING_HOLE = "missing_hole"
    UNMATCHED = "unmatched"
    NO_EFFECT = "no_effect"
    NEVER_FIRED = "never_fired"
    NO_EXCEPTION_BRANCH = "no_exception_branch"
    NO_ROLLBACK = "no_rollback"


class LintFinding(Value):
    """One probable defect: the rules it is about, what is wrong, an example that shows it, and what would mend it.

    `rule_ids` begins with the rule that is wrong and goes on with those in its way; () is the whole set or a lane.
    """

    code: LintCode
    rule_ids: tuple[str, ...] = ()
    message: str
    example: str = ""
    remedy: str

    @property
    def rule_id(self) -> str:
        """The rule that is wrong; "" for the whole set."""
        return self.rule_ids[0] if self.rule_ids else ""

    def __str__(self) -> str:
        shown = f" ({self.example})" if self.example else ""
        return f"{self.rule_id or 'rule set'}: {self.message}{shown}; {self.remedy}"
