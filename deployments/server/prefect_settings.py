"""How Prefect is set up on this machine: closed to others, quiet, and tuned for batches. Figures: docs/decisions."""

from pathlib import Path

from connectors.vault import create_key_file, read_key_file
from deployments.home import Home

WORK_POOL = "orderflow"
OPERATOR = "operator"

# The recorder's and persister's defaults cost three times the server's time per task run.
TUNED = {
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_READ_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
    "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": "P1D",
    "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
    "PREFECT_WORKER_QUERY_SECONDS": "5",
}
QUIET = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
    "PREFECT_CLI_PROMPT": "false",
    "PREFECT_CLI_COLORS": "false",
}
CLOSED = {"PREFECT_SERVER_API_CSRF_PROTECTION_ENABLED": "true"}


def auth_string(home: Home) -> str:
    """What a person signs in to the Prefect UI with; made on first use and kept in a file for its owner only."""
    return f"{OPERATOR}:{_kept_secret(auth_file(home))}"


def auth_file(home: Home) -> Path:
    """The file of the Prefect UI's password."""
    return home.home / "prefect-password.key"


def prefect_variables(home: Home) -> dict[str, str]:
    """The environment of the Prefect server and of everything that talks to it."""
    return {
        **TUNED,
        **QUIET,
        **CLOSED,
        "PREFECT_HOME": str(home.home / "prefect"),
        "PREFECT_API_URL": f"{home.prefect_address}/api",
        "PREFECT_SERVER_UI_API_URL": f"{home.prefect_address}/api",
        "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": home.prefect_address,
        "PREFECT_SERVER_API_AUTH_STRING": auth_string(home),
        "PREFECT_API_AUTH_STRING": auth_string(home),
        "PREFECT_SERVER_ENCRYPTION_KEY": _kept_secret(home.home / "prefect-encryption.key"),
    }


def _kept_secret(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    create_key_file(path)
    return read_key_file(path)[0]
