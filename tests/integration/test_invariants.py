"""What must be of nothing: a sound house breaks none of it, whatever is under way; each wrong is seen, and it alone."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from inspector.cli.invariants import findings
from inspector.domain.assistance import TIMERS
from inspector.domain.case import Outcome
from inspector.domain.decision import OrderKind
from inspector.domain.evidence import Verdict
from inspector.flows import assist, dispatch, duties
from inspector.flows.invariants import OWN, broken
from inspector.flows.office import Office
from inspector.flows.stopped import STOPPED, stopped
from inspector.flows.table import FLOWS
from inspector.store.store import Store
from inspector.store.tables import attention, seat, work
from inspector.store.tx import Tx
from tests.house import Hand, Table, application, open_office, post, settle
from tests.integration.test_telemetry import LICENCE, under_way
from tests.integration.test_way import HOUSEHOLD, Post, person
from tests.proceedings import decided

pytestmark = pytest.mark.alike

Change = Callable[[Tx], object]


class _UndoneError(Exception):
    """What was broken is mended."""


def found(office: Office, change: Change | None = None) -> dict[str, list[str]]:
    """What breaks each invariant, those that hold left out; after a change, which is undone again."""
    told: dict[str, list[str]] = {}
    with office.store.begin() as tx, suppress(_UndoneError), tx.savepoint():
        if change is not None:
            change(tx)
        told = {of: names for of, names in broken(tx, office.now()).items() if names}
        raise _UndoneError
    return told


def gone(*kinds: OrderKind, case: str | None = None, key: str = "%") -> Change:
    """Rows of work that have gone without a trace."""
    which = work.c.kind.in_([kind.value for kind in kinds]) & work.c.key.like(key)
    held = sa.delete(work).where(which & (work.c.case_id == case) if case is not None else which)
    return lambda tx: tx.connection.execute(held)


@pytest.fixture
def sound(store: Store, hand: Hand) -> Office:
    """A house with visits given, a draw announced, letters out, a case that waits for an officer, and one that waits for its level."""
    return under_way(store, hand)


def test_a_house_with_everything_under_way_breaks_nothing_and_each_wrong_is_seen_alone(sound: Office) -> None:
    assert found(sound) == {}
    with sound.store.read() as tx:
        first, second = tx.visits.open_ids("", 10)
        places = tx.visits.team(second)
        (announced,) = tx.draws.unfinished()
        asked, other = tx.assistance.unfinished(10)
    pushed = next(one for one in places if one.state.pushed)
    lost = sa.delete(seat).where(seat.c.visit == first, seat.c.place == 0)
    assert found(sound, lambda tx: tx.connection.execute(lost)) == {"visit_without_team": [first]}
    bare = replace(announced, c=None)
    assert found(sound, lambda tx: tx.draws.put(bare)) == {"draw_without_commitment": [announced.number]}
    clocks = {
        f"verification:{asked.case_id}": gone(OrderKind.VERIFY_DUE, case=asked.case_id),
        f"assistance:{other.id}": gone(*TIMERS, case=other.case_id),
        f"visit:{first}": gone(OrderKind.VISIT_DUE, key=f"%{first}"),
        f"seat:{pushed.name}": gone(OrderKind.ACCEPT_DUE, key=f"%{pushed.name}"),
    }
    for name, change in clocks.items():
        assert found(sound, change) == {"clock_without_step": [name]}, name
    assert found(sound) == {}, "all is as it was"


def test_a_seat_that_nothing_would_push_waits_for_ever_and_one_of_which_a_person_was_told_does_not(sound: Office) -> None:
    with sound.store.read() as tx:
        visit, *_ = tx.visits.open_ids("", 10)
        held = next(one for one in tx.visits.team(visit) if one.state.pushed)
    ordered = sa.update(seat).where(seat.c.visit == visit, seat.c.place == held.place, seat.c.turn == held.turn)

    def back(tx: Tx) -> None:
        tx.connection.execute(ordered.values(state="ORDERED", body=sa.func.replace(seat.c.body, held.state.value, "ORDERED")))
        tx.connection.execute(sa.delete(work).where(work.c.key.in_(held.work)))

    assert found(sound, back) == {"clock_without_step": [f"seat:{held.name}"]}

    def told(tx: Tx) -> None:
        back(tx)
        tx.attention.open("push_undelivered", held.agency, held.push(0), {}, sound.now())

    assert found(sound, told) == {}


def test_a_review_waits_for_its_date_and_behind_it_for_the_officer_who_was_told(store: Store, hand: Hand) -> None:
    office = open_office(store, hand, sources={"registers": Table(default="吊销")})
    case = post(office, application(1, "business-licence", LICENCE))
    settle(office)
    assert found(office) == {}
    assert found(office, gone(OrderKind.REVIEW_DUE)) == {"clock_without_step": [f"review:{case}"]}
    hand.on(days=60)
    settle(office)
    assert found(office) == {}, "its date is over, and a person was told"
    untold = sa.delete(attention).where(attention.c.id == f"review_due:{case}")
    assert found(office, lambda tx: tx.connection.execute(untold)) == {"clock_without_step": [f"review:{case}"]}


def test_a_step_about_a_consequence_has_a_clock_or_somebody_who_was_told(store: Store, hand: Hand) -> None:
    held = decided(store, hand, Outcome.UNTRUE_INCURABLE)
    assert found(held.office) == {}
    names = found(held.office, gone(OrderKind.CONSEQUENCE_DUE))["clock_without_step"]
    with store.read() as tx:
        assert names == sorted(f"consequence:{one.id}" for one in tx.consequences.of_case(held.case) if one.due_at is not None)
    hand.on(days=60)
    settle(held.office)
    assert found(held.office) == {}


def test_stopped_work_belongs_to_whoever_has_its_matter_and_to_nobody_once_that_is_closed(store: Store, hand: Hand) -> None:
    office = open_office(store, hand, sources={"registers": Table(default=None)})
    case = post(office, application(1, "business-licence", LICENCE))
    with store.begin() as tx:
        held = next(one for one in tx.work.claim("one", tx.machine_now(), hand(), timedelta(minutes=1), 9) if one.case_id == case)
        tx.work.quarantine(held, "E-106", hand())
        stopped(tx, held, "E-106", office.house, hand())
        matter = f"{STOPPED}:{held.kind}:bureau"
        assert tx.attention.get(matter) is not None
    assert found(office) == {}
    with store.begin() as tx:
        tx.attention.close(matter, hand())
    assert found(office) == {"order_without_owner": [held.key]}
    (told,) = findings(office)
    assert (told.name, held.key in told.what[0], held.key in told.what[1]) == ("invariants.order_without_owner", True, True)


def test_each_kind_of_work_that_opens_a_matter_of_its_own_is_known_by_it() -> None:
    assert OWN.keys() == {kind for kind, flow in FLOWS.items() if flow.stuck is not None}


def test_figures_say_which_periods_were_drawn_and_what_became_of_assignments(sound: Office, hand: Hand) -> None:
    with sound.store.begin() as tx:
        (visit, *_), at = tx.visits.open_ids("", 10), hand()
        waiting = next(one for one in tx.visits.team(visit) if one.state.pushed)
        dispatch.decline(sound, tx, dispatch.seat_name(waiting), "另有任务", at)
        became = {(plan, became): count for plan, became, count in duties.periods(sound, tx, at) if count}
        assert became == {("weekly", "under_way"): 1}, "the period before the first slot was expected by nobody"
        assert duties.oldest(sound, tx, at) == [], "no letter has left yet"
        assert tx.pushes.came(at - timedelta(days=90)) == [("phones", "handed", 4)]
    with sound.store.read() as tx:
        assert dict(duties.answers(sound, tx, hand()))["DECLINED"] == 1


def test_the_oldest_request_is_as_old_as_its_letter_in_working_days_until_it_is_answered(store: Store, hand: Hand) -> None:
    sources = {"registers": Table(default=None), "social": Table(name="social", default="=")}
    office = open_office(store, hand, sources=sources, agencies={"civil-affairs": Post("civil-affairs")})
    case = post(office, person(1, "relief-household", HOUSEHOLD))
    settle(office)
    hand.on(days=7)
    post(office, person(2, "relief-household", HOUSEHOLD))
    settle(office)
    with store.read() as tx:
        assert duties.oldest(office, tx, hand()) == [("civil-affairs", 5)]
        (asked,) = tx.assistance.of_case(case)
    with store.begin() as tx:
        assist.answer(office, tx, asked.id, Verdict.MATCH, str(asked.question["claimed"]), "李局长", hand())
    with store.read() as tx:
        assert duties.oldest(office, tx, hand()) == [("civil-affairs", 0)]
