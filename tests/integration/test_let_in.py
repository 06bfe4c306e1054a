"""Who is not let in renews the credential, and restarts nothing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests import house
from tests.operator import Operator, one_database

pytestmark = pytest.mark.alike

database_url = one_database


@pytest.fixture
def operator(database_url: str, tmp_path: Path) -> Operator:
    """An operator of an office that is not migrated yet."""
    return Operator(tmp_path, database_url)


def test_who_exchanges_a_credential_restarts_nothing(operator: Operator) -> None:
    operator.settle_in('\n[sources.registers]\nkind = "http"\nurl = "http://127.0.0.1:9/"\n')
    operator.migrated()
    with house.closing(operator.store()) as store, store.begin() as tx:
        tx.lanes.ensure(["registers"])
        tx.lanes.failed(
            "registers",
            "unauthorised",
            tx.machine_now(),
            threshold=1,
            pause=lambda _failures, _threshold: timedelta(hours=1),
            barred=True,
        )
    (told,) = (
        one for one in operator.well("check", "--json").json if one["name"] == "sources.registers" and one["state"] == "WARN"
    )
    assert "the daemon lets itself in" in told["mend"]
    assert "connector resume registers" in told["mend"]
