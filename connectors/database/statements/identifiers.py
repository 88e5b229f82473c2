"""The ids we give: ULIDs, so that they sort by the time they were made."""

from ulid import ULID


def new_id() -> str:
    """A fresh id of 26 characters."""
    return str(ULID())
