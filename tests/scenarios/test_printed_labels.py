"""Labels go by themselves to the mailboxes and printers of their location, each once."""

from base64 import b64decode
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from scenarios.floor import STAGES, Opener, ShopFloor, an_order

from deployments.demo.orders import DemoOrder
from deployments.demo.story import demo_configuration
from deployments.receiver.label_files import label_files
from tasks.telling.notify import notify_people

RATE_CARD = {"label_providers": ["rate_card"]}
DOCK = "dock@example.com"


def listening(sandbox: Any, **wish: Any) -> str:
    """The address of a raw printer that was just switched on."""
    port = httpx.post(f"{sandbox.address}/raw/_listen", json=wish).raise_for_status().json()["port"]
    return f"printer:raw://127.0.0.1:{port}"


def queue(sandbox: Any, name: str) -> str:
    return f"printer:ipp://{sandbox.address.removeprefix('http://')}/ipp/printers/{name}"


def floor_with(opener: Opener, *labels_to: str) -> ShopFloor:
    places = [place | {"labels_to": list(labels_to)} for place in demo_configuration("configuration")["locations"]]
    floor = opener(fulfillment=RATE_CARD, locations=places)
    floor.stock(50)
    return floor


def labelled(floor: ShopFloor) -> DemoOrder:
    order = an_order()
    floor.deliver(order)
    floor.work(*STAGES)
    return order


def printing(floor: ShopFloor, order: DemoOrder) -> list[dict[str, Any]]:
    return floor.outbox(kind="print", order_id=floor.stored(order).id)


def file_of(floor: ShopFloor, order: DemoOrder) -> bytes:
    return Path(floor.shipments(order)[0].label_path).read_bytes()


@pytest.mark.requirement("OF-56")
def test_a_label_is_printed_once_on_a_raw_port_and_once_in_a_queue(opener: Opener, sandbox: Any) -> None:
    floor = floor_with(opener, listening(sandbox), queue(sandbox, "zebra"))
    order = labelled(floor)
    floor.clock.forward(hours=1)
    floor.work(notify_people)
    (raw,), (queued,) = floor.books("raw", "jobs"), floor.books("ipp", "jobs")
    assert b64decode(raw["document"]) == b64decode(queued["document"]) == file_of(floor, order)
    assert (queued["queue"], queued["format"]) == ("zebra", "application/pdf")
    assert str(order.number) in queued["name"]
    assert [row["state"] for row in printing(floor, order)] == ["sent", "sent"]


@pytest.mark.requirement("OF-56")
def test_a_label_reaches_the_mailbox_of_its_location_with_the_file_attached(opener: Opener) -> None:
    floor = floor_with(opener, f"email:{DOCK}")
    order = labelled(floor)
    (mail,) = [row for row in floor.books("sendgrid", "mails") if row["recipient"] == DOCK]
    (attachment,) = mail["attachments"]
    assert attachment[1:] == ("application/pdf", len(file_of(floor, order)))


def test_a_label_file_is_handed_out_to_be_saved_and_by_its_content_alone(opener: Opener) -> None:
    floor = floor_with(opener)
    order = labelled(floor)
    (parcel,) = floor.shipments(order)
    app = FastAPI()
    app.include_router(label_files(floor.database))
    with TestClient(app) as client:
        answer = client.get(f"/labels/{parcel.label_sha256}")
        assert client.get("/labels/").status_code == client.get(f"/labels/{parcel.id}").status_code == 404
    assert answer.content == file_of(floor, order)
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert (answer.headers["content-type"], answer.headers["x-content-type-options"]) == ("application/pdf", "nosniff")


def test_a_printer_that_is_off_is_tried_again_and_then_the_team_gets_the_label(opener: Opener) -> None:
    floor = floor_with(opener, "printer:raw://127.0.0.1:9")
    order = labelled(floor)
    assert [row["state"] for row in printing(floor, order)] == ["new"]
    for _ in range(10):
        floor.clock.forward(minutes=10)
        floor.do(notify_people)
    (job,) = printing(floor, order)
    assert (job["state"], "cannot be reached" in job["last_error"]) == ("dead", True)
    told = floor.outbox(kind="label", order_id=floor.stored(order).id)
    assert told and all("/unprinted/" in row["dedup_key"] for row in told)


def test_a_queue_that_takes_no_jobs_now_prints_later(opener: Opener, sandbox: Any) -> None:
    floor = floor_with(opener, queue(sandbox, "busy"))
    sandbox.fail("ipp", "print", "error_inside", count=1)
    order = labelled(floor)
    assert floor.books("ipp", "jobs") == []
    floor.clock.forward(minutes=2)
    floor.work(notify_people)
    assert len(floor.books("ipp", "jobs")) == 1
    assert [row["state"] for row in printing(floor, order)] == ["sent"]


def test_a_job_of_which_nobody_knows_whether_it_printed_is_not_printed_again(opener: Opener, sandbox: Any) -> None:
    floor = floor_with(opener, queue(sandbox, "vague"))
    sandbox.fail("ipp", "print", "error_500_done", count=1)
    order = labelled(floor)
    floor.clock.forward(hours=2)
    floor.work(notify_people)
    assert len(floor.books("ipp", "jobs")) == 1
    assert [row["state"] for row in printing(floor, order)] == ["uncertain"]
