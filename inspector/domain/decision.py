"""What a rule returns: the new state, the orders the outside must carry out, and the because."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar

S = TypeVar("S")


class OrderKind(StrEnum):
    """Every kind of work there is; each is carried out by the flow of the same name."""

    RATE = "rate"
    ASK = "ask"
    VERIFY_DUE = "verify.due"
    SUSPENSION_END = "suspension.end"
    REVIEW_REMIND = "review.remind"
    REVIEW_DUE = "review.due"
    ASSIST_SEND = "assist.send"
    ASSIST_DIGEST = "assist.digest"
    ASSIST_ACK = "assist.ack"
    ASSIST_REMIND = "assist.remind"
    ASSIST_LAST = "assist.last"
    ASSIST_LIAISON = "assist.liaison"
    ASSIST_HEAD = "assist.head"
    ASSIST_DUE = "assist.due"
    ASSIST_END = "assist.end"
    ASSIST_DECIDE = "assist.decide"
    SELF_PROOF_ASK = "self_proof.ask"
    SELF_PROOF_REMIND = "self_proof.remind"
    SELF_PROOF_DUE = "self_proof.due"
    SELF_PROOF_READ = "self_proof.read"
    CONSEQUENCE_REMIND = "consequence.remind"
    CONSEQUENCE_DUE = "consequence.due"
    RECTIFY_REMIND = "rectify.remind"
    GUIDANCE_DUE = "guidance.due"
    NOTICE_PUSH = "notice.push"
    NOTICE_DUE = "notice.due"
    NOTICE_PUBLIC = "notice.public"
    TIP_OFF_DUE = "tip_off.due"
    LEAD_DUE = "lead.due"
    TELL = "tell"
    CREDIT = "credit"
    CREDIT_RETRACT = "credit.retract"
    CREDIT_COMPARE = "credit.compare"
    CREDIT_LEVELS = "credit.levels"
    CREDIT_AMEND = "credit.amend"
    CREDIT_LAPSE = "credit.lapse"
    CREDIT_REPAIRABLE = "credit.repairable"
    CREDIT_REPAIR_DUE = "credit.repair_due"
    OBJECTION_DUE = "objection.due"
    DRAW_ANNOUNCE = "draw.announce"
    DRAW_PROMISE = "draw.promise"
    DRAW_LODGE = "draw.lodge"
    DRAW_REVEAL = "draw.reveal"
    DRAW_OVERDUE = "draw.overdue"
    DRAW_CARRY_OUT = "draw.carry_out"
    PUSH = "push"
    PUSH_OFF = "push.off"
    PUSH_TEST = "push.test"
    PUSH_DUE = "push.due"
    PUSH_REACH = "push.reach"
    PUSH_REPORT = "push.report"
    PHOTO_FETCH = "photo.fetch"
    ACCEPT_DUE = "accept.due"
    VISIT_DUE = "visit.due"
    VISIT_RELEASE = "visit.release"
    VISIT_LAPSE = "visit.lapse"
    VISIT_FILING_DUE = "visit.filing_due"
    CHALLENGE_DUE = "challenge.due"
    FORGET = "forget"
    ROSTER_LOOK = "roster.look"
    COVERAGE_LOOK = "coverage.look"
    CALENDAR_RECOUNT = "calendar.recount"
    LEDGER_LODGE = "ledger.lodge"
    PUBLICATION_LOOK = "publication.look"
    EQUALITY_LOOK = "equality.look"
    RETURNS_MAKE = "returns.make"
    PUBLICATION_REMIND = "publication.remind"
    PUBLICATION_DUE = "publication.due"
    CATALOGUE_REMIND = "catalogue.remind"
    CATALOGUE_DUE = "catalogue.due"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Something the outside, or a later hour, must do. `key` is the idempotency key: the same order written twice is one order.

    `due_at` is office time; `urgent_by` is the legal date it serves and orders the ready set; `lane` names the connector. After
    `expires_at` (office time) the flow gives up instead of trying again; None: tries are counted only.
    """

    kind: OrderKind
    key: str
    due_at: datetime
    urgent_by: datetime
    lane: str = ""
    case_id: str | None = None
    expires_at: datetime | None = None
    payload: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Because:
    """Why: the rule applied, the pack row and version, the facts used and the legal basis."""

    rule: str
    basis: tuple[str, ...]
    pack: str
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Something the approving system hears, in the feed and by callback."""

    type: str
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(Generic[S]):
    """The new state with its orders, what others are told, and why. `ends` are the kinds of open work that lost their purpose."""

    state: S
    because: Because
    orders: tuple[Order, ...] = ()
    told: tuple[Told, ...] = ()
    ends: frozenset[OrderKind] = frozenset()
