"""Two daemons on one PostgreSQL under load: one is killed and one is frozen past its leases; nothing is lost and nothing doubled.

Together they bring every case to its decision. What is left waits for weeks, and one of them brings it to rest in days that the machine
keeps up with: a plan that draws every four hours of days of 1.5 seconds comes to rest by chance, or never.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fault.load import kill, leased, problems, rest, start, take_up, wait
from tests.fault.office import Site, free_port, pace, site
from tests.fault.senders import post

CASES, LEAST = 40, 4


def held_leases(held: Site, pid: int, least: int, seconds: float = 60.0) -> int:
    """Wait until a daemon holds so many leases; how many it holds."""
    deadline = time.monotonic() + seconds
    while (count := leased(held, pid).total()) < least and time.monotonic() < deadline:
        time.sleep(0.01)
    return count


def sending(held: Site, numbers: range) -> threading.Thread:
    """Senders that have begun."""
    sender = threading.Thread(target=post, args=(held, list(numbers)))
    sender.start()
    return sender


@pytest.mark.fault
@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.timeout(1800)
def test_of_two_daemons_one_is_killed_and_one_sleeps_past_its_leases_and_the_other_carries_on(
    postgres_url: str, tmp_path: Path
) -> None:
    with site(postgres_url, tmp_path, mixed=True, day=pace(CASES, least=1.5)) as first:
        (tmp_path / "two").mkdir()
        second = replace(first, folder=tmp_path / "two", port=free_port())
        for one in (first, second):
            one.configure(1.5)
            told = one.config.read_text(encoding="utf-8").replace(str(second.folder), str(first.folder))
            one.config.write_text(
                told.replace("[web]\n", f'[web]\nbase_url = "http://127.0.0.1:{first.port}"\n'), encoding="utf-8"
            )
        here, there = start(first), start(second)
        try:
            sender = sending(first, range(CASES // 2))
            held = held_leases(second, there.pid, LEAST)
            kill(there)
            assert held >= LEAST, "it was killed while it held work"
            sender.join()
            there = start(second)
            sender = sending(first, range(CASES // 2, CASES))
            held = held_leases(second, there.pid, LEAST)
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
