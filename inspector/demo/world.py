"""The simulated outside world in one process: who listens where, what a test may script, and what was seen.

`POST /{peer}/…` reaches a peer; `GET /yours/{part}` leads a visitor to what is left to them (`GET /_yours`: all of it).
`GET /_seen`, `GET /_seen?peer=P`, `GET /_kept`, `POST /_rules` (see `rules`) and `POST /_leaves` (the share of cases that the officer
lets lie from now on) are for tests and the curious.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from inspector.demo.approving import ApprovingSystem
from inspector.demo.caller import Desk
from inspector.demo.deciders import Deciders
from inspector.demo.diary import Diary
from inspector.demo.habits import Chance
from inspector.demo.officials import Clerks, Officer
from inspector.demo.peers import Credit, DeadMan, OfficeDay, Party, Source, Witness
from inspector.demo.people import Agencies, Doings, Inspectors, Pace
from inspector.demo.rules import EVERY, Mode, Rule, Rulebook, Seen, Sight
from inspector.demo.server import Cut, Reply, Request, Server, answer
from inspector.demo.visitor import ROOM, Visitor

Peer = Callable[[Request, Rule, Sight | None], Awaitable[Reply]]

SOURCES = ("registers", "social")
AGENCIES = ("civil-affairs", "housing", "county-office")
PARTIES = ("justice", "audit")
GARBAGE = b"\xff\xfe<html>\x00 502 {not json"
FOREVER = 3_600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """What the outside holds of the office: tokens by their holder's name, webhook secrets by peer. Both may be empty."""

    tokens: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    seed: str = "demo"

    @classmethod
    def read(cls, file: Path) -> Keys:
        """The keys a demo office has written."""
        held: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return cls(tokens=held["tokens"], secrets=held["secrets"], seed=held["seed"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """How a world is set: the office's address (empty: nobody outside acts by himself), its first day, the pace, the keys.

    `kept` is the file of what lasts from start to start; `watched`: somebody looks on, to whom some parts are left.
    """

    office: str = ""
    today: date = date(2025, 3, 3)
    pace: Pace = field(default_factory=Pace)
    keys: Keys = field(default_factory=Keys)
    latency: float = 0.0
    calm: bool = False
    kept: Path | None = None
    watched: bool = False


class World:
    """Everybody outside."""

    def __init__(self, scene: Scene) -> None:
        keys, pace = scene.keys, scene.pace
        self.scene = scene
        self.rules = Rulebook(latency=scene.latency, calm=scene.calm)
        self.seen = Seen()
        self.server = Server(self.handle)
        self._doings = Doings()
        self.diary = Diary(scene.kept, day=pace.day)
        self.visitor = Visitor(self.diary, watched=scene.watched)
        chance, day = Chance(seed=keys.seed), OfficeDay(scene.today, self.diary)
        self.agencies = Agencies(chance, pace, self._doings, self.diary, self.visitor)
        self.inspectors = Inspectors(chance, pace, self._doings, self.diary, self.visitor, keys.secrets.get("phones", ""))
        approving = Desk(base=scene.office, token=keys.tokens.get("approving", ""))
        self.approving = ApprovingSystem(
            chance,
            pace,
            self._doings,
            self.diary,
            approving,
            keys.secrets.get("approving", ""),
            day,
            run=f"DEMO-{secrets.token_hex(3)}",
        )
        officer, *clerks = (
            Desk(base=scene.office, token=keys.tokens.get(name, "")) for name in ("officer", "clerk-1", "clerk-2")
        )
        self.officer = Officer(chance, pace, officer, self.diary, self.visitor)
        second, legal, head = (
            Desk(base=scene.office, token=keys.tokens.get(name, "")) for name in ("officer-2", "legal", "head")
        )
        self.deciders = Deciders(chance, pace, (officer, second, legal, head), approving)
        self.clerks = Clerks(chance, pace, tuple(clerks))
        self.credit, self.witness, self.deadman = Credit(chance, day, self.diary), Witness(self.diary), DeadMan()
        self._peers: dict[str, Peer] = {
            **{name: Source(name, chance).ask for name in SOURCES},
            **{name: self.agencies.desk(name) for name in AGENCIES},
            **{name: Party(name, chance, self.diary).ask for name in PARTIES},
            "phones": self.inspectors.ask,
            "credit": self.credit.ask,
            "approving": self.approving.ask,
            "notary": self.witness.ask,
            "deadman": self.deadman.ask,
        }

    async def start(self, host: str, port: int) -> None:
        """Listen, and let those act who act by themselves. Raises OSError."""
        await self.server.start(host, port)
        if not self.scene.office:
            return
        for one in (self.visitor, self.agencies, self.inspectors):
            one.go_on(self.scene.office)
        self.approving.go_on()
        if self.scene.watched:
            self._doings.stand(self.visitor.work())
        if self.scene.pace.cases:
            self._doings.stand(self.approving.work())
        self._doings.stand(self.officer.work())
        self._doings.stand(self.clerks.work())
        self._doings.stand(self.deciders.work())

    async def stop(self) -> None:
        """Everybody goes home."""
        self._doings.stop()
        await self.server.stop()
        self.diary.close()

    async def handle(self, request: Request) -> Reply:
        """One request, to a peer or to the world itself."""
        name, _, _ = request.path.lstrip("/").partition("/")
        if name.startswith("_"):
            return self._control(name, request)
        if name == ROOM:
            return self.visitor.show(request.path)
        peer = self._peers.get(name)
        if peer is None:
            return answer({"error": f"nobody called {name!r}", "known": sorted(self._peers)}, 404)
        key = request.headers.get("idempotency-key") or request.headers.get("webhook-id", "")
        sight = self.seen.note(name, key, f"{request.path}?{request.query}\n".encode() + request.body)
        rule = self.rules.of(name)
        if rule.latency:
            await asyncio.sleep(rule.latency)
        reply = await self._behave(self.rules.mode(name, rule), peer, request, rule, sight)
        if sight is not None and reply.status < 300:
            sight.served += 1
        return reply

    async def _behave(self, mode: Mode, peer: Peer, request: Request, rule: Rule, sight: Sight | None) -> Reply:
        match mode:
            case Mode.OK:
                return await _serve(peer, request, rule, sight)
            case Mode.LOST:
                reply = await _serve(peer, request, rule, sight)
                if sight is not None and reply.status < 300:
                    sight.served += 1
                raise Cut
            case Mode.ERROR:
                return answer({"error": "out of order"}, 500)
            case Mode.BUSY:
                return answer({"error": "busy"}, 503, retry_after="1")
            case Mode.GARBAGE:
                return Reply(body=GARBAGE)
            case Mode.HANG:
                await asyncio.sleep(FOREVER)
                raise Cut
            case Mode.RESET | Mode.REFUSE:
                raise Cut

    def _control(self, name: str, request: Request) -> Reply:
        if name == "_seen":
            peer = request.asked().get("peer")
            told = self.seen.keys(peer) if peer else {**self.seen.summary(), **self._counts()}
            return answer(told)
        if name == "_yours":
            return answer(self.visitor.told())
        if name == "_kept":
            return answer(self._kept())
        if name == "_rules" and request.method == "POST":
            try:
                return answer({"mode": self._script(request.json()).mode})
            except (ValueError, TypeError) as wrong:
                return answer({"error": str(wrong)}, 400)
        if name == "_leaves" and request.method == "POST":
            return self._leave(request)
        if name == "_rules" and request.method == "DELETE":
            self.rules.clear()
            return answer({"mode": Mode.OK})
        return answer({"ok": True}) if name == "_health" else answer({"error": "unknown"}, 404)

    def _leave(self, request: Request) -> Reply:
        try:
            leaves = float(request.json()["share"])
        except (ValueError, TypeError, KeyError) as wrong:
            return answer({"error": f"{type(wrong).__name__}: {wrong}"}, 400)
        if not 0 <= leaves <= 1:
            return answer({"error": "a share is between 0 and 1"}, 400)
        self.officer.take_up(leaves)
        return answer({"share": leaves})

    def _script(self, given: dict[str, Any]) -> Rule:
        """Take a rule. One port serves all peers, so that only everybody together can refuse connections, and for a while."""
        refuses = given.get("mode") == Mode.REFUSE
        if refuses and (given.get("peer", EVERY) != EVERY or not float(given.get("for") or 0) > 0):
            raise ValueError('"refuse" needs "peer": "*" and "for": seconds')
        rule = self.rules.put({**given, "mode": Mode.OK} if refuses else given)
        if refuses:
            self._doings.begin(self._deaf(float(given["for"])))
        return rule

    async def _deaf(self, seconds: float) -> None:
        await asyncio.sleep(0.05)  # the one who asked for it still gets its answer
        await self.server.deaf(seconds)

    def _kept(self) -> dict[str, Any]:
        """What lies outside, by content: what came in and stands, and what people have said and the office took."""
        return {
            "notices": self.approving.notices,
            "concluded": sorted(self.approving.concluded),
            "withdrawn": sorted(self.approving.withdrawn),
            "wished": sorted(self.approving.wished),
            "entries": self.credit.said,
            "retracted": sorted(self.credit.retracted),
            "letters": self.agencies.letters,
            "replies": self.agencies.heard,
            "pushes": self.inspectors.pushes,
            "seats": self.inspectors.said,
            "decided": self.officer.decided,
            "typed": self.clerks.typed,
            "witnessed": self.witness.kept,
        }

    def _counts(self) -> dict[str, Any]:
        return {
            "opened": len(self.approving.opened),
            "heard": dict(self.approving.heard),
            "forged": self.approving.forged + self.inspectors.forged,
            "entries": len(self.credit.entries),
            "retracted": len(self.credit.retracted),
            "witnessed": self.witness.kept,
            "left": self.officer.left,
            "beats": self.deadman.beats,
            "mishaps": self._doings.mishaps,
            "under_way": len(self._doings),
            "begun": self._doings.begun,
        }


async def _serve(peer: Peer, request: Request, rule: Rule, sight: Sight | None) -> Reply:
    """What the peer makes of it; what it cannot read is the caller's mistake."""
    try:
        return await peer(request, rule, sight)
    except (KeyError, ValueError, TypeError, AttributeError) as wrong:
        return answer({"error": f"{type(wrong).__name__}: {wrong}"}, 400)
