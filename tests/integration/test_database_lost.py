"""A database that has lost what it held is not begun anew: by no command, and not by one that only looks."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from inspector.domain.errors import Refusal
from inspector.store import migrate
from inspector.store.opening import opened, ready, sole_owner
from tests.house import open_store
from tests.operator import Operator

LOCK, LOG = "inspector.sqlite3.lock", "inspector.sqlite3-wal"


def killed(folder: Path) -> Operator:
    """An office whose daemon was killed: what it answered for last is in its log alone."""
    (folder / "ran").mkdir()
    with closing(open_store(f"sqlite:///{folder / 'ran' / 'inspector.sqlite3'}")) as store:
        with store.begin() as tx:
            tx.lanes.ensure(["registers"])
        for name in ("inspector.sqlite3", LOG):
            shutil.copy2(folder / "ran" / name, folder / name)
    (folder / LOCK).write_text("pid 1")
    assert (folder / LOG).stat().st_size > 0
    return Operator(folder, f"sqlite:///{folder / 'inspector.sqlite3'}").settle_in()


def put_in_place(file: Path, how: str) -> None:
    """Something else where the database was."""
    file.unlink()
    if how == "empty":
        file.touch()
    elif how == "another":
        with closing(sqlite3.connect(file)) as other:
            other.executescript("pragma journal_mode = wal; create table t (a); drop table t; vacuum")


WORDS = (("check", "--json"), ("migrate",), ("case", "list"))


@pytest.mark.parametrize(
    ("left", "words"),
    [
        pytest.param(left, words, id=f"{name}-{words[0]}", marks=[pytest.mark.slow] * (place != at))
        for at, (name, left) in enumerate({"log and lock": (LOG, LOCK), "log": (LOG,), "lock": (LOCK,)}.items())
        for place, words in enumerate(WORDS)
    ],
)
def test_an_emptied_database_is_refused_and_what_it_left_stays(
    tmp_path: Path, words: tuple[str, ...], left: tuple[str, ...]
) -> None:
    operator, file = killed(tmp_path), tmp_path / "inspector.sqlite3"
    put_in_place(file, "empty")
    for name in {LOG, LOCK} - {*left}:
        (tmp_path / name).unlink()
    before = {name: (tmp_path / name).read_bytes() for name in left}
    said = operator.say(*words)
    assert said.code == (1 if words[0] == "check" else 4)
    assert "There was a database" in said.out + said.err
    assert {name: (tmp_path / name).read_bytes() for name in left} == before
    with pytest.raises(Refusal, match="database_gone"), sole_owner(operator.url):
        raise AssertionError("`serve` would begin a new office")
    assert {name: (tmp_path / name).read_bytes() for name in left} == before
    assert file.stat().st_size == 0


@pytest.mark.slow
def test_a_database_without_a_mark_is_refused_where_a_settled_lock_lies_beside_it(tmp_path: Path) -> None:
    operator = killed(tmp_path)
    (tmp_path / LOG).unlink()
    put_in_place(tmp_path / "inspector.sqlite3", "another")
    for words in (("check",), ("migrate",), ("case", "list")):
        assert "There was a database" in (said := operator.say(*words)).out + said.err, words


@pytest.mark.slow
def test_a_database_whose_mark_is_in_its_log_alone_goes_on(tmp_path: Path) -> None:
    url, other = f"sqlite:///{tmp_path / 'a.sqlite3'}", tmp_path / "b.sqlite3"
    with sole_owner(url), closing(opened(url)) as store:
        ready(store)
        with store.begin() as tx:
            tx.lanes.ensure(["registers"])
        for end in ("", "-wal", ".lock"):
            shutil.copy2(tmp_path / f"a.sqlite3{end}", f"{other}{end}")
    assert "first" not in Path(f"{other}.lock").read_text("utf-8"), "from its first migration on the lock tells of a database"
    with sole_owner(f"sqlite:///{other}"), closing(opened(f"sqlite:///{other}")) as store:
        assert migrate.present(store) == migrate.newest()
        with store.read() as tx:
            assert "registers" in {one.name for one in tx.lanes.all()}


@pytest.mark.slow
def test_who_was_broken_off_in_a_first_second_begins_again(tmp_path: Path) -> None:
    file = tmp_path / "inspector.sqlite3"
    url = f"sqlite:///{file}"
    with pytest.raises(KeyboardInterrupt), sole_owner(url):
        raise KeyboardInterrupt
    with sole_owner(url), closing(sqlite3.connect(file, isolation_level=None)) as half:
        half.execute("pragma journal_mode = wal")
        half.execute("begin immediate")
        half.execute("create table alembic_version (version_num text)")
        shutil.copy2(f"{file}-wal", tmp_path / "log")
    shutil.copy2(tmp_path / "log", f"{file}-wal")
    with sole_owner(url), closing(opened(url)) as store:
        ready(store)
    assert (tmp_path / LOCK).read_text("utf-8") == f"pid {os.getpid()}"
    file.unlink()
    with pytest.raises(Refusal, match="database_gone"), sole_owner(url):
        raise AssertionError("a database that was there is not begun anew in silence")


@pytest.mark.slow
def test_an_empty_file_of_a_new_office_is_told_both_ways_on(tmp_path: Path) -> None:
    operator = Operator(tmp_path, f"sqlite:///{tmp_path / 'inspector.sqlite3'}").settle_in()
    (tmp_path / "inspector.sqlite3").touch()
    assert "restore a backup" in operator.say("check").out
    assert "如为新建，请执行 migrate" in operator.say("check", lang="zh-Hans").out.replace("\n", "")
