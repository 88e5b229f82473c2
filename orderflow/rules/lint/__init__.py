"""What is probably wrong with a rule set that can be read: rules that cannot matter, and orders that fall through."""

from orderflow.rules.lint.finding import LintCode, LintFinding
from orderflow.rules.lint.firing import Firing, never_fired
from orderflow.rules.lint.linter import lint, may_meet_both, order_without_a_rule

__all__ = ["Firing", "LintCode", "LintFinding", "lint", "may_meet_both", "never_fired", "order_without_a_rule"]
