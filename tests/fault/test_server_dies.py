"""PostgreSQL dies under load and comes back, and one daemon is cut off from it for a while: nothing is lost and nothing doubled."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.fault.load import leases, problems, started, take_up, wait
from tests.fault.office import Site, replicas, site
from tests.fault.senders import sending
from tests.needs import postgres_binaries
from tests.postgres import OPTIONS, Cluster, Server, address, cluster, through
from tests.relay import relay

CASES, LEAST, DAY = 20, 3, 4.0
AWAY = 3.0
"""Seconds: a lease is four."""

pytestmark = [pytest.mark.fault, pytest.mark.slow, pytest.mark.postgres, pytest.mark.needs("postgres"), pytest.mark.timeout(2700)]


@contextmanager
def mortal() -> Iterator[tuple[Cluster, str]]:
    """A server of our own that keeps what it has committed, and the address of a database in it."""
    binaries = postgres_binaries()
    assert binaries is not None
    if "://" in binaries:
        pytest.skip("somebody else's server is not ours to kill")
    with cluster(Path(binaries), f"{OPTIONS} -c synchronous_commit=on") as held:
        yield held, Server(admin=held.admin).create()


def ended(held: Site, *daemons: subprocess.Popen[bytes]) -> None:
    """All that was accepted comes to its end, once, and the daemons, which stayed all the while, leave in order."""
    take_up(held)
    wait(held, 600)
    for daemon in daemons:
        daemon.send_signal(signal.SIGTERM)
    assert [daemon.wait(timeout=120) for daemon in daemons] == [0] * len(daemons)
    assert len(held.accepted) == CASES
    assert problems(held) == []


def test_a_server_that_crashes_twice_under_load_costs_nothing_but_the_while(tmp_path: Path) -> None:
    with mortal() as (server, url), site(url, tmp_path, mixed=True, day=DAY) as held:
        held.configure(DAY)
        with started(held) as (daemon,):
            sender = sending(held, range(CASES))
            for _ in range(2):
                busy = leases(held, daemon.pid, LEAST)
                server.end()
                time.sleep(AWAY)
                server.begin()
                assert busy >= LEAST, "it died while a daemon held work"
            sender.join()
            ended(held, daemon)


def test_a_daemon_that_is_cut_off_from_the_server_loses_its_work_to_the_other_one_and_comes_back(tmp_path: Path) -> None:
    with (
        mortal() as (_, url),
        relay(address(url)) as wire,
        site(url, tmp_path, mixed=True, day=DAY) as first,
    ):
        _, second = replicas(first, DAY, [url, through(url, wire)])
        with started(first, second) as (here, there):
            sender = sending(first, range(CASES))
            busy = leases(second, there.pid, LEAST)
            wire.mode = "reset"
            time.sleep(2 * AWAY)  # its leases are over: the other one has its work
            wire.mode = "pass"
            assert busy >= LEAST, "it was cut off while it held work"
            sender.join()
            ended(first, here, there)
