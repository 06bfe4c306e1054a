"""The parties that only answer: sources, the credit platform, the parties of a draw's seed, the witness, the dead-man.

Each takes a request and answers at once from the habits; nothing here calls the office.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from inspector.demo.diary import Diary
from inspector.demo.habits import LEVELS, SAYS, TEMPERS, Chance, Say, Temper, other
from inspector.demo.rules import Rule, Sight
from inspector.demo.server import Reply, Request, answer

OLD = timedelta(days=4_000)
"""How much older than the claim a stale record is."""

SLOW_SECONDS = 1.2
OUTAGES = {"social": (41.0, 4.0)}
"""Sources that are down from time to time: every so many machine seconds, for so many."""

PAGE = 100
"""So many entries on a page of the credit platform's statement."""
VERSION = "demo-2025.1"


class OfficeDay:
    """The office's day, as far as the outside has heard of it: dates on letters never lie in the office's future."""

    def __init__(self, first: date, diary: Diary) -> None:
        self._diary = diary
        self.today = max(first, date.fromisoformat(diary.room("day").get("today", first.isoformat())))

    def hear(self, day: date | None) -> None:
        """A date the office wrote; only a later one moves the day."""
        if day is not None and day > self.today:
            self.today = day
            self._diary.put("day", "today", day.isoformat())


class Source:
    """A data-sharing source. Its business codes come in an HTTP 200 body: 0 well, -1 later, E-106 not this."""

    def __init__(self, name: str, chance: Chance) -> None:
        self.name = name
        self._chance = chance
        self._began = time.monotonic()

    async def ask(self, request: Request, rule: Rule, sight: Sight | None) -> Reply:
        """Answer one question."""
        said = request.json()
        about = (str(said["fact"]), str(said["subject"]["code"]))
        if not (said.get("case") and said.get("basis")):
            return answer({"code": "E-102", "message": "没有办件编号或者依据 (no purpose given)"}, 200)
        if not rule.calm and (trouble := await self._trouble(about, sight)) is not None:
            return trouble
        say = Say(rule.say) if rule.say else self._chance.pick(SAYS, "say", self.name, *about)
        return answer(self._said(say, str(said["claimed"]), date.fromisoformat(said["on"])))

    async def _trouble(self, about: tuple[str, str], sight: Sight | None) -> Reply | None:
        every, lasts = OUTAGES.get(self.name, (0.0, 0.0))
        if every and (time.monotonic() - self._began) % every > every - lasts:
            return answer({"message": "系统维护 (maintenance)"}, 503, retry_after="2")
        match self._chance.pick(TEMPERS, "temper", self.name, *about):
            case Temper.WELL:
                return None
            case Temper.SLOW:
                await asyncio.sleep(SLOW_SECONDS)
                return None
            case Temper.STUMBLES:
                first = sight is None or sight.times <= 1
                return answer({"code": -1, "message": "系统繁忙 (busy)"}) if first else None
            case Temper.NOT_GRANTED:
                return answer({"code": "E-106", "message": "不在授权范围 (not on the grant list)"})

    def _said(self, say: Say, claimed: str, on: date) -> dict[str, object]:
        if say is Say.NOT_FOUND:
            return {"code": 0, "data": None, "version": VERSION}
        value = other(claimed) if say is Say.MISMATCH else claimed
        day = on - OLD if say is Say.STALE else on
        return {"code": 0, "data": {"value": value, "as_of": f"{day.isoformat()}T08:00:00+08:00"}, "version": VERSION}


class Credit:
    """The credit platform: levels of firms, and performance entries that count once each, until they are taken back.

    `entries` and `retracted` are the receipts by entry; `said` is what the entries that stand say, as it came first since the start;
    `became` what was told of each later, the newest.
    """

    def __init__(self, chance: Chance, day: OfficeDay, diary: Diary) -> None:
        self._chance = chance
        self._day = day
        self._diary = diary
        self.entries: Mapping[str, str] = diary.room("entries")
        self.retracted: Mapping[str, str] = diary.room("retracted")
        self.said: dict[str, dict[str, Any]] = {}
        self.became: dict[str, str] = {}

    async def ask(self, request: Request, _rule: Rule, _sight: Sight | None) -> Reply:
        """A look-up (`/level`), an entry (`/entry`), what became of it (`/amend`), or its retraction (`/retract`).

        After that the entry cannot come any more.
        What is there is stated page after page (`/statement`) and one by one (`/held`).
        """
        match request.path.rpartition("/")[2]:
            case "level":
                return self._level(request)
            case "statement":
                return self._statement(request)
            case "held":
                return answer({"as_of": self._dated(), "entry": self._held(str(request.json()["id"]))})
            case "amend":
                self.became[str(request.json()["id"])] = str(request.json()["kind"])
                return answer({"receipt": f"CA-{len(self.became):06}"})
            case _:
                pass
        entry = str(request.json()["id"])
        number = f"{len(self.entries) + len(self.retracted) + 1:06}"  # never falls: what is taken back moves to the other pile
        if request.path.endswith("/retract"):
            self._diary.drop("entries", entry)
            self.said.pop(entry, None)
            if entry not in self.retracted:
                self._diary.put("retracted", entry, f"CX-{number}")
            return answer({"receipt": self.retracted[entry]})
        if entry in self.retracted:
            return answer({"error": "taken back"}, 410)
        if entry not in self.entries:
            self._diary.put("entries", entry, f"CR-{number}")
        self.said.setdefault(entry, request.json())
        return answer({"receipt": self.entries[entry]})

    def _statement(self, request: Request) -> Reply:
        asked = request.json()
        names, start, size = sorted(self.entries), int(asked.get("after") or 0), min(int(asked["limit"]), PAGE)
        further = str(start + size) if start + size < len(names) else None
        rows = [self._held(name) for name in names[start : start + size]]
        return answer({"as_of": self._dated(), "total": len(names), "entries": rows, "next": further})

    def _held(self, entry: str) -> dict[str, Any] | None:
        """An entry with what it says as far as that is known since the start; None for one that is not there."""
        if entry not in self.entries:
            return None
        told = ("case", "subject", "grade", "outcome", "act")
        said = {name: value for name, value in self.said.get(entry, {}).items() if name in told}
        return {"id": entry, **said, "retracted": False, "receipt": self.entries[entry]}

    def _dated(self) -> str:
        return f"{self._day.today.isoformat()}T00:00:00+08:00"

    def _level(self, request: Request) -> Reply:
        if not request.json().get("case") or not request.json().get("basis"):
            return answer({"error": "没有办件编号或者依据 (no purpose given)"}, 422)
        level = self._chance.pick(LEVELS, "level", str(request.json()["code"]))
        as_of = self._day.today - timedelta(days=3)
        return answer({"level": level, "as_of": f"{as_of.isoformat()}T00:00:00+08:00"})


class Party:
    """An agency that helps to make a draw's seed: it promises by a hash, and reveals when asked after the announcement.

    The first W and the first figures it is told for a draw stand: another set is answered with 409, or whoever has a copy of the
    office's records could ask for the nonce with any figures, and choose those of the real draw by it.
    """

    def __init__(self, name: str, chance: Chance, diary: Diary) -> None:
        self.name = name
        self._chance = chance
        self._diary = diary

    async def ask(self, request: Request, _rule: Rule, _sight: Sight | None) -> Reply:
        """`/promise` → {"hash"}, `/reveal` → {"nonce"}; the hash is that of draw-protocol 7.4."""
        said = request.json()
        draw = str(said["draw"])
        nonce = self._chance.secret("nonce", self.name, draw)
        if request.path.endswith("/promise"):
            return answer({"hash": hashlib.sha256(f"ssj1/nonce\n{nonce}".encode()).hexdigest()})
        if request.path.endswith("/reveal"):
            told, room = [said.get("w"), said.get("figures")], f"told by {self.name}"
            if draw not in self._diary.room(room):
                self._diary.put(room, draw, told)
            if self._diary.room(room)[draw] != told:
                return answer({"error": "other figures, or another commitment, were told before"}, 409)
            return answer({"nonce": nonce})
        return answer({"error": "promise or reveal"}, 404)


class Witness:
    """A notary that keeps witness values: the first value of a draw stands, another one is refused.

    It has no clock of the office, whose days are not the machine's: it dates nothing, so that the office's own time stands.
    """

    def __init__(self, diary: Diary) -> None:
        self._diary = diary

    @property
    def kept(self) -> dict[str, str]:
        """The values, by draw."""
        return {draw: value for draw, (value, _) in self._diary.room("notary").items()}

    async def ask(self, request: Request, _rule: Rule, _sight: Sight | None) -> Reply:
        """Keep one value."""
        said = request.json()
        draw, value = str(said["draw"]), str(said["value"])
        kept = self._diary.room("notary")
        if draw not in kept:
            self._diary.put("notary", draw, [value, f"N-{len(kept) + 1:05}"])
        held, receipt = kept[draw]
        return answer({"receipt": receipt, "at": None}) if held == value else answer({"error": "another value is kept"}, 409)


class DeadMan:
    """The receiver of the dead-man's ping."""

    def __init__(self) -> None:
        self.beats = 0

    async def ask(self, _request: Request, _rule: Rule, _sight: Sight | None) -> Reply:
        """Count one beat."""
        self.beats += 1
        return answer({"ok": True})
