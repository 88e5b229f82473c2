"""Whoever attacks gets the real things: a receiver that listens, a shop at work, the command line."""

from command_line import here, home, run
from receiver_server import installation, served
from scenarios.conftest import floor, opener, sandbox, shared_sandbox

__all__ = ["floor", "here", "home", "installation", "opener", "run", "sandbox", "served", "shared_sandbox"]
