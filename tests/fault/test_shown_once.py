"""kill -9 in the middle of pushing loses none and shows none twice to a phone, by each channel that reaches phones (issue 6, show 1).

Who is told our key shows one message for it, or for a time. Who is not (an SMS gateway, a mail server) would show a second one: there a
call that a daemon died behind is in doubt, and a person is told (decision 197). The webhook's app is in `test_pushing`.
"""

from __future__ import annotations

import asyncio
import json
import math
import multiprocessing
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from inspector.daemon import sweeps
from inspector.daemon.worker import Worker
from inspector.domain.decision import OrderKind
from inspector.domain.reached import UNCONFIRMED
from inspector.domain.visit import SeatState
from inspector.flows.office import Office
from inspector.store.store import Store
from inspector.telemetry.metrics import Metrics
from inspector.testing.peer import Heard, Step, peer
from tests import house
from tests.bench import push as bench
from tests.carriers import Carrier
from tests.engine import until
from tests.fault.test_pushing import SHORT, waiting
from tests.fault.turnstile import PATIENCE, Turnstile
from tests.house import Hand
from tests.integration import test_carriers, test_mail_pushes, test_messengers, test_webpush
from tests.integration.test_draw_way import drawing
from tests.mailroom import mailroom
from tests.phones import matters

pytestmark = [pytest.mark.fault, pytest.mark.slow, pytest.mark.timeout(600)]
VISITS, KILLS, SLOW = 20, 2, 0.2
KEYLESS = ("mas", "email")
"""Those that are told no key of ours, or heed none."""
KINDS = (*KEYLESS, "form", "wecom", "dingtalk", "feishu", "webpush")
SEAT = re.compile(r"seat/([^/]+:\d+:\d+)/")


@dataclass
class Phones:
    """The other side of a channel. `gate`: whom it lets in; `shown`: what the phones show, in their order."""

    where: str = ""
    gate: Turnstile = field(default_factory=Turnstile)
    shown: Callable[[], list[str]] = field(default=list)

    def slowly(self, paths: Mapping[str, Callable[[Heard], Step]]) -> dict[str, Callable[[Heard], Step]]:
        """What was taken is answered late, but for a token: here whoever asked may be killed."""

        def late(heard: Heard, answers: Callable[[Heard], Step]) -> Step:
            if not self.gate.enters():
                return lambda _line: False
            step = answers(heard)
            self.gate.answers(SLOW)
            return step

        return {path: one if "token" in path else partial(late, answers=one) for path, one in paths.items()}

    @property
    def seats(self) -> Counter[str]:
        """How often the assignment of each seat is shown."""
        return Counter(found[1] for text in self.shown() if (found := SEAT.search(text)) is not None)


@contextmanager
def phones(kind: str) -> Iterator[Phones]:
    """Nobody is kept out any more when it is left."""
    with side(kind) as held:
        try:
            yield held
        finally:
            held.gate.lets(math.inf)


@contextmanager
def side(kind: str) -> Iterator[Phones]:
    held = Phones()
    if kind == "email":
        with mailroom() as room:

            async def taken(_server: Any, _session: Any, envelope: Any) -> str:
                if not await asyncio.to_thread(held.gate.enters):
                    return "451 later"
                room.taken.append(envelope)
                await asyncio.to_thread(held.gate.answers, SLOW)
                return "250 OK"

            room.handle_DATA = taken  # type: ignore[method-assign]
            held.where, held.shown = str(room.port), lambda: [one.get_content() for one in room.letters]
            yield held
    elif kind == "webpush":
        service = test_webpush.Service(test_webpush.sender())
        with peer(beside=held.slowly({f"/send/zhang.san{one}": service.push for one in range(1, 200)})) as party:
            service.url = held.where = party.url
            held.shown = lambda: [*{one["key"]: json.dumps(one) for one in service.shown}.values()]  # the worker's tag
            yield held
    elif kind in test_messengers.MADE:
        there = test_messengers.MADE[kind][1]()
        with peer(test_messengers.NOWHERE, beside=held.slowly(there.paths())) as party:  # type: ignore[attr-defined]
            held.where, held.shown = party.url, lambda: [json.dumps(one, ensure_ascii=False) for one in there.shown]
            yield held
    else:
        _, _, reads, codes, _ = test_carriers.KINDS[kind]
        carrier = Carrier(reads=reads, codes=codes)
        with peer(beside=held.slowly({"/send": carrier.step})) as party:
            held.where = party.url
            held.shown = lambda: [*{one["id"] or str(number): one["text"] for number, one in enumerate(carrier.sent)}.values()]
            yield held


def pushes(kind: str, url: str, where: str, folder: str, now: datetime) -> None:
    """A daemon's worker in a process of its own, until it is killed."""
    like = {
        "email": test_mail_pushes.PUSH.to,
        "webpush": test_webpush.subscription(where, endpoint=f"{where}/send/zhang.san"),
        **dict.fromkeys(test_carriers.KINDS, test_carriers.PUSH.to),
    }
    with house.closing(Store(url)) as store, closing(bench._connected(kind, Path(folder), where)) as made:
        office, _, _ = drawing(store, Hand(now=now), staff=2 * VISITS)
        channel = bench.Timed(made, like.get(kind, test_messengers.PUSH.to))
        office = replace(office, connectors=replace(office.connectors, channels={"phones": channel}))
        sweeps.promote(office)
        worker = Worker(office, Metrics(), SHORT, f"killed-{time.monotonic_ns()}")
        worker.start()
        while True:
            time.sleep(0.5)
            sweeps.promote(office)


def under_way(office: Office) -> int:
    """How many pushes are still to be carried out."""
    with office.store.read() as tx:
        rows = tx.work.page(kind=OrderKind.PUSH.value, limit=1000)
    return sum(1 for row in rows if row["state"] in ("waiting", "ready"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_daemon_killed_while_it_pushes_loses_none_and_shows_none_twice(
    kind: str, store: Store, hand: Hand, database_url: str, tmp_path: Path
) -> None:
    office = waiting(store, hand)
    hand.on(minutes=-110)  # ten minutes behind the draw: within the hour for which the shortest of them looks for doubles
    away = multiprocessing.get_context("spawn")
    with phones(kind) as there:
        given = (kind, database_url, there.where, str(tmp_path), hand())
        for kill in range(1, KILLS + 1):
            daemon = away.Process(target=pushes, args=given)
            there.gate.lets(6)
            daemon.start()
            until(lambda: there.gate.full, seconds=PATIENCE)
            daemon.kill()
            daemon.join(60)
            assert (daemon.exitcode, under_way(office) > 0) == (-9, True), f"kill {kill} came in the middle"
        there.gate.lets(math.inf)
        last = away.Process(target=pushes, args=given)
        last.start()
        until(lambda: under_way(office) == 0, seconds=PATIENCE)
        last.kill()
        last.join(60)
        shown = there.seats
    with store.read() as tx:
        seats = [
            seat for draw in tx.draws.page(None) for visit in tx.visits.of_draw(draw.number) for seat in tx.visits.team(visit.id)
        ]
        doubted = {seat.name for seat in seats for one in tx.pushes.of_seat(seat.name) if one.code == UNCONFIRMED}
    assert {seat: count for seat, count in shown.items() if count != 1} == {}, "shown twice"
    assert {seat.name for seat in seats} - {*shown} - doubted == set(), "lost"
    assert {seat.name for seat in seats if seat.state is SeatState.ORDERED} == doubted, "no silence runs from a doubt"
    assert {str(one["seat"]) for one in matters(office, "push_undelivered")} == doubted, "a person is told of each"
    if kind in KEYLESS:
        assert 0 < len(doubted) <= KILLS * 2 * SHORT.lane_slots, "what was called and not written down yet, and nothing else"
        assert there.gate.came == len(shown), "nobody was sent it twice"
    else:
        assert doubted == set(), "who is told our key is asked once more"
        assert there.gate.came > len(shown) == 2 * VISITS, (
            "some were taken and their answer died with the daemon: that is what was tried"
        )
