"""How long pushes to 500 inspectors at once take to each receipt, from the moment all may leave, and from that of its own grant.

`python -m tests.bench.push --visits 250 --channels webhook sms`

A real draw sends 500 inspectors to 250 visits while their channel is paused; then it is resumed, and all pushes may leave in one moment.
A push is granted when the daemon begins the claim that finds it a place among its channel's calls: before that it queues.
The limit, in the same run: the same messages from the same moment by as many threads, with no database and no law: through the same
connector, and of the webhook also by bare httpx with the same signature. Every other side is a process of its own; those of webhook and
apprise answer after 5 ms. What apprise calls sent is counted as a receipt here, though nobody confirms it. None may arrive twice, and none
be lost.
"""

from __future__ import annotations

import argparse
import base64
import gc
import json
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import httpx

from connectors.channels import apprise, email, mqtt, webhook, webpush
from connectors.signers.webhook import Signer
from inspector.daemon import sweeps
from inspector.daemon.engine import Engine
from inspector.daemon.worker import Worker
from inspector.domain.visit import SeatState
from inspector.flows.office import Office
from inspector.ports import Channel, Message, Receipt
from inspector.store import migrate
from inspector.store.store import Store
from inspector.store.work import Work
from inspector.telemetry import logs
from inspector.telemetry.metrics import Metrics
from tests.bench import servers
from tests.bench.machine import machine, told
from tests.bench.standin import apart
from tests.bench.stub import stub
from tests.brokers import PASSWORD, USER, mosquitto
from tests.carriers import SECRET as CARRIERS
from tests.house import Hand, running
from tests.integration import test_carriers, test_mail_pushes, test_messengers, test_webpush
from tests.integration.test_draw_way import announced, carried_out, drawing
from tests.phones import AWAY, Line

KINDS = ("webhook", *test_messengers.MADE, *test_carriers.KINDS, "email", "webpush", "mqtt", "apprise")
THREADS = Engine().lane_slots
Push = Callable[[Message, str], object]
Reached = tuple[Channel, str, Callable[[], int], Push | None]
"""A channel, what its recipients' addresses are like, how many messages arrived there, and bare httpx for the same."""


class Timed:
    """A channel whose recipients are numbered after its own kind of address, and that notes when each receipt came."""

    def __init__(self, inner: Channel, like: str) -> None:
        self._inner, self._like = inner, like
        self.card = inner.card
        self.receipts: list[tuple[float, str]] = []
        self.sent: list[tuple[Message, str]] = []

    def push(self, message: Message, *, key: str) -> Receipt:
        """Hand over, and note."""
        addressed = replace(message, to=_numbered(self._like, int(message.to.rpartition("-")[2])))
        receipt = replace(self._inner.push(addressed, key=key), unconfirmed=False)
        self.receipts.append((time.monotonic(), key))
        self.sent.append((addressed, key))
        return receipt


def _numbered(like: str, number: int) -> str:
    return like[:-4] + f"{number:04}" if like.isdigit() else like.replace("zhang.san", f"zhang.san{number}")


class Granting(Worker):
    """The daemon's worker, that notes of each push when the claim began that granted it a place."""

    granted: dict[str, float]
    _began: float

    def _claim(self) -> int:
        self._began = time.monotonic()
        return super()._claim()

    def _begin(self, batch: list[Work]) -> int:
        self.granted.update((work.key, self._began) for work in batch)
        return super()._begin(batch)


def waiting(store: Store, count: int) -> Office:
    """An office whose pushes all wait: nobody was there to take them, and now their channel is paused."""
    hand = Hand()
    office, _, _ = drawing(store, hand, staff=2 * count)
    office = replace(office, connectors=replace(office.connectors, channels={"phones": Line("phones", fault=AWAY)}))
    _, held = announced(office, hand, cases=count)
    carried_out(office, hand, held.number)
    with store.begin() as tx:
        tx.lanes.succeeded("phones")
        tx.lanes.pause("phones", datetime.now(UTC))
    hand.on(hours=2)
    return office


def through(store: Store, count: int, timed: Timed) -> tuple[list[float], list[float]]:
    """Seconds to each receipt, in order: from the moment when all may leave, and from that of each one's own grant."""
    away = waiting(store, count)
    office = replace(away, connectors=replace(away.connectors, channels={"phones": timed}))
    sweeps.promote(office)
    granting = Granting(office, Metrics(), Engine(), "bench")
    granting.granted = {}
    with running(granting) as worker:
        time.sleep(1.5)  # its threads are there, its first look is over
        if timed.receipts:
            raise RuntimeError("a push left before it might")
        began = time.monotonic()
        with store.begin() as tx:
            tx.lanes.pause("phones", None)
        worker.wake()
        while _ordered(office) and time.monotonic() < began + 60:
            time.sleep(0.25)
    twice = [key for key, times in Counter(key for _, key in timed.receipts).items() if times > 1]
    if twice or len(timed.receipts) != 2 * count or _ordered(office):
        raise RuntimeError(f"{len(timed.receipts)} receipts for {2 * count} pushes, {len(twice)} of them twice")
    granted = sorted(at - granting.granted[key.rpartition(":")[0]] for at, key in timed.receipts)
    return sorted(at - began for at, _ in timed.receipts), granted


def bare(push: Push, sent: Sequence[tuple[Message, str]], word: str) -> list[float]:
    """The same for messages alone, from as many threads as a channel has calls in the house."""

    def one(given: tuple[Message, str]) -> float:
        push(given[0], f"{word}-{given[1]}")
        return time.monotonic() - began

    with ThreadPoolExecutor(THREADS) as pool:
        began = time.monotonic()
        return sorted(pool.map(one, sent))


def _ordered(office: Office) -> bool:
    with office.store.read() as tx:
        _, seats = tx.visits.counts()
    return any(row[0] == SeatState.ORDERED.value for row in seats)


@contextmanager
def reached(kind: str, folder: Path) -> Iterator[Reached]:
    """A channel of a kind, connected to its stand-in."""
    if kind == "webhook":
        secret = folder / "secret"
        secret.write_text("whsec_" + base64.b64encode(b"s" * 32).decode(), encoding="ascii")
        secret.chmod(0o600)
        with stub(0.005) as outside:
            settings = {"url": outside.url, "path": "/verify/push", "secret_file": str(secret)}
            with closing(webhook.connect("phones", settings)) as made:
                yield made, "zhang.san", outside.calls, _httpx(f"{outside.url}/verify/push", str(secret))
    elif kind == "apprise":
        with stub(0.005) as outside:
            settings = {"url_file": _kept(folder, f"{outside.url.replace('http:', 'json:')}/verify/{{address}}")}
            with closing(apprise.connect("phones", settings)) as made:
                yield made, "zhang.san", outside.calls, None
    elif kind == "mqtt":
        with mosquitto(folder) as broker, broker.subscriber() as heard:
            told = {"url": f"mqtt://127.0.0.1:{broker.port}", "user": USER, "password_file": _kept(folder, PASSWORD)}
            with closing(mqtt.connect("phones", told)) as made:
                yield made, "zhang.san", lambda: len(heard.lines), None
    else:
        with apart(kind) as (where, came), closing(_connected(kind, folder, where)) as made:
            like = {
                "email": test_mail_pushes.PUSH.to,
                "webpush": test_webpush.subscription(where, endpoint=f"{where}/send/zhang.san"),
                **dict.fromkeys(test_carriers.KINDS, test_carriers.PUSH.to),
            }
            yield made, like.get(kind, test_messengers.PUSH.to), came, None


def _connected(kind: str, folder: Path, where: str) -> Any:
    """A channel to a stand-in in another process."""
    if kind == "email":
        return email.connect(
            "phones",
            {**test_mail_pushes.PLAIN, "port": int(where), "budget_seconds": 20, "read_seconds": 15, "connect_seconds": 5},
        )
    if kind == "webpush":
        mine = {"key_file": _kept(folder, test_webpush.SENDER), "contact": "mailto:it@office.example"}
        return webpush.connect("phones", {"url": where, **mine})
    if kind in test_messengers.MADE:
        return test_messengers.MADE[kind][0]("phones", {"url": where, **test_messengers.settings(kind, folder)})
    factory, told, _, _, _ = test_carriers.KINDS[kind]
    more = {"path": "/send", "key_file": _kept(folder, CARRIERS), "tries": 1}
    return factory("phones", {"url": where, **told, **more})


def _kept(folder: Path, word: str) -> str:
    file = folder / "kept"
    file.write_text(word, encoding="ascii")
    file.chmod(0o600)
    return str(file)


def _httpx(url: str, secret: str) -> Push:
    """The same POST with the same signature by one httpx client a thread: one for all gets slower by the square of its connections."""
    signer, mine = Signer(secret, "peer"), threading.local()

    def push(message: Message, key: str) -> None:
        if not hasattr(mine, "client"):
            mine.client = httpx.Client(trust_env=False)
        body = json.dumps({"id": key, "to": message.to, "title": message.title, "text": message.text, "link": message.link})
        answer = mine.client.post(url, content=body.encode(), headers=signer.headers(key, body.encode(), datetime.now(UTC)))
        answer.raise_for_status()

    return push


def _row(*cells: str) -> None:
    sys.stdout.write(f"| {' | '.join(cells)} |\n")
    sys.stdout.flush()


def _told(took: Sequence[float]) -> list[str]:
    cuts = quantiles(took, n=100)
    return [f"{median(took):.2f} s", f"{cuts[98]:.2f} s", f"{took[-1]:.2f} s", f"{len(took) / took[-1]:.0f}"]


def main() -> int:
    """Both databases, each channel; behind each how long the same takes without the house, and the ratio of the p99s."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visits", type=int, default=250)
    parser.add_argument("--channels", nargs="+", choices=KINDS, default=KINDS)
    asked = parser.parse_args()
    logs.configure(level="ERROR", json=True)
    gc.freeze()  # as `serve` does
    sys.stdout.write(told(machine()) + "\n\n")
    _row("channel", "by", "arrived", "median", "p99", "last", "a second", "p99 from the grant", "p99 to ours")
    _row(*["---"] * 9)
    with servers.postgres() as cluster:
        for kind in asked.channels:
            for name in ("SQLite", "PostgreSQL"):
                with tempfile.TemporaryDirectory() as folder, reached(kind, Path(folder)) as (made, like, arrived, peer):
                    address = f"sqlite:///{folder}/push.sqlite3" if name == "SQLite" else cluster.lend()
                    with closing(Store(address)) as store:
                        migrate.upgrade(store)
                        timed = Timed(made, like)
                        ours, granted = through(store, asked.visits, timed)
                    own = f"{quantiles(granted, n=100)[98]:.2f} s"
                    _row(kind, f"Inspector on {name}", f"{arrived()}", *_told(ours), own, "1")
                    if name == "SQLite":
                        continue
                    limits: list[tuple[str, Push]] = [("the connector alone", lambda message, key: made.push(message, key=key))]
                    limits += [("bare httpx", peer)] if peer is not None else []
                    for by, push in limits:
                        before, took = arrived(), bare(push, timed.sent, by.split()[0])
                        ratio = quantiles(took, n=100)[98] / quantiles(ours, n=100)[98]
                        _row(kind, by, f"{arrived() - before}", *_told(took), "", f"{ratio:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
