"""How fast rules find what applies to an order, beside a decision table of zen-engine, and whether they are right."""
