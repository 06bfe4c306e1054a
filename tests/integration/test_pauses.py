"""Office time that stands still while no daemon runs: whoever looks around between two runs takes no day away."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from pathlib import Path

from inspector.store.store import Store
from tests.operator import one_database, settled, table

database_url = one_database


def later(store: Store, days: int) -> None:
    """So many days of office time pass by the clock since it was last anchored."""
    with store.begin() as tx:
        row = tx.office.get()
        assert row is not None
        tx.office.repace(row.machine_anchor - timedelta(days=days), row.office_anchor, row.rate, row.skip_closed)


def test_a_command_that_writes_between_two_runs_takes_no_office_time_and_beside_a_daemon_it_is_of_the_daemons_day(
    database_url: str, tmp_path: Path
) -> None:
    operator = settled(database_url, tmp_path, '[time]\npauses = true\nstarts_at = "2026-03-02T09:00:00+08:00"\n')
    store, number = operator.store(), count(1)

    def entered() -> float:
        """Days of office time since the last entry of the ledger, at an entry more."""
        with store.read() as tx:
            before = tx.ledger.last_at()
        file = operator.file("objects.csv", table(["code"], [f"TEST{next(number)}"]))
        operator.well("roster", "import", "objects", file, "--agency", "bureau", "--keep")
        with store.read() as tx:
            after = tx.ledger.last_at()
        assert after is not None
        assert after != before, "it has written something"
        return (after - before).days if before is not None else 0

    entered()
    later(store, 9)
    assert entered() == 0
    later(store, 9)
    with store.begin() as tx:
        now = tx.machine_now()
        tx.replicas.seen("daemon", "1", now, now)
    assert entered() == 9
    store.close()
