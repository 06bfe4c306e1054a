"""What goes out: answers as they are described in the API. Made from domain values by their attributes."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any, Literal

from pydantic import ConfigDict, Field, JsonValue

from inspector.domain.admission import ClaimWarning, odd
from inspector.domain.calendar import Counting
from inspector.domain.case import (
    Case,
    CaseRemark,
    CaseState,
    ClaimStatus,
    LevelReason,
    MatterKind,
    Method,
    Outcome,
    Route,
    SubjectKind,
)
from inspector.domain.pause import Extension, Suspension
from inspector.domain.plan import Draw, DrawKind, DrawState
from inspector.domain.policy import Policy
from inspector.domain.sendback import SendBackReason
from inspector.domain.visit import VisitState
from inspector.flows.explain import Explanation
from inspector.web.fields import Strict


class Shown(Strict):
    """An answer read from a domain value."""

    model_config = ConfigDict(extra="forbid", frozen=True, from_attributes=True)


class SubjectShown(Shown):
    """Who committed; `warnings` say what looks irregular about the code."""

    kind: SubjectKind
    code: str
    original: str
    name: str
    warnings: tuple[str, ...]


class ClaimShown(Shown):
    """One claim and the way it is at; `warnings` is what the sender should look at again.

    `AHEAD`: it speaks of a day to come. `UNLISTED`: its value is none that the pack lists, so that an officer has to read it; told in
    answer to a hand-in and a correction, and where the case is shown by its id.

    `key` is the sender's own; `id` is what evidence, requests and visits cite: a correction gives each claim a new one, and a higher
    `revision` (0 as it was handed in).
    """

    key: str
    id: str
    revision: int
    fact: str
    value: str
    on: date
    warnings: tuple[ClaimWarning, ...]
    status: ClaimStatus
    method: Method | None
    via: str | None


class StrategyShown(Shown):
    """The row that was chosen and why: it never changes afterwards."""

    row: str
    basis: str
    pack: str
    level: str
    level_source: str
    level_reason: LevelReason
    level_facts: dict[str, str]
    level_as_of: datetime | None
    before_decision: bool
    stratum: str | None
    due_at: datetime
    due_provisional: bool
    due_counted: Counting


class SentBackShown(Shown):
    """Why a case was sent back as having come by mistake, and when; `competent`: whose matter it is, or empty."""

    reason: SendBackReason
    words: str
    competent: str
    at: datetime


class CaseShown(Shown):
    """A case. `due_at` is the date that binds now: of the verification, or in review of the officer's decision.

    `provisional`: a notice of days off still to come can move it. `suspensions`: when its clock stood still, the last perhaps still.
    `sent_back`: of a case that had come by mistake; what an officer has asked, and nobody agreed to, is not in it.
    """

    id: str
    agency: str
    sender: str
    reference: str
    route: Route
    matter: MatterKind
    item: str
    subject: SubjectShown
    claims: tuple[ClaimShown, ...]
    state: CaseState
    outcome: Outcome | None
    review_reason: str | None
    pack: str
    strategy: StrategyShown | None
    due_at: datetime | None
    provisional: bool
    opened_at: datetime
    ended_at: datetime | None
    concluded_at: datetime | None
    remarks: tuple[CaseRemark, ...]
    suspensions: tuple[Suspension, ...]
    extensions: tuple[Extension, ...]
    sent_back: SentBackShown | None


class CaseWithdrawn(CaseShown):
    """A case after a withdrawal. `heard`: null where it is withdrawn.

    `withdrawal_asked`: it is not, for what an officer decided against its subject stands (decision 157): an officer hears so.
    """

    heard: Literal["withdrawal_asked"] | None


class CaseWithWhy(CaseShown):
    """A case with its explanation."""

    explanation: Explanation


class CasePage(Shown):
    """Cases in order of id; `next` is where to go on, None at the end."""

    cases: tuple[CaseShown, ...]
    next: str | None


class ExplanationText(Shown):
    """An explanation as people read it."""

    case: str
    lang: str
    text: str
    explanation: Explanation


class EventShown(Shown):
    """One event of the feed; the same `id` is in the callback."""

    position: int
    id: str
    type: str
    at: datetime
    case_id: str
    reference: str
    data: dict[str, JsonValue]


class Feed(Shown):
    """Events behind a position; ask again with `after` = `next`."""

    events: tuple[EventShown, ...]
    next: int


class LevelsKept(Shown):
    """How many statements stand, how many were older than what is held, and how many said another level of the same moment.

    Of two statements of one moment the first stands: ask at home which is right, and state it anew with its own time. `against` are
    the places of the others in `levels`, counted from 0.
    """

    kept: int
    older: int
    conflicts: int
    against: tuple[int, ...]


class ResultShown(Shown):
    """One object of a draw's result and its team; in a joint check the lead's officers, then each partner's."""

    visit: str
    object_id: str
    state: VisitState
    due_at: datetime
    team: tuple[str, ...]


class SignatureShown(Shown):
    """A name under a void: one asks for it, two make it."""

    by: str
    at: datetime
    reason: str


class DrawShown(Shown):
    """A draw. Before the visits only number, date and W are for everybody (ruling 18). `own`: each agency has a list of its own."""

    number: str
    agency: str
    partners: tuple[str, ...]
    own: bool
    plan: str
    kind: DrawKind
    extends: str | None
    state: DrawState
    made_at: datetime
    announced_at: datetime | None
    w: str | None
    drawn_at: datetime | None
    void_reason: str | None
    signed: tuple[SignatureShown, ...]
    ceremonies: tuple[str, ...]
    seed_at: datetime | None = Field(default=None, description="From when the figures of the ceremonies may be thrown and typed")
    figures_by: datetime | None = Field(default=None, description="Until when they may be typed; then the reveals begin")
    reveal_by: datetime | None = Field(default=None, description="The last moment for reveals; then the further sources")
    further_by: datetime | None = Field(default=None, description="The last moment for further sources")
    typists: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="Who has typed the figures of each ceremony that is still open"
    )


class DrawWithResult(DrawShown):
    """A draw with what came of it, for those who may know."""

    result: tuple[ResultShown, ...] | None


class DrawPage(Shown):
    """Draws in order of number."""

    draws: tuple[DrawShown, ...]
    next: str | None


class Prepared(Shown):
    """The plan's draw of this day; None when there is nothing to draw or another draw of the plan is still under way."""

    plan: str
    draw: DrawShown | None


class WorkShown(Shown):
    """A work row without its payload."""

    id: int
    key: str
    kind: str
    lane: str
    case_id: str | None
    state: str
    due_at: datetime
    urgent_by: datetime
    attempts: int
    error: str | None


class WorkPage(Shown):
    """Work rows in order of id. A page may be short of rows that are not yours to see; go on behind `next`."""

    work: tuple[WorkShown, ...]
    next: int | None


class AttentionShown(Shown):
    """A matter that waits for a person."""

    id: str
    kind: str
    agency: str
    about: str
    opened_at: datetime
    facts: dict[str, JsonValue]


class AttentionPage(Shown):
    """What waits for a person, oldest first. `next`: go on behind it; null: there is no more."""

    attention: tuple[AttentionShown, ...]
    next: str | None


class Closed(Shown):
    """A person has seen to it. `printed`, `due_at`: what the page of a letter says that was posted late, and the date that counts."""

    id: str
    closed: bool = True
    printed: datetime | None = None
    due_at: datetime | None = None


class Live(Shown):
    """The process lives."""

    live: bool


class Reason(Shown):
    """Why work is not taken."""

    code: str
    message: str
    message_zh: str


class Ready(Shown):
    """Whether work and requests are taken, and why not."""

    ready: bool
    reasons: tuple[Reason, ...]


def case_shown(case: Case, policy: Policy | None = None) -> CaseShown:
    """A case as it goes out. `policy`: its pack, where what the pack finds odd about its claims belongs to the answer."""
    return CaseShown.model_validate(_case(case, policy))


def case_withdrawn(case: Case) -> CaseWithdrawn:
    """A case after a withdrawal, and whether it is withdrawn."""
    heard = None if case.state is CaseState.WITHDRAWN else "withdrawal_asked"
    return CaseWithdrawn.model_validate({**_case(case, None), "heard": heard})


def case_with_why(case: Case, why: Explanation, policy: Policy | None) -> CaseWithWhy:
    """A case with its explanation."""
    return CaseWithWhy.model_validate({**_case(case, policy), "explanation": why})


def _case(case: Case, policy: Policy | None) -> dict[str, Any]:
    item = policy.items.get(case.item) if policy is not None else None
    plain = {name: getattr(case, name) for name in CaseShown.model_fields if name != "sent_back"}
    claims = [
        {
            "key": held.claim.sent_as,
            "id": held.claim.key,
            "revision": held.claim.revision,
            "fact": held.claim.fact,
            "value": held.claim.value,
            "on": held.claim.on,
            "warnings": odd(held.claim, case.opened_at.date(), item),
            "status": held.status,
            "method": held.step.method if held.step else None,
            "via": held.step.via if held.step else None,
        }
        for held in case.claims
    ]
    return {**plain, "claims": claims, "strategy": _strategy(case), "sent_back": _sent_back(case)}


def _sent_back(case: Case) -> dict[str, Any] | None:
    """What the sender has heard by its callback, without names, and without the number of a case that may be another system's."""
    held = case.send_back
    if held is None or not held.agreed:
        return None
    told = held.mistake
    return {"reason": told.reason, "words": told.words, "competent": told.competent, "at": held.ended_at}


def _strategy(case: Case) -> dict[str, Any] | None:
    held = case.strategy
    if held is None:
        return None
    names = ("row", "basis", "pack", "before_decision", "stratum", "due_at", "due_provisional", "due_counted")
    level = {
        "level": held.level.level,
        "level_source": held.level.source,
        "level_reason": held.level.reason,
        "level_facts": dict(held.level.facts),
        "level_as_of": held.level.as_of,
    }
    return {name: getattr(held, name) for name in names} | level


def draw_shown(draw: Draw) -> DrawShown:
    """A draw without its result."""
    typists = {party: tuple(sorted(draw.typed.get(party, {}))) for party in draw.awaiting}
    return DrawShown.model_validate(draw).model_copy(update={"typists": typists})


def facts_of(text: str) -> dict[str, Any]:
    """The facts of a stored row."""
    held: dict[str, Any] = json.loads(text)
    return held
