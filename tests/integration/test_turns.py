"""Turns on SQLite's one writing connection: fair, and sharing a commit without sharing a failure."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from inspector.store.store import Store
from inspector.store.turns import MOST
from tests import house
from tests.engine import until


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "inspector.sqlite3"


@pytest.fixture
def held(file: Path) -> Iterator[Store]:
    """A file with one table of our own."""
    with house.closing(Store(f"sqlite:///{file}")) as store:
        with store.begin() as tx:
            tx.connection.exec_driver_sql("CREATE TABLE note (name TEXT PRIMARY KEY, place INTEGER, about TEXT)")
            tx.connection.exec_driver_sql("CREATE TABLE mind (note TEXT REFERENCES note (name) DEFERRABLE INITIALLY DEFERRED)")
        yield store


def write(store: Store, name: str, *more: str) -> None:
    with store.begin() as tx:
        tx.connection.exec_driver_sql("INSERT INTO note SELECT ?, count(*), '' FROM note", (name,))
        for statement in more:
            tx.connection.exec_driver_sql(statement)


def names(store: Store) -> list[str]:
    with store.read() as tx:
        return [row[0] for row in tx.connection.exec_driver_sql("SELECT name FROM note ORDER BY place, name")]


def commits(store: Store) -> list[None]:
    """Grows with each COMMIT."""
    seen: list[None] = []
    sa.event.listen(store.engine, "commit", lambda _connection: seen.append(None))
    return seen


class Crowd:
    """Writers who come one after another while the first of them keeps the connection."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.told: dict[str, BaseException | None] = {}
        self._hands: list[threading.Thread] = []

    def come(self, name: str, *more: str, first: threading.Event | None = None) -> None:
        """One more in the queue; the first holds its turn until told."""

        def hand() -> None:
            try:
                if first is None:
                    write(self.store, name, *more)
                else:
                    with self.store.begin() as tx:
                        tx.connection.exec_driver_sql("INSERT INTO note VALUES (?, 0, '')", (name,))
                        first.wait(60)
                self.told[name] = None
            except BaseException as error:  # noqa: BLE001 - what each is told is what the test is about
                self.told[name] = error

        thread = threading.Thread(target=hand)
        self._hands.append(thread)
        before = self.waiting
        thread.start()
        turns = self.store._turns
        assert turns is not None
        until(lambda: turns._busy if first else self.waiting == before + 1)

    @property
    def waiting(self) -> int:
        """How many stand in the queue."""
        assert self.store._turns is not None
        return len(self.store._turns._waiting)

    @contextmanager
    def gathered(self) -> Iterator[threading.Event]:
        """While the block runs the first writer is at its turn and all others queue; afterwards all are done."""
        go = threading.Event()
        self.come("first", first=go)
        try:
            yield go
        finally:
            go.set()
            for hand in self._hands:
                hand.join(60)
        assert not any(hand.is_alive() for hand in self._hands)


def test_those_who_wait_join_one_commit_in_the_order_they_came(held: Store) -> None:
    seen, crowd = commits(held), Crowd(held)
    with crowd.gathered():
        for n in range(9):
            crowd.come(str(n))
    assert names(held) == ["first", *map(str, range(9))]
    assert len(seen) == 1


def test_a_shared_commit_is_bounded_so_that_the_first_does_not_wait_for_ever(held: Store) -> None:
    seen, crowd = commits(held), Crowd(held)
    with crowd.gathered():
        for n in range(MOST + 5):
            crowd.come(f"{n:03}")
    assert len(names(held)) == MOST + 6
    assert len(seen) == 2


def test_one_whose_part_fails_takes_only_its_own_part_back(held: Store) -> None:
    crowd = Crowd(held)
    with crowd.gathered():
        crowd.come("1")
        crowd.come("2", "INSERT INTO note VALUES ('half', 99, '')", "INSERT INTO note VALUES ('1', 0, '')")
        crowd.come("3")
    assert isinstance(crowd.told["2"], sa.exc.IntegrityError)
    assert {name for name, error in crowd.told.items() if error is None} == {"first", "1", "3"}
    assert set(names(held)) == {"first", "1", "3"}


def test_a_commit_that_fails_is_told_to_all_who_shared_it_and_keeps_nothing(held: Store) -> None:
    crowd = Crowd(held)
    with crowd.gathered():
        crowd.come("1")
        crowd.come("2", "INSERT INTO mind VALUES ('nobody')")  # found out at the commit
    assert {type(error) for error in crowd.told.values()} == {sa.exc.IntegrityError}
    assert len(crowd.told) == 3
    assert names(held) == []
    write(held, "afterwards")
    assert names(held) == ["afterwards"]


def test_a_full_disk_is_told_to_whomever_it_cost_something_and_nobody_else_is_hurt(held: Store) -> None:
    for n in range(200):
        write(held, f"old-{n}")
    with held.begin() as tx:
        pages = tx.connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        tx.connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 5}")
    crowd = Crowd(held)
    with crowd.gathered():
        crowd.come("1")
        crowd.come("2", "UPDATE note SET about = hex(randomblob(400))")
        crowd.come("3")
    assert "FULL" in str(crowd.told["2"]), "the disk, not the savepoint that went with it"
    kept = set(names(held))
    assert {name for name, error in crowd.told.items() if error is None} == {n for n in ("first", "1", "2", "3") if n in kept}
    assert "2" not in kept
    with held.begin() as tx:
        assert tx.connection.exec_driver_sql("SELECT count(*) FROM note WHERE about != ''").scalar_one() == 0
        assert tx.connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
        tx.connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    write(held, "there is room again", "UPDATE note SET about = hex(randomblob(400))")


def test_a_transaction_the_database_has_ended_is_ended_for_all_who_shared_it(held: Store) -> None:
    crowd = Crowd(held)
    with crowd.gathered():
        crowd.come("1")
        crowd.come("2", "INSERT OR ROLLBACK INTO note VALUES ('1', 0, '')")  # as a full disk may: the whole transaction is gone
        crowd.come("3")
    gone = {name for name, error in crowd.told.items() if error is not None}
    assert gone >= {"first", "1", "2"}
    assert "UNIQUE" in str(crowd.told["2"])
    assert set(names(held)) == {"first", "1", "2", "3"} - gone


@pytest.mark.parametrize("fatal", [KeyboardInterrupt, SystemExit, RuntimeError])
def test_whatever_ends_a_turn_the_next_one_comes(held: Store, fatal: type[BaseException]) -> None:
    def stumble() -> None:
        with held.begin() as tx:
            tx.connection.exec_driver_sql("INSERT INTO note VALUES ('gone', 0, '')")
            raise fatal

    with pytest.raises(fatal):
        stumble()
    write(held, "next")
    assert names(held) == ["next"]


def test_readers_see_only_what_is_committed_and_wait_for_nobody(held: Store) -> None:
    crowd = Crowd(held)
    with crowd.gathered():
        assert names(held) == []
    assert names(held) == ["first"]


def test_another_process_may_write_to_the_file_at_the_same_time(held: Store, file: Path) -> None:
    program = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], timeout=60, isolation_level=None)
print("ready", flush=True)
for n in range(150):
    held.execute("BEGIN IMMEDIATE")
    held.execute("INSERT INTO note VALUES (?, 0, '')", (f"theirs-{n}",))
    held.execute("COMMIT")
"""
    other = subprocess.Popen([sys.executable, "-c", program, str(file)], stdout=subprocess.PIPE)
    assert other.stdout is not None
    assert other.stdout.readline() == b"ready\n"

    def hand(number: int) -> None:
        for n in range(40):
            write(held, f"ours-{number}-{n}")

    hands = [threading.Thread(target=hand, args=(number,)) for number in range(4)]
    for one in hands:
        one.start()
    for one in hands:
        one.join()
    other.stdout.close()
    assert other.wait(60) == 0
    assert len(names(held)) == 150 + 160
