"""The measurements, one function each."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psutil

from benchmarks.percentiles import percentile
from benchmarks.pipeline.plant import Plant

SETTLE_SECONDS = 600.0


def throughput(plant: Plant, first_number: int, count: int) -> float:
    """Orders a second, from the first webhook's receipt to the last label, all stages and their messages included."""
    deliveries = plant.place(first_number, count)
    before = plant.query("SELECT COALESCE(MAX(received_at), 0) FROM inbox")[0][0]
    done_before = fulfilled(plant)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(plant.poster(), deliveries))
    wait_until(plant, done_before + count)
    rows = plant.query(f"SELECT MIN(received_at) FROM inbox WHERE received_at > {int(before)}")
    last = plant.query("SELECT MAX(occurred_at) FROM order_event WHERE kind = 'label_purchased'")
    return count / ((last[0][0] - rows[0][0]) / 1000)


def fulfilled(plant: Plant) -> int:
    """How many orders have all their labels."""
    return plant.query("SELECT COUNT(*) FROM orders WHERE status = 'fulfilled'")[0][0]


def wait_until(plant: Plant, wanted: int) -> None:
    """Returns when that many orders are fulfilled and every message about them is sent."""
    deadline = time.monotonic() + SETTLE_SECONDS
    unsent = "SELECT COUNT(*) FROM outbox WHERE state IN ('new', 'sending')"
    while fulfilled(plant) < wanted or plant.query(unsent)[0][0]:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{fulfilled(plant)} of {wanted} orders were fulfilled in {SETTLE_SECONDS:.0f} s")
        time.sleep(0.5)


def webhook_to_routed(plant: Plant, first_number: int, count: int) -> float:
    """The 95th percentile of the seconds from a webhook's receipt to its decision, one order at a time."""
    done_before = fulfilled(plant)
    post = plant.poster()
    for delivery in plant.place(first_number, count):
        post(delivery)
        time.sleep(1.3)
    wait_until(plant, done_before + count)
    times = plant.query(
        "SELECT d.occurred_at - i.received_at FROM orders o "
        "JOIN inbox i ON i.source = o.source AND i.external_id = o.external_id "
        "JOIN order_event d ON d.order_id = o.id AND d.kind = 'decision' ORDER BY d.occurred_at DESC "
        f"LIMIT {int(count)}"
    )
    return percentile([row[0] / 1000 for row in times], 95)


def receiver_latency(plant: Plant, first_number: int, seconds: int, *, paid: bool, per_second: int = 50) -> float:
    """The 99th percentile of a webhook's milliseconds at this rate, sent evenly by clients that keep connections.

    Unpaid orders are taken in and wait; paid ones are routed, labelled and announced at the same time, on the same
    cores, which is more than two cores can do of fifty a second.
    """
    deliveries = plant.place(first_number, seconds * per_second, paid=paid)
    started = time.perf_counter()
    post = plant.poster()

    def send(numbered: tuple[int, dict[str, Any]]) -> float:
        number, delivery = numbered
        time.sleep(max(0.0, started + number / per_second - time.perf_counter()))
        return post(delivery)

    with ThreadPoolExecutor(8) as pool:
        times = list(pool.map(send, enumerate(deliveries)))
    return percentile(times, 99) * 1000


def family(pids: list[int]) -> list[psutil.Process]:
    """These processes and all their children that are alive."""
    roots = [psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)]
    return [process for root in roots for process in (root, *root.children(recursive=True))]


def memory_mb(pids: list[int]) -> float:
    """Resident memory of the processes together; pages they share are counted once each (PSS)."""
    return sum(process.memory_full_info().pss for process in family(pids)) / 1024**2


def cpu_percent(pids: list[int], seconds: float) -> float:
    """Share of one core the processes used over these seconds; a child counts while it is seen."""
    before = {process.pid: sum(process.cpu_times()[:2]) for process in family(pids)}
    time.sleep(seconds)
    used = 0.0
    for process in family(pids):
        used += sum(process.cpu_times()[:2]) - before.get(process.pid, 0.0)
    return 100 * used / seconds
