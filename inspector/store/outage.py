"""Which errors of a transaction are an outage: the database is away, full, locked or read-only. Everything else is a bug."""

from __future__ import annotations

import sqlite3

import sqlalchemy as sa

_READ_ONLY = "25006"
"""What PostgreSQL tells a writer on a standby."""


def outage(error: sa.exc.SQLAlchemyError) -> str | None:
    """The short name of an outage, free of statements and values; None for a bug."""
    if isinstance(
        error, sa.exc.TimeoutError | sa.exc.PendingRollbackError
    ):  # no connection free in time; or lost in mid-transaction
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
