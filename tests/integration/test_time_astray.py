"""An office that once ran by a time of its own does not go on by that day once its settings say real time."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from inspector.cli import serve
from inspector.domain.errors import Refusal
from tests.house import closing
from tests.operator import Operator

PACED = '[time]\nstarts_at = "{at}"\n'


def founded(folder: Path, ahead: timedelta) -> Operator:
    """An office whose time was founded so far ahead of the machine's."""
    operator = Operator(folder, f"sqlite:///{folder / 'inspector.sqlite3'}").settle_in()
    operator.well("migrate")
    with closing(operator.store()) as store, store.begin() as tx:
        now = tx.machine_now()
        tx.office.repace(now, now + ahead, 1.0, skip_closed=False)
    return operator


def clock(operator: Operator, lang: str = "en") -> str:
    """What `check` says of the clock."""
    said = operator.say("check", "--json", lang=lang)
    (told,) = [one for one in said.json if one["name"] == "clock"]
    return f"{told['state']} {told['message']}"


@pytest.mark.slow
def test_a_time_that_is_not_the_machines_fails_check_and_begins_no_daemon(tmp_path: Path) -> None:
    operator = founded(tmp_path, timedelta(days=40))
    assert clock(operator).startswith("FAIL The office's time is ")
    with pytest.raises(Refusal, match="office_time_astray"):
        serve.run(operator.config)
    operator.settle_in(PACED.format(at="2026-03-02T09:00:00+08:00"))
    assert clock(operator).startswith("OK")


@pytest.mark.slow
def test_a_beginning_that_comes_after_the_first_start_is_said_to_have_no_effect(tmp_path: Path) -> None:
    operator = Operator(tmp_path, f"sqlite:///{tmp_path / 'inspector.sqlite3'}").settle_in(
        PACED.format(at="2026-03-02T09:00:00+08:00")
    )
    operator.well("migrate")
    operator.well("assistance", "scoreboard")

    def told() -> list[str]:
        said = operator.say("check", "--json", lang="en").json
        return [one["message"] for one in said if one["name"] == "time" and "starts_at" in one["message"]]

    assert told() == [], "an office that began by it"
    operator.settle_in(PACED.format(at="2026-04-01T09:00:00+08:00"))
    assert told() == ["time.starts_at (2026-04-01T09:00:00+08:00) counts for an empty database alone: this office has begun"]


@pytest.mark.slow
def test_a_pace_that_was_taken_out_is_seen_before_any_daemon_begins(tmp_path: Path) -> None:
    operator = founded(tmp_path, timedelta())
    with closing(operator.store()) as store, store.begin() as tx:
        now = tx.machine_now()
        tx.office.repace(now - timedelta(days=1), now - timedelta(days=1), 60.0, skip_closed=False)
    assert clock(operator).startswith("FAIL")


@pytest.mark.slow
def test_a_little_apart_is_well(tmp_path: Path) -> None:
    assert clock(founded(tmp_path, timedelta(minutes=4))).startswith("OK")
