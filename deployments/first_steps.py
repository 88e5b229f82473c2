"""What makes an installation out of nothing, and what makes a configuration the active one."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connectors.database import policy
from connectors.database.products import save_products
from connectors.database.session import Database
from connectors.vault import create_key_file
from deployments.home import Home
from orderflow.configuration import Configuration, load_configuration
from orderflow.policy import content_hash

CONFIGURATION = "configuration"
RULE_SET, POLICY = "rule_set", "policy"  # what a decision names: the parts of a configuration that decide
STARTER = Path(__file__).with_name("policy") / "starter.json"


@dataclass(frozen=True)
class Deployed:
    """A configuration that is active now. `hash` names its version; equal content has an equal name."""

    hash: str
    is_new: bool
    warnings: tuple[str, ...]


def prepare(home: Home) -> bool:
    """Makes the home folder, the secret key, the folders and the database's tables; repeating it changes nothing.

    Returns whether a key was made, which somebody should then keep a copy of.
    """
    # Alembic is slow to import, which only the commands that migrate shall wait for.
    from connectors.database.migrations import migrate

    home.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    home.folders.create()
    key_created = not home.secret_key.get_secret_value() and create_key_file(home.key_file)
    home.vault()
    database = home.database()
    try:
        migrate(database)
    finally:
        database.close()
    return key_created


def write_starter(path: Path) -> bool:
    """Writes a small configuration to begin with; False where there is one already, which is never touched."""
    if path.exists():
        return False
    path.write_text(STARTER.read_text(encoding="utf-8"), encoding="utf-8")
    return True


def deploy_configuration(database: Database, document: Mapping[str, Any], *, actor: str) -> Deployed:
    """Stores the document as a version, makes it the active one and takes over its products.

    Raises ConfigurationError with all problems. What speaks against deploying it is not asked here.
    """
    stored = store_configuration(database, document)
    activate_configuration(database, stored.hash, actor=actor)
    return stored


def store_configuration(database: Database, document: Mapping[str, Any]) -> Deployed:
    """Stores the document as a version, a draft until somebody puts it in force. Raises ConfigurationError.

    Its rules and its policy are stored under the names decisions give them, so that each decision finds its own.
    """
    configuration, warnings = load_configuration(document)
    rule_set, name = configuration.rule_set(), content_hash(configuration)
    with database.write() as conn:
        is_new = policy.add_version(conn, CONFIGURATION, name, json.dumps(document, ensure_ascii=False))
        policy.add_version(conn, RULE_SET, rule_set.content_hash, rule_set.model_dump_json())
        policy.add_version(conn, POLICY, content_hash(configuration.routing), configuration.routing.model_dump_json())
    return Deployed(name, is_new, warnings)


def activate_configuration(database: Database, name: str, *, actor: str) -> Configuration:
    """Puts a stored version in force, with its products. Raises UnknownVersion, ConfigurationError."""
    with database.write() as conn:
        document = policy.stored_version(conn, CONFIGURATION, name).document
        configuration, _ = load_configuration(json.loads(document))
        policy.activate(conn, CONFIGURATION, name, actor)
        save_products(conn, configuration.products)
    return configuration


def deployed_configuration(database: Database) -> tuple[str, Configuration] | None:
    """The active configuration with its version's name; None where none was deployed yet."""
    with database.read() as conn:
        version = policy.active(conn, CONFIGURATION)
    if version is None:
        return None
    return version.hash, load_configuration(json.loads(version.document))[0]
