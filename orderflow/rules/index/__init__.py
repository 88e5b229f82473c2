"""Which of many rules an order meets, found for all of them at once.

1. Each rule becomes rows: lists of comparisons that must all be true; the rule is met if one of its rows is. One row
   is one bit.
2. For every field there is a table from what an order may have there to the bits of the rows still possible. An
   order's answer is the AND of those bits; the lowest bit is the first rule, all bits are all rules.
3. Fields that must be reckoned (stock at a location, a rate) are only read while a row that asks is still possible.
4. What no table can say, a question over lines or one that looks inside a text, is asked of the few rows left.
"""

from orderflow.rules.index.rule_index import RuleIndex

__all__ = ["RuleIndex"]
