"""kill -9 lets nobody ask more often than was agreed, and loses no work that waits for its turn."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace

import pytest

from inspector.flows.held import waits
from inspector.store.store import Store
from inspector.testing.peer import Line, answer, peer
from tests.engine import LANE, order, put, real_office, states, until
from tests.fault.turns import MANNERS
from tests.needs import ROOT

ROWS, KILLS = 60, 3


@pytest.mark.fault
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_daemon_killed_again_and_again_keeps_to_quota_and_rate_and_loses_nothing(store: Store) -> None:
    times: list[float] = []

    def timed(line: Line) -> bool:
        times.append(time.monotonic())
        return answer()(line)

    office = replace(real_office(store), manners={LANE: MANNERS})
    put(store, *(order(n, lane=LANE) for n in range(ROWS)))
    quota, began = MANNERS.per_day or 0, time.monotonic()
    url = store.url.render_as_string(hide_password=False)
    with peer(timed) as party:
        for wanted in (*(quota * (kill + 1) // (KILLS + 1) for kill in range(KILLS)), None):
            told = [sys.executable, "-m", "tests.fault.turns", url, party.url]
            with subprocess.Popen(told, cwd=ROOT, env=os.environ, start_new_session=True) as process:
                if wanted is not None:
                    until(lambda at=wanted: len(times) >= at, seconds=120)  # type: ignore[misc]
                else:
                    until(lambda: spent(store, office, times), seconds=120)
                    time.sleep(1)  # whoever asked too often would do so now
                os.killpg(process.pid, signal.SIGKILL)
    assert quota - KILLS * 2 <= len(times) <= quota
    assert all(at - began >= place * MANNERS.spacing.total_seconds() for place, at in enumerate(sorted(times)))
    found = Counter(states(store).values())
    assert found["done"] >= quota - KILLS * 3
    assert set(found) == {"done", "ready"}, "what waits, waits"
    assert found.total() == ROWS


def spent(store: Store, office: object, times: list[float]) -> bool:
    with store.read() as tx:
        held = waits(tx, office).get(LANE)  # type: ignore[arg-type]
    return held is not None and held.reason == "quota" and bool(times)
