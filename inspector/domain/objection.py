"""An objection (异议) to a credit record, or to a consequence: marked at once, the clock on us, decided by another person. Pure.

While it is open what it is about is used for no new adverse step, and bars nobody (scenario 62, handbook 1.7.5–1.7.8).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from inspector.domain.calendar import WorkingCalendar, due
from inspector.domain.consequence import Signed
from inspector.domain.creditlaw import CreditLaw
from inspector.domain.creditrecord import signed
from inspector.domain.decision import Because, Decision, Told
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.evidence import blank
from inspector.domain.person import same


class ObjectionState(StrEnum):
    """Where an objection stands. `ENDED`: by rule, for what it is about does not stand any more."""

    OPEN = "OPEN"
    UPHELD = "UPHELD"
    REJECTED = "REJECTED"
    ENDED = "ENDED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """One objection. `about`: the entry or the consequence. `digests`: SHA-256 of what was handed in with it.

    `others`: why somebody else has to be asked, so that the longer term runs, from the same day; `passed_by`: the officer who said so.
    `stead`: in whose stead `decided_by` has decided. `due_at` None: not opened yet.
    """

    id: str
    about: str
    case_id: str
    agency: str
    words: str
    digests: tuple[str, ...]
    by: str
    opened_at: datetime
    pack: str
    due_at: datetime | None = None
    due_provisional: bool = False
    others: str = ""
    state: ObjectionState = ObjectionState.OPEN
    decided_by: str = ""
    decided_at: datetime | None = None
    reasons: str = ""
    passed_by: str = ""
    stead: str = ""
    stamp: str = ""

    def says(self, words: str, digests: Collection[str]) -> bool:
        """Whether it says, and shows, the same: blanks and the order of papers say nothing."""
        return self.words.split() == words.split() and set(self.digests) == set(digests)


def opened(objection: Objection, law: CreditLaw, now: datetime, calendar: WorkingCalendar) -> Decision[Objection]:
    """An objection comes in. Raises Invalid (`objection_empty`) for one that says nothing and shows nothing."""
    if blank(objection.words) and not objection.digests:
        raise Invalid("objection_empty", field="words")
    counted = due(now, law.objection.own, calendar)
    state = replace(objection, due_at=counted.at, due_provisional=counted.provisional)
    facts: dict[str, object] = {
        "objection": state.id,
        "about": state.about,
        "by": state.by,
        "words": state.words,
        "digests": list(state.digests),
        "due_at": counted.at.isoformat(),
        **({"at": state.opened_at.isoformat(), "document": state.stamp} if state.stamp else {}),
    }
    return Decision(state=state, because=_because("objection.opened", state, law, facts))


def passed_on(
    objection: Objection,
    by: Signed,
    why: str,
    deciders: Collection[Signed],
    law: CreditLaw,
    now: datetime,
    calendar: WorkingCalendar,
    *,
    close: Collection[str] = (),
) -> Decision[Objection]:
    """Others have to be asked: the longer term runs, from when it came in (handbook 1.7.6). It is the duty of who passes it on from then.

    Who may not decide it may not pass it on either. Raises Refusal (as `decide`; `objection_late` once our own term is over: being late
    is no reason for a longer one), Invalid.
    """
    officer = by.by
    signed(officer, why)
    _open(objection)
    _apart(objection, by, deciders, close)
    if objection.others:
        raise Refusal("objection_passed_on", objection=objection.id)
    if objection.due_at is not None and now > objection.due_at:
        raise Refusal("objection_late", objection=objection.id, due_at=objection.due_at.isoformat())
    counted = due(objection.opened_at, law.objection.others, calendar)
    state = replace(objection, others=why, passed_by=officer, due_at=counted.at, due_provisional=counted.provisional)
    facts = {"objection": state.id, "officer": officer, "reasons": why, "due_at": counted.at.isoformat()}
    return Decision(state=state, because=_because("objection.passed_on", state, law, facts))


def decide(
    objection: Objection,
    by: Signed,
    reasons: str,
    deciders: Collection[Signed],
    law: CreditLaw,
    now: datetime,
    *,
    upheld: bool,
    close: Collection[str] = (),
) -> Decision[Objection]:
    """Another officer than those who decided what it is about, by name and by login, upholds it, or rejects it with reasons.

    Nobody decides it in the stead of one of them; `close`: who stands in for one of them, or is stood in for, where the pack asks that
    those are no other person either. Raises Refusal (`objection_same_officer`, `objection_deputy_decides`, `objection_over`), Invalid.
    """
    officer = by.by
    signed(officer, reasons)
    _open(objection)
    _apart(objection, by, deciders, close)
    ended = ObjectionState.UPHELD if upheld else ObjectionState.REJECTED
    state = replace(objection, state=ended, decided_by=officer, decided_at=now, reasons=reasons, stead=by.stead)
    facts = {"objection": state.id, "about": state.about, "officer": officer, "reasons": reasons, "decided": ended.value}
    facts |= {"stead": by.stead} if by.stead else {}
    return Decision(state=state, because=_because("objection.decided", state, law, facts))


def parted(by: Signed, deciders: Collection[Signed], close: Collection[str]) -> bool:
    """Whether somebody has a part in what is objected to, or stands in for who has, so that another officer decides."""
    return bool(_own(by, deciders)) or _in_stead(by, deciders, close)


def _own(by: Signed, deciders: Collection[Signed]) -> list[str]:
    return sorted({one.by for one in deciders if one.is_of(by)})


def _in_stead(by: Signed, deciders: Collection[Signed], close: Collection[str]) -> bool:
    return (bool(by.stead) and any(same(by.stead, one.by) for one in deciders)) or any(same(by.by, one) for one in close)


def _apart(objection: Objection, by: Signed, deciders: Collection[Signed], close: Collection[str]) -> None:
    if own := _own(by, deciders):
        raise Refusal("objection_same_officer", objection=objection.id, officer=by.by, decided=", ".join(own))
    if _in_stead(by, deciders, close):
        raise Refusal("objection_deputy_decides", objection=objection.id, officer=by.by)


def answered(objection: Objection, officer: str, reasons: str, now: datetime) -> Decision[Objection]:
    """What another objection has brought about, for these reasons, is what this one asked for, too."""
    state = replace(objection, state=ObjectionState.UPHELD, decided_by=officer, decided_at=now, reasons=reasons)
    facts = {"objection": state.id, "about": state.about, "officer": officer, "decided": state.state.value}
    return Decision(state=state, because=_because("objection.decided", state, CreditLaw(), facts))


def ended(objection: Objection, why: str, reasons: str, now: datetime) -> Decision[Objection]:
    """By rule: what it is about stands no more, so nobody need decide about it. `why` is the rule, `reasons` what its subject reads."""
    state = replace(objection, state=ObjectionState.ENDED, decided_by="rule", decided_at=now, reasons=reasons)
    facts = {"objection": state.id, "about": state.about, "fallen_by": why}
    return Decision(state=state, because=_because("objection.ended", state, CreditLaw(), facts))


def told(objection: Objection) -> Told:
    """What the approving system hears of an objection: no words of a person."""
    due_at = objection.due_at.isoformat() if objection.due_at is not None else None
    return Told(
        type="credit.objection",
        data={"objection": objection.id, "about": objection.about, "objection_state": objection.state.value, "due_at": due_at},
    )


def _open(objection: Objection) -> None:
    if objection.state is not ObjectionState.OPEN:
        raise Refusal("objection_over", objection=objection.id, state=objection.state)


def _because(rule: str, objection: Objection, law: CreditLaw, facts: Mapping[str, object]) -> Because:
    return Because(rule=rule, basis=(law.objection.basis,), pack=objection.pack, facts=facts)
