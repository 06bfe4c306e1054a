"""The office's own people who sit at its desks: an officer who decides cases in review, two clerks at the public ceremony."""

from __future__ import annotations

from inspector.demo.caller import Desk
from inspector.demo.diary import Diary
from inspector.demo.habits import MENDED, Chance
from inspector.demo.people import Pace, insist
from inspector.demo.visitor import Part, Visitor

LEFT_DAYS = 1.4
"""How long a case is left to the visitor: with the look before it, less than a review may take."""


class Officer:
    """A named officer who looks at each case in review before deciding it, and decides by its evidence.

    One case at a time is left to the visitor, and decided all the same before its term ends.
    `decided` are the outcomes that the office has taken, by case; `left` how many cases lay there at the last look that stay there;
    `leaves` is the share of them that he lets lie, which a test may change (`take_up`).
    """

    def __init__(self, chance: Chance, pace: Pace, desk: Desk, diary: Diary, visitor: Visitor) -> None:
        self._chance = chance
        self._pace = pace
        self._desk = desk
        self._diary = diary
        self._visitor = visitor
        self._seen: set[str] = set()
        self.decided: dict[str, list[str]] = {}
        self.left = 0
        self.leaves = pace.leaves

    def take_up(self, leaves: float) -> None:
        """Let only this share lie from now on. Until the next look nothing passes for left that may be taken up then."""
        self.leaves, self.left = leaves, 0

    async def work(self) -> None:
        """Go through the pile again and again: what was there at the last look is decided now."""
        while True:
            await self._pace.days(0.2 if self._seen else 0.6)
            pile, whole = await self._pile()
            waiting = {case_id for case_id in pile if self._chance.of("left", case_id) >= self.leaves}
            mine = sorted(waiting & self._seen)
            if whole and self._visitor.about(Part.CASE) not in pile:
                self._visitor.over(Part.CASE)
            for case_id in mine:
                if not self._left(case_id):
                    await self._decide(case_id)
            await self._read()
            self._seen, self.left = waiting, len(pile) - len(waiting)

    async def _read(self) -> None:
        """Read what subjects have shown; now and then it says nothing about the promise, and the next way begins."""
        page = await self._desk.self_proofs()
        for row in page.rows("self_proofs"):
            if row["state"] != "RECEIVED":
                continue
            proof, day = str(row["id"]), str(row["materials"][-1]["at"])[:10]
            says = self._chance.pick({"match": 80, "cannot_say": 20}, "material", proof)
            reasons = "照片与承诺相符（演示）" if says == "match" else "照片看不清，无法认定（演示）"
            said = {"verdict": says, "of_day": day, "reasons": reasons}
            await insist(self._pace, lambda proof=proof, said=said: self._desk.read_material(proof, said))  # type: ignore[misc]

    def _left(self, case_id: str) -> bool:
        """Whether the visitor may still decide this one."""
        url = f"{self._desk.base}/review/{case_id}"
        mine = self._visitor.offer(Part.CASE, case_id, url)
        return mine and self._diary.lived < self._visitor.since(Part.CASE) + LEFT_DAYS

    async def _pile(self) -> tuple[set[str], bool]:
        """Every case in review, page by page, and whether these are all: what cannot be read now is read at the next look."""
        found: set[str] = set()
        after = ""
        while True:
            page = await self._desk.cases_in_review(after)
            found |= {str(row["id"]) for row in page.rows("cases")}
            if not (after := str(page.data.get("next") or "")):
                return found, page.well

    async def _decide(self, case_id: str) -> None:
        """Nobody decides a case that he could not read."""
        read = await insist(self._pace, lambda: self._desk.case(case_id))
        if not read.well:
            return
        heard = read.data.get("explanation", {}).get("heard", ())
        stands = {str(one["id"]) for one in read.data.get("claims", ())}  # what speaks of former content carries no decision
        against = [str(one["id"]) for one in heard if one["verdict"] == "mismatch" and one["fresh"] and one["claim"] in stands]
        torn = {one["claim"] for one in heard if one["id"] in against}  # where another answer agrees, both have been looked at
        agree = [str(one["id"]) for one in heard if one["verdict"] == "match" and one["fresh"] and one["claim"] in torn]
        outcome, reasons = self._judged(case_id, against, str(read.data.get("review_reason")))
        acts = [str(one["row"]) for one in read.data.get("explanation", {}).get("acts", ()) if outcome in one["outcomes"]]
        act = self._chance.pick(dict.fromkeys(acts, 1), "act", case_id) if acts else ""
        said = {"outcome": outcome, "reasons": reasons, "evidence": [*against, *agree], "act": act}
        before = self.decided.setdefault(case_id, [])
        if (await insist(self._pace, lambda: self._desk.review_case(case_id, said, len(before)))).well:
            before.append(outcome)

    def _judged(self, case_id: str, against: list[str], why: str) -> tuple[str, str]:
        """Only a fresh contradiction can lead to an adverse outcome; silence and old data never do."""
        if why == "IN_FAVOUR":
            return "DATA_ERROR" if against else "TRUE", "现场检查结果与承诺一致（演示）"
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
