"""The approving system: opens cases at a steady pace, hears results by signed callbacks, concludes matters.

It is untidy, as real ones are: some cases come twice, some are corrected, some applicants take their commitment back.
"""

from __future__ import annotations

import asyncio
import zlib
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from inspector.demo.caller import Desk, Heard, Link
from inspector.demo.cast import AGENCY, FIRMS, PERSONS, firm, person
from inspector.demo.diary import Diary
from inspector.demo.habits import Chance
from inspector.demo.peers import OfficeDay
from inspector.demo.people import Doings, Pace, insist, signed
from inspector.demo.rules import Rule, Sight
from inspector.demo.server import Reply, Request, answer

CLAIMS: dict[str, tuple[str, str, dict[str, tuple[str, ...]]]] = {
    "business-licence": ("FIRM", "LICENCE", {"registration-status": ("存续",)}),
    "dispatch-premises": (
        "FIRM",
        "LICENCE",
        {"registered-address": ("示例区云溪街道1号", "示例区石桥街道22号"), "office-in-use": ("是",)},
    ),
    "hr-agency-staff": (
        "FIRM",
        "LICENCE",
        {"insured-staff": ("5", "8", "12"), "office-lease": ("示例区柳河路3号二层", "示例区青禾路9号")},
    ),
    "stable-jobs": ("FIRM", "BENEFIT", {"contributions": ("12",)}),
    "hukou-housing": ("PERSON", "CONFIRMATION", {"home-title": ("示例区南塘小区5栋", "示例区东坡小区8栋")}),
    "exam-work-years": ("PERSON", "CONFIRMATION", {"degree": ("本科", "硕士"), "work-years": ("5", "9")}),
    "relief-household": ("PERSON", "BENEFIT", {"household": ("3人", "4人"), "insured-income": ("2100", "2650")}),
    "legal-aid": ("PERSON", "BENEFIT", {"relief-status": ("最低生活保障对象",)}),
}
"""What is applied for in the demo: item → (kind of subject, matter, fact → the values people promise)."""

SHARES = {  # weighted towards what has a long way to go, so that a minute shows all of it
    "business-licence": 14,
    "dispatch-premises": 16,
    "hr-agency-staff": 18,
    "stable-jobs": 7,
    "hukou-housing": 20,
    "exam-work-years": 6,
    "relief-household": 16,
    "legal-aid": 3,
}

REASONS = ("申请人改为提交证明材料", "申请人暂不办理该事项", "承诺内容填写有误，重新申请")


def application(chance: Chance, reference: str, today: date, *, agency: str = AGENCY) -> dict[str, Any]:
    """The case behind a reference: the same reference is always the same case, given the day it was signed."""
    item = chance.pick(SHARES, "item", reference)
    kind, matter, facts = CLAIMS[item]
    of = chance.of("subject", reference)
    subject = firm(1 + int(of * FIRMS)) if kind == "FIRM" else person(1 + int(of * PERSONS))
    signed_on = (today - timedelta(days=int(chance.of("signed", reference) * 3))).isoformat()
    claims = [
        {"key": f"c{number}", "fact": fact, "value": _one(chance, values, reference, fact), "on": signed_on}
        for number, (fact, values) in enumerate(facts.items(), 1)
    ]
    certificate = chance.of("route", reference) < 0.04
    return {
        "agency": agency,
        "reference": reference,
        "route": "CERTIFICATE" if certificate else "COMMITMENT",
        "matter": matter,
        "item": item,
        "subject": {"kind": kind, "code": subject.code, "name": subject.name},
        "claims": claims,
        "letter": {
            "text": "本单位（本人）已知晓告知内容，承诺所述属实，愿意承担不实承诺的法律责任。（演示）",
            "notice_version": "2025-01",
            "signed_by": subject.name,
            "signed_on": signed_on,
        },
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A case this system has handed in."""

    id: str
    reference: str
    said: dict[str, Any]


class ApprovingSystem:
    """Opens cases and follows them.

    `heard` counts the notices by type, each event once; `notices` are the events as they came first; `concluded` and `withdrawn` the
    cases of which the office has taken that word.
    """

    ROOM = "results"

    def __init__(
        self, chance: Chance, pace: Pace, doings: Doings, diary: Diary, desk: Desk, secret: str, day: OfficeDay, *, run: str
    ) -> None:
        self._chance = chance
        self._pace = pace
        self._doings = doings
        self._diary = diary
        self._desk = desk
        self._secret = secret
        self._day = day
        self._run = run
        self.notices: dict[str, dict[str, Any]] = {}
        self.heard: Counter[str] = Counter()
        self.opened: dict[str, Opened] = {}
        self.concluded: set[str] = set()
        self.withdrawn: set[str] = set()
        self.wished: set[str] = set()
        self.forged = 0

    async def ask(self, request: Request, _rule: Rule, _sight: Sight | None) -> Reply:
        """A callback arrives: verified, counted once, answered."""
        if not signed(self._secret, request):
            self.forged += 1
            return answer({"error": "signature"}, 401)
        self._hear(request.json())
        return answer({"receipt": f"cb-{self._chance.secret('receipt', str(request.json()['id']))[:8]}"})

    def _hear(self, said: dict[str, Any]) -> None:
        event, kind, case_id = str(said["id"]), str(said["type"]), str(said["case"])
        self._day.hear(date.fromisoformat(str(said["at"])[:10]))
        if event in self.notices:
            return
        self.notices[event] = said
        self.heard[kind] += 1
        if kind == "self_proof.asked" and self._desk.base:
            self._doings.begin(self._pass_on(str(said["data"]["self_proof"])))
        if kind != "verification.result" or not self._desk.base:
            return
        way = self._chance.pick({"concludes": 80, "withdrawn": 3, "waits": 17}, "concludes", case_id)
        if way != "waits":
            self._begin(case_id, way)

    def go_on(self) -> None:
        """Take up again what an earlier start has left undone of the cases whose result was heard."""
        for case_id, way in tuple(self._diary.room(self.ROOM).items()):
            self._begin(case_id, way)

    def _begin(self, case_id: str, way: str) -> None:
        self._diary.put(self.ROOM, case_id, way)
        if way == "concludes":
            self._doings.begin(self._conclude(case_id))
        else:  # verified, and taken back before the matter is concluded: its credit entry must go
            self._doings.begin(self._withdraw(case_id, _one(self._chance, REASONS, "reason", case_id)))

    async def _pass_on(self, proof: str) -> None:
        """Pass the link of a self-proof on; the applicant shows a photo, says that there is none, or says nothing, as anybody may."""
        taken = await insist(self._pace, lambda: self._desk.take_link(proof))
        way = self._chance.pick({"shows": 50, "cannot": 20, "silent": 30}, "shows", proof)
        if not taken.well or way == "silent":
            return
        link = Link.read(str(taken.data["link"]))
        await self._pace.days(0.4)
        if way == "shows":
            await insist(self._pace, lambda: link.show(_photo(self._chance.secret("photo", proof)), "劳动合同（演示）"))
        else:
            await insist(self._pace, lambda: link.show_nothing("NOT_HELD"))

    def _ended(self, case_id: str, heard: Heard) -> None:
        """What did not get through stays to be said."""
        if not heard.later:
            self._diary.drop(self.ROOM, case_id)

    async def work(self) -> None:
        """Open cases at the pace, for ever. While the office is away the pace goes on, and what was refused is sent again."""
        number = 0
        while True:
            number += 1
            self._doings.begin(self._open(f"{self._run}-{number:06}"))
            await asyncio.sleep(1 / self._pace.cases)

    async def _open(self, reference: str) -> None:
        said = application(self._chance, reference, self._day.today)
        heard = await insist(self._pace, lambda: self._desk.open_case(said))
        if not heard.well:
            return
        self._day.hear(heard.day())
        held = Opened(id=str(heard.data["id"]), reference=reference, said=said)
        self.opened[held.id] = held
        await self._go_on(held)

    async def _go_on(self, held: Opened) -> None:
        """What happens to a case on this side: sent twice, corrected, withdrawn, or left in peace."""
        way = self._chance.pick({"peace": 87, "twice": 6, "corrected": 4, "withdrawn": 3}, "way", held.reference)
        if way == "twice":
            await insist(self._pace, lambda: self._desk.open_case(held.said))
        elif way == "corrected":
            await self._pace.days(0.2)
            await insist(self._pace, lambda: self._desk.correct_case(held.id, self._corrected(held)))
        elif way == "withdrawn":
            await self._withdraw(held.id, _one(self._chance, REASONS, "reason", held.reference))

    def _corrected(self, held: Opened) -> dict[str, Any]:
        """The applicant had promised the wrong value of the first fact."""
        first, *rest = held.said["claims"]
        values = CLAIMS[held.said["item"]][2][first["fact"]]
        other = values[(values.index(first["value"]) + 1) % len(values)]
        return {**held.said, "claims": [{**first, "value": other}, *rest]}

    async def _conclude(self, case_id: str) -> None:
        await self._pace.days(0.3)
        heard = await insist(self._pace, lambda: self._desk.conclude_case(case_id))
        if heard.well:
            self.concluded.add(case_id)
        self._ended(case_id, heard)

    async def _withdraw(self, case_id: str, reason: str) -> None:
        await self._pace.days(0.6)
        heard = await insist(self._pace, lambda: self._desk.withdraw_case(case_id, reason))
        if heard.well:  # of what was decided against its subject the office takes the wish, and withdraws nothing (decision 157)
            (self.wished if heard.data.get("heard") else self.withdrawn).add(case_id)
        self._ended(case_id, heard)


def _photo(about: str) -> bytes:
    """A small grey picture, each other than the last: a PNG (PNG, 5 and 11)."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")

    rows = b"".join(b"\0" + bytes.fromhex(about)[:8] for _ in range(8))
    head = chunk(b"IHDR", (8).to_bytes(4, "big") * 2 + b"\x08\0\0\0\0")
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def _one(chance: Chance, values: tuple[str, ...], *about: str) -> str:
    return values[int(chance.of("value", *about) * len(values))]
