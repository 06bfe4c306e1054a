"""LISTEN/NOTIFY: one process wakes the others. Lossy by nature, so polling stays the net (engine.md P13). SQLite has no need of it."""

from __future__ import annotations

import threading
from collections.abc import Callable

import psycopg
import sqlalchemy as sa
from tenacity import Retrying, retry_if_exception_type, sleep_using_event, stop_when_event_set, wait_random_exponential

from inspector.store.bell import CHANNEL
from inspector.store.store import Store

_LOOK = 2.0
_FAULTS = (psycopg.Error, sa.exc.SQLAlchemyError, OSError)


def listen(store: Store, heard: Callable[[], None], stop: threading.Event) -> None:
    """Call `heard` for every notice until `stop` is set. A lost connection is made anew, for as long as it takes."""
    supervised = Retrying(
        retry=retry_if_exception_type(_FAULTS),
        wait=wait_random_exponential(multiplier=0.2, max=10),
        stop=stop_when_event_set(stop),
        sleep=sleep_using_event(stop),
        reraise=True,
    )
    try:
        supervised(_listen, store, heard, stop)
    except _FAULTS:
        if not stop.is_set():
            raise


def _listen(store: Store, heard: Callable[[], None], stop: threading.Event) -> None:
    """One connection's life."""
    address = store.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True, connect_timeout=5, application_name="inspector-listen") as connection:
        connection.execute(f"LISTEN {CHANNEL}")
        heard()  # whatever was said while nobody listened
        while not stop.is_set():
            for _ in connection.notifies(timeout=_LOOK, stop_after=1):
                heard()
