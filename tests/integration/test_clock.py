"""The clock: slots come from the trigger's text, each is taken once, and an outage is caught up by class."""

from __future__ import annotations

import itertools
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from apscheduler.triggers.base import BaseTrigger

from inspector.daemon.clock import CatchUp, Clock, Schedule, Tick
from inspector.daemon.schedules import plan_order, sweep_order
from inspector.domain.decision import Order, OrderKind
from inspector.flows.office import Plan
from inspector.store.store import Store
from inspector.telemetry.metrics import Metrics
from inspector.trigger import parse
from tests.engine import lines, listening, until
from tests.house import START, ZONE, Hand, closing, open_store

pytestmark = pytest.mark.alike

HOUR = timedelta(hours=1)
WEEK = timedelta(days=7)


@dataclass
class Diary:
    """A schedule's slots with the moment they were taken."""

    taken: list[tuple[datetime, datetime]] = field(default_factory=list)

    def schedule(
        self, text: str, catch_up: CatchUp = CatchUp.ONCE, name: str = "plan:spring", anchor: datetime = START
    ) -> Schedule:
        def order(slot: datetime, now: datetime) -> Order:
            self.taken.append((slot, now))
            return sweep_order(OrderKind.FORGET, {"days": 7}, slot, now)

        return Schedule(name=name, text=text, trigger=parse(text, ZONE, anchor), catch_up=catch_up, order=order)

    @property
    def slots(self) -> list[str]:
        return [slot.astimezone(ZONE).strftime("%d %H:%M") for slot, _ in self.taken]


def a_clock(store: Store, now: Callable[[], datetime], *schedules: Schedule, replica: str = "one") -> Clock:
    clock = Clock(store, Metrics(), now, replica, {schedule.name: schedule for schedule in schedules})
    clock.declare()
    return clock


def pass_by(clock: Clock, hand: Hand, hours: int) -> None:
    """Let office hours pass with the clock looking twice an hour, always a little late."""
    for _ in range(hours * 2):
        hand.on(minutes=30)
        clock.fire_due()


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("cron mon-fri 08:30", ["03 08:30", "04 08:30", "05 08:30", "06 08:30"]),
        ("cron tue,thu 14:00", ["03 14:00", "05 14:00"]),
        ("every 20h", ["02 09:00", "03 05:00", "04 01:00", "04 21:00", "05 17:00"]),
    ],
)
def test_a_plan_is_due_when_its_trigger_says_so_and_at_no_other_time(
    store: Store, hand: Hand, text: str, slots: list[str]
) -> None:
    diary = Diary()
    pass_by(a_clock(store, hand, diary.schedule(text)), hand, 4 * 24)
    assert diary.slots == slots
    assert all(timedelta(0) <= now - slot < HOUR for slot, now in diary.taken)


@dataclass
class Told(BaseTrigger):  # type: ignore[misc] # APScheduler tells no types
    """A trigger in the place of APScheduler's own, that knows its times by heart."""

    times: tuple[datetime, ...]

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime | None:
        """The first of its times from now on and after the last."""
        return next((time for time in self.times if time >= now and (previous is None or time > previous)), None)


@pytest.mark.parametrize("minutes", [(), (7, 95)], ids=["never", "its own times"])
@pytest.mark.parametrize("text", ["every 1h", "cron * 10:00"])
def test_a_slot_comes_when_the_trigger_object_says_so_and_by_no_other_way(
    store: Store, hand: Hand, text: str, minutes: tuple[int, ...]
) -> None:
    diary = Diary()
    told = Told(tuple(START + timedelta(minutes=minute) for minute in minutes))
    pass_by(a_clock(store, hand, replace(diary.schedule(text), trigger=told)), hand, 48)
    assert [slot for slot, _ in diary.taken] == list(told.times)


@pytest.mark.differs
def test_a_slot_orders_its_draw_in_the_transaction_that_takes_it(store: Store, hand: Hand) -> None:
    plan = Plan(name="spring", agency="bureau", trigger="every 1h")
    down = [True]

    def order(slot: datetime, now: datetime) -> Order:
        if down[0]:
            raise ConnectionError("in the middle")
        return plan_order(plan, slot, now)

    clock = a_clock(store, hand, Schedule(
        name="plan:spring", text="every 1h", trigger=parse("every 1h", ZONE, START), catch_up=CatchUp.ONCE, order=order
    ))  # fmt: skip

    def orders() -> list[str]:
        with store.read() as tx:
            return [row["key"] for row in tx.work.page()]

    clock.fire_due()
    assert orders() == [], "neither the order nor the slot is kept"
    down[0] = False
    clock.fire_due()
    clock.fire_due()
    assert orders() == [f"draw.announce:spring:{START.isoformat()}"]


@pytest.mark.differs
def test_each_slot_is_taken_once_by_three_daemons_on_one_database(
    store: Store, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    diaries = [Diary() for _ in range(3)]
    clocks = [a_clock(store, hand, diary.schedule("every 1h"), replica=str(n)) for n, diary in enumerate(diaries)]
    together = threading.Barrier(len(clocks), timeout=60)
    for clock in clocks:  # each has seen the slot free before one takes it

        def fire(*told: Any, own: Callable[..., None] = clock._fire) -> None:
            together.wait()
            own(*told)

        monkeypatch.setattr(clock, "_fire", fire)
    for _ in range(12):
        looks = [threading.Thread(target=clock.fire_due) for clock in clocks]
        for look in looks:
            look.start()
        for look in looks:
            look.join()
        hand.on(hours=1)
    taken = Counter(slot for diary in diaries for slot in diary.slots)
    assert len(taken) == 12
    assert set(taken.values()) == {1}


@pytest.mark.parametrize("text", ["cron * 08:30", "every 24h"])
@pytest.mark.parametrize(("catch_up", "caught"), [(CatchUp.ONCE, 1), (CatchUp.SKIP, 0)])
def test_a_weeks_outage_is_caught_up_by_class(store: Store, hand: Hand, text: str, catch_up: CatchUp, caught: int) -> None:
    before, after = Diary(), Diary()
    pass_by(a_clock(store, hand, before.schedule(text, catch_up)), hand, 48)
    assert len(before.slots) in (2, 3), "in time every class takes every slot"
    hand.on(days=7)
    clock = a_clock(store, hand, after.schedule(text, catch_up, anchor=hand()))
    for _ in range(20):
        clock.fire_due()
    assert len(after.slots) == caught
    pass_by(clock, hand, 48)
    assert len(after.slots) == caught + 2, "and then it goes on as before"
    assert not set(before.slots) & set(after.slots)
    assert len({slot[3:] for slot in before.slots + after.slots}) == 1, "at the same hour"


def test_lag_and_next_time_are_told(store: Store, hand: Hand) -> None:
    clock = a_clock(store, hand, Diary().schedule("cron * 09:00"))
    hand.on(minutes=7)
    clock.fire_due()
    with store.read() as tx:
        (row,) = tx.schedules.all()
    assert (row["lag_seconds"], row["last_at"], row["next_at"]) == (420.0, hand(), START + 24 * HOUR)


def test_a_changed_trigger_starts_anew_and_an_unchanged_one_keeps_its_place(store: Store, hand: Hand) -> None:
    def next_at() -> datetime:
        with store.read() as tx:
            (row,) = tx.schedules.all()
            found: datetime = row["next_at"]
            return found

    a_clock(store, hand, Diary().schedule("cron * 08:30"))
    due = START + 23.5 * HOUR
    assert next_at() == due
    hand.on(days=3)
    a_clock(store, hand, Diary().schedule("cron * 08:30"))
    assert next_at() == due, "what was missed is still there to be caught up"
    a_clock(store, hand, Diary().schedule("cron * 10:00"))
    assert next_at() == hand() + HOUR


def test_a_schedule_that_is_no_longer_configured_is_forgotten(store: Store, hand: Hand) -> None:
    diary = Diary()
    a_clock(store, hand, diary.schedule("every 1h", name="plan:old"), diary.schedule("every 1h", name="plan:kept"))
    clock = a_clock(store, hand, diary.schedule("every 1h", name="plan:kept"))
    clock.fire_due()
    with store.read() as tx:
        assert [row["name"] for row in tx.schedules.all()] == ["plan:kept"]
    assert len(diary.taken) == 1


def test_a_schedule_that_fails_keeps_no_other_from_its_turn_and_is_due_again(store: Store, hand: Hand) -> None:
    diary = Diary()
    bad = diary.schedule("every 1h", name="plan:bad")

    def order(_slot: datetime, _now: datetime) -> Order:
        raise LookupError("no such agency")

    broken = replace(bad, order=order)
    clock = a_clock(store, hand, broken, diary.schedule("every 1h", name="plan:good"))
    with listening() as stream:
        clock.fire_due()
        clock.fire_due()
    assert len(diary.taken) == 1
    assert [line["schedule"] for line in lines(stream) if line["event"] == "schedule.failed"] == ["plan:bad"] * 2


def test_a_slot_that_was_taken_before_the_clock_was_set_back_is_passed_over(store: Store, hand: Hand) -> None:
    diary = Diary()
    clock = a_clock(store, hand, diary.schedule("cron * 09:00"))
    clock.fire_due()
    hand.on(days=-1)
    a_clock(store, hand, diary.schedule("cron * 08:00"))
    again = a_clock(store, hand, diary.schedule("cron * 09:00"))
    pass_by(again, hand, 72)
    assert diary.slots == ["02 09:00", "01 09:00", "03 09:00", "04 09:00"]


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Store]:
    """A store that does not matter."""
    with closing(open_store(f"sqlite:///{tmp_path / 'ticks.sqlite3'}")) as held:
        yield held


def test_a_tick_whose_body_fails_comes_again(file: Store, hand: Hand) -> None:
    clock = a_clock(file, hand)
    came: list[None] = []

    def body() -> None:
        came.append(None)
        raise RuntimeError("the database is away")

    with listening() as stream:
        clock.start([Tick(name="seal", seconds=0.05, body=body)])
        try:
            until(lambda: len(came) >= 3)
            alive = clock.alive
        finally:
            clock.stop()
    assert (alive, clock.alive) == (True, False)
    assert "the database is away" in stream.getvalue()
    assert clock._metrics.registry.get_sample_value("inspector_tick_last_timestamp_seconds", {"tick": "seal"}) is None


def test_how_late_a_tick_came_and_when_it_last_ended_are_measured(file: Store, hand: Hand) -> None:
    clock = a_clock(file, hand)
    slow = threading.Event()
    clock.start([Tick(name="seal", seconds=0.1, body=lambda: (slow.wait(0.4), None)[1])])

    def metric(name: str) -> float:
        return clock._metrics.registry.get_sample_value(name, {"tick": "seal"}) or 0.0

    try:
        until(lambda: metric("inspector_tick_lag_seconds") > 0.2)
        slow.set()
        until(lambda: metric("inspector_tick_lag_seconds") < 0.2)
        assert metric("inspector_tick_last_timestamp_seconds") > START.timestamp()
    finally:
        clock.stop()


@dataclass
class Watch:
    """A clock's own two, which pass as a tick's body lets them."""

    passed: float = 1000.0

    def monotonic(self) -> float:
        return self.passed

    def time(self) -> float:
        return self.passed


@pytest.mark.parametrize(("cost", "longest", "apart"), [(0.4, 120, 5), (6.5, 120, 65), (40.0, 120, 120), (6.5, 0, 10)])
def test_a_tick_that_spares_the_house_takes_a_tenth_of_the_time_and_no_figure_is_called_fresh_that_is_not(
    file: Store, hand: Hand, monkeypatch: pytest.MonkeyPatch, cost: float, longest: float, apart: float
) -> None:
    clock, watch = a_clock(file, hand), Watch()
    monkeypatch.setattr("inspector.daemon.clock.time", watch)
    came: list[float] = []

    def body() -> None:
        came.append(watch.passed)
        watch.passed += cost

    tick = Tick(name="snapshot", seconds=5.0, body=body, longest=longest)
    told = clock._metrics.registry.get_sample_value
    for slot in range(1000, 1500, 5):
        if watch.passed <= slot:  # as the scheduler does: no second one beside one that runs
            watch.passed = slot
            clock._run(tick)
            assert told("inspector_tick_last_timestamp_seconds", {"tick": "snapshot"}) == came[-1] + cost
    gaps = {later - former for former, later in itertools.pairwise(came)}
    assert gaps == {apart}
    late = 0 if longest else apart - tick.seconds  # what comes always and is in nobody's way but its own is late by itself
    assert told("inspector_tick_lag_seconds", {"tick": "snapshot"}) == late


def test_a_dear_tick_that_fails_comes_again_at_its_usual_time(file: Store, hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the database is away nobody waits longer than before to see that it is back."""
    clock, watch = a_clock(file, hand), Watch()
    monkeypatch.setattr("inspector.daemon.clock.time", watch)
    came: list[float] = []

    def body() -> None:
        came.append(watch.passed)
        watch.passed += 4
        if len(came) > 1:
            raise RuntimeError("the database is away")

    for slot in range(1000, 1060, 5):
        watch.passed = slot
        clock._run(Tick(name="snapshot", seconds=5.0, body=body, longest=120.0))
    assert came == [1000, 1040, 1045, 1050, 1055]


@pytest.mark.parametrize("jump", [-7200.0, 7200.0])
def test_a_jump_of_the_wall_clock_wakes_every_tick(file: Store, hand: Hand, jump: float) -> None:
    offset = [0.0]
    came: list[None] = []
    clock = Clock(file, Metrics(), hand, "one", {}, wall=lambda: time.time() + offset[0])
    clock.start([Tick(name="forget", seconds=3600, body=lambda: came.append(None))])
    try:
        until(lambda: len(came) == 1)
        with listening() as stream:
            offset[0] = jump
            until(lambda: len(came) == 2)
            until(lambda: "clock.jumped" in stream.getvalue())
    finally:
        clock.stop()


def test_a_replica_that_starts_with_older_settings_takes_no_plan_from_a_newer_one(store: Store, hand: Hand) -> None:
    diary, old = Diary(), Diary()
    spring, autumn = diary.schedule("every 20h"), diary.schedule("every 30h", name="plan:autumn")
    newer = a_clock(store, hand, spring, autumn, replica="new")

    def alive(replica: str, clock: Clock) -> None:
        with store.begin() as tx:
            tx.replicas.seen(replica, "1", START, tx.machine_now(), clock.declared)

    alive("new", newer)
    older = a_clock(store, hand, old.schedule("every 20h"), replica="old")
    alive("old", older)
    for clock in (newer, older):
        clock.restore()
    for _ in range(80):
        hand.on(hours=1)
        older.fire_due()
        newer.fire_due()
    assert len(diary.taken) + len(old.taken) == 5 + 3, "every slot of both plans"


def test_a_schedule_that_has_gone_missing_is_written_down_again_and_one_that_nobody_has_is_forgotten(
    store: Store, hand: Hand
) -> None:
    clock = a_clock(store, hand, Diary().schedule("every 20h"))
    with store.begin() as tx:
        tx.schedules.keep_only(["plan:other"])
        tx.schedules.declare("plan:other", "every 1h", hand())
    with listening() as stream:
        clock.restore()
    with store.read() as tx:
        assert [row["name"] for row in tx.schedules.all()] == ["plan:spring"]
    assert [line["schedule"] for line in lines(stream) if line["event"] == "schedule.restored"] == ["plan:spring"]
