"""`orderflow init`: an installation out of nothing."""

from pathlib import Path

from sqlalchemy import make_url

from deployments.cli.access import current_home
from deployments.cli.output import AsJson, show
from deployments.first_steps import prepare, write_starter
from deployments.home import CONFIG_FILE

KEEP_A_COPY = "new: keep a copy, nothing sealed opens without it"


def init(as_json: AsJson = False) -> None:
    """Makes the home folder, the secret key, the database and a configuration to begin with; safe to repeat."""
    home = current_home()
    key_created = prepare(home)
    file = home.config_file or Path.cwd() / CONFIG_FILE
    file_created = write_starter(file)
    document = {
        "home": str(home.home),
        "key_file": str(home.key_file),
        "key_created": key_created,
        "configuration_file": str(file),
        "configuration_created": file_created,
    }
    lines = [
        f"Home folder    {home.home}",
        f"Secret key     {home.key_file}  ({KEEP_A_COPY if key_created else 'kept'})",
        f"Database       {_without_password(home.database_address)}",
        f"Configuration  {file}  ({'new' if file_created else 'kept'})",
        "",
        "Next:",
        f"  1. edit {file.name}: your stock locations, your rules",
        "  2. orderflow auth shopify          the same for every service you use",
        f"  3. orderflow config:deploy {file.name}",
        "  4. orderflow up                    or see it first: orderflow demo",
    ]
    show(document, "\n".join(lines), as_json=as_json)


def _without_password(address: str) -> str:
    return make_url(address).render_as_string(hide_password=True)
