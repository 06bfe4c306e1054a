"""A soak says what grows, what stays open and what becomes slow; and goes on where it was, however it was stopped."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fault.office import ROOT
from tests.fault.soak import Reading, State, judged

STEP, WARM = 5_000, 25_000


FILES = {"load.sqlite3": 8, "load.sqlite3-wal": 8, "socket": 24}


def read(life: int, cases: int, lived: int, *, mebibytes: float) -> Reading:
    at = "2026-01-05T01:00:00+00:00"
    return Reading(life=life, cases=cases, lived=lived, mebibytes=mebibytes, files=FILES, p99=30.0, late=0.0, load=1.0, at=at)


def flat(cases: int = 200_000, life: int = 1, behind: int = 0) -> list[Reading]:
    """A life from `behind` cases on, which begins small and is large once it is warm."""
    lived = range(STEP, cases - behind + 1, STEP)
    return [read(life, behind + one, one, mebibytes=150.0 - max(0, WARM - one) / 1_000) for one in lived]


def amiss(readings: list[Reading]) -> list[str]:
    return [line for line in judged(readings, WARM) if line.startswith("!")]


def test_a_daemon_that_stays_as_it_was_when_it_was_warm_is_well() -> None:
    assert amiss(flat()) == []
    assert len(judged(flat(), WARM)) == 3


def test_what_grows_by_more_than_five_mebibytes_in_a_hundred_thousand_cases_is_said() -> None:
    grown = [replace(one, mebibytes=one.mebibytes + one.cases * 6 / 100_000) for one in flat()]
    assert [line.partition(" once")[0] for line in amiss(grown)] == ["! memory: 6.0 MiB in 100,000 cases"]
    assert amiss([replace(one, mebibytes=one.mebibytes + one.cases * 4 / 100_000) for one in flat()]) == []


def test_a_descriptor_more_than_when_it_was_warm_is_said() -> None:
    held = flat()
    more, fewer = ({**FILES, "socket": count} for count in (25, 23))
    assert amiss([*held[:-1], replace(held[-1], files=more)]) == [
        "! descriptors of life 1: 40 when warm, 41 at its end, +1 socket"
    ]
    assert len(amiss([*held[:-1], replace(held[-1], files=fewer)])) == 1, "equal is equal: a loop may have ended"
    cold = [replace(one, files={"socket": 30} if one.lived < WARM else one.files) for one in held]
    assert amiss(cold) == []


def test_a_connection_to_the_database_more_is_no_leak_until_there_are_more_than_the_pool_may_have() -> None:
    held, whole = flat(), {**FILES, "load.sqlite3": 13, "load.sqlite3-wal": 13}
    told = judged([*held[:-1], replace(held[-1], files=whole)], WARM)[1]
    assert told == "descriptors of life 1: 40 when warm, 50 at its end, +5 load.sqlite3, +5 load.sqlite3-wal"
    assert len(amiss([*held[:-1], replace(held[-1], files={**whole, "load.sqlite3": 14})])) == 1


def test_answers_that_take_longer_in_the_last_quarter_than_in_the_second_are_said() -> None:
    slow = [replace(one, p99=40.0 if one.cases > 150_000 else 30.0) for one in flat()]
    assert [line.partition(":")[0] for line in amiss(slow)] == ["! p99"]
    once = [replace(one, p99=900.0 if one.cases == 190_000 else 30.0) for one in flat()]
    assert amiss(once) == [], "one stall of the machine is no trend"


def test_a_daemon_begun_anew_is_another_life_whose_small_beginning_hides_no_growth_and_is_none() -> None:
    first, then = flat(100_000), flat(200_000, life=2, behind=100_000)
    assert amiss([*first, *then]) == []
    more = {**FILES, "socket": 29}
    larger = [replace(one, mebibytes=one.mebibytes + 20, files=more) for one in then]
    assert amiss([*first, *larger]) == [], "lives are not held to each other"
    growing = [replace(one, mebibytes=one.mebibytes + one.lived * 6 / 100_000) for one in [*first, *then]]
    assert [line.partition(":")[0] for line in amiss(growing)] == ["! memory"]


def test_a_soak_that_says_nothing_is_no_soak_that_is_well() -> None:
    assert amiss(flat(WARM)) == ["! too few readings of a warm daemon to tell whether it grows"]
    assert amiss(flat(50_000, life=3, behind=0)[-1:]) != []


def test_a_line_that_was_half_written_when_it_was_stopped_is_read_over_and_written_behind(tmp_path: Path) -> None:
    state = State(tmp_path / "soak")
    for one in flat(10_000):
        state.add(one)
    with (tmp_path / "soak" / "readings.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"life": 1, "cas')
    assert state.readings() == flat(10_000)
    state.add(flat(15_000)[-1])
    assert state.readings() == flat(15_000)


@pytest.mark.fault
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_soak_that_is_killed_in_the_middle_goes_on_where_it_was(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "tests.fault.soak", "--state", str(tmp_path), "--rate", "20"]
    few = [*words, "--cases", "240", "--step", "30", "--warm", "60"]
    readings = tmp_path / "readings.jsonl"
    first = subprocess.Popen(few, cwd=ROOT, start_new_session=True)
    until = time.monotonic() + 300
    while time.monotonic() < until and (not readings.exists() or readings.read_bytes().count(b"\n") < 2):
        time.sleep(0.2)
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    orphan = int((tmp_path / "daemon.pid").read_text(encoding="ascii"))
    assert Path(f"/proc/{orphan}/cmdline").read_bytes(), "a daemon outlives whoever started it by force"
    told = subprocess.run(few, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600)
    held = [json.loads(line) for line in readings.read_text(encoding="utf-8").splitlines()]
    assert [one["cases"] for one in held] == [*range(30, 241, 30)]
    assert {one["life"] for one in held} == {1, 2}
    assert [one["lived"] for one in held if one["life"] == 2] == [*range(30, 30 * sum(one["life"] == 2 for one in held) + 1, 30)]
    assert "goes on behind" in told.stdout
    lines = told.stdout.splitlines()
    assert [line for line in lines if "come to rest" in line or "ledger" in line or "quarantine" in line] == []
    assert not (tmp_path / "daemon.pid").exists()
    assert all(0 < one["p99"] < 60_000 and sum(one["files"].values()) > 5 and one["mebibytes"] > 20 for one in held)
