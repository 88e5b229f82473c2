"""The manner of our SQL: many rows in one statement, and due rows claimed by lease."""
