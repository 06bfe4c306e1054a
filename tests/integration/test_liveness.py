"""Whether the process should be restarted: the daemon itself says no when one of its loops has ended, and only then."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import httpx
import pytest
from apscheduler.triggers.base import BaseTrigger

from inspector import bootstrap
from inspector.bootstrap import House
from inspector.settings import load
from tests.engine import until
from tests.house import closing
from tests.operator import settled

dies = pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")


class Deadly(BaseTrigger):  # type: ignore[misc] # APScheduler tells no types
    """A job that takes the scheduler's thread along when it is due."""

    def __init__(self) -> None:
        self.asked = 0

    def get_next_fire_time(self, _previous: datetime | None, now: datetime) -> datetime:
        """Due at once; not asked a third time."""
        self.asked += 1
        if self.asked > 1:
            sys.exit()
        return now


@dataclass
class Running:
    """A whole daemon in this process. `fatal`: the claim loop ends at its next claim."""

    house: House
    fatal: threading.Event = field(default_factory=threading.Event)

    def says(self, which: str) -> tuple[int, list[str]]:
        """The status of an address of health, and the reasons it gives."""
        told = httpx.get(f"http://127.0.0.1:{self.house.server.port}/health/{which}", trust_env=False, timeout=60)
        return told.status_code, [reason["code"] for reason in told.json().get("reasons", ())]


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Running]:
    fatal = threading.Event()

    def fault(point: str) -> None:
        if point == "claimed" and fatal.is_set():
            sys.exit()

    operator = settled(f"sqlite:///{tmp_path / 'inspector.sqlite3'}", tmp_path, "\n[web]\nport = 0\n")
    with closing(operator.store()) as store:
        house = bootstrap.house(load(operator.config), store, fault=fault)
        house.daemon.start()
        house.server.start()
        try:
            yield Running(house, fatal)
        finally:
            house.daemon.stop()
            house.server.stop()


def test_while_its_loops_run_it_lives(daemon: Running) -> None:
    assert daemon.says("live") == (200, [])


@pytest.mark.slow
@dies
def test_a_daemon_whose_worker_claims_no_more_asks_to_be_restarted(daemon: Running) -> None:
    daemon.fatal.set()
    until(lambda: daemon.says("live") == (503, []))
    assert daemon.says("ready") == (503, ["worker_loop_ended"])


@pytest.mark.slow
@dies
def test_a_daemon_whose_clock_stands_still_asks_to_be_restarted(daemon: Running) -> None:
    daemon.house.daemon.clock._scheduler.add_job(print, Deadly())
    until(lambda: daemon.says("live") == (503, []))
    assert daemon.says("ready") == (503, ["clock_stopped"])


def test_while_it_drains_it_is_not_to_be_restarted(daemon: Running) -> None:
    daemon.house.daemon.stop()
    assert daemon.says("live") == (200, [])
    assert daemon.says("ready") == (503, ["stopping"]), "what ends because it stops is no reason of its own"


def test_an_outage_of_the_database_is_no_reason_to_restart(daemon: Running) -> None:
    with daemon.house.office.store.begin() as tx:
        tx.connection.exec_driver_sql("DROP TABLE lane")
    status, reasons = daemon.says("ready")
    assert (status, reasons[-1].partition(":")[0]) == (503, "database")
    assert daemon.says("live") == (200, [])
