"""How often rules were applied, as the decisions tell."""

import json
from collections import Counter

from sqlalchemy import Connection, select

from connectors.database.tables import decision


def rules_applied(conn: Connection, since_ms: int) -> tuple[int, Counter[str]]:
    """How many decisions were made since then, and in how many of them each rule was applied with either branch."""
    query = select(decision.c.document).where(decision.c.decided_at >= since_ms)
    decisions, applied = 0, Counter[str]()
    for document in conn.execution_options(stream_results=True).scalars(query):
        decisions += 1
        applied.update({match["rule_id"] for match in json.loads(document)["rules"]})
    return decisions, applied
