"""A finding of daily supervision or of another system (日常监管、其他系统的发现): a lead, which only an officer makes an outcome.

Electronically gathered facts are leads until a person has reviewed them (handbook 1.6.14); each counts once, by its system and number.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime, time

from inspector.domain.calendar import SHANGHAI
from inspector.domain.case import Case, Claim, Method, SubjectKind
from inspector.domain.errors import Invalid
from inspector.domain.evidence import FORM, Evidence, Verdict, blank, unfresh
from inspector.domain.policy import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideFinding:
    """What a system has found: about a claim of a case, or about a subject without one. `digest`: the SHA-256 of its evidence there."""

    system: str
    number: str
    agency: str
    case_id: str = ""
    claim: str = ""
    kind: SubjectKind | None = None
    code: str = ""
    verdict: Verdict
    value: str = ""
    words: str = ""
    on: date
    digest: str = ""

    def fingerprint(self) -> str:
        """The SHA-256 of its content, by which a repetition is told from a conflict."""
        told = {name: getattr(self, name) for name in self.__slots__}
        return hashlib.sha256(json.dumps(told, ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()


FINDING = "finding:"
"""What the name of a finding begins with in the ledger, where no case has it."""


JOINED_MATTER = "finding_joined"
"""The matter of a contradiction that came to a case which was found untrue already: whoever decides what follows has it before them."""


def about(system: str, number: str) -> str:
    """What a finding that no case has is called in matters: by its system and number there."""
    return f"{system}:{number}"[:180]


def sound(found: OutsideFinding, today: date) -> OutsideFinding:
    """The same, where it says what it is about and what was found. Raises Invalid."""
    if bool(found.case_id) != bool(found.claim) or (not found.case_id and not found.code):
        raise Invalid("finding_about_nothing", field="case_id")
    if found.verdict is Verdict.MISMATCH and blank(found.value) and blank(found.words):
        raise Invalid("outside_wordless", field="words")
    if found.on > today:
        raise Invalid("finding_day_ahead", field="on", on=found.on.isoformat())
    return found


def evidence(
    found: OutsideFinding, case: Case, claim: Claim | None, fact: Fact | None, by: str, now: datetime, *, typed: bool
) -> Evidence:
    """As a piece of evidence of a case: of the day it was found. `typed`: an officer has entered it, and does not decide by it alone."""
    as_of = datetime.combine(found.on, time.min, SHANGHAI)
    early = unfresh(
        found.verdict, as_of, claim.on if claim is not None else date.min, fact.valid_for if fact is not None else None, now
    )
    return Evidence(
        id=f"finding:{case.id}:{hashlib.sha256(f'{found.system} {found.number}'.encode()).hexdigest()[:24]}",
        claim=found.claim,
        method=Method.OTHER_RESULT,
        via=found.system,
        verdict=found.verdict,
        fresh=not early,
        asked_at=now,
        as_of=as_of,
        note=early,
        found=found.value,
        remark=found.words,
        reply_digest=found.digest,
        door="read" if typed else "token",
        token=by,
        owner=found.system,
        form=FORM,
    )
