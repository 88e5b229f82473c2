"""The invoices we post to Xero, and the rows we push to Power BI, held against the vendors' own specifications."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from contracts.test_report_sinks import LINES, PLACES, ROWS
from openapi_faults import request_faults
from sandbox_server import RunningSandbox, running_sandbox
from shared_material import shared_path
from specification_table import hold_against

from connectors.registry import build
from connectors.report_sinks.xero import XeroSettings, invoices_of

openapi_core = pytest.importorskip("openapi_core")
testing = pytest.importorskip("openapi_core.testing")
jsonschema = pytest.importorskip("jsonschema")

SETTINGS = XeroSettings(XERO_CLIENT_ID="client", XERO_CLIENT_SECRET="secret", XERO_TENANT_ID="tenant")


@pytest.fixture(scope="module")
def xero() -> Any:
    """Xero's specification, cut down to the one path we post to, as the whole takes long to check."""
    text = shared_path("contracts/accounting/xero_accounting.yaml").read_bytes()
    document = yaml.load(text, Loader=yaml.CSafeLoader)
    document["paths"] = {"/Invoices": document["paths"]["/Invoices"]}
    return openapi_core.OpenAPI.from_dict(document, config=openapi_core.Config(spec_validator_cls=None))


def posted(body: Any, **headers: str) -> Any:
    return testing.MockRequest(
        "https://api.xero.com",
        "post",
        "/api.xro/2.0/Invoices",
        args={"summarizeErrors": "false"},
        headers={
            "Content-Type": "application/json",
            "Xero-Tenant-Id": "tenant",
            "Authorization": "Bearer x",
            **headers,
        },
        data=json.dumps(body).encode(),
        content_type="application/json",
    )


@pytest.mark.requirement("OF-90")
def test_the_invoices_we_post_are_valid_against_xeros_specification(xero: Any) -> None:
    body = {"Invoices": invoices_of(LINES, SETTINGS)}
    assert len(body["Invoices"]) == 2
    faults = request_faults(xero, posted(body, **{"Idempotency-Key": "k" * 64}))
    hold_against("xero_accounting.yaml", "xero", "POST /Invoices", faults)


def test_an_invoice_of_another_shape_would_be_found_out(xero: Any) -> None:
    body = {"Invoices": invoices_of(LINES, SETTINGS)}
    body["Invoices"][0]["Type"] = "INVOICE"
    (fault,) = request_faults(xero, posted(body))
    assert "INVOICE" in fault


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as running:
        yield running


@pytest.mark.requirement("OF-90")
def test_the_rows_we_push_are_of_the_shape_power_bi_describes(sandbox: RunningSandbox, tmp_path: Path) -> None:
    swagger = json.loads(shared_path("contracts/powerbi/swagger.json").read_text(encoding="utf-8-sig"))
    path = "/v1.0/myorg/datasets/{datasetId}/tables/{tableName}/rows"
    assert "post" in swagger["paths"][path]

    async def push() -> None:
        sink = build("report_sinks", "power_bi", PLACES["power_bi"].variables(sandbox.url, tmp_path))
        await sink.upsert("Weekly report", "key", ("key", "figure", "value"), ROWS)
        await sink.aclose()

    asyncio.run(push())
    rows = [entry["row"] for entry in sandbox.books("power_bi").entries("rows")]
    schema = {**swagger["definitions"]["PostRowsRequest"], "definitions": swagger["definitions"]}
    faults = jsonschema.Draft4Validator(schema).iter_errors({"rows": rows})
    hold_against("swagger.json", "power_bi", "POST rows", [fault.message for fault in faults])
    assert list(jsonschema.Draft4Validator(schema).iter_errors({"rows": "none"}))
