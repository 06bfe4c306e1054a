"""The demo's outside world as tests start it: a process of its own, reached only by sockets."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from connectors.sources.http import HttpSource
from inspector.demo.caller import call
from inspector.demo.habits import REACTIONS, Chance, Reaction
from inspector.demo.start import start_world
from inspector.domain.case import SubjectKind
from inspector.ports import (
    Question,
)
from inspector.testing.peer import Peer

DAY = date(2025, 3, 3)
QUICK = ("--calm", "--day", "0.02")
PATIENT = 60.0
ONCE: Mapping[str, object] = {"tries": 1, "read_seconds": 20.0}


@dataclass(frozen=True)
class Running:
    """A world that listens."""

    url: str
    sources: dict[str, HttpSource] = field(default_factory=dict)

    def rule(self, **given: object) -> None:
        assert call(f"{self.url}/_rules", given).well

    def seen(self) -> Mapping[str, Any]:
        return call(f"{self.url}/_seen").data

    def ask(self, *, of: str = "registers", code: str = "91", key: str = "", claimed: str = "存续", patience: float = 0) -> str:
        """The status and value of an answer as one text; with a `patience` in seconds of its own."""
        question = Question(
            case_id="c1",
            basis="S0:7",
            fact="registration-status",
            subject_kind=SubjectKind.FIRM,
            subject_code=code,
            claimed=claimed,
            on=DAY,
        )
        with closing(self.source(of, read_seconds=patience)) if patience else nullcontext(self.sources[of]) as source:
            told = source.ask(question, key=key or secrets.token_hex(4))
        stale = told.provenance.as_of is not None and told.provenance.as_of.date() < DAY - timedelta(days=3_650)
        return f"{told.status}{':' if told.value else ''}{told.value or ''}{':stale' if stale else ''}"

    def source(self, name: str, **more: object) -> HttpSource:
        """A connector to one of its registers."""
        return HttpSource(name, self.at(name, declined_codes=["E-106"], retry_codes=[-1], **more))

    def at(self, peer_name: str, **more: object) -> Mapping[str, object]:
        return {"url": f"{self.url}/{peer_name}", **ONCE, **more}


@contextmanager
def world(*arguments: str) -> Iterator[Running]:
    process, port = start_world(0, *arguments)
    running = Running(f"http://127.0.0.1:{port}")
    for name in ("registers", "social"):
        running.sources[name] = running.source(name)
    try:
        yield running
    finally:
        for source in running.sources.values():
            source.close()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        assert process.wait(timeout=PATIENT) == 0, "a world ends by itself when whoever started it is gone"
        process.stdout.close()


def push(outside: Running, office: Peer, seat: str, *, to: str) -> None:
    """A push as it reaches a phone; the world holds no secret, so it looks at no signature."""
    assert call(
        f"{outside.url}/phones", {"id": f"push:{seat}", "to": to, "link": f"{office.url}/seat/{seat}/tok", "data": {}}
    ).well


def accepting(place: int = 0) -> str:
    """A seat of a visit whose inspector accepts in the usual world."""
    seats = (f"v{number}:{place}:0" for number in range(1_000))
    return next(seat for seat in seats if Chance(seed="demo").pick(REACTIONS, "reaction", seat) is Reaction.ACCEPTS)


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENT
    while not true():
        assert time.monotonic() < end, "it did not come about in time"
        time.sleep(0.01)


def paths(office: Peer) -> list[str]:
    return [f"{heard.method} {heard.path}" for heard in list(office.heard)]
