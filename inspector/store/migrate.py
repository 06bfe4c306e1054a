"""Migrations: forward only. One migrator at a time; on SQLite the daemon is stopped and the file is copied first.

Alembic is imported only where there is something to migrate: most starts find nothing to do.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspector.domain.errors import Refusal
from inspector.store.mark import MARK, MIGRATIONS, READ, revisions
from inspector.store.store import Store

if TYPE_CHECKING:
    from alembic.config import Config

HERE = MIGRATIONS
_MOVED = "moved"
"""The mark of a file whose office has moved to another database: whoever served it again would do everything twice."""
_LOCK = 0x696E7370  # "insp": the advisory lock of the one migrator


def newest() -> str:
    """The revision this release wants."""
    return max(revisions(HERE))


def present(store: Store) -> str | None:
    """The revision the database is at, by Alembic's mark in it; None: empty."""
    with store.engine.connect() as connection:
        if not sa.inspect(connection).has_table(MARK.name):
            return None
        found: str | None = connection.execute(READ).scalar_one_or_none()
        return found


def refuse_foreign(present: str | None) -> None:
    """Raise Refusal where going on could only do harm.

    `database_foreign`: this release does not know the revision; `database_moved`: the office has moved, and the file is closed.
    """
    if present == _MOVED:
        raise Refusal("database_moved")
    if present is not None and present not in revisions(HERE):
        raise Refusal("database_foreign", present=present, wanted=newest())


def upgrade(store: Store, *, copy: bool = True) -> str | None:
    """Bring the database to this release; the revision it came from. An SQLite file with content is copied beside itself first.

    Raises Refusal for a database of a newer release, or of somebody else: it is left as it is.
    """
    file = Path(store.url.database) if store.sqlite and store.url.database else None
    if file is not None:
        file.touch(mode=0o600)
    before = present(store)
    if before == newest():
        return before
    refuse_foreign(before)
    if file is not None and copy and before is not None:
        _checkpoint(store)
        shutil.copy2(file, file.with_name(f"{file.name}.before-{newest()}"))
    from alembic import command

    with store.engine.begin() as connection:
        if not store.sqlite:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        command.upgrade(_config(connection), "head")
    return before


def close(store: Store) -> None:
    """Mark a database as one whose office has moved: from now on it is refused (`database_moved`), and nothing in it is changed."""
    with store.engine.begin() as connection:
        connection.execute(sa.update(MARK).values(version_num=_MOVED))


def reopen(store: Store) -> bool:
    """Take `close` back, for an office that is to stay where it was; whether it was closed."""
    with store.engine.begin() as connection:
        closed = sa.update(MARK).where(MARK.c.version_num == _MOVED)
        return connection.execute(closed.values(version_num=newest())).rowcount == 1


def _checkpoint(store: Store) -> None:
    """Move what the write-ahead log holds into the file, so that the copy is whole."""
    raw = store.engine.raw_connection()
    try:
        raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        raw.close()


def _config(connection: Connection | None = None) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.attributes["connection"] = connection
    return config
