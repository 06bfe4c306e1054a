"""Which flow carries out which kind of order. `give_up` settles a work row whose tries or patience are spent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from inspector.domain.decision import OrderKind
from inspector.flows import (
    amending,
    announcing,
    books,
    catalogue,
    consequences,
    correcting,
    creditrecords,
    digesting,
    dispatch,
    draw,
    equality,
    fetching,
    forget,
    guidance,
    ladder,
    lapse,
    leads,
    levels,
    lodging,
    objections,
    overdue,
    posting,
    publication,
    pushing,
    receipts,
    recount,
    rectifying,
    recusing,
    relief,
    repairs,
    retracting,
    returns,
    review,
    seeding,
    selfproof,
    serving,
    suspension,
    tell,
    trial,
    uncovered,
    verify,
)
from inspector.flows.inquiries import given_up, noted, tried
from inspector.flows.maintenance import behind
from inspector.flows.office import Office
from inspector.flows.settle import Settlement
from inspector.ports import PortError
from inspector.store.tx import Tx
from inspector.store.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """`do` runs with no transaction open and returns what to write; `give_up` None means quarantine.

    `stuck` tells a person of a row that goes into quarantine, with its error's code and in its transaction.
    `tried` writes down, in the transaction that counts it, a try that left and came to nothing, with its error.
    `halted` writes down, in the transaction of the quarantine, that it came to that, whatever a person is told.
    `alone`: settled in a transaction of its own, because it takes hold of many cases, or of turns, which a group may hold in another order.
    """

    do: Callable[[Work, Office], Settlement]
    give_up: Callable[[Work, Office, PortError | None], Settlement] | None = None
    stuck: Callable[[Tx, Work, str, datetime], None] | None = None
    tried: Callable[[Tx, Work, Office, PortError, datetime], None] | None = None
    halted: Callable[[Tx, Work, Office, str, datetime], None] | None = None
    alone: bool = False


FLOWS: Mapping[OrderKind, Flow] = {
    OrderKind.RATE: Flow(do=noted(verify.rate), give_up=given_up(verify.give_up_rating), tried=tried),
    OrderKind.ASK: Flow(do=noted(verify.ask), give_up=given_up(verify.give_up_asking), tried=tried),
    OrderKind.VERIFY_DUE: Flow(do=verify.due),
    OrderKind.SUSPENSION_END: Flow(do=suspension.run_out),
    OrderKind.REVIEW_REMIND: Flow(do=review.due),
    OrderKind.REVIEW_DUE: Flow(do=review.due),
    OrderKind.ASSIST_SEND: Flow(do=noted(posting.send), give_up=given_up(posting.give_up_sending), tried=tried),
    OrderKind.ASSIST_DIGEST: Flow(do=digesting.send, give_up=digesting.give_up, tried=digesting.tried),
    OrderKind.ASSIST_ACK: Flow(do=ladder.remind),
    OrderKind.ASSIST_REMIND: Flow(do=ladder.remind),
    OrderKind.ASSIST_LAST: Flow(do=ladder.remind),
    OrderKind.ASSIST_LIAISON: Flow(do=ladder.remind),
    OrderKind.ASSIST_HEAD: Flow(do=ladder.remind),
    OrderKind.ASSIST_DUE: Flow(do=ladder.escalate),
    OrderKind.ASSIST_END: Flow(do=ladder.end),
    OrderKind.ASSIST_DECIDE: Flow(do=ladder.undecided),
    OrderKind.SELF_PROOF_ASK: Flow(do=selfproof.ask, give_up=selfproof.not_asked),
    OrderKind.SELF_PROOF_REMIND: Flow(do=selfproof.remind),
    OrderKind.SELF_PROOF_DUE: Flow(do=selfproof.end),
    OrderKind.SELF_PROOF_READ: Flow(do=selfproof.unread),
    OrderKind.CONSEQUENCE_REMIND: Flow(do=consequences.due),
    OrderKind.CONSEQUENCE_DUE: Flow(do=consequences.due),
    OrderKind.RECTIFY_REMIND: Flow(do=rectifying.remind),
    OrderKind.GUIDANCE_DUE: Flow(do=guidance.guide),
    OrderKind.NOTICE_PUSH: Flow(do=serving.carry, give_up=serving.not_carried),
    OrderKind.NOTICE_DUE: Flow(do=serving.due),
    OrderKind.NOTICE_PUBLIC: Flow(do=announcing.due),
    OrderKind.TIP_OFF_DUE: Flow(do=leads.overlooked),
    OrderKind.LEAD_DUE: Flow(do=leads.undone),
    OrderKind.TELL: Flow(do=tell.notify, stuck=tell.not_told),
    OrderKind.CREDIT: Flow(do=tell.enter_credit, stuck=tell.not_entered),
    OrderKind.CREDIT_RETRACT: Flow(do=retracting.retract, give_up=retracting.go_on, stuck=retracting.stuck),
    OrderKind.CREDIT_COMPARE: Flow(do=books.reconcile, give_up=books.give_up, alone=True),
    OrderKind.CREDIT_LEVELS: Flow(do=levels.take, give_up=levels.give_up),
    OrderKind.CREDIT_AMEND: Flow(do=amending.amend, give_up=amending.keep_amending, stuck=amending.not_amended),
    OrderKind.CREDIT_LAPSE: Flow(do=creditrecords.lapse),
    OrderKind.CREDIT_REPAIRABLE: Flow(do=creditrecords.repairable),
    OrderKind.CREDIT_REPAIR_DUE: Flow(do=repairs.due),
    OrderKind.OBJECTION_DUE: Flow(do=objections.due),
    OrderKind.DRAW_ANNOUNCE: Flow(do=behind(draw.announce), alone=True),
    OrderKind.DRAW_PROMISE: Flow(do=draw.promise, give_up=lapse.given_up, tried=lapse.tried, halted=lapse.halted, alone=True),
    OrderKind.DRAW_LODGE: Flow(do=draw.lodge, give_up=draw.not_lodged, halted=lapse.halted, alone=True),
    OrderKind.DRAW_REVEAL: Flow(do=seeding.reveal, give_up=lapse.given_up, tried=lapse.tried, halted=lapse.halted, alone=True),
    OrderKind.DRAW_OVERDUE: Flow(do=lapse.overdue, halted=lapse.halted, alone=True),
    OrderKind.DRAW_CARRY_OUT: Flow(do=draw.carry_out, halted=lapse.halted, alone=True),
    OrderKind.PUSH: Flow(do=pushing.push, give_up=pushing.not_pushed),
    OrderKind.PUSH_OFF: Flow(do=correcting.tell, give_up=correcting.not_told),
    OrderKind.PUSH_TEST: Flow(do=trial.send, give_up=trial.not_sent),
    OrderKind.PUSH_DUE: Flow(do=pushing.overdue),
    OrderKind.PUSH_REACH: Flow(do=pushing.unreached),
    OrderKind.PUSH_REPORT: Flow(do=receipts.take, give_up=receipts.unknown, alone=True),
    OrderKind.PHOTO_FETCH: Flow(do=fetching.fetch, stuck=fetching.stuck, tried=fetching.missed, alone=True),
    OrderKind.ACCEPT_DUE: Flow(do=dispatch.acceptance_due),
    OrderKind.VISIT_DUE: Flow(do=overdue.visit_due),
    OrderKind.VISIT_LAPSE: Flow(do=overdue.acceptance_over),
    OrderKind.VISIT_FILING_DUE: Flow(do=overdue.filing_due),
    OrderKind.VISIT_RELEASE: Flow(do=dispatch.release),
    OrderKind.CHALLENGE_DUE: Flow(do=recusing.undecided),
    OrderKind.FORGET: Flow(do=forget.forget),
    OrderKind.ROSTER_LOOK: Flow(do=relief.daily, alone=True),
    OrderKind.COVERAGE_LOOK: Flow(do=uncovered.daily),
    OrderKind.CALENDAR_RECOUNT: Flow(do=recount.recount),
    OrderKind.LEDGER_LODGE: Flow(do=lodging.lodge, give_up=lodging.give_up),
    OrderKind.PUBLICATION_LOOK: Flow(do=publication.look),
    OrderKind.EQUALITY_LOOK: Flow(do=equality.monthly),
    OrderKind.RETURNS_MAKE: Flow(do=returns.monthly),
    OrderKind.PUBLICATION_REMIND: Flow(do=publication.due),
    OrderKind.PUBLICATION_DUE: Flow(do=publication.due),
    OrderKind.CATALOGUE_REMIND: Flow(do=catalogue.due),
    OrderKind.CATALOGUE_DUE: Flow(do=catalogue.due),
}
