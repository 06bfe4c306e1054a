"""An office moves from its file to PostgreSQL: whole or not at all, and the file it came from starts no second one."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from inspector.domain.errors import Refusal
from inspector.flows.intake import take
from inspector.store import migrate, moving
from inspector.store.opening import ready, sole_owner
from inspector.store.store import Store
from inspector.store.tx import Tx
from tests.house import Hand, application, open_office, settle
from tests.operator import Operator

pytestmark = [pytest.mark.postgres, pytest.mark.needs("postgres")]


@pytest.fixture
def file(tmp_path: Path) -> Operator:
    """An office in its file, with cases that have come some way."""
    held = Operator(folder=tmp_path, url=f"sqlite:///{tmp_path / 'inspector.sqlite3'}").settle_in()
    held.well("migrate")
    with closing(held.store()) as store:
        fill(store)
    return held


def fill(store: Store) -> None:
    """Three cases, one of them claimed by a daemon that is gone."""
    hand = Hand()
    office = open_office(store, hand)
    with store.begin() as tx:
        for number in (1, 2, 3):
            take(office, tx, application(number, "business-licence", {"registration-status": "存续"}), "hall", office.now())
    settle(office)
    with store.begin() as tx:
        take(office, tx, application(4, "business-licence", {"registration-status": "存续"}), "hall", office.now())
    with store.begin() as tx:
        assert tx.work.claim("a daemon that is gone", tx.machine_now(), office.now(), timedelta(hours=1), 5)


def ids(tx: Tx) -> set[str]:
    """Every case there is."""
    return set(tx.connection.execute(sa.text("SELECT id FROM case_file")).scalars())


def told(_table: str, _done: int, _count: int) -> None:
    """Nobody watches."""


def unsigned(_tx: Tx) -> None:
    """Nobody signs."""


@pytest.mark.slow
def test_every_row_goes_over_with_the_ledgers_head_and_the_daemon_there_goes_on(file: Operator, postgres_url: str) -> None:
    with closing(file.store()) as store, store.read() as tx:
        before, cases = tx.ledger.head(), ids(tx)
    done = file.well("move", "--to", postgres_url, "--json").json
    assert (done["moved"], (done["seal"], done["head"])) == (True, before)
    with closing(Store(postgres_url)) as there:
        with there.read() as tx:
            assert ids(tx) == cases
            assert tx.ledger.verify() == (before[0], None)
            assert "operator.move" in {row["rule"] for row in tx.ledger.about("database")}
        ready(there)
        office = open_office(there, Hand())
        with there.begin() as tx:
            claimed = tx.work.claim("another", tx.machine_now(), office.now(), timedelta(minutes=1), 50)
        assert claimed, "what was in a dead daemon's hands is free"
        with there.begin() as tx:
            take(office, tx, application(9, "business-licence", {"registration-status": "存续"}), "hall", office.now())


@pytest.mark.slow
def test_the_file_starts_no_second_office_and_is_opened_again_by_a_word(file: Operator, postgres_url: str) -> None:
    file.well("move", "--to", postgres_url)
    with closing(Store(file.url)) as store, pytest.raises(Refusal, match="database_moved"):
        ready(store)
    refused = file.say("move", "--to", postgres_url)
    assert (refused.code, "has moved" in refused.err) == (4, True)
    assert file.well("move", "--back", "--json").json == {"reopened": True}
    with closing(Store(file.url)) as store:
        ready(store)
    again = file.well("move", "--to", postgres_url, "--json").json
    assert again["moved"], "nothing has happened on either side: the same content only closes the file"


@pytest.mark.slow
def test_what_was_broken_off_leaves_the_target_empty_and_the_file_open(
    file: Operator, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "_carry", _dies_at("visit", moving._carry))
    with closing(Store(file.url)) as source, closing(Store(postgres_url)) as target:
        with pytest.raises(KeyboardInterrupt):
            moving.move(source, target, unsigned, told)
        with target.read() as tx:
            assert {count for count, _ in moving.content(tx.connection).values()} == {0}
        assert migrate.present(source) == migrate.newest()


def _dies_at(name: str, carry: moving.Carry) -> moving.Carry:
    def dies(here: sa.Connection, there: sa.Connection, table: sa.Table, count: int, told: moving.Told) -> None:
        if table.name == name:
            raise KeyboardInterrupt
        carry(here, there, table, count, told)

    return dies


@pytest.mark.slow
def test_a_row_lost_or_altered_on_the_way_is_found_and_nothing_moves(
    file: Operator, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = moving._rows

    def drops_one(connection: sa.Connection, table: sa.Table) -> object:
        for some in rows(connection, table):
            yield some[1:] if table.name == "case_file" and connection.dialect.name == "sqlite" and lossy else some

    lossy = False
    monkeypatch.setattr(moving, "_rows", drops_one)
    carry = moving._carry

    def loses(*given: object) -> None:
        nonlocal lossy
        lossy = True
        carry(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(moving, "_carry", loses)
    with closing(Store(file.url)) as source, closing(Store(postgres_url)) as target:
        with pytest.raises(Refusal, match="move_differs") as refused:
            moving.move(source, target, unsigned, told)
        assert refused.value.facts == {"tables": "case_file"}
        with target.read() as tx:
            assert {count for count, _ in moving.content(tx.connection).values()} == {0}


@pytest.mark.slow
def test_a_database_with_something_else_in_it_and_a_value_that_is_too_long_are_refused_by_name(
    file: Operator, postgres_url: str
) -> None:
    with closing(Store(postgres_url)) as there:
        migrate.upgrade(there)
        fill(there)
    assert "is not empty (" in file.say("move", "--to", postgres_url).err
    assert file.say("move", "--to", file.url).code == 2, "a file is no server"
    assert file.say("move").code == 2
    assert file.well("move", "--to", postgres_url, "--dry-run", "--json").json["moved"] is False


@pytest.mark.slow
def test_what_no_column_of_the_server_takes_is_named_by_table_row_and_column(file: Operator, postgres_url: str) -> None:
    with closing(file.store()) as store, store.begin() as tx:
        tx.connection.execute(sa.text("UPDATE attention SET kind = :long"), {"long": "x" * 500})
        tx.connection.execute(
            sa.text("UPDATE case_file SET reference = :long WHERE id = (SELECT min(id) FROM case_file)"), {"long": "x" * 500}
        )
    refused = file.say("move", "--to", postgres_url)
    assert (refused.code, "reference" in refused.err, "case_file" in refused.err) == (4, True, True)


@pytest.mark.slow
def test_while_a_daemon_runs_nothing_moves(file: Operator, postgres_url: str) -> None:
    with sole_owner(file.url):
        assert file.say("move", "--to", postgres_url).code == 4


@pytest.mark.slow
def test_a_backup_of_either_is_a_whole_file_and_comes_back_to_either(file: Operator, postgres_url: str, tmp_path: Path) -> None:
    copied = tmp_path / "copy.sqlite3"
    done = file.well("backup", str(copied), "--json").json
    assert (copied.stat().st_mode & 0o777, sorted(one.name for one in tmp_path.glob("copy*"))) == (0o600, ["copy.sqlite3"])
    assert "is there already" in file.say("backup", str(copied)).err
    there = replace(file, url=postgres_url, folder=tmp_path / "there")
    there.folder.mkdir()
    back = there.settle_in().well("restore", str(copied), "--json").json
    assert (back["tables"], back["head"]) == (done["tables"], done["head"])
    assert there.say("restore", str(copied)).code == 4, "only an empty database is restored into"
    again = tmp_path / "again.sqlite3"
    there.well("backup", str(again))
    here = replace(file, url=f"sqlite:///{tmp_path / 'here' / 'inspector.sqlite3'}", folder=tmp_path / "here")
    here.folder.mkdir()
    here.settle_in().well("restore", str(again))
    with closing(Store(here.url)) as held, held.read() as tx:
        assert len(ids(tx)) == 4
        assert {"operator.restore"} <= {row["rule"] for row in tx.ledger.about("database")}
        assert tx.ledger.verify() == (done["seal"], None)
    assert not list(tmp_path.glob(".*reading*"))


@pytest.mark.slow
def test_a_lost_file_comes_back_though_its_lock_says_that_a_daemon_has_run_here(file: Operator, tmp_path: Path) -> None:
    with sole_owner(file.url):
        file.well("backup", str(tmp_path / "copy.sqlite3"))
    for one in tmp_path.glob("inspector.sqlite3*"):
        if not one.name.endswith(".lock"):
            one.unlink()
    assert file.say("case", "list").code == 4, "it was there, and is gone"
    file.well("restore", str(tmp_path / "copy.sqlite3"))
    with closing(Store(file.url)) as held, held.read() as tx:
        assert len(ids(tx)) == 4


@pytest.mark.slow
def test_a_file_that_is_no_backup_and_a_server_that_is_away_are_named_themselves(file: Operator, tmp_path: Path) -> None:
    junk, whole = tmp_path / "junk", tmp_path / "copy.sqlite3"
    junk.write_bytes(b"\xff" * 3000)
    file.well("backup", str(whole))
    torn = tmp_path / "torn"
    torn.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    for wrong in (junk, torn):
        refused = file.say("restore", str(wrong))
        assert (refused.code, str(wrong) in refused.err) == (2, True), refused.err
    unsaid = tmp_path / "unsaid"
    with closing(sqlite3.connect(unsaid)) as other:
        other.executescript("create table t (a)")
    there = replace(file, url=f"sqlite:///{tmp_path / 'there' / 'inspector.sqlite3'}", folder=tmp_path / "there")
    there.folder.mkdir()
    there.settle_in()
    strange = tmp_path / "strange"
    strange.write_bytes(whole.read_bytes())
    with closing(sqlite3.connect(strange)) as other, other:
        other.execute("update alembic_version set version_num = '9999'")
    for wrong, code in ((junk, 2), (torn, 2), (unsaid, 2), (strange, 4)):
        assert there.say("restore", str(wrong)).code == code, wrong
        assert [one.name for one in there.folder.iterdir()] == [there.config.name], "what fails leaves no empty office behind"
    away = file.say("move", "--to", "postgresql://x@127.0.0.1:1/x")
    assert (away.code, "--to" in away.err) == (5, True), away.err
    with closing(Store(file.url)) as store:
        assert migrate.present(store) == migrate.newest(), "the office is where it was"
