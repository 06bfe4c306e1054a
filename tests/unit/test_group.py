"""Which settlements share a commit: answers first, and of a dead source's failures a few at a time."""

from __future__ import annotations

import queue
import threading
import time
from dataclasses import replace

from inspector.daemon.group import FEW, Done, few, gather, parts
from inspector.domain.decision import OrderKind
from inspector.flows.settle import nothing
from inspector.flows.table import Flow
from tests.integration.test_bulkhead import piece


def done(number: int, *, kind: OrderKind = OrderKind.ASK, failed: bool = False) -> Done:
    work = replace(piece(number, "registers"), kind=kind.value)
    return Done(work=work, error=TimeoutError()) if failed else Done(work=work, settlement=nothing("done"))


def test_answers_never_wait_behind_more_than_a_few_failures() -> None:
    group = [done(n, failed=n % 4 > 0) for n in range(80)]
    now, later = few(group)
    assert [one.error is None for one in now] == [True] * 20 + [False] * FEW
    assert len(later) == 60 - FEW
    well, ill = parts(now, {OrderKind.ASK: Flow(do=lambda *_: nothing("done"))})
    assert all(one.error is None for one in well)
    assert all(one.error is not None for one in ill)


def test_a_few_failures_cost_no_commit_of_their_own_and_what_settles_alone_does() -> None:
    group = [done(1), done(2, failed=True), done(3, kind=OrderKind.DRAW_LODGE)]
    flows = {
        OrderKind.ASK: Flow(do=lambda *_: nothing("done")),
        OrderKind.DRAW_LODGE: Flow(do=lambda *_: nothing("done"), alone=True),
    }
    assert few(group) == (group, [])
    assert [[one.work.id for one in part] for part in parts(group, flows)] == [[1, 2], [3]]


def test_what_is_left_for_later_is_settled_before_a_stop() -> None:
    said: queue.SimpleQueue[Done | None] = queue.SimpleQueue()
    for one in (done(1), None):
        said.put(one)
    assert [one.work.id for one in gather(said, [done(7)], 10) or []] == [7, 1]
    assert [one.work.id for one in gather(said, [done(8)], 10) or []] == [8]
    assert gather(said, [], 10) is None


def test_few_that_are_there_wait_a_moment_for_others_and_one_behind_a_quiet_time_does_not() -> None:
    said: queue.SimpleQueue[Done | None] = queue.SimpleQueue()
    said.put(done(1))
    assert [one.work.id for one in gather(said, [], 10, time.monotonic() - 1) or []] == [1]
    said.put(done(2))
    threading.Timer(0.05, said.put, (done(3),)).start()
    assert [one.work.id for one in gather(said, [], 2, time.monotonic() + 60) or []] == [2, 3]


def test_as_many_as_are_worth_a_commit_wait_for_nobody() -> None:
    said: queue.SimpleQueue[Done | None] = queue.SimpleQueue()
    for number in range(FEW + 1):
        said.put(done(number))
    assert len(gather(said, [], 128, time.monotonic() + 3600) or []) == FEW + 1


def test_a_stop_waits_for_nobody_either() -> None:
    said: queue.SimpleQueue[Done | None] = queue.SimpleQueue()
    for one in (done(1), None):
        said.put(one)
    assert [one.work.id for one in gather(said, [], 10, time.monotonic() + 3600) or []] == [1]
    assert gather(said, [], 10, time.monotonic() + 3600) is None
