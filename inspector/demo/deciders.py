"""The office's people who carry proposals through: notice, service, decision, a second person, the legal review, the re-check.

The head decides whether an inspector be recused. They also serve what else is to reach a subject, and put up what is to be public, so
that the desk does not only fill.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from inspector.demo.caller import Desk, Heard
from inspector.demo.habits import Chance
from inspector.demo.people import Pace, insist, together
from inspector.demo.visitor import visit_of
from inspector.domain.calendar import SHANGHAI

ANSWERS = {"WAIVER": 60, "DEFENCE": 20, "": 20}
"""What a subject says to a notice, in the hundred; the last one says nothing, and its time passes."""
_HEARD = ("REVOKE", "PENALTY")
"""Proposals whose rows in the demo's pack give a right to a hearing."""
_LAW = "演示用法第1条"
"""What a penalty rests on: named with its notice, and decided by."""
WORDS = {"WAIVER": "我放弃陈述申辩（演示）", "DEFENCE": "情况已经改正，请求从轻（演示）"}


class Deciders:
    """An officer, a second one and the legal review, who do what is due about each proposal; `approving` passes on what subjects say.

    The fourth desk is the head's, who decides applications for recusal.

    Each takes the next step of each at every look; what is too early is refused, and taken again at a later one.
    """

    def __init__(self, chance: Chance, pace: Pace, desks: tuple[Desk, Desk, Desk, Desk], approving: Desk) -> None:
        self._chance = chance
        self._pace = pace
        self._officer, self._second, self._legal, self._head = desks
        self._approving = approving
        self._asked: set[str] = set()

    async def work(self) -> None:
        """Go through what is due, again and again."""
        while True:
            await self._pace.days(0.5)
            await self.decide()
            await self.serve()
            await self.publish()
            await self.file()
            await self.recuse()
            await self.strike()
            await self.disclose()

    async def decide(self) -> None:
        """Take the next step of every proposal."""
        page = await self._officer.consequences()
        await together(partial(self._step, row) for row in page.rows("consequences"))

    async def serve(self) -> None:
        """Hand over whatever is on its way to a subject, against a receipt, on the day it was made."""

        async def hand(row: Mapping[str, Any]) -> None:
            about = str(row["id"])
            said = {"on": _day(str(row["made_at"])), "way": "IN_PERSON", "proof": f"回证-{about}"}
            await insist(self._pace, partial(self._officer.notice_came, about, said))

        page = await self._officer.notices()
        await together(partial(hand, row) for row in page.rows("subject_notices"))

    async def recuse(self) -> None:
        """Decide whether an inspector be recused, as the head, of whatever application waits for one (Penalties Law art. 43)."""
        page = await self._head.matters("recusal_asked")
        for visit in sorted({visit_of(str(row["about"])) for row in page.rows("attention")}):
            asked = await self._head.recusals(visit)
            for row in asked.rows("applications"):
                if row["state"] != "OPEN":
                    continue
                about = str(row["inspector"])
                granted = self._chance.pick({True: 70, False: 30}, "recusal", visit, about, str(row["number"]))
                said = {"granted": granted, "why": "查明属实（演示）" if granted else "未查明有利害关系（演示）"}
                await insist(self._pace, partial(self._head.decide_recusal, visit, about, said, int(row["number"])))

    async def strike(self) -> None:
        """Agree, as the second officer, where a case was decided otherwise than the kept promise that is entered (decision 164)."""
        page = await self._second.matters("credit_strike_asked")
        for row in page.rows("attention"):
            said = {"why": "CORRECTION", "document": str(row["facts"]["case"]), "reasons": "复核后认定有误（演示）"}
            await insist(self._pace, partial(self._second.strike, str(row["about"]), said))

    async def publish(self) -> None:
        """Put results up on the day they were formed, take down what does not stand. What nobody has decided about yet is refused.

        What does not stand is gone on the day on which it is taken down: where that is not its date, the office says which day it has.
        """

        async def post(what: str, row: Mapping[str, Any]) -> None:
            on = _day(str(row["due_at"] if row["posted"] else row["formed_at"]))
            said = {"on": on, "reference": f"公告栏（演示）-{row['id']}"}
            heard = await insist(self._pace, partial(self._officer.posted, str(row["id"]), what, said))
            if row["posted"] and heard.code == "publication_day":
                today = {**said, "on": heard.data["error"]["facts"]["last"]}
                await insist(self._pace, partial(self._officer.posted, str(row["id"]), what, today))

        for state, what in (("OWED", "published"), ("TO_REMOVE", "removed")):
            page = await self._officer.publications(state)
            await together(partial(post, what, row) for row in page.rows("publications"))

    async def disclose(self) -> None:
        """Say of each penalty that is in force whether it is to be public (Penalties Law art. 48)."""
        page = await self._officer.matters("penalty_disclosure")
        for row in page.rows("attention"):
            about = str(row["about"])
            public = self._chance.pick({True: 80, False: 20}, "disclosure", about)
            said = {"public": public, "kinds": ["FINE"] if public else [], "fine": "1000" if public else ""}
            await self._do(self._officer, about, "disclosure", {**said, "reasons": "社会影响已经评估（演示）"})

    async def file(self) -> None:
        """File the visits on which no visit code was read: no phone's clock fits the codes of an office whose clock runs fast."""

        async def enter(row: Mapping[str, Any]) -> None:
            about = str(row["visit"])
            await insist(self._pace, partial(self._officer.visit_filed, about, {"number": f"补录（演示）-{about}"}))

        page = await self._officer.visit_filings()
        await together(partial(enter, row) for row in page.rows("filings"))

    async def _step(self, row: Mapping[str, Any]) -> None:
        said: dict[str, Any]
        about, stage = str(row["id"]), str(row["stage"])
        told = row.get("notice") or {}
        given = str((told.get("given") or {}).get("at", ""))
        if stage == "GIVE":
            said = {
                "facts": ["核查结果与承诺不符（演示）"],
                "reasons": "已核对原始材料（演示）",
                "rights": ["陈述、申辩，可以要求听证"] if row["proposal"] in _HEARD else ["陈述、申辩"],
            }
            if row["proposal"] == "PENALTY":
                said |= {"content": "罚款一千元（演示）", "basis": [_LAW]}
            await self._do(self._officer, about, "notice", said)
        elif stage == "SERVE" and row["state"] == "PROPOSED":  # that of a decision is among the notices
            await self._do(self._officer, about, "service", {"on": _day(given), "way": "IN_PERSON", "proof": f"回证-{about}"})
        elif stage == "DECIDE":
            await self._rule(row)
        elif stage == "AGREE":
            turn = row["turn"]
            for desk, kind in ((self._second, "SECOND"), (self._legal, "LEGAL")):
                heard = await self._do(desk, about, "agreement", {"turn": turn, "kind": kind, "words": "同意（演示）"})
                turn = heard.data.get("turn", turn)
        elif stage == "RECHECK":
            day = str(row["imposed_at"])[:10]
            said = {"good": True, "corrected_on": day, "documents": [f"照片-{about}"], "words": "已改正（演示）"}
            await self._do(self._officer, about, "recheck", said)
        elif stage == "WEIGH":
            await self._do(self._officer, about, "annulment", {"why": "CORRECTION", "document": f"更正-{about}"})
        elif stage == "REFER":
            await self._do(self._officer, about, "referral", {"document": f"函-{about}"})

    async def _rule(self, row: Mapping[str, Any]) -> None:
        """The subject says what it says, once; then the officer decides, as soon as its time is over."""
        about = str(row["id"])
        kind, turn = self._chance.pick(ANSWERS, "defence", about), row["turn"]
        if kind and not row["statements"] and about not in self._asked:
            self._asked.add(about)
            spoken = await self._do(self._approving, about, "statements", {"kind": kind, "words": WORDS[kind]})
            turn = spoken.data.get("turn", turn)
        said: dict[str, Any] = {
            "turn": turn,
            "reasons": "事实清楚（演示）",
            "law": _LAW,
            "public_interest": "不损害公共利益（演示）",
        }
        if row["proposal"] == "PENALTY":
            said["performance"] = "自收到本决定之日起十五日内缴至指定银行（演示）"
        if row["proposal"] == "ORDER_RECTIFY":
            said["until"] = str(row["due_at"])[:10]
        heard = await self._do(self._officer, about, "decision", said)
        if heard.code == "rectify_out_of_range":  # decided late: the office says from which day on
            await self._do(self._officer, about, "decision", {**said, "until": heard.data["error"]["facts"]["first"]})
        if heard.code == "consequence_alternative":  # decided once already, before the case was decided again: one is enough
            await self._do(self._officer, about, "drop", {"reasons": "同类决定已经生效（演示）"})

    async def _do(self, desk: Desk, about: str, what: str, said: dict[str, Any]) -> Heard:
        return await insist(self._pace, lambda: desk.consequence(about, what, said))


def _day(moment: str) -> str:
    """The office's day of a moment."""
    return datetime.fromisoformat(moment).astimezone(SHANGHAI).date().isoformat()
