"""An office that once ran by a time of its own does not go on by that day once its settings say real time."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from inspector import settings
from inspector.cli import serve
from inspector.cli.terminal import office_now
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


def begins(operator: Operator) -> str:
    """The moment at which an office stands after its first command, and a further one; or why there is none."""
    for _ in range(2):
        said = operator.say("assistance", "scoreboard", lang="en")
        if said.code:
            return said.err
    with closing(operator.store()) as store, store.read() as tx:
        return office_now(settings.load(operator.config), tx).date().isoformat()


@pytest.mark.slow
@pytest.mark.parametrize("pauses", [False, True])
def test_an_office_that_is_to_begin_in_the_past_does_so_behind_its_migration_too(pauses: bool, tmp_path: Path) -> None:
    told = PACED.format(at="2026-03-02T09:00:00+08:00") + f"pauses = {str(pauses).lower()}\n"
    operator = Operator(tmp_path, f"sqlite:///{tmp_path / 'inspector.sqlite3'}").settle_in(told)
    operator.well("migrate")
    assert begins(operator) == "2026-03-02", "the entry of the migration lies at its beginning, and no day is lost"
    assert clock(operator).startswith("OK")
    with closing(operator.store()) as store, store.begin() as tx:
        assert office_now(settings.load(operator.config), tx).date().isoformat() == "2026-03-02", "nor by what is migrated later"


def test_a_beginning_before_what_is_on_record_is_refused_and_not_dropped(tmp_path: Path) -> None:
    operator = Operator(tmp_path, f"sqlite:///{tmp_path / 'inspector.sqlite3'}").settle_in()
    operator.well("migrate")  # of today, by the machine
    operator.settle_in(PACED.format(at="2026-03-02T09:00:00+08:00") + "pauses = true\n")
    assert "lies before what is on record already" in begins(operator)
