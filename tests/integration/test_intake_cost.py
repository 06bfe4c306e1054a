"""What taking a case in costs, however many an office holds, and settling its answer. Counted, not timed, on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from inspector.daemon.breaker import Breaker
from inspector.daemon.failure import Failure
from inspector.daemon.group import Done, hold
from inspector.daemon.settling import write
from inspector.domain.case import CaseState, SubjectKind
from inspector.flows.intake import Application, take
from inspector.flows.office import Office
from inspector.flows.table import FLOWS
from inspector.flows.verify import ask
from inspector.store.store import Store
from inspector.store.tx import Tx
from tests.engine import FAST, LEASE
from tests.house import Hand, Table, application, open_office, post
from tests.integration.test_claim_cost import statements

HELD = 400
"""Cases that come between the two measurements, of the same agency and item."""


def given(number: int, *, coded: bool = False) -> Application:
    """An application of a firm of its own; `coded`: by a credit code, which names an organisation."""
    code = f"91000000MA{number:07d}1" if coded else f"TEST{number:014d}"
    return application(number, "business-licence", {"registration-status": "存续"}, subject_code=code)


def cost(office: Office, first: int, *, coded: bool) -> int:
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
            take(office, tx, given(number, coded=coded), "hall", office.now())
        if tx.sqlite:
            driver.set_progress_handler(None, 1)
        return len(steps) + _read(tx) - before


def _read(tx: Tx) -> int:
    """Rows of cases that this connection has read lately, by any way; PostgreSQL keeps count."""
    if tx.sqlite:
        return 0
    asked = sa.text("select seq_tup_read + coalesce(idx_tup_fetch, 0) from pg_stat_xact_user_tables where relname = 'case_file'")
    return int(tx.connection.execute(asked).scalar_one_or_none() or 0)


def rated(office: Office, numbers: range) -> None:
    """The levels of some firms are stated."""
    with office.store.begin() as tx:
        for number in numbers:
            tx.credit.state(SubjectKind.FIRM, given(number, coded=True).subject_code, "A", office.now(), "platform")


@pytest.mark.parametrize("coded", [pytest.param(False, marks=pytest.mark.slow), True])
def test_a_case_taken_in_looks_at_no_more_however_many_cases_there_are(store: Store, coded: bool) -> None:
    office = open_office(store, Hand())
    few = cost(office, 0, coded=coded)
    rated(office, range(10, HELD))
    for number in range(10, HELD):
        post(office, given(number, coded=coded))
    assert cost(office, HELD, coded=coded) <= few * 1.2 + HELD  # of ten; a look at every case would be ten times as many


def test_a_case_is_asked_about_by_one_statement_and_written_by_one(store: Store) -> None:
    office = open_office(store, Hand())
    rated(office, range(2))
    post(office, given(0, coded=True))
    with statements() as sent:
        post(office, given(1, coded=True))
    read = [one for one in sent if one.lstrip().startswith("SELECT") and "pg_notify" not in one]
    written = [one.split()[2] for one in sent if one.startswith("INSERT")]
    assert len(read) == 1, read
    assert sorted(written) == ["case_file", "event", "ledger", "subject", "work"]
    assert not [one for one in sent if one.startswith("UPDATE")], "a new case is written as it was decided"


def settled(office: Office, first: int, count: int) -> list[str]:
    """The statements by which the answers to so many new cases are settled together; each case ends."""
    ids = [post(office, given(number, coded=True)) for number in range(first, first + count)]
    breaker = Breaker(threshold=3, cool=FAST.breaker_cool, most=FAST.breaker_most, quiet=timedelta(hours=1))
    failure = Failure(office=office, engine=FAST, flows=FLOWS, breaker=breaker, later=lambda moment: moment)
    with office.store.begin() as tx:
        rows = [row for row in tx.work.claim("one", tx.machine_now(), office.now(), LEASE, 500) if row.case_id in ids]
    group = [Done(work=row, settlement=ask(row, office)) for row in rows]
    with statements() as sent, office.store.begin() as tx:
        hold(tx, group, breaker)
        tx.work.finish_ahead([done.work for done in group], office.now())
        assert {write(tx, done, failure) for done in group} == {"found"}
    with office.store.read() as tx:
        assert {tx.cases.get(one).state for one in ids} == {CaseState.CLOSED}
        assert [row["state"] for one in ids for row in tx.work.page(case_id=one) if row["kind"] == "verify.due"] == [
            "done"
        ] * count
    return [one for one in sent if "pg_notify" not in one]


def test_answers_that_settle_together_cost_as_many_statements_as_one(store: Store) -> None:
    office = open_office(store, Hand(), sources={"registers": Table(default="存续")})
    settled(office, 0, 1)
    one, many = settled(office, 10, 1), settled(office, 20, 12)
    assert len(many) == len(one) <= 13, many
