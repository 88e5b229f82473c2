"""How the commands about versions find the one that is meant, and say when."""

from typing import Annotated

import typer

from connectors.database.session import Database
from deployments.cli.output import AskedWrongly
from deployments.versions.history import NoSuchVersion, Version, find_version, versions_of

VersionName = Annotated[
    str, typer.Argument(metavar="VERSION", help="The beginning of its hash, or of its rules' or policy's hash.")
]


def found_version(database: Database, name: str) -> Version:
    """The version that is meant. Raises AskedWrongly."""
    with database.read() as conn:
        versions = versions_of(conn)
    try:
        return find_version(versions, name)
    except NoSuchVersion as error:
        raise AskedWrongly(str(error)) from None
