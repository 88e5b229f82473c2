"""Tables that become files: which names may."""

import re

from connectors.errors import Refused


def file_name(table: str) -> str:
    """The table's name, which is then a file's too. Raises Refused for one that could lead out of its folder."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 _-]{0,99}", table):
        raise Refused("a table's name is letters, digits, spaces, '_' and '-'", field="table", code="invalid_name")
    return table
