"""What people decide about a case: review, withdrawal, conclusion. Each is a fact that comes in by the same door."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime

from inspector.domain import review, spelling
from inspector.domain.admission import concluded_wrongly
from inspector.domain.case import Case, CaseState, Outcome
from inspector.domain.consequence import Signed
from inspector.domain.decision import Decision, OrderKind
from inspector.domain.errors import Refusal
from inspector.domain.evidence import GOOD, blank, span
from inspector.domain.grading import Grading
from inspector.domain.policy import Policy
from inspector.domain.reapplied import ReapplyBar
from inspector.domain.stamp import Stamp, moment
from inspector.domain.transition import Scope
from inspector.domain.withdrawal import first_day, in_time
from inspector.flows import (
    attempts,
    consequences,
    contested,
    enrolment,
    objections,
    overruled,
    publication,
    reapplying,
    rectifying,
    same,
    selfproof,
    sooner,
    striking,
    unread,
    unruled,
    withdrawals,
)
from inspector.flows.decisions import chosen
from inspector.flows.office import Office
from inspector.flows.settle import REVIEW_DUE, Settlement, settle_case
from inspector.store.tx import Tx
from inspector.store.work import Work


def decide(  # noqa: PLR0913 - a decision in all its parts
    office: Office,
    tx: Tx,
    case_id: str,
    outcome: Outcome,
    officer: str,
    reasons: str,
    evidence: tuple[str, ...],
    now: datetime,
    *,
    act: str = "",
    grading: Grading | None = None,
    token: str = "",
) -> Case:
    """A named officer decides a case in review, citing evidence of this case by its ids, and the dishonest act where there is one.

    Who says that somebody could not be reached cites the attempts.

    `grading` is what its gravity is judged by; whether it is the first time is computed from our own records. `token` is the login of the
    officer, who decides no objection to what follows.

    Raises Refusal, Invalid, Missing.
    """
    case = tx.cases.get(case_id, lock=True)
    policy = office.book.get(case.pack)
    known = {item.id: item for item in tx.cases.evidence(case_id)}
    evidence, tried = attempts.cited(tx, case_id, outcome, evidence)
    cited = chosen(office, tx, case_id, policy, known, evidence)
    ruled = office.ruling(case.agency, case.pack, Scope.OUTCOMES, now)
    _refuse_held(tx, case, outcome, ruled.policy)
    decision = review.review(
        case,
        outcome,
        officer,
        reasons,
        cited,
        ruled.policy,
        now,
        office.calendar,
        act=act,
        beside=tuple(known.values()),
        grading=grading,
        attempts=tried,
        earlier=_earlier(tx, case, outcome, ruled.policy, now),
    )
    attempts.refuse_early(office, tx, case_id, outcome)
    numbered, proposed = consequences.proposed(
        tx, case, decision, ruled.policy, officer, token, cited, act, grading or Grading(), now
    )
    for one in proposed:
        overruled.refuse_step(tx, one, Signed(by=officer, token=token, at=now))
    made = settle_case(tx, office, ruled.told(numbered), policy, now)
    if case.entry is not None:
        striking.reviewed(office, tx, made, reasons, Signed(by=officer, token=token, at=now))
    elif made.entry is not None and (mine := tx.records.find(made.entry)) is not None:
        tx.records.put(replace(mine, decided_token=token))
    unruled.hold(office, tx, made, ruled.told(numbered), officer, now)
    consequences.begin(office, tx, made, proposed, numbered.told, now)
    rectifying.stands(office, tx, made, now)
    publication.decided(office, tx, made, now)
    contested.swept(
        office, tx, made, "officer.review", now
    )  # found for its subject, nothing is left of what fell when it was opened
    return made


def _refuse_held(tx: Tx, case: Case, outcome: Outcome, policy: Policy) -> None:
    """Raise Refusal where nobody may be decided against yet: what was shown lies unread, or an objection is open (scenario 62).

    Against its subject is also what overtakes a kept promise, for that is the first of two words to strike it.
    """
    row = policy.outcomes.get(outcome)
    if case.state is not CaseState.REVIEW or row is None:
        return  # refused for what it is
    against = review.adverse(row)
    if against and (left := selfproof.unread_of(tx, case.id)):
        raise Refusal("material_lies_unread", self_proof=", ".join(left))
    if (against or (case.entry is not None and outcome not in GOOD)) and objections.holds(tx, case.id):
        raise Refusal("objection_holds", case=case.id)


def _earlier(tx: Tx, case: Case, outcome: Outcome, policy: Policy, now: datetime) -> int | None:
    """How many other cases of the subject our records call untrue within the longest time that the pack's rows name for an outcome."""
    spans = [span(row.within) for row in policy.gradings if outcome in row.outcomes]
    if not spans:
        return None
    return tx.cases.untrue_since(case.subject.kind, same.codes(tx, case.subject), now - max(spans), case.id)


def withdraw(
    office: Office,
    tx: Tx,
    case_id: str,
    reason: str,
    by: str,
    now: datetime,
    *,
    bar_known: bool = False,
    stamp: Stamp | None = None,
) -> Case:
    """The applicant withdraws: open work ends, those asked are told, seats are freed, in one transaction.

    Once an officer has entered the case to its subject's discredit, or has ended or penalised it by a decision in force, the word takes
    nothing back: case, record and decision stay as they are, and it is a matter for an officer, who answers it (`withdrawals`).

    Where a bar on committing again follows by the pack, the applicant knows of it before (`bar_known`), or the word is refused, naming
    the bar (`withdrawal_bars`). The same word again changes nothing; another reason, or somebody else's word, is refused.

    `stamp`: when it was handed in, where that was before it is entered: what came before the conclusion is carried out behind it, too, and
    an officer says what follows, for the licence may be in hand. Raises Invalid (`stamp_out_of_range`).
    """
    case = held_to_leave(tx, case_id)
    if case.state is CaseState.WITHDRAWN and _said_before(tx, case_id, reason, by):
        return case
    said_at, handed_in = moment(stamp, first_day(case), now, office.calendar), stamp.on if stamp is not None else None
    if in_time(case, handed_in) and not blank(reason) and withdrawals.kept(tx, case):
        withdrawals.ask(office, tx, case, reason, by, now, said_at)
        unread.withdrawn(tx, case.id, now)
        return case
    bar = withdrawing(office, tx, case, now, handed_in)
    if bar is not None and not bar_known and not blank(reason):
        told = {"row": bar.row.row, "basis": bar.row.basis, "until": bar.until.isoformat(), "term": str(bar.row.term or "12-31")}
        raise Refusal("withdrawal_bars", case=case.id, item=case.item, **told)
    until = bar.until.isoformat() if bar is not None else ""
    decision = review.withdraw(case, reason, by, office.book.get(case.pack), now, barred_until=until, stamp=stamp)
    gone = left(office, tx, case, decision, now, frees=case.state is CaseState.POOLED)
    if case.concluded_at is not None:
        withdrawals.meanwhile(office, tx, gone, by, now, handed_in)
    return gone


def withdrawing(office: Office, tx: Tx, case: Case, now: datetime, handed_in: date | None = None) -> ReapplyBar | None:
    """The bar on committing again that follows where the applicant withdraws now, or did so on an earlier day.

    None: none follows, or nothing would be withdrawn.
    """
    gone = case.state.gone or not in_time(case, handed_in)
    return None if gone or withdrawals.kept(tx, case) else reapplying.by_withdrawal(office, case, now)


def held_to_leave(tx: Tx, case_id: str) -> Case:
    """A case that may leave the house, held; before it, where it has entered somebody in the register, the turn of whoever freezes that."""
    if spelling.entered(seen := tx.cases.get(case_id)):  # before the case is held: a freeze takes its turn, then its cases
        tx.draws.take_turn(seen.agency)
    return tx.cases.get(case_id, lock=True)


def left(office: Office, tx: Tx, case: Case, decision: Decision[Case], now: datetime, *, frees: bool) -> Case:
    """A case leaves the house, as was decided: all that was under way ends. `frees`: what it alone has entered in the register goes."""
    policy = office.book.get(case.pack)
    ended = settle_case(tx, office, decision, policy, now)
    if frees:
        enrolment.take_back(office, tx, ended, policy, now)
    withdrawals.over(tx, case.id, now)
    unread.withdrawn(tx, case.id, now)
    return ended


def _said_before(tx: Tx, case_id: str, reason: str, by: str) -> bool:
    """Whether the withdrawal that stands was said by the same with the same reason; where its entry is erased, nobody knows."""
    said = (json.loads(row["body"]) for row in tx.ledger.about(case_id) if row["rule"] in review.WITHDRAWALS)
    return any((one["facts"].get("reason"), one["facts"].get("by")) == (reason, by) for one in said)


def conclude(office: Office, tx: Tx, case_id: str, by: str, now: datetime, *, at: datetime | None = None) -> Case:
    """The approving system says the matter is concluded (办结), now or `at` an earlier time. The same word again changes nothing.

    Concluded before it was withdrawn, as is told only now, a case stays withdrawn, and an officer says what follows.
    """
    case = tx.cases.get(case_id, lock=True)
    if case.concluded_at is not None and at in (None, case.concluded_at):
        return case
    if at is not None and concluded_wrongly(case, at, now, "at") is None:
        kept = withdrawals.overtaken(office, tx, case, at, by, now)
        if kept is not None:
            return kept
    policy = office.book.get(case.pack)
    made = settle_case(tx, office, review.conclude(case, by, policy, now, office.calendar, at=at), policy, now)
    if made.verify_term is not None and made.verify_term != case.verify_term:
        tx.work.redate(made.verify_term.due_at, now, case_id=case.id, kind=OrderKind.VERIFY_DUE)
        sooner.follow(office, tx, made, now)
    if made.concluded_at != case.concluded_at:
        consequences.restage(office, tx, made, now)
    return made


def due(work: Work, _office: Office) -> Settlement:
    """A review's date comes near, or has come: a person is told. The case stays what it is; only an officer decides it."""

    def write(tx: Tx, now: datetime) -> None:
        case = tx.cases.get(str(work.case_id), lock=True)
        term = case.review_term
        if case.state is CaseState.REVIEW and term is not None:
            facts = {
                "review_reason": case.review_reason,
                "due_at": term.due_at.isoformat(),
                "overdue": now >= term.due_at,
            }
            tx.attention.open(REVIEW_DUE, case.agency, case.id, facts, now)

    return Settlement(write=write)
