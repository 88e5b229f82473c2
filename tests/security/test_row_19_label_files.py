"""Row 19, label files: whatever a carrier or a visitor calls one, it lies in its folder and is only ever saved."""

from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from scenarios.floor import UP_TO_LABELS, ShopFloor, an_order

from connectors.protocols import Label
from deployments.receiver.label_files import label_files
from orderflow.money import Money
from tasks.labelling.keep import keep_file

PATHS = [
    "../../../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "/etc/passwd",
    "%2e%2e%2f%2e%2e%2fsecret.key",
    "....//....//secret.key",
    "label.pdf\0.html",
    "a" * 5000,
    "<script>.pdf",
]


@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize(
    "document", [b"%PDF-1.4 x", b"\x89PNG\r\n\x1a\n", b"^XA^XZ", b"<html><script>alert(1)</script>"]
)
def test_nothing_a_carrier_says_becomes_part_of_a_path(tmp_path: Path, name: str, document: bytes) -> None:
    named = {"carrier": name, "service": name, "tracking_number": name, "provider_reference": name}
    label = Label(provider=name, cost=Money.of(1, "USD"), document=document, document_url=name, **named)
    path, digest = keep_file(tmp_path / "labels", label)
    kept = Path(path).resolve()
    assert kept.is_relative_to(tmp_path / "labels")
    assert kept.stem == digest
    assert kept.suffix in {".pdf", ".png", ".zpl", ".bin"}
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [kept]


@pytest.fixture
def browser(floor: ShopFloor) -> TestClient:
    """Somebody who may open labels of a shop that has bought one."""
    floor.deliver(an_order())
    floor.work(*UP_TO_LABELS)
    app = FastAPI()
    app.include_router(label_files(floor.database))
    return TestClient(app)


@pytest.mark.requirement("OF-59")
def test_a_label_is_saved_and_never_shown_in_the_page(floor: ShopFloor, browser: TestClient) -> None:
    (row,) = floor.rows("SELECT label_sha256 FROM shipment WHERE label_path <> ''")
    answer = browser.get(f"/labels/{row['label_sha256']}")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "script" not in answer.headers["content-type"] and "html" not in answer.headers["content-type"]


@pytest.mark.parametrize("name", PATHS)
def test_nothing_a_visitor_asks_for_leaves_the_folder(browser: TestClient, name: str) -> None:
    for path in (quote(name), quote(name, safe=""), quote(name, safe="/%")):
        assert browser.get(f"/labels/{path}").status_code in {404, 414}
