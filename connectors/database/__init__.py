"""Our own database: the tables, and every SQL statement of the product."""
