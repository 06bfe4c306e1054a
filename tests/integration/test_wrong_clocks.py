"""Machines whose clock is wrong, or is set while the daemon runs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from inspector.store import migrate
from inspector.store.store import Store
from tests import needs
from tests.house import ROOT, ZONE, closing

PROGRAM = """
import sys, threading, time
from datetime import datetime, timezone
from inspector.daemon.clock import Clock, Tick
from inspector.store.store import Store
from inspector.telemetry.metrics import Metrics
came, never = [], threading.Event()  # a fake clock breaks time.sleep
clock = Clock(Store(sys.argv[1]), Metrics(), lambda: datetime.now(timezone.utc), "one", {})
clock.start([Tick(name="seal", seconds=0.2, body=lambda: came.append(None))])
def more():
    end, before = time.monotonic() + 60, len(came)
    while len(came) < before + 3:
        if time.monotonic() > end:
            sys.exit("no tick for a minute")
        never.wait(0.02)
more()
with open(sys.argv[2], "w") as told:
    told.write(sys.argv[3])
more()
clock.stop()
print("\\nnow:", int(time.time()))  # log lines go to the same stream
"""


@pytest.mark.slow
@pytest.mark.fault
@pytest.mark.needs("faketime")
@pytest.mark.parametrize("jump", ["-2h", "+6h"])
def test_ticks_go_on_when_the_machines_clock_is_really_set(tmp_path: Path, jump: str) -> None:
    told = tmp_path / "time"
    told.write_text("+0")
    environment = {
        **os.environ,
        "LD_PRELOAD": needs.require("faketime"),
        "FAKETIME_TIMESTAMP_FILE": str(told),
        "FAKETIME_NO_CACHE": "1",
        "DONT_FAKE_MONOTONIC": "1",
        "PYTHONPATH": str(ROOT),
    }
    url = f"sqlite:///{tmp_path / 'clock.sqlite3'}"
    before = datetime.now(ZONE).timestamp()
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, url, str(told), jump],
        env=environment, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr[-2000:]
    told_at = re.search(r"^now: (\d+)$", ran.stdout, re.MULTILINE)
    assert told_at is not None, ran.stdout[-2000:]
    assert abs(int(told_at[1]) - before) > 3600, "the clock was really set"


REPLICA = """
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from inspector import bootstrap, settings
from inspector.flows.office import Connectors

told = settings.load(Path(sys.argv[1]))
with closing(bootstrap.store(told)) as store:
    office = bootstrap.office(told, store, connectors=Connectors())
    print(datetime.now(UTC).timestamp(), office.now().timestamp(), store.clock.ahead())
"""


@pytest.mark.slow
@pytest.mark.fault
@pytest.mark.postgres
@pytest.mark.needs("faketime")
def test_a_replica_whose_machine_has_another_time_goes_by_the_databases(tmp_path: Path, postgres_url: str) -> None:
    with closing(Store(postgres_url)) as store:
        migrate.upgrade(store)
    config = tmp_path / "office.toml"
    config.write_text(
        f'policies = "{ROOT}/policies"\nnot_yet = ["sources", "assistance", "plans"]\n'
        f'[database]\nurl = "{postgres_url}"\n[agencies.b]\nname = "局"\npack = "demo"\n'
    )
    environment = {
        **os.environ,
        "LD_PRELOAD": needs.require("faketime"),
        "FAKETIME": "+40d",
        "DONT_FAKE_MONOTONIC": "1",
        "PYTHONPATH": str(ROOT),
    }
    ran = subprocess.run(
        [sys.executable, "-c", REPLICA, str(config)],
        env=environment, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr[-2000:]
    wall, office, ahead = map(float, ran.stdout.split())
    real = datetime.now(ZONE).timestamp()
    assert wall - real > 39 * 86400, "its machine is really wrong"
    assert abs(office - real) < 60
    assert ahead == pytest.approx(40 * 86400, abs=60)
