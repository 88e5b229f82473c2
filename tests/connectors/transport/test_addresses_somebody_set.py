"""Addresses somebody may set: none leads where a machine is told its secrets, and files lead to the internet only."""

import asyncio
import json
from pathlib import Path

import httpx
import pytest
from connector_variables import connector_variables

from connectors.catalogue import Entry, catalogue
from connectors.described.reach import reach_of
from connectors.errors import ConnectorError, Refused, TryAgain
from connectors.registry import build
from connectors.transport.http import HttpClient, verified_transport
from connectors.transport.metadata_guard import NoMetadata, is_metadata
from connectors.transport.public_internet import PublicInternet

POLICY = Path(__file__).parents[3] / "deployments" / "policy"
METADATA = ["169.254.169.254", "[fe80::1]", "[::ffff:169.254.169.254]", "[fd00:ec2::254]", "100.100.100.200", "0.0.0.0"]
ORDINARY = ["127.0.0.1", "10.0.0.7", "192.168.1.20", "93.184.216.34", "[::1]"]


class Wire(httpx.AsyncBaseTransport):
    """Keeps what would go over the network."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request.url.host)
        return httpx.Response(200)


def read(url: str, wire: Wire, **addresses: list[str]) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        if host not in addresses:
            raise OSError("no such name")
        return addresses[host]

    async def asked() -> None:
        async with HttpClient("example", url, transport=NoMetadata(wire, resolve=resolve)) as http:
            await http.write("GET", "things")

    asyncio.run(asked())


@pytest.mark.parametrize("host", METADATA)
def test_no_call_reaches_where_a_machine_is_told_its_secrets(host: str) -> None:
    wire = Wire()
    with pytest.raises(Refused) as refusal:
        read(f"http://{host}/latest", wire)
    assert (refusal.value.code, wire.sent) == ("forbidden_address", [])


@pytest.mark.parametrize("host", ORDINARY)
def test_a_service_in_the_shops_own_network_is_reached(host: str) -> None:
    wire = Wire()
    read(f"http://{host}:8080/api", wire)
    assert wire.sent == [host.strip("[]")]


def test_a_name_that_leads_there_as_well_is_refused_and_one_without_an_address_is_asked_later() -> None:
    wire = Wire()
    with pytest.raises(Refused):
        read("https://shop", wire, shop=["93.184.216.34", "169.254.169.254"])
    with pytest.raises(TryAgain):
        read("https://nobody", wire)
    read("https://shop", wire, shop=["10.0.0.7"])
    assert wire.sent == ["shop"]


def test_every_client_goes_through_the_guard_unless_it_has_a_stricter_one() -> None:
    assert isinstance(HttpClient("example", "https://api.example")._sender.transport, NoMetadata)


# Their clients are not an attribute of the connector, or another library's.
SPEAKS_OTHERWISE = {"slack", "google_sheets", "magento"}
# Every connector whose address is a setting, by the variable.
ADDRESSED = [
    pytest.param(entry, variable.name, id=variable.name)
    for entry in catalogue()
    for variable in entry.variables
    if variable.name in {f"{entry.code.upper()}_BASE_URL", f"{entry.code.upper()}_URL", "SHOPIFY_STORE_URL"}
    or variable.name in {"BIGCOMMERCE_API_URL", "WAREHOUSE_API_URL"}
]


@pytest.mark.parametrize(("entry", "variable"), ADDRESSED)
def test_every_connectors_address_is_guarded(
    entry: Entry, variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in {one.name for other in catalogue() for one in other.variables}:
        monkeypatch.delenv(name, raising=False)
    told = connector_variables("http://169.254.169.254", str(tmp_path))

    async def asked() -> None:
        connector = build(entry.folder, entry.code, told)
        clients = [one for one in vars(connector).values() if isinstance(one, HttpClient)]
        try:
            assert clients or entry.code in SPEAKS_OTHERWISE
            for client in clients:
                with pytest.raises(ConnectorError) as refusal:
                    await client.write("GET", "things")
                assert getattr(refusal.value, "code", "forbidden_address") == "forbidden_address"
        finally:
            if hasattr(connector, "aclose"):
                await connector.aclose()

    asyncio.run(asked())


@pytest.mark.parametrize(
    ("folder", "code", "file"),
    [("channels", "custom_rest", "custom_rest.json"), ("carriers", "regional", "regional_carrier.json")],
)
def test_an_address_out_of_a_file_reaches_the_public_internet_only(
    folder: str, code: str, file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CUSTOM_REST_URL", "REGIONAL_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    described = json.loads((POLICY / file).read_text()) | {"base_url": "https://127.0.0.1/api"}
    written = tmp_path / file
    written.write_text(json.dumps(described))
    told = {"CUSTOM_REST_TOKEN": "k", "REGIONAL_CARRIER_TOKEN": "k"}
    told |= {"CUSTOM_REST_FILE": str(written), "REGIONAL_CARRIER_FILE": str(written)}

    async def checked() -> None:
        connector = build(folder, code, told)
        try:
            await connector.check()
        finally:
            await connector.aclose()

    with pytest.raises(Refused) as refusal:
        asyncio.run(checked())
    assert refusal.value.code == "forbidden_address"


def test_an_address_of_the_operators_own_goes_where_it_says() -> None:
    own = verified_transport()
    assert isinstance(reach_of(""), PublicInternet)
    assert reach_of("http://10.0.0.7/api") is None
    assert reach_of("", own) is own


@pytest.mark.parametrize(("address", "forbidden"), [("169.254.1.1", True), ("fe80::1%eth0", True), ("10.1.1.1", False)])
def test_what_is_link_local_is_known_with_its_zone(address: str, forbidden: bool) -> None:
    assert is_metadata(address) == forbidden
