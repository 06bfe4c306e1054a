"""Commands beside a daemon that owns its SQLite file."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa

from inspector.store import migrate
from inspector.store.opening import sole_owner
from inspector.store.store import Store
from tests.house import closing
from tests.operator import Operator, process


@pytest.mark.slow
def test_an_operator_may_write_beside_a_daemon_that_owns_the_file(tmp_path: Path) -> None:
    operator = Operator(tmp_path, f"sqlite:///{tmp_path / 'inspector.sqlite3'}").settle_in()
    operator.well("migrate")
    with sole_owner(operator.url):
        issued = process(
            "token", "issue", "hall", "--agency", "bureau", "--role", "system", "--json", "--config", str(operator.config)
        )
    assert issued.code == 0, issued.err
    assert len(operator.well("token", "list", "--json").json) == 1


@pytest.mark.slow
def test_a_file_that_a_daemon_owns_is_not_migrated_under_it(tmp_path: Path) -> None:
    operator = Operator(tmp_path, f"sqlite:///{tmp_path / 'inspector.sqlite3'}").settle_in()
    operator.well("migrate")
    with sole_owner(operator.url):
        operator.well("migrate")  # there is nothing to do
    former = f"{int(migrate.newest()) - 1:04}"
    with closing(Store(operator.url)) as store, store.begin() as tx:
        tx.connection.execute(sa.text("UPDATE alembic_version SET version_num = :former"), {"former": former})
    with sole_owner(operator.url):
        said = operator.say("migrate")
    assert (said.code, "inspector.sqlite3" in said.err) == (4, True), said.err
    with closing(Store(operator.url)) as store:
        assert migrate.present(store) == former


@pytest.mark.parametrize("alive", [True, False])
@pytest.mark.slow
def test_where_the_file_was_moved_away_nothing_is_made_that_would_overwrite_its_log(tmp_path: Path, alive: bool) -> None:
    file, away, log = (tmp_path / name for name in ("inspector.sqlite3", "away", "inspector.sqlite3-wal"))
    operator = Operator(tmp_path, f"sqlite:///{file}").settle_in()
    operator.well("migrate")
    with ExitStack() as killed, closing(Store(operator.url)) as store:  # who is killed closes nothing
        if alive:
            killed.enter_context(sole_owner(operator.url))
        with store.begin() as tx:
            tx.connection.execute(sa.text("CREATE TABLE accepted AS SELECT 20 AS cases"))
        file.rename(away)
        before = log.read_bytes()
        assert before
        for words in (("migrate",), ("migrate", "--dry-run"), ("check",), ("case", "list"), ("restore", str(away))):
            said = operator.say(*words)
            assert said.code != 0, words
            assert "inspector.sqlite3-wal" in said.out + said.err, (words, said.err)
            assert not file.exists(), words
            assert log.read_bytes() == before, words
        away.rename(file)
        with closing(Store(operator.url)) as again, again.read() as tx:
            assert tx.connection.execute(sa.text("SELECT cases FROM accepted")).scalar_one() == 20, "put back, all is there"
