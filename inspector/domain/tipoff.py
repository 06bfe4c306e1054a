"""Tip-offs (投诉举报、社会监督; the plan, item 9): what somebody says of somebody is kept, and is never an outcome.

A named officer opens a lead check (线索核查) from it, or closes it with reasons. Who told is personal data: it lies apart, and neither
those who go nor whoever is checked hears it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from inspector.domain.case import SubjectKind
from inspector.domain.decision import Because, Decision, Order, OrderKind
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.evidence import blank
from inspector.domain.person import refuse_nameless


class TipState(StrEnum):
    """Where a tip-off stands. `CHECKING`: a lead check was opened from it."""

    OPEN = "OPEN"
    CHECKING = "CHECKING"
    CLOSED = "CLOSED"


class TipSource(StrEnum):
    """Where it came from (handbook 1.4.5: hotline, referral, media, monitoring). `CHECK`: from what was entered on a visit of our own."""

    HOTLINE = "HOTLINE"
    LETTER = "LETTER"
    COUNTER = "COUNTER"
    REFERRAL = "REFERRAL"
    MEDIA = "MEDIA"
    MONITORING = "MONITORING"
    CHECK = "CHECK"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Informant:
    """Who told, and how to reach him or her. Personal data, kept beside the tip-off."""

    name: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TipOff:
    """What was told, about whom, and what became of it. `by`: the system or officer that entered it.

    `due_at`: by when an officer sees to it.
    """

    id: str
    agency: str
    source: TipSource
    kind: SubjectKind
    code: str
    name: str
    words: str
    case_id: str
    by: str
    at: datetime
    due_at: datetime
    state: TipState = TipState.OPEN
    checks: tuple[str, ...] = ()
    closed_by: str = ""
    closed_for: str = ""


def take(told: TipOff, basis: str, pack: str) -> Decision[TipOff]:
    """It is kept, with the date by which an officer sees to it. Raises Invalid for one that says nothing."""
    if blank(told.words):
        raise Invalid("tip_off_empty", field="words")
    because = Because(rule="tip_off.take", basis=(basis,), pack=pack, facts={"source": told.source.value, "by": told.by})
    return Decision(state=told, because=because, orders=(clock(told),))


def keys(held: TipOff) -> tuple[str, ...]:
    """Its clocks: the first, and one for each check that it may have come back from."""
    first = f"{OrderKind.TIP_OFF_DUE.value}:{held.id}"
    return (first, *(f"{first}:{check}" for check in held.checks))


def clock(held: TipOff) -> Order:
    """The clock of its date, by a key of its own since the last check: the former one has been carried out, or ended."""
    return Order(
        kind=OrderKind.TIP_OFF_DUE,
        key=keys(held)[-1],
        due_at=held.due_at,
        urgent_by=held.due_at,
        payload={"tip_off": held.id},
    )


def close(held: TipOff, by: str, reasons: str, basis: str, pack: str) -> Decision[TipOff]:
    """A named officer closes it, with reasons; nothing is held against anybody. Raises Refusal (`tip_off_over`), Invalid."""
    refuse_nameless(by)
    if blank(reasons):
        raise Invalid("reason_missing", field="reasons")
    if held.state is TipState.CLOSED:
        raise Refusal("tip_off_over", tip_off=held.id)
    because = Because(rule="tip_off.close", basis=(basis,), pack=pack, facts={"by": by, "reasons": reasons})
    return Decision(state=replace(held, state=TipState.CLOSED, closed_by=by, closed_for=reasons), because=because)
