"""The `orderflow` command in a folder of its own."""

from command_line import here, home, run

__all__ = ["here", "home", "run"]
