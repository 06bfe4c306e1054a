"""The people outside who act by themselves: agencies that answer letters, inspectors with phones, an officer, two clerks.

Every wait is in office days as the demo lets them pass (`Pace.day` machine seconds). A person whose call does not get through
tries again later, as people do; a refusal is taken as final unless there is a reason to try.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError

from inspector.demo.caller import Desk, Heard, Link
from inspector.demo.habits import FINDINGS, MANNERS, MENDED, REACTIONS, Chance, Manner, Reaction, other
from inspector.demo.rules import Rule, Sight
from inspector.demo.server import Reply, Request, answer

TEAM_WAITS = ("team_short", "team_not_accepted")
FORM_CHANGED = ("findings_missing", "findings_unknown")


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
    """What is under way outside, kept so that it is not forgotten by the collector and can be stopped."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._standing = 0
        self.mishaps: list[str] = []

    def stand(self, doing: Coroutine[Any, Any, None]) -> None:
        """Begin something that goes on as long as the world."""
        self._standing += 1
        self.begin(doing)

    def begin(self, doing: Coroutine[Any, Any, None]) -> Callable[[], object]:
        """Begin something; what comes back calls it off."""
        task = asyncio.create_task(doing)
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
    """A letter as the demo's agencies read it."""

    kind: str
    request: str
    claimed: str
    reply: Link


class Agencies:
    """The agencies asked for assistance, and their common superior. They acknowledge at once and answer when it suits them.

    `letters` are the letters they hold, (agency, kind, request) by key; `heard` the requests whose reply the office has taken.
    """

    def __init__(self, chance: Chance, pace: Pace, doings: Doings) -> None:
        self._chance = chance
        self._pace = pace
        self._doings = doings
        self._call_off: dict[str, Callable[[], object]] = {}
        self._asked: dict[str, tuple[str, Told]] = {}
        self.letters: dict[str, tuple[str, str, str]] = {}
        self.heard: set[str] = set()

    def desk(self, name: str) -> Callable[[Request, Rule, Sight | None], Awaitable[Reply]]:
        """The letter box of one agency."""

        async def receive(request: Request, rule: Rule, _sight: Sight | None) -> Reply:
            said = request.json()
            letter = (name, str(said["kind"]), str(said["request"]))
            self.letters[request.headers.get("idempotency-key", "")] = letter
            told = Told(
                kind=str(said["kind"]),
                request=str(said["request"]),
                claimed=str(said["claimed"]),
                reply=Link.read(str(said["reply_url"])),
            )
            self._take(name, told, rule)
            return answer({"receipt": f"{name}-{self._chance.secret('receipt', name, told.request)[:8]}"})

        return receive

    def _take(self, name: str, told: Told, rule: Rule) -> None:
        match told.kind:
            case "request" if told.request not in self._asked:
                self._asked[told.request] = name, told
                self._begin(told, self._handle(name, told, rule))
            case "escalation" if told.request in self._asked and self._chance.of("pressed", told.request) < 0.5:
                self._begin(told, self._reply_after(*self._asked[told.request], 0.3))  # urged from above, by its own link
            case "cancel":
                self._call_off.pop(told.request, _nothing)()
            case _:
                pass

    def _begin(self, told: Told, doing: Coroutine[Any, Any, None]) -> None:
        self._call_off.pop(told.request, _nothing)()
        self._call_off[told.request] = self._doings.begin(doing)

    async def _handle(self, name: str, told: Told, rule: Rule) -> None:
        signer = f"{name}（演示）"
        slack = self._chance.of("slack", told.request)
        match Manner(rule.say) if rule.say else self._chance.pick(MANNERS[name], "manner", name, told.request):
            case Manner.ANSWERS:
                await self._reply_after(name, told, 0.5 + 1.5 * slack)
            case Manner.LATE:
                await self._reply_after(name, told, 4.15 + 0.5 * slack)
            case Manner.CANNOT_SAY:
                await self._pace.days(0.5 + slack)
                await self._say(
                    told, lambda: told.reply.answer({"verdict": "cannot_say", "value": "登记档案正在整理", "signer": signer})
                )
            case Manner.REFUSES:
                await self._pace.days(0.5 + slack)
                await self._refuse(told, "所需资料不在本机关，且依法不得向外提供", signer)
            case Manner.REFUSES_BADLY:
                await self._pace.days(0.5 + slack)
                await self._refuse(told, "", signer)
                await self._pace.days(0.3)
                await self._refuse(told, "档案正在移交，移交完成前无法查阅", signer)
            case Manner.SILENT:
                return

    async def _reply_after(self, name: str, told: Told, days: float) -> None:
        await self._pace.days(days)
        contradicts = self._chance.of("contradicts", name, told.request) < 0.12
        value = other(told.claimed) if contradicts else told.claimed
        await self._say(told, lambda: told.reply.answer({"value": value, "signer": f"{name}（演示）"}))

    async def _refuse(self, told: Told, reasons: str, signer: str) -> None:
        await self._say(told, lambda: told.reply.refuse(reasons, signer))

    async def _say(self, told: Told, reply: Callable[[], Awaitable[Heard]]) -> None:
        if (await insist(self._pace, reply)).well:
            self.heard.add(told.request)


class Inspectors:
    """The inspectors' phones: accept, decline with a reason, or let it lie; after a while the visit's result is entered.

    `pushes` are the pushes as they came first, (address, seat) by key; `said` is what the office has taken of each seat's inspector:
    `accept`, `decline`, or the findings of a `result`.
    """

    def __init__(self, chance: Chance, pace: Pace, doings: Doings, secret: str) -> None:
        self._chance = chance
        self._pace = pace
        self._doings = doings
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
        if "called_off" in told["data"]:  # whoever has it stays at home, also where the assignment itself never arrived
            self._pushed.add(link.about)
        elif link.about not in self._pushed:
            self._pushed.add(link.about)
            self._doings.begin(self._react(link))
        return answer({"receipt": f"push-{len(self._pushed)}"}, 202)

    async def _react(self, link: Link) -> None:
        await self._pace.days(0.15 + 0.35 * self._chance.of("reads", link.about))
        match self._chance.pick(REACTIONS, "reaction", link.about):
            case Reaction.SILENT:
                return
            case Reaction.DECLINES:
                if (await insist(self._pace, lambda: link.decline("与检查对象有利害关系，申请回避"))).well:
                    self._said(link)["decline"] = True
            case Reaction.ACCEPTS:
                if (await insist(self._pace, link.accept)).well:
                    self._said(link)["accept"] = True
                    await self._visit(link)

    async def _visit(self, link: Link) -> None:
        """Whoever of the team writes first has written. A team that is short, or not yet agreed, waits for its second member.

        Where the case was corrected while they were out, what they wrote answers other questions: they look again.
        """
        await self._pace.days(0.6 + self._chance.of("visits", link.about))
        for _ in range(self._pace.tries):
            page = await insist(self._pace, link.seat)
            findings = [self._finding(doubt) for doubt in page.data.get("visit", {}).get("doubts", ())]
            heard = await insist(self._pace, partial(link.report, findings, "现场查看，拍照留存（演示）"), also=TEAM_WAITS)
            if heard.well:
                self._said(link)["result"] = findings
            if heard.code not in FORM_CHANGED:
                break

    def _said(self, link: Link) -> dict[str, Any]:
        return self.said.setdefault(link.about, {})

    def _finding(self, doubt: dict[str, Any]) -> dict[str, str]:
        case, claim = str(doubt["case_id"]), str(doubt["claim"])
        verdict = self._chance.pick(FINDINGS, "finding", case, claim)
        return {"case_id": case, "claim": claim, "verdict": verdict, "note": "现场所见（演示）"}


class Officer:
    """A named officer who looks at each case in review before deciding it, and decides by its evidence.

    `decided` are the outcomes that the office has taken, by case; `left` how many cases lay there at the last look that stay there.
    """

    def __init__(self, chance: Chance, pace: Pace, desk: Desk) -> None:
        self._chance = chance
        self._pace = pace
        self._desk = desk
        self._seen: set[str] = set()
        self.decided: dict[str, list[str]] = {}
        self.left = 0

    async def work(self) -> None:
        """Go through the pile again and again: what was there at the last look is decided now."""
        while True:
            await self._pace.days(0.2 if self._seen else 0.6)
            pile = await self._pile()
            waiting = {case_id for case_id in pile if self._chance.of("left", case_id) >= self._pace.leaves}
            for case_id in sorted(waiting & self._seen):
                await self._decide(case_id)
            self._seen, self.left = waiting, len(pile) - len(waiting)

    async def _pile(self) -> set[str]:
        """Every case in review, page by page; what cannot be read now is read at the next look."""
        found: set[str] = set()
        after = ""
        while True:
            page = await self._desk.cases_in_review(after)
            found |= {str(row["id"]) for row in page.rows("cases")}
            if not (after := str(page.data.get("next") or "")):
                return found

    async def _decide(self, case_id: str) -> None:
        """Nobody decides a case that he could not read."""
        read = await insist(self._pace, lambda: self._desk.case(case_id))
        if not read.well:
            return
        heard = read.data.get("explanation", {}).get("heard", ())
        against = [str(one["id"]) for one in heard if one["verdict"] == "mismatch" and one["fresh"]]
        outcome, reasons = self._judged(case_id, against, str(read.data.get("review_reason")))
        before = self.decided.setdefault(case_id, [])
        if (await insist(self._pace, lambda: self._desk.review_case(case_id, outcome, reasons, against, len(before)))).well:
            before.append(outcome)

    def _judged(self, case_id: str, against: list[str], why: str) -> tuple[str, str]:
        """Only a fresh contradiction can lead to an adverse outcome; silence and old data never do."""
        if against:
            return self._chance.pick(MENDED, "judged", case_id), "已核对原始材料并听取当事人说明（演示）"
        if why == "STALE_LEAD":
            return "DATA_ERROR", "数据来源的记录陈旧，与承诺之日的事实不符（演示）"
        return "UNVERIFIABLE", "各种核查方式均未得到答复，无法查清，不是不实（演示）"


class Clerks:
    """Two clerks at the public ceremony: each types, by himself, what the dice showed after the announcement.

    `typed` are the figures of each draw that the office has taken, by how many of the two.
    """

    def __init__(self, chance: Chance, pace: Pace, desks: tuple[Desk, ...]) -> None:
        self._chance = chance
        self._pace = pace
        self._desks = desks
        self._done: set[tuple[str, str, str]] = set()
        self._after = ""
        self.typed: dict[str, list[str]] = {}

    async def work(self) -> None:
        """Look at the draws, and type for each whose dice have been thrown."""
        while True:
            await self._pace.days(0.15)
            page = await self._desks[0].draws(self._after)
            for row in page.rows("draws"):
                if row["state"] == "SEEDING":
                    for what in row["ceremonies"]:
                        await self._type(str(row["number"]), str(what))
            if page.data.get("next") and all(row["state"] in ("DRAWN", "VOID") for row in page.rows("draws")):
                self._after = str(page.data["next"])

    async def _type(self, draw: str, what: str) -> None:
        figures = self._chance.lottery(draw) if what == "lottery" else self._chance.dice(draw)
        for desk in self._desks:
            if (draw, desk.token, what) not in self._done:
                heard = await desk.type_figures(draw, what, figures)
                if heard.well:
                    self._done.add((draw, desk.token, what))
                    self.typed.setdefault(draw, []).append(figures)


def _nothing() -> None:
    """Call off what never began."""
