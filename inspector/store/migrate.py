"""Migrations: forward only. One migrator at a time; on SQLite the daemon is stopped and the file is copied first."""

from __future__ import annotations

import shutil
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

from inspector.domain.errors import Refusal
from inspector.store.store import Store

_LOCK = 0x696E7370  # "insp": the advisory lock of the one migrator


def newest() -> str:
    """The revision this release wants."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise LookupError("no migrations in the package")
    return head


def _revisions() -> set[str]:
    """Every revision this release knows."""
    return {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}


def present(store: Store) -> str | None:
    """The revision the database is at; None: empty."""
    with store.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def refuse_foreign(present: str | None) -> None:
    """Raise Refusal (`database_foreign`) for a revision that this release does not know: going on could only do harm."""
    if present is not None and present not in _revisions():
        raise Refusal("database_foreign", present=present, wanted=newest())


def upgrade(store: Store, *, copy: bool = True) -> str | None:
    """Bring the database to this release; the revision it came from. An SQLite file with content is copied beside itself first.

    Raises Refusal for a database of a newer release, or of somebody else: it is left as it is.
    """
    file = Path(store.url.database) if store.sqlite and store.url.database else None
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
    before = present(store)
    if before == newest():
        return before
    refuse_foreign(before)
    if file is not None and copy and before is not None:
        _checkpoint(store)
        shutil.copy2(file, file.with_name(f"{file.name}.before-{newest()}"))
    with store.engine.begin() as connection:
        if not store.sqlite:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        command.upgrade(_config(connection), "head")
    return before


def _checkpoint(store: Store) -> None:
    """Move what the write-ahead log holds into the file, so that the copy is whole."""
    raw = store.engine.raw_connection()
    try:
        raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        raw.close()


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config
