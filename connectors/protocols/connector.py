"""What every connector has, of whatever kind it is."""

from abc import ABC
from typing import ClassVar


class Connector(ABC):
    """Something outside that is spoken to. `code` is its name in configuration, tables and commands."""

    code: ClassVar[str]

    async def check(self) -> str:
        """Asks the service something harmless with the credentials; returns what it showed, in a few words.

        "" where nothing can be asked without a consequence. Raises as every other call does.
        """
        return ""
