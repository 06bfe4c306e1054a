"""A simulated office: the same scene is the same ledger to the last bit, nothing is wrong in it, and every case comes to its end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from inspector.calendars import load_calendars
from inspector.domain.decision import Order, OrderKind
from inspector.flows.invariants import broken
from inspector.policybook import Policybook
from inspector.simulation.account import Told, wrongs
from inspector.simulation.field import plans
from inspector.simulation.hand import Still
from inspector.simulation.peers import Peer
from inspector.simulation.scene import Days, Scene
from inspector.simulation.year import live
from inspector.store.deadlines import next_due
from inspector.store.store import Store
from inspector.store.tables import ledger, seat, work
from inspector.store.tx import new_id
from tests.house import ROOT, START, closing, open_office, open_store

BOOK, CALENDAR = Policybook.load(ROOT / "policies"), load_calendars(ROOT / "policies" / "calendars")
SMALL = Scene(cases=6, seed="7", first=date(2025, 3, 6), days=8, after=4)
OPEN = ("VERIFYING", "RATING")


def lived(scene: Scene, folder: Path, name: str = "one") -> Told:
    """A scene, lived on a file of its own."""
    with closing(open_store(f"sqlite:///{folder / name}.sqlite3")) as store:
        return live(scene, store, BOOK, CALENDAR)


def test_a_small_year_lived_twice_has_one_ledger_head_and_nothing_is_wrong_in_it(tmp_path: Path) -> None:
    first, again = lived(SMALL, tmp_path), lived(SMALL, tmp_path, "two")
    assert first == again
    assert first.wrong == ()
    assert first.seals > 0
    assert sum(first.cases.values()) == SMALL.cases
    assert first.kills > 0, "its daemon died, and nothing is lost"


@pytest.mark.slow
def test_another_seed_is_another_ledger(tmp_path: Path) -> None:
    assert lived(SMALL, tmp_path).head != lived(replace(SMALL, seed="8"), tmp_path, "two").head


def test_a_simulation_leaves_ids_and_chance_of_the_process_as_they_were(tmp_path: Path) -> None:
    before = new_id()
    lived(replace(SMALL, cases=1, days=1, after=1), tmp_path)
    assert before < new_id(), "simulated years lie behind us, and their ids with them"


def test_a_case_too_few_and_a_key_of_two_contents_are_wrong(tmp_path: Path) -> None:
    peer = Peer("hall", "approving", Days(replace(SMALL, faults=False), CALENDAR), lambda: START)
    assert (peer.hear("one", "a"), peer.hear("one", "a"), peer.hear("two", "b")) == (True, False, True)
    with closing(open_store(f"sqlite:///{tmp_path / 'one.sqlite3'}")) as store, store.read() as tx:
        office = open_office(store, lambda: START)
        assert list(wrongs(office, tx, [peer], Counter(), START)) == []
        peer.hear("two", "c")
        assert list(wrongs(office, tx, [peer], Counter(taken=1, unsettled=2), START)) == [
            "unsettled: 2",
            "cases: 1 were taken, 0 are there",
            "two contents: hall two",
        ]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_many_lives_come_to_the_same_on_one_process_and_on_two_and_their_seeds_alone_live_them_again() -> None:
    def told(*args: str) -> object:
        command = [sys.executable, "-m", "inspector", *args, "--cases", "4", "--days", "3", "--after", "3", "--json"]
        return json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)

    def heads(*args: str) -> list[str]:
        lives = told("simulate-many", *args)
        assert isinstance(lives, list)
        assert [one["wrong"] for one in lives] == [[] for _ in lives]
        return [f"{one['seed']} {one['head']}" for one in lives]

    three = heads("--lives", "3")
    assert len({*three}) == 3
    assert heads("--lives", "3", "--skip", "1", "--processes", "2") == three[1:]
    again = told("simulate", "--seed", "m-3")
    assert isinstance(again, dict)
    assert f"m-3 {again['head']}" == three[2]


def test_work_is_due_next_when_the_first_row_waits_for_and_at_once_where_one_is_ready(tmp_path: Path) -> None:
    later = START + timedelta(days=3)
    with closing(open_store(f"sqlite:///{tmp_path / 'one.sqlite3'}")) as store, store.begin() as tx:
        assert next_due(tx, START) is None
        for name, due in (("b", later + timedelta(days=1)), ("a", later)):
            tx.work.order([Order(kind=OrderKind.ASK, key=name, due_at=due, urgent_by=due)], START)
        assert next_due(tx, START) == later
        tx.work.order([Order(kind=OrderKind.ASK, key="now", due_at=START, urgent_by=START)], START)
        assert next_due(tx, START) == START


def test_on_the_days_of_a_flood_a_tenth_of_the_cases_comes_each_and_the_others_come_as_before() -> None:
    calm, flooded = (replace(SMALL, days=300, floods=floods) for floods in (0, 2))
    references = [f"S-{number:06d}" for number in range(2_000)]
    days = {one: flooded.arrives(one) for one in references}
    most = Counter(days.values()).most_common(3)
    assert [150 < count < 260 for _, count in most] == [True, True, False]
    others = [one for one in references if days[one] not in {day for day, _ in most[:2]}]
    assert others
    assert {one: calm.arrives(one) for one in others} == {one: days[one] for one in others}


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_a_season_has_draws_visits_leave_and_decisions_on_proposals_and_is_the_same_twice(tmp_path: Path) -> None:
    scene = Scene(cases=40, seed="q", days=45, after=15, floods=2)
    first, again = lived(scene, tmp_path), lived(scene, tmp_path, "two")
    assert first == again
    assert first.wrong == ()
    assert first.draws["DRAWN"] > 2
    assert first.visits["DONE"] > 30
    assert sum(count for name, count in first.consequences.items() if name.endswith(" IMPOSED")) > 1
    with closing(Store(f"sqlite:///{tmp_path / 'one'}.sqlite3")) as store, store.read() as tx:
        seats = Counter(tx.connection.execute(sa.select(seat.c.state)).scalars())
        assert {"DONE", "DECLINED", "EXPIRED", "RELIEVED"} <= seats.keys(), "they say yes, no, nothing, and some are on leave"
        said = Counter(tx.connection.execute(sa.select(ledger.c.rule)).scalars())
        assert {"plan.publish", "draw.carry_out", "consequence.given", "consequence.served", "publication.done"} <= said.keys(), (
            sorted(said)
        )


@pytest.mark.slow
def test_a_visit_without_a_team_or_a_clock_is_wrong_and_so_are_records_that_disagree(tmp_path: Path) -> None:
    scene = Scene(cases=0, days=10, after=0, faults=False)
    told = lived(scene, tmp_path)
    assert (told.wrong, told.draws) == ((), {"DRAWN": 1})
    with closing(Store(f"sqlite:///{tmp_path / 'one'}.sqlite3")) as store:
        office = replace(open_office(store, lambda: START), plans=plans("bureau"))
        now = datetime(2025, 3, 15, 9, tzinfo=START.tzinfo)
        with store.begin() as tx:
            assert not any(broken(tx, now).values())
            first, second, *_ = tx.visits.open_ids("", 10)
            tx.connection.execute(sa.delete(work).where(work.c.key == f"visit.due:{first}"))
            tx.connection.execute(sa.delete(seat).where(seat.c.visit == second, seat.c.place == 0))
        with store.read() as tx:
            found = list(wrongs(office, tx, [], Counter(), now))
        assert f"clock_without_step: visit:{first}" in found
        assert f"visit_without_team: {second}" in found
        assert any(one.startswith("records: bureau-2025-00001") for one in found), "nor do the records agree about the draw"


@pytest.mark.slow
def test_a_flooded_office_lived_twice_has_one_ledger_head_and_nothing_is_wrong_in_it(tmp_path: Path) -> None:
    scene = replace(SMALL, cases=10, floods=9, days=4, after=4)
    first, again = lived(scene, tmp_path), lived(scene, tmp_path, "two")
    assert first == again
    assert (first.wrong, sum(first.cases.values())) == ((), 10)


def test_people_are_at_work_on_working_days_alone_and_not_while_on_leave() -> None:
    days = Days(SMALL, CALENDAR)
    golden_week = START.date().replace(year=2025, month=10, day=1)
    then = days.at(golden_week, 0, "x")
    assert then.date() == START.date().replace(year=2025, month=10, day=9), "the holiday of 2025 lasts until the 8th"
    assert CALENDAR.opening(then.date()) < then <= CALENDAR.closing(then.date())
    weeks = [START.date().replace(month=1, day=1).fromordinal(START.date().toordinal() + 7 * week) for week in range(300)]
    assert 5 < sum(days.on_leave("officer", day) for day in weeks) < 40


def test_a_clock_that_stands_is_moved_by_hand_alone() -> None:
    clock = Still(START)
    clock.told(START.replace(year=2030))
    assert clock.now() == START
    assert clock.milliseconds() == int(START.timestamp()) * 1000


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_two_processes_that_hash_otherwise_come_to_one_head() -> None:
    def head(hashing: str) -> str:
        told = subprocess.run(
            [sys.executable, "-m", "inspector", "simulate", "--cases", "12", "--days", "20", "--seed", "3", "--json"],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": hashing},
            capture_output=True,
            text=True,
            check=True,
        )
        return str(json.loads(told.stdout)["head"])

    assert head("1") == head("2")


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_year_of_two_thousand_cases_lived_twice_has_one_head_and_none_is_left_in_verification(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scene = Scene(cases=2_000)
    began = time.process_time()
    first = lived(scene, tmp_path)
    seconds = time.process_time() - began
    again = lived(scene, tmp_path, "two")
    with capsys.disabled():
        print(f"\n{seconds:.0f} s of one processor: {first}", file=sys.stderr)
    assert first == again
    assert first.wrong == ()
    assert sum(first.cases.values()) == scene.cases
    assert [state for state in first.cases if state.startswith(OPEN)] == []
    assert first.kills > 10
