"""The bulkhead: a connector that is slow and healthy keeps no other one, and no legal date, waiting. On both databases."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from inspector.daemon.bulkhead import NOTHING, Bulkhead, Room
from inspector.daemon.engine import Engine, engine_of
from inspector.domain.errors import Invalid
from inspector.settings import load
from inspector.store.store import Store
from inspector.store.work import Work
from inspector.tuning import EngineSettings
from tests.engine import FAST, Hands, at_work, clock, order, put, real_office, states, until

SMALL = replace(FAST, threads=16, capacity=64, lane_slots=4)


@dataclass
class Stuck(Hands):
    """Hands whose calls of the lanes that begin with `slow` last until they are let go; how many are in such a call, at most."""

    go: threading.Event = field(default_factory=threading.Event)
    under_way: Counter[str] = field(default_factory=Counter)
    most: Counter[str] = field(default_factory=Counter)
    guard: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.say = self.wait

    def wait(self, held: Work) -> None:
        """Count who is in, and wait."""
        if not held.lane.startswith("slow"):
            return
        with self.guard:
            self.under_way[held.lane] += 1
            self.most[held.lane] = max(self.most[held.lane], self.under_way[held.lane])
        self.go.wait(90)
        with self.guard:
            self.under_way[held.lane] -= 1


@contextmanager
def blocked(store: Store, *slow: str, engine: Engine = SMALL) -> Iterator[Stuck]:
    """An engine at work, whose slow lanes have a long backlog, all of it more urgent than whatever comes, and hang."""
    office = real_office(store)
    with store.begin() as tx:
        tx.lanes.ensure([*slow, "well"])
    put(store, *(order(f"{lane}-{n}", lane=lane) for lane in slow for n in range(200)))
    hands = Stuck()
    with at_work(office, hands, engine):
        until(lambda: all(hands.under_way[lane] == engine.lane_slots for lane in slow))
        try:
            yield hands
        finally:
            hands.go.set()


def done(store: Store, *beginnings: str) -> int:
    return sum(state == "done" for name, state in states(store).items() if name.startswith(beginnings))


@pytest.mark.parametrize("slow", [("slow",), ("slow-1", "slow-2", "slow-3")], ids=["one", "three"])
@pytest.mark.slow
def test_while_slow_connectors_hang_with_a_long_backlog_everything_else_is_done(store: Store, slow: tuple[str, ...]) -> None:
    with blocked(store, *slow) as hands:
        put(store, *(order(f"law-{n}", urgent=clock()) for n in range(150)))
        put(store, *(order(f"well-{n}", lane="well", urgent=clock()) for n in range(150)))
        until(lambda: done(store, "law", "well") == 300)
        assert done(store, "slow") == 0
        assert hands.under_way == dict.fromkeys(slow, SMALL.lane_slots)
        hands.go.set()
        until(lambda: set(states(store).values()) == {"done"})
        assert hands.most == dict.fromkeys(slow, SMALL.lane_slots)


@pytest.mark.slow
def test_when_more_connectors_hang_than_there_are_threads_legal_dates_are_kept_all_the_same(store: Store) -> None:
    slow = [f"slow-{n}" for n in range(5)]
    office, hands = real_office(store), Stuck()
    with store.begin() as tx:
        tx.lanes.ensure(slow)
    put(store, *(order(f"{lane}-{n}", lane=lane) for lane in slow for n in range(60)))
    with at_work(office, hands, SMALL) as worker:
        until(lambda: hands.under_way.total() == SMALL.threads - SMALL.threads // 8)
        put(store, *(order(f"law-{n}") for n in range(150)))
        until(lambda: done(store, "law") == 150)
        assert worker.in_flight <= SMALL.capacity - SMALL.capacity // 8
        hands.go.set()
        until(lambda: set(states(store).values()) == {"done"})


def test_expired_work_of_a_slow_connector_takes_no_more_than_its_share_either(store: Store) -> None:
    office, hands = real_office(store), Stuck()
    with store.begin() as tx:
        tx.lanes.ensure(["slow"])
    put(store, *(order(f"slow-{n}", lane="slow", expires_at=clock()) for n in range(200)))
    with at_work(office, hands, SMALL) as worker:
        until(lambda: hands.under_way["slow"] == SMALL.lane_slots)
        put(store, *(order(f"law-{n}") for n in range(100)))
        until(lambda: done(store, "law") == 100)
        assert worker.in_flight <= SMALL.capacity * SMALL.lane_slots // SMALL.threads
        hands.go.set()


@pytest.mark.slow
def test_one_connector_alone_is_worked_off_in_the_order_of_its_dates(store: Store) -> None:
    office, hands = real_office(store), Hands()
    put(store, *(order(n, lane="registers") for n in range(300)))
    with at_work(office, hands, replace(SMALL, lane_slots=1)):
        until(lambda: set(states(store).values()) == {"done"})
    assert hands.calls == [f"ask:{n}" for n in range(300)]


def test_no_claim_brings_a_lane_more_than_its_share_whatever_comes() -> None:
    held, share = Bulkhead(SMALL), SMALL.capacity * SMALL.lane_slots // SMALL.threads
    taken: list[Work] = []
    for turn in range(50):
        room = held.room()
        lane = f"lane-{turn % 7}"
        if lane in room.full or not room.laned:
            continue
        batch = [piece(turn * 100 + n, lane) for n in range(room.most)]
        held.take(batch)
        taken += batch
        assert max(Counter(work.lane for work in taken).values()) <= share
        assert len(taken) <= SMALL.capacity - SMALL.capacity // 8
        if turn % 3 == 0:
            held.let_go(taken[:20])
            del taken[:20]
    assert held.room().wider(NOTHING)
    assert not Room(most=1, full=("a", "b")).wider(Room(most=9, full=("a",)))
    assert Room(most=1, full=("a",)).wider(Room(most=9, full=("a", "b")))


def test_calls_do_not_stand_still_for_the_commit_of_those_before_them_and_what_waits_for_one_is_bounded() -> None:
    heard: list[Room] = []
    held = Bulkhead(SMALL, lambda: heard.append(NOTHING))
    share = SMALL.capacity * SMALL.lane_slots // SMALL.threads
    first = [piece(number, "slow") for number in range(share)]
    held.take(first)
    assert held.room().full == ("slow",)
    for work in first[: share // 2 - 1]:
        held.ended(work)
    assert (held.room().full, heard) == (("slow",), []), "small top-ups are not worth a commit"
    held.ended(first[share // 2 - 1])
    assert (held.room().full, len(heard)) == ((), 1), "nothing is written yet, and half of the share may be claimed"
    for work in first[share // 2 :]:
        held.ended(work)
    second = [piece(share + number, "slow") for number in range(share)]
    held.take(second)
    for work in second:
        held.ended(work)
    assert held.room().full == ("slow",), "so much waits to be written that no more is taken on"
    held.let_go(first)
    assert held.room().full == ()
    held.ended(first[0])  # its thread was slower than the settler
    held.let_go(second)
    assert len(held) == 0
    assert held.room() == Room(most=min(share, SMALL.capacity - SMALL.capacity // 8))


def piece(number: int, lane: str) -> Work:
    now = clock()
    facts: dict[str, Any] = {"key": f"ask:{number}", "kind": "ask", "case_id": None, "payload": {}, "expires_at": None}
    return Work(id=number, lane=lane, due_at=now, attempts=1, fence=1, **facts)


def test_the_engines_own_numbers_are_those_of_the_settings() -> None:
    assert engine_of(EngineSettings()) == Engine()


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("threads = 32\nlane_slots = 32", ("lane_slots must be less than threads (32)", "lane_slots 应小于 threads（32）")),
        ("threads = 32\ncapacity = 16\nlane_slots = 8", ("capacity must not be less", "capacity 应不小于 threads（32）")),
    ],
)
def test_settings_by_which_one_connector_could_hold_everything_are_refused(
    tmp_path: Path, told: str, words: tuple[str, str]
) -> None:
    file = tmp_path / "inspector.toml"
    file.write_text(f"[engine]\n{told}\n")
    with pytest.raises(Invalid, match="settings_invalid") as refused:
        load(file)
    assert words[0] in str(refused.value.facts["problems"])
    assert words[1] in str(refused.value.facts["problems_zh"])
