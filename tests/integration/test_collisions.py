"""Two hands at the same records: one of them is undone and does it again; nobody outside hears of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from inspector.domain.errors import Stale
from inspector.domain.plan import Draw, DrawState
from inspector.store.store import Store
from inspector.store.tables import lane
from inspector.store.tx import Tx
from tests.edge import serving
from tests.house import START, Hand, Table, application, closing, open_office, open_store, post

LICENCE = {"registration-status": "存续"}


@pytest.fixture
def postgres(postgres_url: str) -> Iterator[Store]:
    """A store where two may write at once."""
    with closing(open_store(postgres_url)) as store:
        yield store


def crossing(store: Store, first: str, second: str, met: threading.Barrier) -> Callable[[], list[str]]:
    """One who locks a lane, waits for the other, and wants the other's."""
    told: list[str] = []

    def go() -> None:
        try:
            with store.begin() as tx:
                _touch(tx, first)
                met.wait(10)
                _touch(tx, second)
            told.append("done")
        except Stale:
            told.append("stale")

    thread = threading.Thread(target=go)
    thread.start()

    def end() -> list[str]:
        thread.join(20)
        return told

    return end


def _touch(tx: Tx, name: str) -> None:
    tx.connection.execute(sa.update(lane).where(lane.c.name == name).values(failures=lane.c.failures + 1))


@pytest.mark.postgres
def test_of_two_who_wait_for_each_other_one_writes_and_the_other_is_stale(postgres: Store) -> None:
    with postgres.begin() as tx:
        tx.lanes.ensure(("a", "b"))
    met = threading.Barrier(2)
    ends = [crossing(postgres, "a", "b", met), crossing(postgres, "b", "a", met)]
    assert sorted(word for end in ends for word in end()) == ["done", "stale"]


@pytest.mark.postgres
def test_two_draws_that_took_the_same_running_number_make_the_later_one_stale(postgres: Store) -> None:
    def draw(plan: str) -> Draw:
        return Draw(
            number="D-1",
            agency="bureau",
            plan=plan,
            slot="s",
            pack="demo@1",
            state=DrawState.PREPARING,
            made_at=START,
            prev=None,
            parties=(),
            list_name="list",
        )

    with postgres.begin() as tx:
        tx.draws.add(draw("one"))
    with pytest.raises(Stale), postgres.begin() as tx:
        tx.draws.add(draw("two"))


@pytest.mark.postgres
def test_any_other_error_of_the_database_stays_its_own(postgres: Store) -> None:
    with pytest.raises(sa.exc.ProgrammingError), postgres.begin() as tx:
        tx.connection.exec_driver_sql("SELECT nothing FROM nowhere")


@pytest.mark.postgres
def test_a_request_that_crosses_a_settlement_is_answered_as_if_it_had_been_alone(postgres: Store, hand: Hand) -> None:
    office = open_office(postgres, hand, sources={"registers": Table(default="=")})
    with serving(office) as edge, edge.as_("system", "bureau", "hall") as client:
        case_id = post(office, application(1, "business-licence", LICENCE))
        with postgres.begin() as tx:
            held = tx.work.claim("one", tx.machine_now(), hand(), timedelta(seconds=60), 10)
        (ask,) = [work for work in held if work.kind == "ask"]
        holds = threading.Event()

        def settler() -> None:
            """Has the row and wants the case; the request has the case and wants the row."""
            try:
                with postgres.begin() as tx:
                    tx.work.finish_ahead([ask], hand())
                    holds.set()
                    _until_somebody_waits(tx)
                    tx.cases.get(case_id, lock=True)
            except Stale:
                pass

        thread = threading.Thread(target=settler)
        thread.start()
        holds.wait(10)
        answered = client.post(f"/v1/cases/{case_id}/withdraw", json={"reason": "改走普通程序"})
        thread.join(20)
    assert answered.status_code == 200, answered.text


def _until_somebody_waits(tx: Tx) -> None:
    """The request has run into this transaction's lock."""
    asked = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    pause = threading.Event()
    for _ in range(1000):
        if tx.connection.execute(asked).scalar_one():
            return
        pause.wait(0.01)
    raise AssertionError("nobody came")
