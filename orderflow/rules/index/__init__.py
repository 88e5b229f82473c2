"""Which of many rules an order meets, found for all of them at once.

1. Each rule becomes rows: lists of comparisons that must all be true; the rule is met if one of its rows is. One row
   is one bit.
2. For every field there is a table from what an order may have there to the bits of the rows still possible.
3. An order's answer is the AND of those bits over the fields; what tables cannot say (stock of one SKU, lines) is then
   asked of the few rows that are left.
"""

from orderflow.rules.index.rule_index import RuleIndex

__all__ = ["RuleIndex"]
