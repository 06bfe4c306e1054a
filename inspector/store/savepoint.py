"""A part of a transaction that can fail alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError


@contextmanager
def savepoint(connection: Connection, name: str) -> Iterator[None]:
    """Run a block inside a savepoint; what it raises is raised again, and nothing of it is kept.

    Said to the driver directly: a settlement has one of these, and the toolkit's own costs more than the settlement's fastest statement.
    """
    cursor = connection.connection.cursor()
    try:
        cursor.execute(f"SAVEPOINT {name}")
        try:
            yield
            cursor.execute(f"RELEASE SAVEPOINT {name}")
        except BaseException as error:
            try:
                cursor.execute(f"ROLLBACK TO SAVEPOINT {name}")
                cursor.execute(f"RELEASE SAVEPOINT {name}")
            except Exception as gone:
                if isinstance(error, DBAPIError):  # it ended the transaction (a full disk) and says more than that it has ended
                    raise error from gone
                raise
            raise
    finally:
        cursor.close()
