"""How every outside service misbehaves: the shares of calls that go wrong, and in which way."""

import httpx

# Of a hundred calls: five answer 500 (half of them after the work was done), three ask to slow down, two do the work
# and break the answer off or say nothing for longer than anybody waits, one answers something nobody can read, and
# three are slow.
SHARES = (
    ("error_500", 0.025, 0.0),
    ("error_500_done", 0.025, 0.0),
    ("rate_limited", 0.03, 1.0),
    ("cut_off", 0.015, 0.0),
    ("silent", 0.005, 25.0),
    ("nonsense", 0.01, 0.0),
    ("slow", 0.03, 1.0),
)
SERVICES = ("shipstation", "shippo", "sendgrid", "twilio", "slack", "shopify", "google_sheets")


def misbehave(sandbox_address: str) -> None:
    """From now on every service misbehaves at its shares."""
    for service in SERVICES:
        for mode, share, seconds in SHARES:
            fault = {"service": service, "operation": "*", "mode": mode, "share": share, "seconds": seconds}
            httpx.post(f"{sandbox_address}/faults", json=fault, timeout=30).raise_for_status()


def behave(sandbox_address: str) -> None:
    """From now on everything works."""
    httpx.delete(f"{sandbox_address}/faults", timeout=30).raise_for_status()
