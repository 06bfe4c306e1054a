"""The daemon's life, in a process of its own: it owns its file, says whether it is ready, and leaves in order."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from inspector.domain.decision import Because
from inspector.domain.errors import Refusal
from inspector.flows.intake import take
from inspector.store import chance, migrate
from inspector.store.opening import sole_owner
from inspector.store.store import Store
from inspector.testing.peer import never, peer
from tests.engine import until
from tests.fault.load import get
from tests.fault.office import free_port
from tests.house import ROOT, Hand, application, closing, open_office
from tests.operator import process

CONFIG = """
policies = "{root}/policies"
not_yet = ["sources.social", "assistance", "plans"]
[database]
url = "{url}"
[web]
port = {port}
[log]
level = "INFO"
[agencies.bureau]
name = "区市场监管局"
pack = "demo"
[sources.registers]
kind = "http"
url = "{source}"
read_seconds = {patience}
tries = 1
"""


@dataclass
class Home:
    """A configured office, and the daemons that were started in it."""

    folder: Path
    url: str
    port: int
    daemons: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self) -> subprocess.Popen[bytes]:
        """One more daemon; its log is in the folder."""
        with self.log.open("ab") as log:
            daemon = subprocess.Popen(
                [sys.executable, "-m", "tests.fault.daemon", str(self.folder / "office.toml")],
                cwd=ROOT, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self.daemons.append(daemon)
        return daemon

    def running(self) -> subprocess.Popen[bytes]:
        """A daemon that is ready."""
        daemon = self.start()
        until(lambda: daemon.poll() is not None or self.health("ready")[0] == 200, seconds=60)
        assert daemon.poll() is None, self.said
        return daemon

    @property
    def log(self) -> Path:
        return self.folder / "daemon.log"

    @property
    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def health(self, which: str) -> tuple[int, Any]:
        """What the edge says of the daemon's health; 0 when nobody answers."""
        try:
            return get(self.port, f"/health/{which}")
        except OSError:
            return 0, None

    def work(self) -> list[dict[str, Any]]:
        """The questions there are."""
        with closing(Store(self.url)) as store, store.read() as tx:
            return tx.work.page(kind="ask")

    def post(self) -> None:
        """A case, written down beside the daemon."""
        with closing(Store(self.url)) as store:
            office = open_office(store, Hand(now=datetime.now(UTC)), sources={})
            with store.begin() as tx:
                take(office, tx, application(1, "business-licence", {"registration-status": "存续"}), "hall", office.now())


@contextmanager
def home(folder: Path, source: str = "http://127.0.0.1:9", patience: int = 15, lease: int = 60) -> Iterator[Home]:
    """A home whose daemons are gone afterwards, whatever happened."""
    held = Home(folder=folder, url=f"sqlite:///{folder / 'office.sqlite3'}", port=free_port())
    text = CONFIG.format(root=ROOT, url=held.url, port=held.port, source=source, patience=patience)
    text += f"[engine]\nlease_seconds = {lease}\n"
    (folder / "office.toml").write_text(text, encoding="utf-8")
    try:
        yield held
    finally:
        for daemon in held.daemons:
            if daemon.poll() is None:
                os.killpg(daemon.pid, signal.SIGKILL)
            daemon.wait()


@contextmanager
def busy(folder: Path, patience: int = 15, lease: int = 60) -> Iterator[tuple[Home, subprocess.Popen[bytes]]]:
    """A daemon with one call under way to a source that never answers."""
    with peer(never) as source, home(folder, source.url, patience, lease) as held:
        with closing(Store(held.url)) as store:
            migrate.upgrade(store)
        held.post()
        daemon = held.running()
        until(lambda: bool(source.heard))
        yield held, daemon


def test_it_is_live_and_ready_and_leaves_in_order_when_asked(tmp_path: Path) -> None:
    with home(tmp_path) as held:
        with closing(Store(held.url)) as store:
            migrate.upgrade(store)
            with store.begin() as tx:
                tx.schedules.declare("plan:gone", "every 1h", datetime.now(UTC) - timedelta(days=1))
        daemon = held.running()
        with closing(Store(held.url)) as store:
            until(lambda: len(beats(store)) == 1)
            with store.read() as tx:
                names = [row["name"] for row in tx.schedules.all()]
            assert names == [
                "sweep:coverage",
                "sweep:equality",
                "sweep:forget",
                "sweep:publication",
                "sweep:returns",
                "sweep:roster",
            ], "a plan that is no longer configured never fires"
        assert held.health("live") == (200, {"live": True})
        assert held.health("ready") == (200, {"ready": True, "reasons": []})
        heap = 'inspector_tick_last_timestamp_seconds{tick="heap"}'
        until(lambda: heap.encode() in get(held.port, "/metrics")[1])  # a daemon gives back what it no longer needs
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(timeout=120) == 0, held.said
        order = [
            held.said.index(word) for word in ("daemon.started", "Draining", "daemon.draining", "daemon.stopped", "Stopped.")
        ]
        assert order == sorted(order), "it says that it drains and, last of all, that it has stopped"
        assert "Traceback" not in held.said
        with closing(Store(held.url)) as store:
            assert beats(store) == [], "it said good-bye"


def beats(store: Store) -> list[dict[str, Any]]:
    with store.read() as tx:
        return tx.replicas.all()


@pytest.mark.slow
def test_a_second_daemon_on_the_same_file_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    with home(tmp_path) as held:
        first = held.running()
        second = held.start()
        assert second.wait(timeout=120) != 0
        assert "database_in_use" in held.said
        assert f"pid {first.pid}" in held.said
        assert held.health("ready")[0] == 200
        first.kill()
        first.wait()
        third = held.running()
        assert third.poll() is None, "a lock does not outlive its holder"


def test_a_second_name_of_the_same_file_lets_no_second_daemon_in(tmp_path: Path) -> None:
    file, link = tmp_path / "there" / "house.sqlite3", tmp_path / "here.sqlite3"
    file.parent.mkdir()
    file.touch()
    link.symlink_to(file)
    with sole_owner(f"sqlite:///{file}"):
        with pytest.raises(Refusal) as refused, sole_owner(f"sqlite:///{link}"):
            pass
        assert refused.value.code == "database_in_use"
    with sole_owner(f"sqlite:///{link}"), pytest.raises(Refusal), sole_owner(f"sqlite:///{file}"):
        pass


@pytest.mark.slow
def test_while_it_drains_it_lives_and_is_not_ready_and_a_second_signal_ends_it_at_once(tmp_path: Path) -> None:
    with busy(tmp_path, patience=20) as (held, daemon):
        daemon.send_signal(signal.SIGTERM)
        until(lambda: held.health("ready")[0] == 503)
        status, told = held.health("ready")
        assert (status, told["reasons"][0]["code"]) == (503, "stopping")
        assert held.health("live")[0] == 200
        asked = time.monotonic()
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(timeout=120) == 130
        assert time.monotonic() - asked < 12, "not the drain's twenty seconds"
        (left,) = held.work()
        assert left["state"] == "ready"
        assert left["lease_until"] > datetime.now(UTC), "the lease brings the work back"
        again = held.running()
        until(lambda: held.work()[0]["fence"] >= 2)
        assert again.poll() is None, "and where one daemon owns the file it is void at the next start"


@pytest.mark.slow
def test_work_under_way_is_ended_before_it_leaves(tmp_path: Path) -> None:
    with busy(tmp_path, patience=8) as (held, daemon):
        daemon.send_signal(signal.SIGINT)
        assert daemon.wait(timeout=120) == 0, held.said
        (settled,) = held.work()
        assert (settled["state"], settled["owner"], settled["attempts"]) == ("waiting", None, 1)


@pytest.mark.slow
def test_an_address_in_use_is_told_and_nothing_is_started(tmp_path: Path) -> None:
    with home(tmp_path) as held, socket.create_server(("127.0.0.1", held.port)):
        daemon = held.start()
        assert daemon.wait(timeout=120) != 0
        assert "address_unusable" in held.said
        assert "daemon.started" not in held.said


@pytest.mark.slow
def test_a_daemon_that_does_not_reach_its_database_says_so_at_once_in_its_log_and_on_the_terminal(tmp_path: Path) -> None:
    with home(tmp_path) as held, socket.socket() as dead:
        dead.bind(("127.0.0.1", 0))  # and nobody listens
        port = dead.getsockname()[1]
        url = f"postgresql://nobody@127.0.0.1:{port}/x"
        (tmp_path / "office.toml").write_text(
            CONFIG.format(root=ROOT, url=url, port=held.port, source="http://127.0.0.1:9", patience=1)
        )
        daemon = held.start()
        until(lambda: "refused" in held.said)
        assert daemon.poll() is None, "it goes on trying: a database that starts a little later is no reason to fail"
        until(lambda: held.said.count("\n") >= 2)
        (log,) = [json.loads(line) for line in held.said.splitlines() if line.startswith("{")]
        (said,) = [line for line in held.said.splitlines() if not line.startswith("{")]
    assert (log["event"], log["level"], str(port) in log["problem"]) == ("database.awaited", "warning", True)
    assert "数据库" in said or "database" in said


@pytest.mark.slow
def test_what_a_killed_daemon_held_is_taken_up_at_the_next_start_however_long_its_lease(tmp_path: Path) -> None:
    with busy(tmp_path, lease=3000) as (held, daemon):
        os.killpg(daemon.pid, signal.SIGKILL)
        daemon.wait()
        (before,) = held.work()
        assert before["lease_until"] - datetime.now(UTC) > timedelta(minutes=30), "by its lease nobody would touch it for an hour"
        held.running()
        until(lambda: held.work()[0]["attempts"] > before["attempts"], seconds=60)


@pytest.mark.slow
def test_where_the_clock_lies_behind_the_ledger_no_daemon_begins_until_a_person_says_it_is_right(tmp_path: Path) -> None:
    with home(tmp_path) as held:
        with closing(Store(held.url)) as store:
            migrate.upgrade(store)
        daemon = held.running()
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(timeout=120) == 0, held.said
        serve = ("serve", "--config", str(tmp_path / "office.toml"))
        with closing(Store(held.url)) as store, store.begin() as tx:
            later = datetime.now(UTC) + timedelta(days=3)
            tx.ledger.append(chance.new_id(), "case:1", Because(rule="operator", basis=(), pack=""), {}, later)
        refused = process(*serve)
        assert (refused.code, "NTP" in refused.err, "--clock-is-right" in refused.err) == (4, True, True), refused.err
        checked = process("check", "--json", "--config", str(tmp_path / "office.toml"))
        (told,) = [one for one in checked.json if one["name"] == "clock"]
        assert (told["state"], f"{later:%Y-%m-%d}" in told["message"]) == ("FAIL", True)
        with held.log.open("ab") as log:
            words = [sys.executable, "-P", "-m", "inspector", *serve, "--clock-is-right"]
            held.daemons.append(subprocess.Popen(words, cwd=ROOT, stdout=log, stderr=log, start_new_session=True))
        until(lambda: held.health("ready")[0] == 200, seconds=60)
