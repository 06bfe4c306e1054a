"""What taking a case in costs, however many cases an office holds already. Counted, not timed, on both databases."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from inspector.flows.intake import Application, take
from inspector.flows.office import Office
from inspector.store.store import Store
from inspector.store.tx import Tx
from tests.house import Hand, application, open_office, post

HELD = 400
"""Cases that come between the two measurements, of the same agency and item."""


def given(number: int) -> Application:
    """An application of a firm of its own."""
    return application(number, "business-licence", {"registration-status": "yes"})


def cost(office: Office, first: int) -> int:
    """What the database looks at for ten cases of ten firms: steps of its machine on SQLite, rows of cases on PostgreSQL."""
    if not office.store.sqlite:
        with office.store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("analyze case_file"))
    with office.store.begin() as tx:
        steps: list[int] = []
        driver: Any = tx.connection.connection.driver_connection
        before = _read(tx)
        if tx.sqlite:
            driver.set_progress_handler(lambda: steps.append(1), 1)
        for number in range(first, first + 10):
            take(office, tx, given(number), "hall", office.now())
        if tx.sqlite:
            driver.set_progress_handler(None, 1)
        return len(steps) + _read(tx) - before


def _read(tx: Tx) -> int:
    """Rows of cases that this connection has read lately, by any way; PostgreSQL keeps count."""
    if tx.sqlite:
        return 0
    asked = sa.text("select seq_tup_read + coalesce(idx_tup_fetch, 0) from pg_stat_xact_user_tables where relname = 'case_file'")
    return int(tx.connection.execute(asked).scalar_one_or_none() or 0)


def test_a_case_taken_in_looks_at_no_more_however_many_cases_there_are(store: Store) -> None:
    office = open_office(store, Hand())
    few = cost(office, 0)
    for number in range(10, HELD):
        post(office, given(number))
    assert cost(office, HELD) <= few * 1.2 + HELD  # of ten; a look at every case would be ten times as many
