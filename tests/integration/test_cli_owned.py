"""Commands beside a daemon that owns its SQLite file."""

from __future__ import annotations

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
