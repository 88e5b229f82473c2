"""Whether a port is free, said before anything is started."""

import socket

from deployments.home import LOOPBACK
from deployments.server.problems import PortTaken


def require_free(port: int, *, purpose: str, option: str) -> None:
    """Returns if nobody listens on the loopback port; raises PortTaken otherwise."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            variable = "ORDERFLOW_" + option.removeprefix("--").replace("-", "_").upper()
            remedy = f"stop what listens there, or choose another with {option} or {variable}"
            raise PortTaken(f"port {port} for the {purpose} is taken: {remedy}") from None


def free_port() -> int:
    """A loopback port that was free a moment ago."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((LOOPBACK, 0))
        return probe.getsockname()[1]
