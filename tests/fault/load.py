"""A load on a real daemon: the demo's outside world as a process, cases over HTTP, and what became of them.

`tests.fault.measure` prints the figures; the fault tests use the parts.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from inspector.demo.approving import CLAIMS
from inspector.demo.cast import firm, person
from inspector.domain.identity import uscc_check_digit
from inspector.store import migrate
from inspector.store.store import Store
from inspector.store.tables import case_file, work
from tests.fault import judge

ROOT = Path(__file__).parent.parent.parent
POINTS = ("claimed", "called", "settling", "settled")
DATES = ("verify.due", "review.remind", "review.due", "assist.remind", "assist.due", "assist.end")
"""Work that waits for a legal date days ahead."""
MIX = ("business-licence", "hukou-housing", "business-licence", "relief-household", "dispatch-premises", "hr-agency-staff")
"""Online alone, a letter alone, online and then a letter, a visit, and all of them."""
DAY = 0.6
"""Seconds of a day outside: an agency answers after one or two, or late after four, or never."""
CONFIG = """
policies = "{root}/policies"
[database]
url = "{url}"
[web]
port = {port}
[engine]
lease_seconds = 4
retry_base_seconds = 0.2
retry_cap_seconds = 2
breaker_cool_seconds = 1
[log]
level = "ERROR"
[agencies.county]
name = "区人民政府"
pack = "demo"
connector = "county-office"
[agencies.bureau]
name = "区市场监管局"
parent = "county"
[agencies.civil-affairs]
name = "区民政局"
parent = "county"
connector = "civil-affairs"
[agencies.housing]
name = "区住房和城乡建设局"
parent = "county"
connector = "housing"
[assistance.civil-affairs]
kind = "http"
url = "http://127.0.0.1:{world}/civil-affairs"
budget_seconds = 1.9
[assistance.housing]
kind = "http"
url = "http://127.0.0.1:{world}/housing"
budget_seconds = 1.9
[assistance.county-office]
kind = "http"
url = "http://127.0.0.1:{world}/county-office"
budget_seconds = 1.9
[sources.social]
kind = "http"
url = "http://127.0.0.1:{world}/social"
budget_seconds = 1.9
permanent_codes = ["E-102", "E-106"]
retry_codes = [-1]
[sources.registers]
kind = "http"
url = "http://127.0.0.1:{world}/registers"
budget_seconds = 1.9
permanent_codes = ["E-102", "E-106"]
retry_codes = [-1]
[credit.platform]
kind = "http"
url = "http://127.0.0.1:{world}/credit"
budget_seconds = 1.9
[callbacks.hall]
kind = "webhook"
url = "http://127.0.0.1:{world}/approving"
budget_seconds = 1.9
secret_file = "{folder}/hall.secret"
"""


@dataclass
class Site:
    """A configured office with its outside world."""

    folder: Path
    url: str
    world_port: int
    port: int
    token: str
    mixed: bool
    accepted: dict[str, str] = field(default_factory=dict)

    @property
    def config(self) -> Path:
        """The settings file."""
        return self.folder / "office.toml"

    def store(self) -> Store:
        """A second pair of eyes on the database."""
        return Store(self.url)

    def outside(self) -> judge.Outside:
        """What the outside world says it has."""
        return judge.Outside.ask(lambda path: get(self.world_port, path)[1])


@contextmanager
def site(url: str, folder: Path, *, mixed: bool = False) -> Iterator[Site]:
    """An office that has not started yet, beside a world that has. `mixed`: cases of many items, letters and visits among them."""
    arguments = ["--port", "0", "--latency", "0.005", "--tied", "--calm", "--day", str(DAY)]
    world = subprocess.Popen(
        [sys.executable, "-P", "-m", "inspector.demo", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert world.stdout is not None
    world_port = int(world.stdout.readline().decode().strip().rpartition(":")[2])
    port = free_port()
    (folder / "hall.secret").write_text("whsec_" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY=")
    (folder / "hall.secret").chmod(0o600)
    text = CONFIG.format(root=ROOT, url=url, port=port, world=world_port, folder=folder)
    (folder / "office.toml").write_text(text)
    store = Store(url)
    migrate.upgrade(store)
    now = datetime.now(UTC)
    with store.begin() as tx:
        token = tx.tokens.issue("hall", "bureau", "system", now, now + timedelta(days=1))
    store.close()
    try:
        yield Site(folder=folder, url=url, world_port=world_port, port=port, token=token, mixed=mixed)
    finally:
        assert world.stdin is not None
        world.stdin.close()
        world.wait(timeout=10)
        world.stdout.close()


def free_port() -> int:
    """A port that is free now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


def start(held: Site, *fatal: str) -> subprocess.Popen[bytes]:
    """Start the daemon, perhaps a mortal one, and wait until it is ready (or dead)."""
    daemon = subprocess.Popen(
        [sys.executable, "-m", "tests.fault.daemon", str(held.config), *fatal],
        cwd=ROOT,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and daemon.poll() is None:
        try:
            if get(held.port, "/health/ready")[0] == 200:
                return daemon
        except OSError:
            pass
        time.sleep(0.05)
    return daemon


def kill(daemon: subprocess.Popen[bytes]) -> None:
    """End it as kill -9 does, the whole session."""
    if daemon.poll() is None:
        os.killpg(daemon.pid, signal.SIGKILL)
    daemon.wait()


def cpu(pid: int) -> float:
    """User and system seconds of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident(pid: int) -> float:
    """The resident size of a process in MiB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return float(pages * os.sysconf("SC_PAGE_SIZE") / 2**20)


def get(port: int, path: str) -> tuple[int, Any]:
    """One GET."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        reply = connection.getresponse()
        text = reply.read()
        return reply.status, json.loads(text) if text[:1] == b"{" else text
    finally:
        connection.close()


def mixed_case(number: int) -> dict[str, Any]:
    """An application of the demo's people: by its number one that asks a source, an agency, or needs a visit."""
    item = MIX[number % len(MIX)]
    kind, matter, facts = CLAIMS[item]
    subject = firm(number) if kind == "FIRM" else person(number)
    claims = [
        {"key": f"c{place}", "fact": fact, "value": values[0], "on": "2026-01-05"}
        for place, (fact, values) in enumerate(facts.items(), 1)
    ]
    about = {"kind": kind, "code": subject.code, "name": subject.name}
    return {**case(number), "item": item, "matter": matter, "subject": about, "claims": claims}


def case(number: int) -> dict[str, Any]:
    """The body of one application; the code is well-formed and nobody's."""
    first = f"91000000MA{number:07d}"
    return {
        "agency": "bureau",
        "reference": f"R-{number:07d}",
        "route": "COMMITMENT",
        "matter": "LICENCE",
        "item": "business-licence",
        "subject": {"kind": "FIRM", "code": first + uscc_check_digit(first), "name": f"示例有限公司{number}"},
        "claims": [{"key": "c1", "fact": "registration-status", "value": "存续", "on": "2026-01-05"}],
        "letter": {"text": "承诺属实", "notice_version": "2026-01", "signed_by": "示例", "signed_on": "2026-01-05"},
    }


def post(held: Site, numbers: list[int], threads: int = 8, patience: float = 120) -> None:
    """Post cases until each has been accepted; a dead daemon is waited for, as a real sender would, under the same reference."""
    waiting = list(reversed(numbers))
    guard = threading.Lock()
    deadline = time.monotonic() + patience + len(numbers) / 20

    def send() -> None:
        with closing(http.client.HTTPConnection("127.0.0.1", held.port, timeout=20)) as connection:
            keep_posting(connection)

    def keep_posting(connection: http.client.HTTPConnection) -> None:
        made = mixed_case if held.mixed else case
        headers = {"Authorization": f"Bearer {held.token}", "Content-Type": "application/json"}
        while time.monotonic() < deadline:
            with guard:
                if not waiting:
                    return
                number = waiting.pop()
            try:
                connection.request("POST", "/v1/cases", json.dumps(made(number)).encode(), headers)
                reply = connection.getresponse()
                told = json.loads(reply.read())
                if reply.status not in (200, 201):
                    raise ValueError(f"{reply.status}: {told}")
                held.accepted[told["id"]] = told["reference"]
            except (OSError, http.client.HTTPException):
                connection.close()
                with guard:
                    waiting.append(number)
                time.sleep(0.1)

    hands = [threading.Thread(target=send) for _ in range(threads)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()


def wait(held: Site, seconds: float, *, everything: bool = True) -> dict[str, int]:
    """Wait until no case is under way, or until `everything` is at rest: no order open but the far dates, no reply on its way."""
    store = held.store()
    deadline = time.monotonic() + seconds
    counts: dict[str, int] = {}
    still = 0
    states = sa.select(case_file.c.state, sa.func.count()).group_by(case_file.c.state)
    orders = sa.select(sa.func.count()).where(work.c.state.in_(("ready", "waiting")), work.c.kind.not_in(DATES))
    try:
        while time.monotonic() < deadline:
            replies = get(held.world_port, "/_seen")[1]["under_way"] if everything and held.mixed else 0
            with store.read() as tx:
                counts = {row[0]: row[1] for row in tx.connection.execute(states)}
                still = replies + (tx.connection.execute(orders).scalar_one() if everything else 0)
            under_way = counts.get("RATING", 0) + (0 if held.mixed else counts.get("VERIFYING", 0))
            if not under_way and not still:
                return counts
            time.sleep(0.25)
    finally:
        store.close()
    raise AssertionError(f"not done after {seconds} s: {counts}, {still} orders and replies open")


def leased(held: Site, pid: int) -> int:
    """Leases that the daemon of this process holds at this moment: not lapsed, and not an earlier victim's."""
    store = held.store()
    try:
        with store.read() as tx:
            mine = work.c.owner == f"{socket.gethostname()}-{pid}"
            asked = sa.select(sa.func.count()).where(work.c.state == "ready", work.c.lease_until > tx.machine_now(), mine)
            return int(tx.connection.execute(asked).scalar_one())
    finally:
        store.close()


def problems(held: Site) -> list[str]:
    """Everything that must not be: lost or doubled cases, answers, outcomes, orders, letters, notices or entries."""
    store = held.store()
    try:
        with store.read() as tx:
            return judge.problems(tx, held.outside(), held.accepted)
    finally:
        store.close()


def murder(held: Site, kills: int, numbers: list[int], *, least: int = 16, seed: int = 1) -> list[str]:
    """Post under a daemon that is killed again and again: half the kills at random moments, half at named points."""
    chance = random.Random(seed)
    sender = threading.Thread(target=post, args=(held, numbers))
    sender.start()
    story: list[str] = []
    while len(story) < kills:
        point = POINTS[len(story) // 2 % 4] if len(story) % 2 else ""
        fatal = (point, str(chance.randint(2, 6) if point != "called" else chance.randint(60, 300))) if point else ()
        daemon = start(held, *fatal)
        if point:
            try:
                daemon.wait(timeout=15)
            except subprocess.TimeoutExpired:
                point = "random"
        else:
            deadline = time.monotonic() + 15
            time.sleep(chance.uniform(0.3, 1.5))
            while leased(held, daemon.pid) < least and time.monotonic() < deadline and daemon.poll() is None:
                time.sleep(0.01)
            point = "random"
        kill(daemon)
        count = leased(held, daemon.pid)
        if count >= least:
            story.append(f"{point}: {count} leases held")
        elif not sender.is_alive():
            break
    daemon = start(held)
    sender.join()
    try:
        wait(held, 180)
    finally:
        daemon.send_signal(signal.SIGTERM)
        daemon.wait(timeout=30)
    return story
