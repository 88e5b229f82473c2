"""`orderflow backup FILE`: the database as it is now, while everything goes on."""

from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import make_url

from connectors.database.session.backup import BrokenCopy, copy_sqlite
from deployments.cli.access import current_home
from deployments.cli.output import AsJson, AskedWrongly, CommandFailed, show
from deployments.home import Home

Target = Annotated[Path, typer.Argument(metavar="FILE", help="Where the copy goes; it must not be there yet.")]


def backup(file: Target, as_json: AsJson = False) -> None:
    """Copies the database to a file, consistent and checked, while OrderFlow runs. The secret key is not in it.

    To restore, stop OrderFlow and put the file in the place of orderflow.db, without its -wal and -shm.
    """
    home = current_home()
    target = file.expanduser().resolve()
    if target.exists():
        raise AskedWrongly(f"{target} is there already: name another file")
    if not target.parent.is_dir():
        raise AskedWrongly(f"there is no folder {target.parent}: make it first")
    size_bytes = _copy(home, target)
    document = {"file": str(target), "bytes": size_bytes, "key_file": str(home.key_file)}
    show(document, f"{target}: {size_bytes:,} bytes, checked.", _about_the_key(home), as_json=as_json)


def _copy(home: Home, target: Path) -> int:
    address = make_url(home.database_address)
    if address.get_backend_name() != "sqlite":
        named = address.set(password=None).render_as_string()
        raise CommandFailed(f"PostgreSQL makes its own copies: pg_dump --format=custom --file={target} {named}")
    source = Path(address.database or "")
    if not source.is_file():
        raise CommandFailed(f"there is no database at {source}: run `orderflow init` first")
    try:
        return copy_sqlite(source, target)
    except (OSError, BrokenCopy) as error:
        raise CommandFailed(f"no copy was made: {error}") from error


def _about_the_key(home: Home) -> str:
    if home.secret_key.get_secret_value():
        return "Names, addresses and credentials in it open only with ORDERFLOW_SECRET_KEY, which is kept elsewhere."
    return f"Names, addresses and credentials in it open only with the key: keep {home.key_file} too, in another place."
