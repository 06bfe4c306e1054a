"""Statements compiled once for all databases of a test process.

SQLAlchemy keeps what it has compiled by engine, and nearly every test has engines of its own: each would compile the same few hundred
statements anew, a tenth of the suite's time. A compiled statement depends on its shape and on the dialect, which all engines on
SQLite share, and all on PostgreSQL, since the tests have one server. Those that seal keep to themselves: what is compiled holds how its
results are opened.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from inspector.store.keyring import held_by


class Shared(dict[Any, Any]):
    """A compiled cache that takes dialects of one class for one and the same; the rest of a key is the statement's shape."""

    def get(self, key: Any, default: Any = None) -> Any:
        """What was compiled for any engine of the kind."""
        return super().get((type(key[0]), *key[1:]), default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        super().__setitem__((type(key[0]), *key[1:]), compiled)


def share() -> None:
    """From here on all engines of this process share what they compile."""
    cache = Shared()

    @sa.event.listens_for(Engine, "engine_connect")
    def _share(connection: Connection) -> None:
        if "compiled_cache" not in connection.get_execution_options() and not held_by(connection.dialect).current:
            connection.engine.update_execution_options(compiled_cache=cache)
            connection.execution_options(compiled_cache=cache)
