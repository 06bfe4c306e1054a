"""Which errors of a transaction say nothing about what was to be written: an outage, or a lock that another was given.

An outage: the database is away, full, locked or read-only. Everything else is a bug, or a value that the database does not take.
"""

from __future__ import annotations

import sqlite3

import sqlalchemy as sa

from inspector.domain.errors import Away, Newer

_READ_ONLY = "25006"
"""What PostgreSQL tells a writer on a standby."""
_LOST = frozenset({"40P01", "40001", "55P03"})
"""What PostgreSQL tells one who was in another's way: deadlock, serialisation failure, lock not to be had."""

TOO_LONG = "57014"
"""What PostgreSQL tells one whose statement has run for too long, or was ended by hand."""
CROWDED = "CONNECTIONS_IN_USE"
"""No connection of our own was free in time: the database is well, this process asks too much of it at once."""


def passing(error: Exception) -> bool:
    """Whether the same may succeed unchanged a little later."""
    if isinstance(error, sa.exc.SQLAlchemyError):
        return outage(error) is not None or (isinstance(error, sa.exc.DBAPIError) and outrun(error))
    return isinstance(error, Away) and not isinstance(error, Newer)


def outrun(error: sa.exc.DBAPIError) -> bool:
    """Whether another transaction was faster: a lost lock, or two draws of one agency that took the same running number."""
    state = getattr(error.orig, "sqlstate", None)
    if state == "23505":
        return getattr(getattr(error.orig, "diag", None), "constraint_name", None) == "pk_draw"
    return state in _LOST


def outage(error: sa.exc.SQLAlchemyError) -> str | None:
    """The short name of an outage, free of statements and values; None for a bug."""
    if isinstance(error, sa.exc.TimeoutError):
        return CROWDED
    if isinstance(error, sa.exc.PendingRollbackError):  # lost in mid-transaction
        return type(error).__name__
    if not isinstance(error, sa.exc.DBAPIError):
        return None
    state = getattr(error.orig, "sqlstate", None)
    if isinstance(error, sa.exc.OperationalError):
        if getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR:
            return None  # a statement that SQLite does not understand: no such table, a wrong savepoint
        return str(getattr(error.orig, "sqlite_errorname", None) or state or type(error).__name__)
    if isinstance(error, sa.exc.InterfaceError) or error.connection_invalidated or state == _READ_ONLY:
        return str(state or type(error).__name__)
    return None
