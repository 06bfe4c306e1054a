"""What has stopped is shown to a person, whatever stopped it. On both databases."""

from __future__ import annotations

from datetime import datetime

import pytest
import sqlalchemy as sa

from inspector.daemon.worker import Worker
from inspector.domain.decision import Order, OrderKind
from inspector.domain.evidence import Verdict
from inspector.flows import assist, review, stopped, tell
from inspector.flows.office import Office
from inspector.flows.settle import Settlement
from inspector.flows.table import Flow
from inspector.store.store import Store
from inspector.store.tables import lane
from inspector.store.tx import Tx
from inspector.store.work import Work
from inspector.telemetry.metrics import Metrics
from tests import house
from tests.engine import FAST, LANE, count, order, put, real_office, row, states, until
from tests.house import Hand, Table, application, carry_out, claim, open_office, post, settle
from tests.integration.test_way import HOUSEHOLD, LICENCE, Post, person


def test_a_settlement_that_the_database_does_not_take_is_a_try_and_ends_in_quarantine(store: Store) -> None:
    office = real_office(store)
    put(store, order(1), order(2))
    calls: list[str] = []

    def do(held: Work, _office: Office) -> Settlement:
        def write(tx: Tx, _now: datetime) -> None:
            if held.key == "ask:1":
                tx.connection.execute(sa.insert(lane).from_select([*lane.c.keys()], sa.select(lane).where(lane.c.name == LANE)))

        calls.append(held.key)
        return Settlement(write=write)

    worker = Worker(office, Metrics(), FAST, "one", flows={OrderKind.ASK: Flow(do=do)})
    with house.running(worker):
        until(lambda: states(store) == {"1": "quarantined", "2": "done"}, office)
        assert count(worker, "inspector_settlements_failed_total") == 0
    assert calls.count("ask:1") == FAST.ladder.tries
    assert row(store, 1)["error"] == "IntegrityError"
    with store.read() as tx:
        (matter,) = tx.attention.page(None)
    assert (matter["kind"], matter["about"]) == ("work_stopped", f"ask:{office.house}"), "and a person is told"


def stop(office: Office, *kinds: OrderKind) -> None:
    """What is due of these kinds ends in quarantine, as by a fault of the program; the rest is carried out."""
    for work in claim(office):
        if work.kind not in kinds:
            carry_out(office, work)
            continue
        with office.store.begin() as tx:
            tx.work.quarantine(work, "KeyError", office.now())
            stopped.stopped(tx, work, "KeyError", office.house, office.now())


def shown(store: Store) -> list[str]:
    """What stopped work a person still hears of."""
    with store.read() as tx:
        return sorted(matter["about"] for matter in tx.attention.page(None) if matter["kind"] == "work_stopped")


def two_stopped(store: Store, hand: Hand) -> tuple[Office, str]:
    """A question of the bureau's case and one of its neighbour's, both stopped; and the bureau's case."""
    office = open_office(store, hand, sources={"registers": Table(default="=")})
    ours = post(office, application(1, "business-licence", LICENCE))
    post(office, application(2, "business-licence", LICENCE, agency="other"))
    stop(office, OrderKind.ASK)
    assert shown(store) == ["ask:bureau", "ask:other"]
    return office, ours


@pytest.mark.alike
def test_stopped_work_of_a_case_that_is_withdrawn_is_nobodys_matter_any_more(store: Store, hand: Hand) -> None:
    office, ours = two_stopped(store, hand)
    with store.begin() as tx:
        review.withdraw(office, tx, ours, "改为提交证明", "hall", hand())
        (row,) = tx.work.page(case_id=ours, kind="ask")
    assert shown(store) == ["ask:other"]
    assert (row["state"], row["error"]) == ("done", "obsolete: KeyError"), "and why it had stopped can still be read"


@pytest.mark.alike
@pytest.mark.parametrize("way", ["retry", "release"])
def test_who_has_seen_to_an_agencys_stopped_work_need_not_wait_for_its_neighbour(store: Store, hand: Hand, way: str) -> None:
    _, ours = two_stopped(store, hand)
    with store.begin() as tx:
        (row,) = tx.work.page(case_id=ours, kind="ask")
        if way == "retry":
            stopped.retry(tx, row["id"], hand())
        else:
            stopped.release(tx, row["id"], "问过了", hand())
    assert shown(store) == ["ask:other"]


@pytest.mark.alike
@pytest.mark.parametrize("way", ["retry", "release"])
def test_what_told_of_an_entry_or_of_notices_is_over_when_a_person_has_seen_to_the_last_row(
    store: Store, hand: Hand, way: str
) -> None:
    office = open_office(store, hand)
    given = [application(number, "business-licence", LICENCE) for number in (1, 2)]
    cases = [post(office, one) for one in given]
    orders = [
        Order(kind=OrderKind.TELL, key=f"tell:{case}", lane="hall", due_at=hand(), urgent_by=hand(), payload={}, case_id=case)
        for case in cases
    ]
    orders.append(
        Order(
            kind=OrderKind.CREDIT, key="credit:1", lane="platform", due_at=hand(), urgent_by=hand(), payload={}, case_id=cases[0]
        )
    )
    with store.begin() as tx:
        tx.work.order(orders, hand())
    told = {OrderKind.TELL: tell.not_told, OrderKind.CREDIT: tell.not_entered}
    for work in claim(office):
        with store.begin() as tx:
            if OrderKind(work.kind) in told:
                tx.work.quarantine(work, "http_400", hand())
                told[OrderKind(work.kind)](tx, work, "http_400", hand())
            else:
                tx.work.give_back(work)

    def open_matters() -> list[str]:
        with store.read() as tx:
            return sorted(f"{one['kind']}:{one['about']}" for one in tx.attention.page(None))

    assert open_matters() == ["callback_stuck:hall:bureau", "credit_stuck:platform:bureau"]
    with store.read() as tx:
        ids = [row["id"] for row in tx.work.page(state="quarantined")]
    for done, one in enumerate(sorted(ids), start=1):
        with store.begin() as tx:
            if way == "retry":
                stopped.retry(tx, one, hand())
            else:
                stopped.release(tx, one, "另行告知", hand())
        if done < len(ids):
            assert open_matters()
    assert open_matters() == []


@pytest.mark.alike
def test_an_agencys_matter_stays_while_another_row_of_it_has_stopped(store: Store, hand: Hand) -> None:
    office, ours = two_stopped(store, hand)
    post(office, application(3, "business-licence", LICENCE))
    stop(office, OrderKind.ASK)
    with store.begin() as tx:
        review.withdraw(office, tx, ours, "改为提交证明", "hall", hand())
    assert shown(store) == ["ask:bureau", "ask:other"]


@pytest.mark.alike
def test_a_stopped_clock_of_a_request_is_over_with_its_answer(store: Store, hand: Hand) -> None:
    sources = {"registers": Table(default=None), "social": Table(name="social", default="=")}
    office = open_office(store, hand, sources=sources, agencies={"civil-affairs": Post("civil-affairs")})
    case_id = post(office, person(1, "relief-household", HOUSEHOLD))
    settle(office)
    hand.on(days=8)
    stop(office, OrderKind.ASSIST_DUE)
    assert shown(store) == ["assist.due:bureau"]
    with store.begin() as tx:
        (request,) = tx.assistance.of_case(case_id)
        assist.answer(office, tx, request.id, Verdict.MATCH, "", "民政局 王五", hand())
    assert shown(store) == []


@pytest.mark.alike
def test_stopped_work_of_no_case_is_over_with_the_last_of_its_kind(store: Store) -> None:
    office = real_office(store)
    put(store, order(1), order(2))
    stop(office, OrderKind.ASK)
    with store.begin() as tx:
        first, second = tx.work.page(state="quarantined")
        stopped.release(tx, first["id"], "-", office.now())
    assert shown(store) == [f"ask:{office.house}"]
    with store.begin() as tx:
        stopped.end(tx, [second["key"]], office.now())
    assert shown(store) == []
