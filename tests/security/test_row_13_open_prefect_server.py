"""Row 13, an open Prefect server: ours asks for its password, and the doctor says so of one that does not.

That the running server answers strangers with 401 is proved in deployments/test_orderflow_up.py.
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from deployments.server.prefect_settings import auth_file, prefect_variables


@contextmanager
def prefect_stand_in(*, closed: bool) -> Iterator[str]:
    """What the doctor asks of a Prefect server, from one that lets anybody in or only who has a password."""

    class Server(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            refused = closed and "Authorization" not in self.headers
            body = json.dumps({"token": "t"} if self.command == "GET" else []).encode()
            self.send_response(401 if refused else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = _answer  # noqa: N815 - named by the library

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/api"
    server.shutdown()
    server.server_close()


@pytest.mark.requirement("OF-160")
@pytest.mark.parametrize(("closed", "verdict"), [(True, "ok"), (False, "problem")])
def test_the_doctor_knows_a_server_that_lets_anybody_in(
    run: Callable, home: object, monkeypatch: pytest.MonkeyPatch, closed: bool, verdict: str
) -> None:
    with prefect_stand_in(closed=closed) as address:
        monkeypatch.setenv("PREFECT_API_URL", address)
        checks = {check["name"]: check for check in run("doctor", "--json").json}
    assert checks["Prefect server"]["verdict"] == verdict
    assert ("PREFECT_SERVER_API_AUTH_STRING" in checks["Prefect server"]["remedy"]) is not closed


def test_the_server_we_start_is_closed_encrypts_its_blocks_and_answers_no_other_page(home) -> None:
    settings = prefect_variables(home)
    user, _, password = settings["PREFECT_SERVER_API_AUTH_STRING"].partition(":")
    assert user and len(password) >= 32
    assert auth_file(home).stat().st_mode & 0o077 == 0
    assert len(settings["PREFECT_SERVER_ENCRYPTION_KEY"]) >= 32
    assert settings["PREFECT_SERVER_ENCRYPTION_KEY"] != password
    assert settings["PREFECT_SERVER_API_CSRF_PROTECTION_ENABLED"] == "true"
    assert settings["PREFECT_SERVER_CORS_ALLOWED_ORIGINS"] == home.prefect_address != "*"
