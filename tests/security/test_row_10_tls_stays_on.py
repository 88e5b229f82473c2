"""Row 10, TLS switched off: after everything of ours is imported, a server that is nobody's is still refused."""

import asyncio
import importlib
import pkgutil
import ssl
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest
from conventions.repository import RINGS
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from connectors.errors import TryAgain
from connectors.transport.connection import Connection
from connectors.transport.http import HttpClient, tls_context


def import_everything():
    for ring in RINGS:
        for module in pkgutil.walk_packages(importlib.import_module(ring).__path__, f"{ring}."):
            if not module.name.endswith(("__main__", ".env")) and ".migrations.versions." not in module.name:
                importlib.import_module(module.name)


@pytest.fixture
def impostor(tmp_path):
    """An HTTPS server whose certificate nobody signed but itself; the port, and what it was asked."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / "server.pem").write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.pem")
    asked = []

    class Page(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

    server = HTTPServer(("127.0.0.1", 0), Page)
    server.handle_error = lambda *_: None
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port, asked
    server.shutdown()
    server.server_close()


def test_a_server_with_a_certificate_of_its_own_is_never_asked_anything(impostor):
    import_everything()
    port, asked = impostor

    async def read():
        async with HttpClient("impostor", f"https://localhost:{port}") as http:
            await http.write("GET", "/secret")

    with pytest.raises(TryAgain, match="CERTIFICATE_VERIFY_FAILED"):
        asyncio.run(read())
    assert asked == []


def test_a_checked_address_must_show_the_certificate_of_the_name_it_was_found_by(impostor, tmp_path):
    port, asked = impostor
    trusting = ssl.create_default_context(cafile=tmp_path / "server.pem")

    async def read(name):
        async with httpx.AsyncClient(transport=Connection(trusting)) as client:
            return await client.get(f"https://127.0.0.1:{port}/", extensions={"sni_hostname": name})

    assert asyncio.run(read("localhost")).status_code == 200
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        asyncio.run(read("bank.example"))
    assert asked == ["/"]


def test_no_import_loosens_what_python_and_we_check():
    import_everything()
    assert ssl._create_default_https_context is ssl.create_default_context
    assert (tls_context().verify_mode, tls_context().check_hostname) == (ssl.CERT_REQUIRED, True)
    assert tls_context().minimum_version >= ssl.TLSVersion.TLSv1_2
