"""Pushing under fire: kill -9 in the middle of it loses none and shows none twice to a phone; what was agreed a second is kept to."""

from __future__ import annotations

import base64
import json
import math
import multiprocessing
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from connectors.channels import webhook
from inspector.daemon import sweeps
from inspector.daemon.worker import Worker
from inspector.domain.manners import Manners
from inspector.domain.visit import SeatState
from inspector.flows.office import Office
from inspector.ports import Message, Receipt
from inspector.store.store import Store
from inspector.telemetry.metrics import Metrics
from tests import house
from tests.engine import FAST, until
from tests.fault.turnstile import PATIENCE, Turnstile
from tests.house import Hand
from tests.integration.test_draw_way import announced, carried_out, drawing
from tests.phones import AWAY, Line

VISITS = 20
KILLS = 3
SHORT = replace(FAST, lease=timedelta(seconds=2), lane_slots=4)
"""Who was killed is waited for no longer than this."""


@dataclass
class App:
    """The agency's own app behind the webhook: it takes a message slowly, and notes its id and seat."""

    url: str = ""
    came: list[tuple[str, str]] = field(default_factory=list)
    gate: Turnstile = field(default_factory=Turnstile)

    @property
    def seats(self) -> dict[str, set[str]]:
        """By seat the different ids that came: an app shows each id once."""
        held: defaultdict[str, set[str]] = defaultdict(set)
        for number, seat in self.came:
            held[seat].add(number)
        return held


@contextmanager
def app(slow: float) -> Iterator[App]:
    held = App()

    class Taking(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if not held.gate.enters():
                self.close_connection = True
                return
            held.came.append((str(told["id"]), str(told["data"]["seat"])))
            held.gate.answers(slow)  # taken, and the answer is still on its way: here whoever asked may be killed
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in the library
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    held.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield held
    finally:
        held.gate.lets(math.inf)
        server.shutdown()
        server.server_close()
        thread.join(10)


def waiting(store: Store, hand: Hand) -> Office:
    """An office whose pushes all wait: nobody was there to take them, and now their channel is paused."""
    office, _, _ = drawing(store, hand, staff=2 * VISITS)
    office = replace(office, connectors=replace(office.connectors, channels={"phones": Line("phones", fault=AWAY)}))
    _, held = announced(office, hand, cases=VISITS)
    carried_out(office, hand, held.number)
    hand.on(hours=2)
    with store.begin() as tx:
        tx.lanes.succeeded("phones")
    return office


def ordered(office: Office) -> int:
    """How many seats' pushes no channel has taken yet."""
    with office.store.read() as tx:
        _, seats = tx.visits.counts()
    return sum(row[1] for row in seats if row[0] == SeatState.ORDERED.value)


def pushes(url: str, where: str, secret: str, now: datetime) -> None:
    """A daemon's worker in a process of its own, until it is killed."""
    with house.closing(Store(url)) as store:
        office, _, _ = drawing(store, Hand(now=now), staff=2 * VISITS)
        settings = {"url": where, "path": "/push", "secret_file": secret}
        with closing(webhook.connect("phones", settings)) as channel:
            office = replace(office, connectors=replace(office.connectors, channels={"phones": channel}))
            sweeps.promote(office)
            worker = Worker(office, Metrics(), SHORT, f"killed-{time.monotonic_ns()}")
            worker.start()
            while True:
                time.sleep(0.5)
                sweeps.promote(office)


@pytest.mark.fault
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_daemon_killed_while_it_pushes_loses_none_and_shows_none_twice_to_a_phone(
    store: Store, hand: Hand, database_url: str, tmp_path: Path
) -> None:
    office = waiting(store, hand)
    secret = tmp_path / "secret"
    secret.write_text("whsec_" + base64.b64encode(b"s" * 32).decode(), encoding="ascii")
    secret.chmod(0o600)
    away = multiprocessing.get_context("spawn")
    with app(0.2) as phones:
        given = (database_url, phones.url, str(secret), hand())
        for kill in range(1, KILLS + 1):
            daemon = away.Process(target=pushes, args=given)
            phones.gate.lets(6)
            daemon.start()
            until(lambda: phones.gate.full, seconds=PATIENCE)
            daemon.kill()
            daemon.join(60)
            assert daemon.exitcode == -9
            assert ordered(office) > 0, f"kill {kill} came in the middle"
        phones.gate.lets(math.inf)
        last = away.Process(target=pushes, args=given)
        last.start()
        until(lambda: ordered(office) == 0, seconds=PATIENCE)
        last.kill()
        last.join(60)
        told = phones.seats
    assert len(told) == 2 * VISITS, "none is lost"
    assert {seat: ids for seat, ids in told.items() if len(ids) != 1} == {}, "what came again is the same message, and shown once"
    assert len(phones.came) > 2 * VISITS, "some were taken and their answer died with the daemon: that is what was tried"


@pytest.mark.fault
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_two_daemons_push_no_more_often_a_second_than_was_agreed_with_the_channel(store: Store, hand: Hand) -> None:
    agreed = 10
    office = waiting(store, hand)

    class Timed(Line):
        """A line that notes when it was asked."""

        def push(self, message: Message, *, key: str) -> Receipt:
            """Note, and take it."""
            times.append(time.monotonic())
            return super().push(message, key=key)

    times: list[float] = []
    line = Timed("phones")
    office = replace(office, connectors=replace(office.connectors, channels={"phones": line}))
    office = replace(office, manners={"phones": Manners(per_second=agreed)})
    with store.begin() as tx:
        tx.lanes.pause("phones", datetime.now(UTC))
    sweeps.promote(office)
    one, other = (Worker(office, Metrics(), FAST, name) for name in ("one", "other"))
    with house.running(one), house.running(other):
        with store.begin() as tx:
            tx.lanes.pause("phones", None)
        one.wake()
        other.wake()
        until(lambda: ordered(office) == 0, seconds=PATIENCE)
    assert len(times) == len({message.data["seat"] for _, message in line.took}) == 2 * VISITS
    times.sort()
    most = max(sum(1 for at in times if begin <= at < begin + 1) for begin in times)
    assert most <= agreed + 1, "the span of a turn and of a thread's start apart"  # decision 53
