"""A sick platform is spared: its owner's connectors share a budget of tries, and after an outage the most urgent goes first."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from inspector.daemon.worker import Worker
from inspector.domain.backoff import Ladder
from inspector.flows.office import Office
from inspector.leave import again
from inspector.ports import Card, Unavailable
from inspector.store.store import Store
from inspector.store.work import Work
from inspector.telemetry.metrics import Metrics
from tests.engine import FAST, LANE, Hands, at_work, clock, count, order, put, real_office, row, states, until
from tests.house import Table, open_office, running

pytestmark = pytest.mark.alike

LANES = ("firms", "licences", "taxes")


@dataclass
class Owned(Table):
    """A source of one and the same platform."""

    owner: str = "platform"
    card: Card = field(init=False)

    def __post_init__(self) -> None:
        self.card = Card(name=self.name, port="source", kind="table", owner=self.owner, version="1")


def shared(store: Store) -> Office:
    return open_office(store, clock, sources={**{name: Owned(name=name) for name in LANES}, LANE: Table()})


@pytest.mark.differs
@pytest.mark.slow
def test_three_connectors_of_two_daemons_share_the_tries_of_their_owner(store: Store) -> None:
    granted: list[str] = []

    def say(work: Work) -> None:
        granted.extend(work.lane for _ in range(3) if again())

    office, hands, began = shared(store), Hands(say=say), time.monotonic()
    put(store, *(order(f"{lane}-{n}", lane=lane) for lane in (*LANES, LANE) for n in range(20)))
    engine = replace(FAST, retry_share=0.2, retry_reserve=6)
    with at_work(office, hands, engine, owner="one"), at_work(office, hands, engine, owner="two"):
        until(lambda: set(states(store).values()) == {"done"})
    most = 6 + 60 * 0.2 + 6 * (time.monotonic() - began) / 60
    of_platform = [lane for lane in granted if lane != LANE]
    assert 6 <= len(of_platform) <= most, "a fifth of sixty first tries, and the reserve"
    assert len(granted) > len(of_platform), "who stands behind another connector has a budget of his own"


def test_while_an_owner_ails_what_has_failed_before_waits_uncounted_and_the_look_whether_he_is_well_does_not(
    store: Store,
) -> None:
    down = True

    def say(_work: Work) -> None:
        if down:
            raise Unavailable("http_503")

    office, hands = shared(store), Hands(say=say)
    put(store, *(order(n, lane="firms") for n in range(4)))
    quick = replace(
        FAST,
        retry_share=0,
        retry_reserve=1,
        breaker_threshold=30,
        breaker_cool=timedelta(seconds=0.5),
        ladder=Ladder(base=0.01, cap=1, tries=99),
    )
    with at_work(office, hands, quick) as worker:
        until(lambda: count(worker, "inspector_work_settled_total", kind="ask", outcome="spared") >= 8, office)
        until(lambda: worker.in_flight == 0 and set(states(store).values()) == {"waiting"})  # nobody promotes them now
        assert len(hands.calls) <= 6, "four first tries, one of the reserve, and what little a few seconds add to it"
        assert sum(row(store, n)["attempts"] for n in range(4)) == len(hands.calls), "and no try counts that was not made"
        down = False
        put(store, order("first", lane="firms"))  # whose answer says that he is well
        until(lambda: set(states(store).values()) == {"done"}, office)


def test_behind_as_many_failures_as_open_the_breaker_no_other_call_is_sent_though_none_is_written_yet(store: Store) -> None:
    def say(_work: Work) -> None:
        raise Unavailable("http_503")

    office, hands = real_office(store), Hands(say=say)
    put(store, *(order(n, lane=LANE) for n in range(30)))
    engine, written = replace(FAST, lane_slots=1, breaker_threshold=3), threading.Event()

    def fault(at: str) -> None:
        if at == "settling":
            written.wait(60)

    with running(Worker(office, Metrics(), engine, "one", flows=hands.flows(), fault=fault)):
        until(lambda: len(hands.calls) >= 3)
        time.sleep(0.6)
        asked = len(hands.calls)
        written.set()
    assert asked == 3, "the first of them is still being written"


def test_after_an_outage_the_most_urgent_goes_first_and_no_try_of_the_outage_counts(store: Store) -> None:
    down = True

    def say(_work: Work) -> None:
        if down:
            raise Unavailable("http_503")

    office, hands, now = real_office(store), Hands(say=say), clock()
    dates = [7, 3, 9, 1, 8, 2, 6, 0, 5, 4, *range(10, 30)]
    put(store, *(order(n, lane=LANE, urgent=now + timedelta(days=day)) for n, day in enumerate(dates)))
    engine = replace(
        FAST, lane_slots=1, breaker_threshold=3, breaker_cool=timedelta(seconds=0.3), breaker_most=timedelta(seconds=0.3)
    )
    with at_work(office, hands, engine):
        until(lambda: len(hands.calls) >= 6, office)  # three that open it, and three that look whether it is well
        with store.read() as tx:
            tried = {held["key"]: held["attempts"] for held in tx.work.page()}
        assert sum(tried.values()) <= 3, "what is lost to an open breaker is nobody's try"
        down = False
        before = len(hands.calls)
        until(lambda: set(states(store).values()) == {"done"}, office)
    late = set(hands.calls[:before])  # who was lost to the outage goes again when its own pause is over
    well = [dates[int(key.removeprefix("ask:"))] for key in hands.calls[before + 1 :] if key not in late]
    assert len(well) >= 10
    assert sorted(well) == well, "behind the look that found it well, by legal date"


def test_a_clock_that_was_set_back_leaves_no_owner_without_tries_until_it_has_caught_up(store: Store) -> None:
    now, ahead = clock(), clock() + timedelta(days=365)

    def granted(at: datetime) -> int:
        with store.begin() as tx:
            return sum(tx.retries.take("platform", 0.0, 3, at) for _ in range(5))

    assert granted(ahead) == 3
    assert granted(now) == 0, "what was used is used"
    assert granted(now + timedelta(minutes=1)) == 3
    assert granted(now + timedelta(seconds=50)) == 0, "who waited for the row asked the time before, and earns nothing by it"
    assert granted(now + timedelta(seconds=90)) == 1
