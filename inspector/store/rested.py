"""A connection to the server that has rested is asked whether it goes on before it is used; one that was used just now is not.

To ask each time costs a round trip for every transaction. A server that goes away takes what is under way with it in any case, and what
fails then is an outage and is done again.
"""

from __future__ import annotations

import time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DisconnectionError

RESTED = 1.0
"""Seconds after which a connection is asked."""


def rested(engine: Engine) -> None:
    """Have an engine's connections asked."""

    @sa.event.listens_for(engine, "checkin")
    def _used(_dbapi: Any, record: Any) -> None:
        record.info["used"] = time.monotonic()

    @sa.event.listens_for(engine, "checkout")
    def _ask(dbapi: Any, record: Any, _proxy: object) -> None:
        if time.monotonic() - record.info.get("used", time.monotonic()) < RESTED:
            return
        try:
            fine = engine.dialect.do_ping(dbapi)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error
        if not fine:
            raise DisconnectionError
