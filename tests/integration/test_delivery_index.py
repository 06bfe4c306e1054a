"""The index of a delivery, its folder, and the property that nothing wrong with either is ever evidence."""

from __future__ import annotations

import fcntl
import os
import pwd
import random
import resource
import shutil
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.config import parse
from connectors.exchange import FilesConfig, Left
from connectors.sources import files as source
from inspector.domain.errors import Invalid
from inspector.ports import AnswerStatus, Barred, NotYet, Origin, PortError, Refused, Unavailable
from inspector.testing import CODE, QUESTION, caught
from tests.deliveries import Exchange, csv, excel
from tests.frontends import outcome
from tests.outside import until


@pytest.fixture
def exchange(tmp_path: Path) -> Exchange:
    made = Exchange(tmp_path)
    made.folder.mkdir()
    return made


def test_the_delivery_is_not_read_again_for_each_question_nor_at_each_start(exchange: Exchange) -> None:
    file = exchange.deliver(csv())
    assert exchange.used() == file.name
    (shelf,) = (exchange.at / "keep").glob("*.sqlite3")
    made_at = shelf.stat().st_mtime_ns
    with closing(exchange.source()) as made:
        assert made.ask(QUESTION, key="k-1").value == "存续"
        made.pick_up()
        file.chmod(0)
        file.unlink()
        assert made.ask(QUESTION, key="k-2").value == "存续"
    assert shelf.stat().st_mtime_ns == made_at
    assert shelf.stat().st_mode & 0o077 == 0
    assert (exchange.at / "keep").stat().st_mode & 0o077 == 0


def test_an_index_made_by_other_settings_is_made_anew_and_a_damaged_one_too(exchange: Exchange) -> None:
    exchange.deliver(csv([["dm", "zt", "dz"], [CODE, "存续", "甲路1号"]]), rows=1)
    exchange.used()
    with closing(exchange.source(facts={"address": "dz"})) as made:
        made.pick_up()
        assert made.ask(replace(QUESTION, fact="address"), key="k-1").value == "甲路1号"
    (shelf,) = (exchange.at / "keep").glob("*.sqlite3")
    shelf.write_bytes(b"SQLite format 3\0" + os.urandom(3000))
    with closing(exchange.source()) as made:
        made._looked = time.monotonic() + 1000
        error = caught(lambda: made.ask(QUESTION, key="k-2"))
        assert (type(error), error.code, error.origin) == (Unavailable, "keep_failed", Origin.US)
        assert made.ask(QUESTION, key="k-3").value == "存续"


def test_a_moment_without_file_handles_takes_the_last_good_delivery_away_from_nobody(exchange: Exchange) -> None:
    file = exchange.deliver(csv())
    with closing(exchange.source()) as made:
        made.pick_up()
        file.unlink()  # the other side clears its folder, as agreed
        some, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, most))
        try:
            error = caught(lambda: made.ask(QUESTION, key="k-1"))
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (some, most))
        assert (type(error), error.code, error.origin) == (Unavailable, "keep_failed", Origin.US)
        assert made.ask(QUESTION, key="k-2").value == "存续"


def test_while_one_daemon_reads_another_leaves_it_to_it_and_sees_its_index(exchange: Exchange) -> None:
    exchange.deliver(csv())
    exchange.used()
    exchange.deliver(csv(), "20260107")
    (lock,) = (exchange.at / "keep").glob("*.lock")
    with lock.open("w") as held, closing(exchange.source()) as made:
        fcntl.flock(held, fcntl.LOCK_EX)
        made.pick_up()
        assert made.ask(QUESTION, key="k-1").provenance.source_version == "qy-20260106.csv"
    with closing(exchange.source()) as first, closing(exchange.source()) as second:
        first.pick_up()
        second._looked = time.monotonic() + 1000
        assert second.ask(QUESTION, key="k-2").provenance.source_version == "qy-20260107.csv"


def test_what_somebody_left_who_died_while_reading_is_in_nobodys_way(exchange: Exchange) -> None:
    exchange.deliver(csv())
    exchange.used()
    exchange.deliver(csv(), "20260107")
    (shelf,) = (exchange.at / "keep").glob("*.sqlite3")
    shelf.with_suffix(".part").write_bytes(b"SQLite format 3\0 and half of it")
    with closing(exchange.source()) as made:
        made._looked = time.monotonic() + 1000
        assert made.ask(QUESTION, key="k-1").provenance.source_version == "qy-20260106.csv"
    assert exchange.used() == "qy-20260107.csv"


def test_questions_are_answered_from_the_one_before_while_a_delivery_is_read(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange.deliver(csv())
    exchange.used()
    exchange.deliver(csv(), "20260107")
    go_on, begun = threading.Event(), threading.Event()
    with closing(exchange.source()) as made:

        def slowly(rows: Any) -> Any:
            begun.set()
            go_on.wait(60)
            yield from rows

        monkeypatch.setattr(made, "_going_on", slowly)
        assert made.ask(QUESTION, key="k-1").provenance.source_version == "qy-20260106.csv"
        assert begun.wait(60)
        assert made.ask(QUESTION, key="k-2").provenance.source_version == "qy-20260106.csv"
        go_on.set()
        assert made._reading is not None
        made._reading.join(60)
        assert made.ask(QUESTION, key="k-3").provenance.source_version == "qy-20260107.csv"


def test_a_first_delivery_that_takes_long_is_no_outage(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    exchange.deliver(csv())
    go_on = threading.Event()
    with closing(exchange.source(budget_seconds=0.05)) as made:

        def slowly(rows: Any) -> Any:
            go_on.wait(60)
            yield from rows

        monkeypatch.setattr(made, "_going_on", slowly)
        error = caught(lambda: made.ask(QUESTION, key="k-1"))
        assert (type(error), error.code) == (NotYet, "delivery_reading")
        go_on.set()
        assert made._reading is not None
        made._reading.join(60)
        assert made.ask(QUESTION, key="k-2").value == "存续"


def test_a_house_that_closes_waits_for_no_long_delivery(exchange: Exchange) -> None:
    exchange.deliver(csv())
    made = exchange.source()
    made._stopped.set()
    with pytest.raises(Unavailable, match="keep_failed"):
        made.pick_up()
    assert list((exchange.at / "keep").glob("*.part")) == []
    made.close()


def test_the_index_of_many_rows_is_made_in_batches_and_finds_each(exchange: Exchange) -> None:
    exchange.deliver(csv([["dm", "zt"], *[[f"N-{number}", number] for number in range(10_002)]]), rows=10_002)
    with closing(exchange.source()) as made:
        made.pick_up()
        for number in (0, 9_999, 10_000, 10_001):
            assert made.ask(replace(QUESTION, subject_code=f"N-{number}"), key="k").value == str(number)
        assert made.ask(replace(QUESTION, subject_code="N-10002"), key="k").status is AnswerStatus.NOT_FOUND


# --- the folder


def refused(act: Callable[[], object]) -> str:
    """How the port error is called that `act` raises, if it raises one."""
    try:
        act()
    except PortError as error:
        return error.code
    return ""


def test_a_folder_that_is_not_there_or_shut_is_no_answer_and_the_last_delivery_still_is(exchange: Exchange) -> None:
    with closing(exchange.source()) as made:
        error = caught(lambda: made.ask(QUESTION, key="k-1"))
        assert (type(error), error.code, error.origin) == (Unavailable, "delivery_none", Origin.THEM)
        exchange.deliver(csv())
        made.pick_up()
        exchange.folder.rename(exchange.at / "away")
        assert made.ask(QUESTION, key="k-2").value == "存续"
        until(lambda: refused(made.pick_up) == "unreachable")  # the question's own look may still be under way


def test_a_folder_that_we_may_not_read_tells_a_person() -> None:
    with tempfile.TemporaryDirectory() as folder:
        exchange = Exchange(Path(folder))
        for one in (exchange.folder, exchange.at / "keep"):
            one.mkdir()
        with closing(exchange.source()) as made, somebody(exchange.at):
            exchange.folder.chmod(0)
            error = caught(lambda: made.ask(QUESTION, key="k-1"))
    assert (type(error), error.code) == (Barred, "unauthorised")


@contextmanager
def somebody(folder: Path) -> Iterator[None]:
    """As an ordinary user, who owns a folder and all in it; whom tests run as may be root, who is let in everywhere."""
    if os.geteuid() != 0:
        yield
        return
    nobody = pwd.getpwnam("nobody")
    for one in (folder, *folder.iterdir()):
        os.chown(one, nobody.pw_uid, nobody.pw_gid)
    os.seteuid(nobody.pw_uid)
    try:
        yield
    finally:
        os.seteuid(0)


def test_what_cannot_be_kept_is_our_own_fault(exchange: Exchange) -> None:
    exchange.deliver(csv())
    (exchange.at / "keep").write_text("a file where a folder should be")
    with closing(exchange.source()) as made:
        error = caught(lambda: made.ask(QUESTION, key="k-1"))
    assert (type(error), error.code, error.origin) == (Unavailable, "keep_failed", Origin.US)


def test_what_fetches_deliveries_from_elsewhere_runs_before_each_look_and_its_failure_is_told(exchange: Exchange) -> None:
    def fetch(_into: Path, _going_on: Callable[[], bool]) -> Left:
        if fetched:
            raise Unavailable("unreachable")
        fetched.append(exchange.deliver(csv()))
        return Left()

    fetched: list[Path] = []
    held = parse(FilesConfig, "front", exchange.keys())
    with closing(source.FilesSource("front", held, exchange.folder, fetch=fetch)) as made:
        assert made.ask(QUESTION, key="k-1").value == "存续"
        assert made._reading is not None
        made._reading.join()  # it answers as soon as the index is there, and who looks holds the lock a moment longer
        assert caught(made.pick_up).code == "unreachable"
        assert made.ask(QUESTION, key="k-2").value == "存续"


def test_a_question_without_purpose_looks_nowhere(exchange: Exchange) -> None:
    with closing(exchange.source()) as made:
        error = caught(lambda: made.ask(replace(QUESTION, basis=""), key="k-1"))
        assert (type(error), made._reading) == (Refused, None)
    assert not (exchange.at / "keep").exists()


@pytest.mark.parametrize(
    "keys",
    [
        {"facts": {}},
        {"code_column": ""},
        {"complete": "ok", "files": "qy.csv"},
        {"complete": "rename", "files": "*.csv"},
        {"files": ""},
        {"files": "../{as_of}.csv"},
        {"files": "{as_of}-{as_of}.csv"},
        {"complete": "size"},
        {"encoding": "big5"},
        {"least_share": 1.1},
        {"keep": "in/../in"},
        {"keep": ""},
        {"folder": ""},
        {"budget_seconds": 0},
        {"look_seconds": -1},
        {"max_file_bytes": 0},
        {"longest_age_hours": -1},
    ],
    ids=str,
)
def test_settings_that_contradict_each_other_or_say_too_little_are_refused(exchange: Exchange, keys: dict[str, Any]) -> None:
    if keys.get("keep"):
        keys["keep"] = str(exchange.at / keys["keep"])
    with pytest.raises(Invalid, match="connector_key_range"):
        exchange.source(**keys)


# --- whatever comes, in whatever order

WRONG: tuple[Callable[[Exchange, str], object], ...] = (
    lambda it, day: it.deliver(csv()[:40], day),
    lambda it, day: it.deliver(csv([["dm", "zt"], [CODE, "注销"]]), day, rows=3),
    lambda it, day: it.deliver(csv([["dm", "zt"], [CODE, "注销"]]), day, rows=None),
    lambda it, day: it.deliver(csv([["zt", "dm2"], ["注销", CODE]]), day, rows=1),
    lambda it, day: it.deliver(csv([["dm", "zt"], [CODE, "注销"]], encoding="gb18030"), day, rows=1),
    lambda it, day: it.deliver(csv([["dm", "zt"], [CODE, "注销"], ["1.1E+17", "x"]]), day, rows=2),
    lambda it, day: it.deliver(csv([["dm", "zt"], [CODE, "注销"], [CODE, "吊销"]]), day, rows=2),
    lambda it, day: it.deliver(csv([["dm", "zt"], [CODE, ""]]), day, rows=1),
    lambda it, day: it.deliver(excel([["dm", "zt"], [CODE, 0.5]]), day, end="xlsx", rows=1),
    lambda it, day: it.deliver(excel([["dm", "zt"], [CODE, "注销"]])[:-99], day, end="xlsx", rows=1),
    lambda it, day: it.deliver(csv([["dm", "zt"], [CODE, "注销"]]), f"2099{day[4:]}", rows=1),
    lambda it, day: it.deliver(random.Random(day).randbytes(300), day, rows=1),
    lambda it, day: it.deliver(csv([["dm", "zt"], [CODE, "注销"]]), day, rows=1, sha256="f" * 64),
    lambda it, _day: shutil.rmtree(it.at / "keep", ignore_errors=True),
    lambda it, _day: [file.write_bytes(b"\0" * 4096) for file in (it.at / "keep").glob("*.sqlite3")],
)


@settings(max_examples=25, deadline=None)
@given(order=st.lists(st.integers(0, len(WRONG) - 1), min_size=1, max_size=6), good=st.booleans())
@pytest.mark.slow
def test_no_fault_in_any_order_is_a_match_or_a_mismatch(
    tmp_path_factory: pytest.TempPathFactory, order: list[int], good: bool
) -> None:
    """After a good delivery what matches is its own; what all the wrong ones say is never believed."""
    exchange = Exchange(tmp_path_factory.mktemp("exchange"))
    exchange.folder.mkdir()
    if good:
        exchange.deliver(csv(), "20260131")
    with closing(exchange.source()) as made:
        made.pick_up()
        for number, wrong in enumerate(order):
            WRONG[wrong](exchange, f"202602{number + 1:02d}")
            made.pick_up()
            assert outcome(made) not in {"mismatch"} | (set() if good else {"match"}), order[: number + 1]
            assert made._reading is not None
            made._reading.join()
    shutil.rmtree(exchange.at)


def test_an_index_is_plain_sqlite_with_the_codes_and_what_was_agreed_and_nothing_else(exchange: Exchange) -> None:
    exchange.deliver(csv([["dm", "zt", "电话"], [CODE, "存续", "13800000000"]]), rows=1)
    exchange.used()
    (shelf,) = (exchange.at / "keep").glob("*.sqlite3")
    with closing(sqlite3.connect(shelf)) as held:
        assert held.execute("SELECT * FROM held").fetchall() == [(CODE, '["存续"]')]
    assert b"13800000000" not in shelf.read_bytes()
