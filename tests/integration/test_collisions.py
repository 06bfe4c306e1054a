"""Two hands at the same records: one of them is undone and does it again; nobody outside hears of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from inspector.daemon.worker import Worker
from inspector.domain.case import CaseState
from inspector.domain.decision import OrderKind
from inspector.domain.errors import Stale
from inspector.domain.listed import Listed
from inspector.domain.plan import Draw, DrawState
from inspector.domain.visit import SeatState
from inspector.flows import dispatch, pushing, review
from inspector.flows.office import Office
from inspector.flows.seated import by_name
from inspector.flows.seeding import type_figures
from inspector.flows.settle import Settlement
from inspector.flows.table import FLOWS
from inspector.store.store import Store
from inspector.store.tables import lane
from inspector.store.tables import work as work_table
from inspector.store.tx import Tx
from inspector.store.work import Work
from inspector.telemetry.metrics import Metrics
from tests.edge import serving
from tests.house import (
    QUICK,
    START,
    Hand,
    Table,
    application,
    carry_out,
    claim,
    closing,
    open_office,
    open_store,
    post,
    running,
    settle,
)
from tests.integration.test_draw_way import DICE, announced, carried_out, drawing, visits

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
                met.wait(60)
                _touch(tx, second)
            told.append("done")
        except Stale:
            told.append("stale")

    thread = threading.Thread(target=go)
    thread.start()

    def end() -> list[str]:
        thread.join(60)
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
            lists=(Listed(name="list", agency="bureau"),),
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
        holds.wait(60)
        answered = client.post(f"/v1/cases/{case_id}/withdraw", json={"reason": "改走普通程序"})
        thread.join(60)
    assert answered.status_code == 200, answered.text


@pytest.mark.postgres
def test_a_settlement_that_waits_for_a_case_holds_no_work_that_a_withdrawal_would_wait_for(postgres: Store, hand: Hand) -> None:
    office = open_office(postgres, hand, sources={"registers": Table(default="=")})
    case_id = post(office, application(1, "business-licence", LICENCE))
    with ExitStack() as working:
        with postgres.begin() as tx:
            tx.cases.get(case_id, lock=True)
            working.enter_context(running(Worker(office, Metrics(), QUICK, "one")))
            _until_somebody_waits(tx)
            assert _free(tx, "ask"), "the settler has the row and wants the case"
            review.withdraw(office, tx, case_id, "改走普通程序", "hall", hand())
        with postgres.read() as tx:
            assert tx.cases.get(case_id).state is CaseState.WITHDRAWN


@pytest.mark.slow
@pytest.mark.postgres
def test_a_settled_push_that_waits_for_a_visit_holds_no_work_that_a_decline_would_wait_for(postgres: Store, hand: Hand) -> None:
    office, _, _ = drawing(postgres, hand)
    _, held = announced(office, hand, cases=1)
    until_pushes(office, hand, held.number)
    (made,) = visits(office, held.number)
    with postgres.begin() as tx:
        tx.visits.get(made.id, lock=True)
        with running(Worker(office, Metrics(), QUICK, "one")):
            _until_somebody_waits(tx)
            free = _free(tx, "push")
            tx.connection.rollback()
        assert free, "the settler has the row and wants the visit"


@pytest.mark.postgres
@pytest.mark.parametrize("word", ["accepted", pytest.param("read", marks=pytest.mark.slow)])
def test_what_happens_to_a_seat_while_its_push_is_settled_stays(postgres: Store, hand: Hand, word: str) -> None:
    office, _, _ = drawing(postgres, hand)
    _, held = announced(office, hand, cases=1)
    until_pushes(office, hand, held.number)
    (push, *_) = [work for work in claim(office) if work.kind == "push"]
    pushed = FLOWS[OrderKind.PUSH].do(push, office)
    name = push.key.removeprefix("push:")
    hand.on(days=6)
    with postgres.begin() as other:
        if word == "accepted":
            dispatch.accept(other, name, hand())
        else:
            pushing.opened(office, other, name, hand())
        thread = threading.Thread(target=lambda: _settled(postgres, push, pushed, hand))
        thread.start()
        _until_somebody_waits(other)
    thread.join(60)
    with postgres.read() as tx:
        team = tx.visits.team(str(push.payload["visit"]))
        assert by_name(tx, name)[1].state is SeatState[word.upper()]
    assert len([seat for seat in team if seat.state.open]) == 2


def test_a_seat_or_visit_written_by_one_who_saw_it_as_it_no_longer_is_is_stale(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    (made,) = visits(office, held.number)
    with store.begin() as tx:
        seat = tx.visits.team(made.id)[0]
        dispatch.decline(office, tx, dispatch.seat_name(seat), "病假", hand())
        tx.visits.put(made)
    with pytest.raises(Stale), store.begin() as tx:
        tx.visits.put_seat(replace(seat, state=SeatState.ACCEPTED), seat.state)
    with pytest.raises(Stale), store.begin() as tx:
        tx.visits.add_seat(seat)
    with pytest.raises(Stale), store.begin() as tx:
        tx.visits.put(made)


def until_pushes(office: Office, hand: Hand, number: str) -> None:
    """The draw is carried out, and its pushes are due."""
    hand.on(days=2)
    settle(office)
    for by in ("赵", "钱"):
        with office.store.begin() as tx:
            type_figures(office, tx, number, by, DICE, hand())
    for _ in range(4):
        for work in claim(office, without=["phones"]):
            carry_out(office, work)


def _settled(store: Store, work: Work, made: Settlement, hand: Hand) -> None:
    with store.begin() as tx:
        tx.work.finish(work, hand())
        made.write(tx, hand())


def _free(tx: Tx, kind: str) -> bool:
    """Whether nobody holds the rows of a kind of work."""
    asked = sa.select(work_table.c.id).where(work_table.c.kind == kind).with_for_update(skip_locked=True)
    held = sa.select(sa.func.count()).where(work_table.c.kind == kind)
    return len(tx.connection.execute(asked).all()) == tx.connection.execute(held).scalar_one()


def _until_somebody_waits(tx: Tx) -> None:
    """The request has run into this transaction's lock."""
    asked = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    pause = threading.Event()
    for _ in range(6000):
        if tx.connection.execute(asked).scalar_one():
            return
        pause.wait(0.01)
    raise AssertionError("nobody came")
