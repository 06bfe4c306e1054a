"""What the public register says of a result (一公开): of which check, of whom where that may be told, what was found, and since when.

A contradiction that no officer has decided about is a lead and no result: it is not published, whatever the date. Natural persons and
inspectors are never named (the founding plan, item 8; handbook 1.2.25, 1.6.16). What names nobody is told only among enough others: in
a small group whoever knows that somebody was visited would read what was found (`crowded`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from inspector.domain.canonical import fingerprint
from inspector.domain.case import Outcome
from inspector.domain.checkcode import CodeList, CodeRow
from inspector.domain.collated import LINES, Collated
from inspector.domain.evidence import GOOD, UNTRUE, Verdict
from inspector.domain.finding import Seen
from inspector.domain.inspection import CheckType
from inspector.domain.unmet import ticks
from inspector.domain.visit import Visit, VisitState


class CheckResult(StrEnum):
    """What a check came to, in the words of the register."""

    NOTHING = "NOTHING"
    PROBLEM = "PROBLEM"
    CEASED = "CEASED"
    UNCLEAR = "UNCLEAR"
    UNREACHABLE = "UNREACHABLE"
    NOT_ACTIVE = "NOT_ACTIVE"
    REFUSED = "REFUSED"


UNHARMING = frozenset({CheckResult.NOTHING, CheckResult.CEASED, CheckResult.NOT_ACTIVE})
"""What speaks against nobody."""
_CAME = {
    Outcome.UNREACHABLE: CheckResult.UNREACHABLE,
    Outcome.REFUSED: CheckResult.REFUSED,
    Outcome.CEASED: CheckResult.CEASED,
    Outcome.NOT_ACTIVE: CheckResult.NOT_ACTIVE,
    Outcome.UNVERIFIABLE: CheckResult.UNCLEAR,
}
"""Outcomes of a case after which nothing was checked, whatever its visit saw beside it: never told as nothing found."""
_MEANT = {
    CheckResult.UNREACHABLE: frozenset({"no-contact"}),
    CheckResult.NOT_ACTIVE: frozenset({"no-activity"}),
    CheckResult.REFUSED: frozenset({"obstructed"}),
    CheckResult.CEASED: frozenset({"closed", "deregistered", "licence-revoked", "registration-cancelled", "moved"}),
}
"""The codes of the field's form that say what such a result does."""


class Fallen(StrEnum):
    """Why what was public is taken back. It is told by its code alone: free words may name somebody (handbook 1.6.16).

    `CHANGED`, `REVOKED`, `UNLAWFUL`, `VOID` are the law's own (Penalties Law art. 48). `STAYED`: a court or a review body has stopped its
    execution. `REPAIRED`, `LAPSED`: what was done is repaired, or was shown for as long as it may. `UNSTATED`: an older release kept words
    and no code.
    """

    CHANGED = "CHANGED"
    REVOKED = "REVOKED"
    UNLAWFUL = "UNLAWFUL"
    VOID = "VOID"
    STAYED = "STAYED"
    OBJECTION = "OBJECTION"
    REOPENED = "REOPENED"
    WITHDRAWN = "WITHDRAWN"
    MISTAKE = "MISTAKE"
    REPAIRED = "REPAIRED"
    LAPSED = "LAPSED"
    UNSTATED = "UNSTATED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One result in the register. `name` is empty where it may not be told; `removed`: why it was taken back, and nothing else stands.

    `codes` are those of the field's form that stand with it: what was found, several where several hold, and how it was checked. One
    that names nobody has no codes and no `formed_on`, for a day and a code single somebody out; `counted`: it stands in no list at all.

    `number`: by which one that names nobody stands in the register. Its `id` is the visit's, which its subject's notice bears: whoever
    sees that paper would read what was found (decision 243). It is no part of what the ledger holds it to.
    """

    id: str
    draw: str
    agency: str
    check: CheckType
    name: str
    code: str
    formed_on: date | None
    posted_on: date
    found: CheckResult
    codes: tuple[CodeRow, ...] = ()
    counted: bool = False
    removed: Fallen | None = None
    removed_on: date | None = None
    number: str = ""

    @property
    def public(self) -> str:
        """By what it stands in the register."""
        return self.number or self.id

    def value(self) -> dict[str, object]:
        """As programs read it."""
        if self.removed:
            return {"id": self.public, "draw": self.draw, "removed_on": str(self.removed_on), "reason": self.removed.value}
        told: dict[str, object] = {"id": self.public, "draw": self.draw, "agency": self.agency, "check": self.check.value}
        named = {"name": self.name, "code": self.code} if self.name else {}
        coded = {
            name: [one.code for one in self.codes if one.list is among]
            for name, among in (("outcomes", CodeList.OUTCOME), ("modes", CodeList.MODE))
        }
        days = {name: str(day) for name, day in (("formed_on", self.formed_on), ("posted_on", self.posted_on)) if day}
        return {**told, **named, **days, "found": self.found.value, **{name: held for name, held in coded.items() if held}}

    def taken_back(self, why: Fallen, on: date) -> Line:
        """What stands of it once it was taken back."""
        return replace(self, removed=why, removed_on=on)

    @property
    def digest(self) -> str:
        """One digest of what it says, for the ledger's entry that it is public."""
        return fingerprint({**self.value(), "id": self.id, "counted": self.counted})


def leads(visit: Visit) -> tuple[str, ...]:
    """The cases that a visit served, and those exempt ones that its team has contradicted: a result waits for what officers say of them."""
    against = (one.case_id for one in visit.findings if one.verdict is Verdict.MISMATCH)
    return tuple(dict.fromkeys((*visit.case_ids, *against)))


def in_words(visit: Visit, agency: str) -> bool:
    """Whether a team found, or ticked, something that no case says: an officer is to say what it came to (the plan, item 7)."""
    return (visit.found_by(agency) or ticks(visit, agency)) and not any(one.verdict is Verdict.MISMATCH for one in visit.findings)


def found(
    visit: Visit, agency: str, cases: Mapping[str, tuple[str, Outcome | None]], judged: CheckResult | None = None
) -> CheckResult | None:
    """What a visit came to for one of the agencies that went; None while an officer has still to decide.

    `cases`: agency and outcome of those that it rests on (`leads`); `judged`: what an officer has said of a finding that is told in words.
    What another agency has found at a joint check stands in its own line. Nothing found is only said where the promise stood: a
    contradiction that was never cleared up stays unclear.
    """
    if visit.state is VisitState.CEASED:
        return CheckResult.CEASED
    others = {part.agency for part in visit.parts} - {agency}
    outcomes = [outcome for owner, outcome in cases.values() if owner not in others]
    seen = {part.seen for part in visit.parts if part.agency not in others}
    findings = [one for one in visit.findings if one.case_id not in cases or cases[one.case_id][0] not in others]
    wordy = in_words(visit, agency)
    gone = next((_CAME[one] for one in _CAME if one in outcomes), None)
    if gone is not None and not visit.found_by(agency):  # an officer has said so, whatever box was ticked
        return gone
    if wordy or Seen.FINDING in seen or any(one.verdict is Verdict.MISMATCH for one in findings):
        if None in outcomes:
            return None
        if any(one in UNTRUE for one in outcomes):
            return CheckResult.PROBLEM
        if wordy or not outcomes:
            return judged
        return CheckResult.NOTHING if all(one in GOOD for one in outcomes) else CheckResult.UNCLEAR
    agreed = bool(findings) and all(one.verdict is Verdict.MATCH for one in findings)
    return CheckResult.NOTHING if agreed or Seen.NOTHING in seen else CheckResult.UNCLEAR


def crowded(told: Sequence[CheckResult], least: int) -> bool:
    """Whether lines that name nobody, shown together, tell nothing of anybody: there are `least` of them, and not all of them are bad."""
    return len(told) >= least and not UNHARMING.isdisjoint(told)


def coded(came: CheckResult, sheet: Collated, codes: Sequence[CodeRow]) -> tuple[CodeRow, ...]:
    """The codes of a team's check sheet that may stand beside a result, in the pack's order.

    What was ticked as found stands only where it says what the result does: a problem beside one that an officer has found, and
    nothing found (a code that stands `alone`) beside nothing; where nothing was checked, what says so. What follows is never told: it
    may be a clue that is still pursued.
    """
    said = {(LINES[name], code) for line, held in sheet.lines if (name := line.partition("~")[0]) in LINES for code in held}
    fits = {CheckResult.PROBLEM: False, CheckResult.NOTHING: True}.get(came)
    return tuple(
        row
        for row in codes
        if (row.list, row.code) in said
        and (
            row.list is CodeList.MODE
            or (row.list is CodeList.OUTCOME and fits is not None and row.alone is fits)
            or (row.list is CodeList.OUTCOME and row.code in _MEANT.get(came, frozenset()))
        )
    )
