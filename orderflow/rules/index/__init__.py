"""Which of many rules an order meets, found for all of them at once.

1. Each rule becomes rows: lists of comparisons that must all be true; the rule is met if one of its rows is. One row
   is one bit.
2. For a field that excludes many rows there is a table from what an order may have there to the bits of the rows still
   possible. An order's answer is the AND of those bits; nothing more is read once no row is left.
3. What has no table, because it would spare less than it costs or no table can say it, is asked of the few rows left.
4. For the first match very many rows are cut into stretches: most orders need only the first.
"""

from orderflow.rules.index.rule_index import RuleIndex

__all__ = ["RuleIndex"]
