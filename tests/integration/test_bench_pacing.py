"""A measurement counts from when something was to come: a stall of whoever feeds it is no secret."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import pytest

from inspector.flows.office import Office
from tests.bench import cases, pacing
from tests.bench.pacing import Paced
from tests.bench.stub import stub


def test_each_moment_is_that_of_the_schedule_however_long_the_one_before_took_and_the_greatest_lateness_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    coming, moments, late = Paced(30, 100), list[float](), 0.0
    began, first = time.time(), 0.0
    for number, moment in coming:
        first = first or time.time()
        moments.append(moment)
        late = max(late, time.time() - moment)
        if number == 3:
            time.sleep(0.15)
    assert [round((moment - moments[0]) * 100) for moment in moments] == list(range(30))
    assert began <= moments[0] <= first
    assert 0.13 < coming.late <= late + 0.01, "what was caught up with since is not forgotten"
    monkeypatch.setattr(pacing, "MOST_LATE", 60.0)  # here a busy machine may be later than figures may be
    coming.kept()
    monkeypatch.undo()
    slow = Paced(3, 1000)
    for number, _ in slow:
        time.sleep(1.05 if number == 1 else 0)
    with pytest.raises(SystemExit, match="does not keep 1000 a second"):
        slow.kept()


@pytest.mark.slow
def test_a_stall_of_the_feeder_costs_every_case_that_had_to_come_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = argparse.Namespace(rate=20.0, cases=60, backlog=0, budget=3.0)
    taken, stalled = cases.take, list[int]()

    def take(office: Office, number: int, name: str) -> str:
        if number == 30:
            stalled.append(number)
            time.sleep(0.8)
        return taken(office, number, name)

    monkeypatch.setattr(cases, "take", take)
    monkeypatch.setattr(pacing, "MOST_LATE", 60.0)  # a busy machine is later, and no round counts; here it may be
    with stub(0.005) as outside:
        found = cases.measure(f"sqlite:///{tmp_path / 'a.sqlite3'}", outside.url, {}, given, tenth=cases.ANSWERING)
    assert stalled == [30]
    assert len(found) == 54
    assert sum(took > 200 for took in found) > 8, "of the sixteen that were to come within the stall those of the first 600 ms"
