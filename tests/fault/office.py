"""An office under load: its settings, its registers and plans, and the demo's outside world as a process beside it."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from inspector import bootstrap, settings
from inspector.demo.cast import inspectors, objects
from inspector.domain.annual import Consent
from inspector.flows import planning
from inspector.flows.office import Connectors
from inspector.store import migrate
from inspector.store.store import Store
from tests.house import DISPATCHER

ROOT = Path(__file__).parent.parent.parent
OWN_PORTS = range(12_000, 30_000)
"""Below those that Linux hands out by itself (32,768 and up, ip(7)), so that only another `free_port` could choose the same."""
AGENCY = "bureau"
PLANS = ("licensing", "supervision")
HOLDERS = {
    "hall": "system",
    "officer": "officer",
    "officer-2": "officer",
    "legal": "officer",
    "head": "officer",
    "clerk-1": "clerk",
    "clerk-2": "clerk",
}
SECRET = "whsec_QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY="
OPEN_SECONDS = 9 * 3600
"""Office seconds of a working day; closed hours take no time."""
DAY = 0.6
"""Seconds of a day to the people outside: an agency answers after one or two, or late after four, or never."""
CONFIG = """
policies = "{root}/policies"
not_yet = ["plans.county"] # without its people nobody is drawn
[database]
url = "{url}"
[web]
port = {port}
[engine]
dispatcher = "{dispatcher}"
lease_seconds = 4
retry_base_seconds = 0.2
retry_cap_seconds = 2
breaker_cool_seconds = 1
[log]
level = "{level}"
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
declined_codes = ["E-102", "E-106"]
retry_codes = [-1]
[sources.registers]
kind = "http"
url = "http://127.0.0.1:{world}/registers"
budget_seconds = 1.9
declined_codes = ["E-102", "E-106"]
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
PEOPLE = """
[time]
rate = {rate}
skip_closed = true
starts_at = "2025-03-03T08:30:00+08:00"
[schedules]
keep_done_days = 10000
keep_slots_days = 10000
keep_messages_days = 10000
[plans.licensing]
agency = "bureau"
trigger = "every {every}h"
[plans.supervision]
agency = "bureau"
trigger = "cron day=4,6,11 10:00"
pool = true
[channels.phones]
kind = "webhook"
url = "http://127.0.0.1:{world}/phones"
budget_seconds = 1.9
secret_file = "{folder}/hall.secret"
[seeds.dice]
kind = "ceremony"
what = "26 six-sided dice, thrown in public"
dice = 26
sides = 6
[seeds.lottery]
kind = "ceremony"
what = "double-colour ball"
balls = [[6, 33], [1, 16]]
official = "the announcements"
[seeds.justice]
kind = "reveal"
url = "http://127.0.0.1:{world}/justice"
budget_seconds = 1.9
[seeds.audit]
kind = "reveal"
url = "http://127.0.0.1:{world}/audit"
budget_seconds = 1.9
[witnesses.notary]
kind = "http"
url = "http://127.0.0.1:{world}/notary"
budget_seconds = 1.9
"""
"""What a whole load has besides: draws of two plans, inspectors with phones, and an office whose days pass."""


@dataclass
class Site:
    """A configured office with its outside world.

    What the senders have heard: `accepted` cases with their references, what each `claims` by the last word the office took,
    those it let them withdraw, and those of which it took the wish alone; `wrong` is what no sender should ever hear. `told` keeps all
    that its daemons say, to the last word; without it they speak to the terminal, and of errors alone. What is due is told by a
    `dispatcher`, which may be `lying`.
    """

    folder: Path
    url: str
    world_port: int
    port: int
    token: str
    mixed: bool
    told: Path | None = None
    dispatcher: str = "embedded"
    lying: bool = False
    accepted: dict[str, str] = field(default_factory=dict)
    claimed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    withdrawn: set[str] = field(default_factory=set)
    wished: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)

    @property
    def config(self) -> Path:
        """The settings file."""
        return self.folder / "office.toml"

    def store(self) -> Store:
        """A second pair of eyes on the database."""
        return Store(self.url)

    def configure(self, day: float, *, every: int = 4) -> None:
        """Write the settings; from the next start on an office day takes so many seconds, and a plan draws `every` so many hours."""
        told = {"root": ROOT, "url": self.url, "port": self.port, "world": self.world_port, "folder": self.folder}
        told["level"] = "DEBUG" if self.told else "ERROR"
        told |= {"dispatcher": self.dispatcher, "every": every}
        self.config.write_text((CONFIG + PEOPLE if self.mixed else CONFIG).format(**told, rate=OPEN_SECONDS / day))


def pace(cases: int, *, least: float = 6.0) -> float:
    """Seconds of an office day in which the people of so many cases can do a day's work; else every seat would lapse unanswered."""
    return max(least, cases / 150)


@contextmanager
def site(url: str, folder: Path, *, mixed: bool = False, day: float = 6.0, told: Path | None = None) -> Iterator[Site]:
    """An office that has not started yet, beside a world that has.

    `mixed`: cases of many items, with letters, draws, visits and officers; else online queries alone, and nobody acts. `told`: a file
    for all that its daemons say.
    """
    port = free_port()
    with closing(Store(url)) as store:
        migrate.upgrade(store)
        now = datetime.now(UTC)
        with store.begin() as tx:
            tokens = {name: tx.tokens.issue(name, AGENCY, role, now, now + timedelta(days=1)) for name, role in HOLDERS.items()}
    keys = {"tokens": {**tokens, "approving": tokens["hall"]}, "secrets": dict.fromkeys(("phones", "approving"), SECRET)}
    for name, text in (("hall.secret", SECRET), ("keys.json", json.dumps({**keys, "seed": "load"}))):
        (folder / name).write_text(text)
        (folder / name).chmod(0o600)
    arguments = ["--port", "0", "--latency", "0.02" if mixed else "0.005", "--tied", "--calm", "--day", str(DAY)]
    if mixed:
        acting = ["--office", f"http://127.0.0.1:{port}", "--keys", str(folder / "keys.json")]
        arguments += [*acting, "--cases", "0", "--tries", "1000", "--leaves", "0.25"]
    world = subprocess.Popen(
        [sys.executable, "-P", "-m", "inspector.demo", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert world.stdin is not None
    assert world.stdout is not None
    try:
        world_port = int(world.stdout.readline().decode().strip().rpartition(":")[2])
        held = Site(folder=folder, url=url, world_port=world_port, port=port, token=tokens["hall"], mixed=mixed, told=told)
        if DISPATCHER and url.startswith("postgresql"):
            held.dispatcher, held.lying = "procrastinate", DISPATCHER == "lying"
        held.configure(day)
        if mixed:
            furnish(held)
        yield held
    finally:
        world.stdin.close()
        world.wait(timeout=60)
        world.stdout.close()


def replicas(first: Site, day: float, urls: Sequence[str]) -> list[Site]:
    """The office in as many daemons as its database has addresses here; everyone outside knows all of them by the first one's."""
    made = [first]
    for number, _ in enumerate(urls[1:], 2):
        folder = first.folder / f"replica-{number}"
        folder.mkdir()
        made.append(replace(first, folder=folder, port=free_port()))
    for one, url in zip(made, urls, strict=True):
        one.configure(day)
        told = one.config.read_text(encoding="utf-8").replace(str(one.folder), str(first.folder))
        told = told.replace("[web]\n", f'[web]\nbase_url = "http://127.0.0.1:{first.port}"\n').replace(first.url, url)
        one.config.write_text(told, encoding="utf-8")
    return made


def furnish(held: Site) -> None:
    """Both registers, and the annual plans as people draw them up, approve and publish them."""
    nobody = Connectors()
    with closing(held.store()) as store:
        office = bootstrap.office(settings.load(held.config), store, connectors=nobody)
        now = office.now()
        with store.begin() as tx:
            for row in objects(AGENCY):
                tx.rosters.enrol(row)
            tx.rosters.put_inspectors([replace(one, cap=100_000) for one in inspectors(AGENCY)])
            for name in PLANS:
                planning.create(office, tx, name, now.year, by="clerk-1", now=now)
                planning.approve(office, tx, name, now.year, Consent(by="officer", document="示例〔2025〕1号"), now)
                planning.publish(office, tx, name, now.year, by="officer", reference="公告栏", on=None, now=now)


def free_port() -> int:
    """A port that is free now, and that the kernel gives to nobody who asks for any: between this look and its use others open sockets."""
    for _ in range(1_000):
        port = secrets.choice(OWN_PORTS)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise AssertionError("no port is free")
