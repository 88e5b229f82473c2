"""The activation of the deployments as a process of its own, which can be waited for and cancelled."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from typing import Any

from deployments.server.process import launcher


class Activation:
    """A running `deployments.server.activation`; it dies with us."""

    def __init__(self, environment: Mapping[str, str], *arguments: str) -> None:
        command = [*launcher(os.getpid()), sys.executable, "-m", "deployments.server.activation", *arguments]
        # Files, because nobody reads while it runs and a full pipe would stop it; they go when this object does.
        self._said, self._complained = tempfile.TemporaryFile(), tempfile.TemporaryFile()  # noqa: SIM115
        self._process = subprocess.Popen(  # noqa: S603 - our own command, no shell
            command, env=dict(environment), stdin=subprocess.DEVNULL, stdout=self._said, stderr=self._complained
        )

    @property
    def is_running(self) -> bool:
        """Whether it is still at it."""
        return self._process.poll() is None

    @property
    def problem(self) -> str:
        """Why it failed, once it has ended; empty where it did not."""
        return _text(self._complained) if self._process.returncode else ""

    def wait(self) -> dict[str, Any]:
        """Waits for its end; returns what it answered, {} where it failed."""
        self._process.wait()
        return json.loads(_text(self._said)) if self._process.returncode == 0 else {}

    def cancel(self) -> None:
        """Ends it before it is done."""
        self._process.terminate()
        self._process.wait()


def _text(file: Any) -> str:
    file.seek(0)
    return file.read().decode(errors="replace").strip()
