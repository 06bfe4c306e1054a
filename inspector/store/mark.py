"""The mark of a database: at which revision it is. A release writes only where that is its own, at every moment and not at the start alone.

In a rolling upgrade the database is migrated while daemons of the former release run. What the newer ones write they know nothing of.
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
import structlog

from inspector.domain.errors import Away

log = structlog.get_logger(__name__)

MIGRATIONS = Path(__file__).parent / "migrations"
"""Where the migrations lie."""
MARK = sa.table("alembic_version", sa.column("version_num", sa.String))
READ = sa.select(MARK.c.version_num)
"""Alembic's mark in the database."""
WITH_TIME = sa.select(sa.func.clock_timestamp(), READ.scalar_subquery())
"""The database's time, and its mark beside it: one statement, since whoever claims asks for the time anyway."""
ANOTHER = "database_of_another_release"


def revisions(where: Path = MIGRATIONS) -> set[str]:
    """Every revision of a folder of migrations: each is the running number that its file's name begins with."""
    return {file.name.partition("_")[0] for file in (where / "versions").glob("[0-9]*.py")}


OWN = max(revisions())
"""The revision this process writes at. Known from its start on: an upgrade exchanges the files under a daemon that still runs."""


class Mark:
    """What a store last saw of the mark, in whichever transaction."""

    def __init__(self) -> None:
        self._found: str | None = OWN

    @property
    def foreign(self) -> str | None:
        """The revision the database was found at, where it is not ours; None while it is."""
        return None if self._found == OWN else self._found or "-"

    def told(self, found: str | None) -> None:
        """The database has said its mark. A change is logged once."""
        if found != self._found:
            log.warning("database.marked", present=found, own=OWN)
        self._found = found

    def refuse(self) -> None:
        """Raise Away (`database_of_another_release`) where nothing may be written."""
        if (present := self.foreign) is not None:
            raise Away(ANOTHER, present=present, wanted=OWN)
