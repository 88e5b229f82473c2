"""What is probably wrong with a rule set that can be read: rules that cannot matter, and orders that fall through."""

from orderflow.rules.lint.finding import LintCode, LintFinding
from orderflow.rules.lint.linter import lint

__all__ = ["LintCode", "LintFinding", "lint"]
