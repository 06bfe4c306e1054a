"""A signed word on its way in, over a real socket: what is wrong with it counts for nothing and holds nobody; the good one counts."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import struct
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

import pytest

from connectors.agencies.http import HttpAgency
from connectors.channels.webhook import WebhookChannel
from inspector.domain.assistance import AssistanceState
from inspector.domain.visit import SeatState
from inspector.store.store import Store
from inspector.web.bounds import most
from tests.edge import WEB, serving
from tests.house import Hand, settle
from tests.integration.test_letters import an_office, opened, request_of
from tests.integration.test_returned import AGREED, bound, result
from tests.integration.test_signed_replies import NEW, OLD, kept
from tests.phones import Line, sent, team

ODD = {"code": 500, "success": False, "msg": "系统错误，请稍后再试"}
"""What a system says where its own interface has failed."""
SHUT = frozenset({400, 401, 413, 422})
"""What a whole message that is wrong comes to: a refusal that its sender can mend, and is not to send again as it is."""


@dataclass
class Way:
    """A door of the house that signed messages come to. `told`: what is meant; `stands`: whether nothing has come of it yet."""

    url: str
    path: str
    told: Mapping[str, object]
    stands: Callable[[], bool]
    counted: Callable[[], bool]
    secret: str = OLD
    more: str = ""
    number: int = 0

    def head(self, body: bytes, length: str, *, secret: str = "", ahead: int = 0) -> bytes:
        """The head of a message that is signed over these bytes, as the standard says; each has an id of its own."""
        self.number += 1
        told, at = f"m-{self.number}", int(datetime.now(UTC).timestamp()) + ahead
        key = base64.b64decode((secret or self.secret).removeprefix("whsec_"))
        signed = base64.b64encode(hmac.digest(key, f"{told}.{at}.".encode() + body, hashlib.sha256)).decode()
        lines = (
            f"POST {self.path} HTTP/1.1\r\nHost: office\r\n{self.more}Content-Type: application/json\r\n{length}\r\n"
            f"webhook-id: {told}\r\nwebhook-timestamp: {at}\r\nwebhook-signature: v1,{signed}\r\nConnection: close\r\n\r\n"
        )
        return lines.encode()

    @contextmanager
    def line(self) -> Iterator[socket.socket]:
        """A connection."""
        there = urlsplit(self.url)
        with socket.create_connection((str(there.hostname), there.port), timeout=20) as held:
            yield held

    def say(self, content: bytes, *, ends: bool = False) -> int | None:
        """The status of the answer to these bytes; None: there was none, as where they end before what they promise."""
        with self.line() as held, suppress(ConnectionError):
            with suppress(ConnectionError):  # it may have been refused before all of it was sent
                held.sendall(content)
                if ends:
                    held.shutdown(socket.SHUT_WR)
            first = held.makefile("rb").readline().split()
            return int(first[1]) if len(first) > 1 else None
        return None

    def post(self, body: bytes, *, secret: str = "", ahead: int = 0) -> int | None:
        """The same of a whole message."""
        return self.say(self.head(body, f"Content-Length: {len(body)}", secret=secret, ahead=ahead) + body)

    @property
    def longest(self) -> int:
        """How many bytes are read of a message here."""
        return most(self.path, WEB)

    @property
    def body(self) -> bytes:
        """What is meant, as it should come."""
        return json.dumps(self.told, ensure_ascii=False).encode()


def reset(way: Way) -> int | None:
    """Half of it, and the connection is reset."""
    body = way.body
    with way.line() as held:
        held.sendall(way.head(body, f"Content-Length: {len(body)}") + body[:-9])
        held.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return None


def cut(way: Way) -> int | None:
    return way.say(way.head(way.body, f"Content-Length: {len(way.body)}") + way.body[:-9], ends=True)


def endless(way: Way) -> int | None:
    """No length is said, and it goes on beyond what is read of any message."""
    chunk = b"4000\r\n" + b" " * 0x4000 + b"\r\n"
    return way.say(way.head(way.body, "Transfer-Encoding: chunked") + chunk * (way.longest // 0x4000 + 2))


FAULTS: Mapping[str, Callable[[Way], int | None]] = {
    "resets": reset,
    "breaks off": cut,
    "says garbage": lambda way: way.say(b"\x00\xff\x16 this is no HTTP\r\n\r\n"),
    "signs garbage": lambda way: way.post(b'{"half": '),
    "signs a list": lambda way: way.post(b"[1]"),
    "GB 18030": lambda way: way.post(json.dumps({**way.told, "signer": "王五"}, ensure_ascii=False).encode("gb18030")),
    "UTF-16": lambda way: way.post(way.body.decode().encode("utf-16")),
    "an error that is signed": lambda way: way.post(json.dumps(ODD, ensure_ascii=False).encode()),
    "a secret of before": lambda way: way.post(way.body, secret=NEW),
    "a clock ten minutes ahead": lambda way: way.post(way.body, ahead=600),
    "a clock ten minutes behind": lambda way: way.post(way.body, ahead=-600),
    "too long": lambda way: way.post(json.dumps({**way.told, "pad": "x" * way.longest}).encode()),
    "without end": endless,
    "changed on the way": lambda way: way.say(way.head(way.body, f"Content-Length: {len(way.body) + 1}") + way.body + b" "),
}


HALF = ("resets", "breaks off")
"""What is not whole is not answered: nobody is there any more."""


@contextmanager
def replies(store: Store, hand: Hand, folder: Path) -> Iterator[Way]:
    """The door of an agency's own system."""
    file = kept(folder, OLD)
    told = {"url": "http://127.0.0.1:9", "reply_secret_file": file}
    with closing(HttpAgency("civil-affairs", told)) as made, serving(an_office(store, hand, {"civil-affairs": made})) as edge:
        case_id = opened(edge.office)
        request = request_of(store, case_id)

        def stands() -> bool:
            with store.read() as tx:
                answered = [one for one in tx.cases.evidence(case_id) if one.via == "civil-affairs"]
            return (request_of(store, case_id), answered) == (request, [])

        yield Way(
            url=edge.url,
            path="/v1/agencies/civil-affairs/replies",
            told={"request": request.id, "do": "answer", "verdict": "match", "signer": "某某局 王五"},
            stands=stands,
            counted=lambda: request_of(store, case_id).state is AssistanceState.ANSWERED,
        )


@contextmanager
def receipts(store: Store, hand: Hand, folder: Path) -> Iterator[Way]:
    """The door of a gateway that reports what became of pushes."""
    file, line = kept(folder, OLD), Line("wecom")
    office, visit = sent(store, hand, line)
    told = {"url": "http://127.0.0.1:9", "secret_file": file, "receipt_secret_file": file}
    with closing(WebhookChannel("wecom", told)) as made:
        office = replace(office, connectors=replace(office.connectors, channels={"wecom": made}))
        before = [seat.state for seat in team(office, visit)]
        key, message = line.took[0]

        def states() -> list[SeatState]:
            settle(office)
            return [seat.state for seat in team(office, visit) if seat.name == message.data["seat"]]

        with serving(office) as edge:
            yield Way(
                url=edge.url,
                path="/v1/channels/wecom/receipts",
                told={"receipts": [{"id": key, "state": "read"}]},
                stands=lambda: bool(states()) and [seat.state for seat in team(office, visit)] == before,
                counted=lambda: states() == [SeatState.READ],
            )


@contextmanager
def results(store: Store, hand: Hand, folder: Path) -> Iterator[Way]:
    """The door of a supervision platform that gives a visit's result back."""
    with bound(store, hand, folder, signs=True) as (edge, seat, phone):

        def state() -> SeatState:
            with store.read() as tx:
                return next(one.state for one in tx.visits.team(seat.visit) if one.name == seat.name)

        before = state()
        yield Way(
            url=edge.url,
            path=f"/v1/seats/{seat.name}/result/phones",
            told=json.loads(result(phone, seat)),
            stands=lambda: state() is before,
            counted=lambda: state() is SeatState.DONE,
            secret=AGREED,
            more=f"X-Link-Token: {phone.headers['X-Link-Token']}\r\n",
        )


DOORS = {"replies": replies, "receipts": receipts, "results": results}


@pytest.mark.slow
@pytest.mark.alike
@pytest.mark.parametrize("door", DOORS)
def test_no_fault_of_a_signed_message_in_any_order_counts_or_holds_anybody_and_the_good_one_counts_once(
    store: Store, hand: Hand, tmp_path: Path, door: str
) -> None:
    with DOORS[door](store, hand, tmp_path) as way, ExitStack() as held:
        for drips in (False, True):  # who hangs in the head or drips in the body, from here to the end
            line = held.enter_context(way.line())
            line.sendall(way.head(way.body, f"Content-Length: {len(way.body)}")[: None if drips else 60] + way.body[:drips])
        assert way.stands()
        for seed in range(3):
            for name in Random(seed).sample(sorted(FAULTS), len(FAULTS)):
                assert FAULTS[name](way) in ({None} if name in HALF else SHUT), name
            assert way.stands(), seed
        good = way.head(way.body, f"Content-Length: {len(way.body)}") + way.body
        assert (way.say(good), way.say(good)) == (200, 200), "and twice is once"
        assert way.counted()
