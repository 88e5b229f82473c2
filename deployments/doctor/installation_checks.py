"""What is looked at on this machine: disk, key, database, configuration, credentials, workers, invariants."""

import shutil
from collections.abc import Iterator

from sqlalchemy.exc import SQLAlchemyError

from connectors.catalogue import enabled_connectors
from connectors.database import credentials
from connectors.database.migrations import is_current
from connectors.database.session import Database
from connectors.errors import ConnectorError, NotConfigured
from connectors.registry import build
from connectors.vault import VaultLocked
from deployments.doctor.books_check import books_check
from deployments.doctor.check import Check, fine, problem
from deployments.doctor.queue_checks import poll_checks, queue_checks
from deployments.first_steps import deployed_configuration
from deployments.home import Home
from deployments.versions.refusals import unknown_connectors
from orderflow.configuration import Configuration, ConfigurationError

LEAST_FREE_MEGABYTES = 500


def installation_checks(home: Home) -> Iterator[Check]:
    """Every check that needs no Prefect. Later ones are left out where an earlier one makes them senseless."""
    yield _disk(home)
    yield _key(home)
    if not home.database_file_exists:
        yield problem("database", f"there is none in {home.home}", "run `orderflow init`")
        return
    database = home.database()
    try:
        yield from _database_checks(home, database)
    except (ConnectorError, SQLAlchemyError, OSError) as error:
        yield problem("database", str(error), "start it, or set ORDERFLOW_DATABASE_URL")
    finally:
        database.close()


def _database_checks(home: Home, database: Database) -> Iterator[Check]:
    with database.read() as conn:
        conn.exec_driver_sql("SELECT 1")
    if not is_current(database):
        yield problem("database", "its tables are older than this program", "run `orderflow init`: it migrates them")
        return
    yield fine("database", "reachable, its tables are current")
    yield from _configuration_checks(home, database)
    yield from queue_checks(database)


def _disk(home: Home) -> Check:
    folder = home.home if home.home.exists() else home.home.parent
    free_megabytes = shutil.disk_usage(folder).free // 1_000_000
    found = f"{free_megabytes:,} MB free"
    if free_megabytes < LEAST_FREE_MEGABYTES:
        return problem("disk", found, "make room: without it nothing is taken in and no label is bought")
    return fine("disk", found)


def _key(home: Home) -> Check:
    try:
        home.vault()
    except VaultLocked as error:
        return problem("secret key", str(error), "run `orderflow init`, or mend what it says")
    return fine("secret key", "present, outside the database, its owner's only")


def _configuration_checks(home: Home, database: Database) -> Iterator[Check]:
    try:
        deployed = deployed_configuration(database)
    except ConfigurationError as error:
        yield problem("configuration", str(error), "mend the file and run `orderflow config:deploy`")
        return
    if deployed is None:
        yield problem("configuration", "none is active", "run `orderflow config:deploy orderflow-config.json`")
        return
    version, configuration = deployed
    yield fine("configuration", f"version {version[:12]}, {len(configuration.locations)} locations")
    yield from _credential_checks(home, database, configuration)
    yield from poll_checks(database, configuration.channels)
    yield from books_check(database, labels_by_hand=not configuration.fulfillment.auto_generate_labels)


def _credential_checks(home: Home, database: Database, configuration: Configuration) -> Iterator[Check]:
    """One check per enabled connector: each must have its settings. Those that are not enabled may lack theirs."""
    with database.read() as conn:
        stored = credentials.stored_credentials(conn, home.vault())
    for unknown in unknown_connectors(configuration):
        yield problem(unknown.path, unknown.message, unknown.remedy)
    for folder, code in enabled_connectors(configuration):
        name = f"{folder}: {code}"
        try:
            build(folder, code, stored)
        except NotConfigured as error:
            yield problem(name, str(error), f"run `orderflow auth {code}`")
        else:
            yield fine(name, "has its settings")
