"""Connectors with manners: asked at their turn by however many daemons, and what waits too long goes its next way by rule."""

from __future__ import annotations

import time as clocks
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import time, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from inspector.daemon import sweeps
from inspector.domain.case import ClaimStatus
from inspector.domain.decision import Order, OrderKind
from inspector.domain.evidence import Verdict
from inspector.domain.manners import Manners, Pace, Window
from inspector.flows.held import HELD_BEYOND, waits
from inspector.flows.office import Office
from inspector.leave import again, further
from inspector.ports import Unavailable
from inspector.store.store import Store
from inspector.store.tables import lane
from inspector.store.work import Work
from inspector.telemetry.metrics import Metrics
from inspector.web import opswords
from tests.engine import FAST, LANE, Hands, at_work, clock, order, put, real_office, row, states, until
from tests.house import ZONE, Hand, Table, application, closing, open_office, post, settle
from tests.operator import settled

pytestmark = pytest.mark.alike

NIGHT = Manners(hours=(Window(begins=time(22), ends=time(6)),))


@dataclass
class Timed(Hands):
    """Hands that note when they were asked."""

    times: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.say = self.note

    def note(self, _work: Work) -> None:
        self.times.append(clocks.monotonic())


def mannered(office: Office, manners: Manners) -> Office:
    return replace(office, manners={LANE: manners})


def by_hand(store: Store, hand: Hand, manners: Manners) -> Office:
    return mannered(open_office(store, hand, sources={LANE: Table()}), manners)


@pytest.mark.differs
def test_two_daemons_together_ask_no_more_often_than_allowed_and_the_most_urgent_first(store: Store) -> None:
    office, hands = mannered(real_office(store), Manners(per_second=20)), Timed()
    now, began = clock(), clocks.monotonic()
    put(store, *(order(n, lane=LANE, urgent=now - timedelta(minutes=n)) for n in range(24)))
    with at_work(office, hands, owner="one"), at_work(office, hands, owner="two"):
        until(lambda: set(states(store).values()) == {"done"})
    spaced = 1 / 19  # two at once, each for its time of the line: never more than twenty in a second
    assert all(at - began >= (place - 1) * spaced for place, at in enumerate(sorted(hands.times)))
    numbers = [int(key.removeprefix("ask:")) for key in hands.calls]
    out_of_turn = sum(abs(number - (23 - place)) for place, number in enumerate(numbers)) / len(numbers)
    assert out_of_turn <= 3, "but for who of a pair comes first, on a busy machine too; the other way round it would be twelve"


def test_outside_its_hours_work_waits_as_it_is_with_its_reason_and_is_asked_when_they_begin(store: Store, hand: Hand) -> None:
    office, hands = by_hand(store, hand, NIGHT), Hands()
    with store.begin() as tx:
        tx.work.order([order(n, lane=LANE, urgent=hand() + timedelta(days=20)) for n in range(3)], clock())
        tx.work.order([order("late", lane=LANE, urgent=hand() + timedelta(hours=2))], clock())
    with at_work(office, hands) as worker:
        until(lambda: bool(matters(store)))
        with store.read() as tx:
            held = waits(tx, office)[LANE]
        assert (held.reason, held.until) == ("hours", hand().replace(hour=22))
        assert set(states(store).values()) == {"ready"}, "nothing is lost, and no try is counted"
        assert hands.calls == []
        hand.now = hand().replace(hour=22)
        worker.wake()
        until(lambda: set(states(store).values()) == {"done"})
    with store.read() as tx:
        assert waits(tx, office) == {}
    assert matters(store) == [{"connector": LANE, "reason": "hours", "count": 1}], (
        "of what serves a date of before, a person hears"
    )


def test_what_could_only_be_asked_behind_its_patience_gives_up_now_and_a_person_is_told(store: Store, hand: Hand) -> None:
    office, hands = by_hand(store, hand, NIGHT), Hands()
    soon, later = hand() + timedelta(hours=3), hand() + timedelta(days=3)
    with store.begin() as tx:
        tx.work.order([order("soon", lane=LANE, expires_at=soon), order("later", lane=LANE, expires_at=later)], clock())
    with at_work(office, hands, patient=True):
        until(lambda: hands.gave_up == ["ask:soon:held_hours"])
        until(lambda: row(store, "soon")["state"] == "done")
    assert hands.calls == []
    assert row(store, "later")["state"] == "ready"
    assert [{**told, "case": told["case"]} for told in matters(store)] == [
        {"connector": LANE, "reason": "hours", "count": 1, "case": "case-soon"}
    ]


@pytest.mark.parametrize(
    "shut",
    [lambda: {"paused": True}, lambda: {"open_until": clock() + timedelta(hours=1), "failures": 9}],
    ids=["paused", "down"],
)
def test_a_lane_that_is_paused_or_down_is_not_asked_outside_its_hours_either(
    store: Store, hand: Hand, shut: Callable[[], dict[str, object]]
) -> None:
    office, hands = by_hand(store, hand, NIGHT), Hands()
    with store.begin() as tx:
        tx.work.order([order("soon", lane=LANE, expires_at=hand() + timedelta(hours=3))], clock())
        tx.connection.execute(sa.update(lane).where(lane.c.name == LANE).values(**shut()))
    with at_work(office, hands, patient=True):
        until(lambda: hands.gave_up == ["ask:soon:held_hours"])
    assert hands.calls == []


@pytest.mark.differs
def test_a_quota_is_shared_lasts_over_a_kill_and_begins_anew_the_next_day(store: Store, hand: Hand) -> None:
    office, hands = by_hand(store, hand, Manners(per_day=3)), Hands()
    with store.begin() as tx:
        tx.work.order([order(n, lane=LANE) for n in range(5)], clock())
        claimed = claim(tx, office, 2)  # by a daemon that was killed behind its commit: nobody knows whether it has called
    with store.begin() as tx:
        tx.work.void_leases()
    with at_work(office, hands):
        until(lambda: Counter(states(store).values()) == {"done": 1, "ready": 4})
        with store.read() as tx:
            assert waits(tx, office)[LANE].reason == "quota"
        hand.on(days=1)
        until(lambda: Counter(states(store).values()) == {"done": 4, "ready": 1})
    assert len(claimed) == 2
    assert len(hands.calls) == 4


def test_a_quota_without_a_rate_is_used_as_fast_as_calls_end(store: Store, hand: Hand) -> None:
    office, hands = by_hand(store, hand, Manners(per_day=50)), Hands()
    put(store, *(order(n, lane=LANE) for n in range(50)))
    with at_work(office, hands, replace(FAST, lane_slots=2, poll=3600.0)):
        until(lambda: set(states(store).values()) == {"done"})
    assert len(hands.calls) == 50


def test_a_connector_that_is_down_is_looked_at_at_its_turn_only(store: Store, hand: Hand) -> None:
    def say(_work: Work) -> None:
        raise Unavailable("http_503")

    office, hands = by_hand(store, hand, Manners(per_day=4)), Hands(say=say)
    put(store, *(order(n, lane=LANE) for n in range(30)))
    engine = replace(FAST, breaker_threshold=2, breaker_cool=timedelta(seconds=0.01), breaker_most=timedelta(seconds=0.02))
    with at_work(office, hands, engine):
        until(lambda: used(store) == 4, office)
        clocks.sleep(0.5)
    assert 2 <= len(hands.calls) <= 4, "a turn whose call found the breaker open by then is lost"
    assert used(store) == 4


def test_a_call_of_a_spaced_connector_is_one_try_and_its_further_requests_take_turns(store: Store, hand: Hand) -> None:
    told: list[object] = []

    def say(_work: Work) -> None:
        told.extend([further(), again(), round(further() or -1, 1), round(further() or -1, 1), further()])

    office, hands = by_hand(store, hand, Manners(per_minute=6, per_day=3)), Hands(say=say)
    put(store, order(1, lane=LANE))
    with at_work(office, hands):
        until(lambda: states(store) == {"1": "done"})
    first, tried, second, third, none = told
    assert (first, tried, none) == (0.0, False, None), "the quota of the day is used up"
    assert isinstance(second, float)
    assert isinstance(third, float)
    assert 5 < second <= 10, "at six a minute, but for the moments that pass between two questions"
    assert second + 5 < third <= 20


def claim(tx: object, office: Office, most: int) -> list[Work]:
    """What a daemon does in its claim, of `most` rows."""
    from inspector.daemon.bulkhead import Bulkhead
    from inspector.daemon.turns import Turns
    from inspector.store.tx import Tx

    assert isinstance(tx, Tx)
    narrow = replace(FAST, lane_slots=most)
    turns, held = Turns(narrow, Hands().flows(), "killed"), Bulkhead(narrow)
    return turns.claim(tx, office, held, held.room(), ())


def used(store: Store) -> int:
    with store.read() as tx:
        held = tx.manners.read([LANE]).get(LANE)
    return held.used if held is not None else 0


def matters(store: Store) -> list[dict[str, object]]:
    with store.read() as tx:
        return [{key: value for key, value in told.items() if key != "asked_from"} for told in tx.attention.standing(HELD_BEYOND)]


def test_nothing_of_this_is_asked_where_nobody_has_manners(store: Store) -> None:
    office, hands = real_office(store), Hands()
    put(store, order(1, lane=LANE))
    with at_work(office, hands):
        until(lambda: states(store) == {"1": "done"})
    with store.read() as tx:
        assert tx.manners.read([LANE]) == {}


def test_a_question_that_comes_too_late_speaks_against_nobody_and_its_case_goes_on(store: Store, hand: Hand) -> None:
    hand.now = hand().replace(hour=21)
    evening = Manners(hours=(Window(begins=time(18), ends=time(20)),))  # and the pack waits until tomorrow's close of business
    office = by_hand(store, hand, evening)
    case_id = post(office, application(1, "business-licence", {"registration-status": "存续"}))
    settle(office)
    with store.read() as tx:
        (found,) = tx.cases.evidence(case_id)
        case = tx.cases.get(case_id)
    assert (found.verdict, found.note, found.attempts) == (Verdict.NO_ANSWER, "held_hours", 0)
    assert case.outcome is None
    assert all(held.status is not ClaimStatus.CONTRADICTED for held in case.claims)
    assert [(told["connector"], told["reason"], told["case"]) for told in matters(store)] == [(LANE, "hours", case_id)]


def test_operators_are_told_why_work_waits_and_how_many_calls_are_left(database_url: str, tmp_path: Path) -> None:
    said = '\n[witnesses.notary]\nkind = "http"\nurl = "http://127.0.0.1:9/notary"\n[witnesses.notary.manners]\nper_day = 2\n'
    operator = settled(database_url, tmp_path, said)
    with closing(operator.store()) as held:
        with held.begin() as tx:
            now = tx.machine_now()
            past = now - timedelta(hours=1)
            tx.work.order([Order(kind=OrderKind.DRAW_LODGE, key="k", due_at=past, urgent_by=now, lane="notary")], now)
            tx.lanes.ensure(["notary"])
            tx.manners.ensure(["notary"])
            tx.manners.write({"notary": Pace(next_at=now, day=now.astimezone(ZONE).date(), used=2)})
        (told,) = operator.well("work", "list", "--state", "ready", "--json").json
        assert (told["waits"], told["waits_until"][11:16]) == ("quota", "00:00")
        assert "the day's quota of calls is used up" in operator.well("work", "show", str(told["id"])).out
        assert "当日配额已用完" in operator.well("work", "list", "--state", "ready", lang="zh-Hans").out
        (listed,) = operator.well("connector", "list", "--json").json
        assert listed["waits"] == "quota"
        office = replace(real_office(held), manners={"notary": Manners(per_day=2)})
        with held.read() as tx:
            lines = list(opswords._lanes(office, tx, tx.machine_now(), "en"))
        assert any("used up" in line and line.endswith("waiting: 1") for line in lines)
        assert "notary: 0 calls left today" in lines
        metrics = Metrics()
        sweeps.snapshot(office, metrics)
        value = metrics.registry.get_sample_value
        assert value("inspector_connector_waiting", {"connector": "notary", "reason": "quota"}) == 1
        assert value("inspector_connector_quota_left", {"connector": "notary"}) == 0
        assert value("inspector_connector_failures", {"connector": "notary"}) == 0
        assert value("inspector_work_oldest_due_seconds", {"kind": "draw.lodge"}) == 0, "it is not late: it waits as agreed"
