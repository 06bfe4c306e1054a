"""What the public register says of a result (一公开): of which check, of whom where that may be told, what was found, and since when.

A contradiction that no officer has decided about is a lead and no result: it is not published, whatever the date. Natural persons and
inspectors are never named (the founding plan, item 8; handbook 1.2.25, 1.6.16).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from inspector.domain.case import Outcome
from inspector.domain.checkcode import CodeList, CodeRow
from inspector.domain.collated import LINES, Collated
from inspector.domain.evidence import GOOD, UNTRUE, Verdict
from inspector.domain.finding import Seen
from inspector.domain.inspection import CheckType
from inspector.domain.visit import Visit, VisitState


class CheckResult(StrEnum):
    """What a check came to, in the words of the register."""

    NOTHING = "NOTHING"
    PROBLEM = "PROBLEM"
    CEASED = "CEASED"
    UNCLEAR = "UNCLEAR"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One result in the register. `name` is empty where it may not be told; `removed`: why it was taken back, and nothing else stands.

    `codes` are those of the field's form that stand with it: what was found, several where several hold, and how it was checked.
    """

    id: str
    draw: str
    agency: str
    check: CheckType
    name: str
    code: str
    formed_on: date
    posted_on: date
    found: CheckResult
    codes: tuple[CodeRow, ...] = ()
    removed: str = ""
    removed_on: date | None = None

    def value(self) -> dict[str, object]:
        """As programs read it."""
        if self.removed:
            return {"id": self.id, "draw": self.draw, "removed_on": str(self.removed_on), "reason": self.removed}
        told: dict[str, object] = {"id": self.id, "draw": self.draw, "agency": self.agency, "check": self.check.value}
        named = {"name": self.name, "code": self.code} if self.name else {}
        coded = {
            name: [one.code for one in self.codes if one.list is among]
            for name, among in (("outcomes", CodeList.OUTCOME), ("modes", CodeList.MODE))
        }
        days = {"formed_on": str(self.formed_on), "posted_on": str(self.posted_on)}
        return {**told, **named, **days, "found": self.found.value, **{name: held for name, held in coded.items() if held}}


def found(visit: Visit, agency: str, cases: Mapping[str, tuple[str, Outcome | None]]) -> CheckResult | None:
    """What a visit came to for one of the agencies that went; None while an officer has still to decide.

    `cases`: agency and outcome of those that the visit served. What another agency has found at a joint check stands in its own line.
    Nothing found is only said where the promise stood: a contradiction that was never cleared up stays unclear.
    """
    if visit.state is VisitState.CEASED:
        return CheckResult.CEASED
    others = {part.agency for part in visit.parts} - {agency}
    outcomes = [outcome for owner, outcome in cases.values() if owner not in others]
    seen = {part.seen for part in visit.parts if part.agency not in others}
    findings = [one for one in visit.findings if one.case_id not in cases or cases[one.case_id][0] not in others]
    if Seen.FINDING in seen or any(one.verdict is Verdict.MISMATCH for one in findings):
        if not outcomes or None in outcomes:
            return None
        if any(one in UNTRUE for one in outcomes):
            return CheckResult.PROBLEM
        return CheckResult.NOTHING if all(one in GOOD for one in outcomes) else CheckResult.UNCLEAR
    agreed = bool(findings) and all(one.verdict is Verdict.MATCH for one in findings)
    return CheckResult.NOTHING if agreed or Seen.NOTHING in seen else CheckResult.UNCLEAR


def coded(came: CheckResult, sheet: Collated, codes: Sequence[CodeRow]) -> tuple[CodeRow, ...]:
    """The codes of a team's check sheet that may stand beside a result, in the pack's order.

    What was ticked as found stands only where it says what the result does: a problem beside one that an officer has found, and
    nothing found (a code that stands `alone`) beside nothing. What follows is never told: it may be a clue that is still pursued.
    """
    said = {(LINES[name], code) for line, held in sheet.lines if (name := line.partition("~")[0]) in LINES for code in held}
    fits = {CheckResult.PROBLEM: False, CheckResult.NOTHING: True}.get(came)
    return tuple(
        row
        for row in codes
        if (row.list, row.code) in said
        and (row.list is CodeList.MODE or (row.list is CodeList.OUTCOME and fits is not None and row.alone is fits))
    )
