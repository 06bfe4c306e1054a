"""Two daemons on one PostgreSQL under load: one is killed and one is frozen past its leases; nothing is lost and nothing doubled.

Together they bring every case to its decision. What is left waits for weeks, and one of them brings it to rest in days that the machine
keeps up with: a plan that draws every four hours of days of 1.5 seconds comes to rest by chance, or never.
"""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from tests.fault.load import kill, leases, problems, rest, start, take_up, wait
from tests.fault.office import pace, replicas, site
from tests.fault.senders import sending

CASES, LEAST = 40, 4


@pytest.mark.fault
@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.timeout(1800)
def test_of_two_daemons_one_is_killed_and_one_sleeps_past_its_leases_and_the_other_carries_on(
    postgres_url: str, tmp_path: Path
) -> None:
    with site(postgres_url, tmp_path, mixed=True, day=pace(CASES, least=1.5)) as first:
        _, second = replicas(first, 1.5, [postgres_url, postgres_url])
        here, there = start(first), start(second)
        try:
            sender = sending(first, range(CASES // 2))
            held = leases(second, there.pid, LEAST)
            kill(there)
            assert held >= LEAST, "it was killed while it held work"
            sender.join()
            there = start(second)
            sender = sending(first, range(CASES // 2, CASES))
            held = leases(second, there.pid, LEAST)
            os.kill(there.pid, signal.SIGSTOP)
            assert held >= LEAST, "it was frozen while it held work"
            time.sleep(5)  # a lease is 4 seconds: the other one takes over
            os.kill(there.pid, signal.SIGCONT)
            sender.join()
            take_up(first)
            wait(first, 300, everything=False)
        finally:
            for daemon in (here, there):
                daemon.send_signal(signal.SIGCONT)
                daemon.send_signal(signal.SIGTERM)
            for daemon in (here, there):
                daemon.wait(timeout=120)
        assert len(first.accepted) == CASES
        rest(first, CASES, sender)
        assert problems(first) == []
