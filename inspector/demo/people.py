"""The people outside who act when something reaches them: agencies that answer letters, inspectors with phones.

Every wait is in office days as the demo lets them pass (`Pace.day` machine seconds). A person whose call does not get through
tries again later, as people do; a refusal is taken as final unless there is a reason to try. What they have open they keep in the
diary until the office has taken their last word, or has refused it, so that they go on with it after a restart.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError

from inspector.demo.caller import Heard, Link
from inspector.demo.diary import Diary
from inspector.demo.habits import FINDINGS, MANNERS, REACTIONS, Chance, Manner, Reaction, other
from inspector.demo.rules import Rule, Sight
from inspector.demo.server import Reply, Request, answer
from inspector.demo.visitor import AGENCY, PHONE, Part, Visitor, visit_of

TEAM_WAITS = ("team_short", "team_not_accepted")
FORM_CHANGED = ("findings_missing", "findings_unknown")
FORGOTTEN_DAYS = 15.0
"""After so long nobody presses an agency any more that stays silent."""
PASSED_ON = ("EXPIRED", "RELIEVED", "CANCELLED")
"""Seats from which the office takes what was seen for a note, and for no result."""
PATIENCE_DAYS = 2.3
"""How long a visitor's fellow inspector waits for the visitor's result: less than a visit may take."""


AT_ONCE = 8
"""So many officers take steps beside each other: one alone who waits for each answer falls behind a thousand cases on a busy machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast the outside lives: machine seconds of one office day, and how many cases a second are opened (0: none).

    `tries`: how often a person tries a call that does not get through; `leaves`: the share of cases the officer leaves lying.
    """

    day: float = 6.0
    cases: float = 1.5
    tries: int = 6
    leaves: float = 0.0

    async def days(self, count: float) -> None:
        """Wait some office days."""
        await asyncio.sleep(count * self.day)


class Doings:
    """What is under way outside, kept so that it is not forgotten by the collector and can be stopped. `begun`: how much ever was."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._standing = 0
        self.begun = 0
        self.mishaps: list[str] = []

    def stand(self, doing: Coroutine[Any, Any, None]) -> None:
        """Begin something that goes on as long as the world."""
        self._standing += 1
        self.begin(doing)

    def begin(self, doing: Coroutine[Any, Any, None]) -> Callable[[], object]:
        """Begin something; what comes back calls it off."""
        task = asyncio.create_task(doing)
        self.begun += 1
        self._tasks.add(task)
        task.add_done_callback(self._over)
        return task.cancel

    def _over(self, task: asyncio.Task[None]) -> None:
        """An outside person who stumbles over something unforeseen must not vanish silently."""
        self._tasks.discard(task)
        if not task.cancelled() and (wrong := task.exception()) is not None:
            self.mishaps.append(f"{type(wrong).__name__}: {wrong}")

    def __len__(self) -> int:
        """How much is under way that will end."""
        return len(self._tasks) - self._standing

    def stop(self) -> None:
        """Stop everything."""
        for task in tuple(self._tasks):
            task.cancel()


async def insist(pace: Pace, do: Callable[[], Awaitable[Heard]], *, also: tuple[str, ...] = ()) -> Heard:
    """Try until it gets through, ever less often; `also` are the error codes that are worth another try."""
    heard = await do()
    for again in range(pace.tries - 1):
        if not heard.later and heard.code not in also:
            break
        await pace.days(min(0.25 * 1.5**again, 1.5))
        heard = await do()
    return heard


async def together(doings: Iterable[Callable[[], Awaitable[object]]], at_once: int = AT_ONCE) -> None:
    """Do what several people of one house do beside each other, so many of it at once."""
    waiting = iter(doings)

    async def one() -> None:
        for do in waiting:
            await do()

    await asyncio.gather(*(one() for _ in range(at_once)))


def signed(secret: str, request: Request) -> bool:
    """Whether a Standard Webhooks signature holds; without a secret everything does."""
    if not secret:
        return True
    try:
        Webhook(secret).verify(request.body, dict(request.headers), json_parse=False)
    except (WebhookVerificationError, ValueError):
        return False
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A letter as one of the demo's agencies holds it: its own link, how it takes it, since when (the world's days), and whether and

    since when it has been `pressed` from above.
    """

    agency: str
    request: str
    claimed: str
    reply: Link
    manner: Manner
    since: float
    pressed: float | None = None

    @classmethod
    def read(cls, request: str, kept: Mapping[str, Any], office: str) -> Told:
        """As the diary keeps it."""
        link, manner = Link.read(kept["reply"]).at(office), Manner(kept["manner"])
        return cls(request=request, **{**kept, "reply": link, "manner": manner})

    def kept(self) -> dict[str, Any]:
        """For the diary."""
        plain = {name: getattr(self, name) for name in ("agency", "claimed", "since", "pressed")}
        return plain | {"reply": self.reply.url, "manner": self.manner.value}


class Agencies:
    """The agencies asked for assistance, and their common superior. They acknowledge at once and answer when it suits them.

    `letters` are the letters they hold, (agency, kind, request) by key; `heard` what the office has taken as a reply, by request.
    A letter that is left to the visitor is answered late where the visitor stays silent.
    """

    ROOM = "letters"

    def __init__(self, chance: Chance, pace: Pace, doings: Doings, diary: Diary, visitor: Visitor) -> None:
        self._chance = chance
        self._pace = pace
        self._doings = doings
        self._diary = diary
        self._visitor = visitor
        self._call_off: dict[str, Callable[[], object]] = {}
        self._known: set[str] = set()
        self._kept_silent: set[str] = set()
        self.letters: dict[str, tuple[str, str, str]] = {}
        self.heard: dict[str, dict[str, str]] = {}

    def desk(self, name: str) -> Callable[[Request, Rule, Sight | None], Awaitable[Reply]]:
        """The letter box of one agency."""

        async def receive(request: Request, rule: Rule, _sight: Sight | None) -> Reply:
            said = request.json()
            kind, about = str(said["kind"]), str(said["request"])
            self.letters[request.headers.get("idempotency-key", "")] = (name, kind, about)
            self._take(name, kind, about, str(said["claimed"]), Link.read(str(said["reply_url"])), rule)
            return answer({"receipt": f"{name}-{self._chance.secret('receipt', name, about)[:8]}"})

        return receive

    def go_on(self, office: str) -> None:
        """Take the letters up again that an earlier start has left open."""
        for request, kept in tuple(self._diary.room(self.ROOM).items()):
            self._known.add(request)
            told = Told.read(request, kept, office)
            if told.manner is Manner.SILENT and self._diary.lived > told.since + FORGOTTEN_DAYS:
                self._diary.drop(self.ROOM, request)
            else:
                self._begin(told)

    def _take(self, name: str, kind: str, about: str, claimed: str, reply: Link, rule: Rule) -> None:
        held = self._diary.room(self.ROOM).get(about)
        match kind:
            case "request" if about not in self._known:
                self._known.add(about)
                left = name == AGENCY and self._visitor.offer(Part.LETTER, about, reply.url)
                manner = Manner.LATE if left else self._manner(name, about, rule)
                now = self._diary.lived
                self._begin(Told(agency=name, request=about, claimed=claimed, reply=reply, manner=manner, since=now))
            case "escalation" if held is not None and self._chance.of("pressed", about) < 0.5:
                told = Told.read(about, held, "")
                if told.pressed is None and self._visitor.about(Part.LETTER) != about:
                    self._begin(replace(told, pressed=self._diary.lived))  # urged from above, by its own link
            case "cancel":
                self._diary.drop(self.ROOM, about)
                self._call_off.pop(about, _nothing)()
            case _:
                pass

    def _manner(self, name: str, request: str, rule: Rule) -> Manner:
        """As a test wants it, or by the agency's habits. Who keeps silent at times does so first, that each start shows where it leads."""
        wanted = next((manner for manner in Manner if manner == rule.say), None)
        if wanted is None and Manner.SILENT in MANNERS[name] and name not in self._kept_silent:
            self._kept_silent.add(name)
            return Manner.SILENT
        return wanted or self._chance.pick(MANNERS[name], "manner", name, request)

    def _begin(self, told: Told) -> None:
        self._diary.put(self.ROOM, told.request, told.kept())
        self._call_off.pop(told.request, _nothing)()
        self._call_off[told.request] = self._doings.begin(self._handle(told))

    async def _handle(self, told: Told) -> None:
        """What has been said already is said again under its id after a restart, and counts once."""
        signer = f"{told.agency}（演示）"
        slack = self._chance.of("slack", told.request)
        if told.pressed is not None:
            await self._reply_at(told, told.pressed + 0.3)
            return
        match told.manner:
            case Manner.ANSWERS:
                await self._reply_at(told, told.since + 0.5 + 1.5 * slack)
            case Manner.LATE:
                await self._reply_at(told, told.since + 4.15 + 0.5 * slack)
            case Manner.CANNOT_SAY:
                await self._diary.reach(told.since + 0.5 + slack)
                said = {"verdict": "cannot_say", "value": "登记档案正在整理", "signer": signer}
                await self._say(told, said, told.reply.answer)
            case Manner.REFUSES:
                await self._diary.reach(told.since + 0.5 + slack)
                await self._say(
                    told,
                    {"inability": "NOT_HELD", "reasons": "所需资料不在本机关，且依法不得向外提供", "signer": signer},
                    told.reply.refuse,
                )
            case Manner.REFUSES_BADLY:
                await self._diary.reach(told.since + 0.5 + slack)
                await insist(
                    self._pace, lambda: told.reply.refuse({"inability": "HINDERS_DUTIES", "reasons": "", "signer": signer})
                )
                await self._diary.reach(told.since + 0.8 + slack)
                await self._say(
                    told,
                    {"inability": "HINDERS_DUTIES", "reasons": "档案正在移交，移交完成前无法查阅", "signer": signer},
                    told.reply.refuse,
                )
            case Manner.SILENT:
                return

    async def _reply_at(self, told: Told, lived: float) -> None:
        await self._diary.reach(lived)
        contradicts = self._chance.of("contradicts", told.agency, told.request) < 0.12
        value = other(told.claimed) if contradicts else told.claimed
        await self._say(told, {"value": value, "signer": f"{told.agency}（演示）"}, told.reply.answer)

    async def _say(self, told: Told, said: dict[str, str], reply: Callable[[dict[str, str]], Awaitable[Heard]]) -> None:
        heard = await insist(self._pace, lambda: reply(said))
        if heard.well:
            self.heard[told.request] = said
        if not heard.later:
            self._diary.drop(self.ROOM, told.request)


class Inspectors:
    """The inspectors' phones: accept, decline with a reason, or let it lie; after a while the visit's result is entered.

    `pushes` are the pushes as they came first, (address, seat) by key; `said` is what the office has taken of each seat's inspector:
    `accept`, `decline`, the findings of a `result`, or those of a `note` where the seat had passed on.
    """

    ROOM = "seats"

    def __init__(self, chance: Chance, pace: Pace, doings: Doings, diary: Diary, visitor: Visitor, secret: str) -> None:
        self._chance = chance
        self._pace = pace
        self._doings = doings
        self._diary = diary
        self._visitor = visitor
        self._secret = secret
        self._pushed: set[str] = set()
        self.pushes: dict[str, tuple[str, str]] = {}
        self.said: dict[str, dict[str, Any]] = {}
        self.forged = 0

    async def ask(self, request: Request, _rule: Rule, _sight: Sight | None) -> Reply:
        """A push arrives."""
        if not signed(self._secret, request):
            self.forged += 1
            return answer({"error": "signature"}, 401)
        told = request.json()
        link = Link.read(str(told["link"]))
        self.pushes.setdefault(str(told["id"]), (str(told["to"]), link.about))
        if told["data"].get("called_off"):  # whoever has it stays at home, also where the assignment itself never arrived
            self._pushed.add(link.about)
        elif link.about not in self._pushed:
            self._pushed.add(link.about)
            if told["to"] != PHONE or not self._visitor.offer(Part.SEAT, link.about, link.url):
                self._diary.put(self.ROOM, link.about, {"link": link.url, "since": self._diary.lived})
                self._doings.begin(self._react(link, self._diary.lived))
        return answer({"receipt": f"push-{self._chance.secret('receipt', link.about)[:8]}"}, 202)

    def go_on(self, office: str) -> None:
        """Take the assignments up again that an earlier start has left open: who had accepted is heard once and goes."""
        self._pushed.add(self._visitor.about(Part.SEAT))
        for about, kept in tuple(self._diary.room(self.ROOM).items()):
            self._pushed.add(about)
            self._doings.begin(self._react(Link.read(kept["link"]).at(office), float(kept["since"])))

    async def _react(self, link: Link, since: float) -> None:
        read = since + 0.15 + 0.35 * self._chance.of("reads", link.about)
        await self._diary.reach(read)
        match self._chance.pick(REACTIONS, "reaction", link.about):
            case Reaction.SILENT:
                self._diary.drop(self.ROOM, link.about)
            case Reaction.DECLINES:
                heard = await insist(self._pace, lambda: link.decline("与检查对象有利害关系，申请回避"))
                if heard.well:
                    self._said(link)["decline"] = True
                self._ended(link, heard)
            case Reaction.ACCEPTS:
                heard = await insist(self._pace, link.accept)
                if heard.well:
                    self._said(link)["accept"] = True
                    await self._visit(link, read)
                else:
                    self._ended(link, heard)

    async def _visit(self, link: Link, read: float) -> None:
        """Whoever of the team writes first has written. A team that is short, or not yet agreed, waits for its second member.

        Where the case was corrected while they were out, what they wrote answers other questions: they look again.
        """
        await self._diary.reach(read + 0.6 + self._chance.of("visits", link.about))
        while self._visitor.goes(visit_of(link.about)) and self._diary.lived < read + PATIENCE_DAYS:
            await self._pace.days(0.1)
        heard = Heard(status=0, data={})
        for _ in range(self._pace.tries):
            page = await insist(self._pace, link.seat)
            findings = [self._finding(doubt) for doubt in page.data.get("visit", {}).get("doubts", ())]
            heard = await insist(self._pace, partial(link.report, findings, "现场查看，拍照留存（演示）"), also=TEAM_WAITS)
            if heard.well:
                self._said(link)["note" if heard.data.get("state") in PASSED_ON else "result"] = findings
            if heard.code not in FORM_CHANGED:
                break
        self._ended(link, heard)

    def _ended(self, link: Link, heard: Heard) -> None:
        """The office has taken or refused the last word; what did not get through, or waits for a second member, stays open."""
        if not heard.later and heard.code not in TEAM_WAITS:
            self._diary.drop(self.ROOM, link.about)

    def _said(self, link: Link) -> dict[str, Any]:
        return self.said.setdefault(link.about, {})

    def _finding(self, doubt: dict[str, Any]) -> dict[str, str]:
        case, claim = str(doubt["case_id"]), str(doubt["claim"])
        verdict = self._chance.pick(FINDINGS, "finding", case, claim)
        return {"case_id": case, "claim": claim, "verdict": verdict, "note": "现场所见（演示）"}


def _nothing() -> None:
    """Call off what never began."""
