"""A withdrawal by whom an officer has decided against: the word is kept for an officer, who answers it (domain.withdrawal)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime

from inspector.domain import withdrawal as domain
from inspector.domain.calendar import due
from inspector.domain.case import Case
from inspector.domain.consequence import UNDECIDED, Consequence, ConsequenceState, Signed
from inspector.domain.decision import Decision
from inspector.domain.duty import Rule
from inspector.domain.errors import Refusal
from inspector.domain.opening import Opening
from inspector.domain.proposal import Proposal
from inspector.domain.review import WITHDRAWALS
from inspector.domain.serving import NoticeKind
from inspector.domain.timer import Timer
from inspector.domain.withdrawal import CONCLUDED_BEFORE, WITHDRAWAL, Answering, WithdrawalAnswer
from inspector.flows import credittold, giving, proceedings, remedying
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.flows.settle import settle_case
from inspector.flows.shaken import by_review
from inspector.flows.telling import tell
from inspector.labels import label, of
from inspector.store.tx import Tx, new_id

_DECIDES = (Proposal.TERMINATE, Proposal.PENALTY)
"""Decisions before the conclusion that would contradict a withdrawal: the application ended as false, and is punished as such."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What was said, and waits for an answer: which entry stood then, in whose words, on which day (empty: said to an earlier release).

    `entry` is empty where none stood, and a decision did: `consequence`. `due_at`: by when an officer answers.
    """

    entry: str
    by: str
    consequence: str = ""
    reason: str = ""
    on: str = ""
    due_at: datetime


def kept(tx: Tx, case: Case) -> bool:
    """Whether an officer has decided against the subject in this case, by an entry or by a decision in force: no click takes that back."""
    if _decided(tx, case) is not None:
        return True
    return bool(_entered(tx, case))


def ask(office: Office, tx: Tx, case: Case, reason: str, by: str, now: datetime, said_at: datetime | None = None) -> None:
    """Keep the word, and bring it to an officer, who answers by the pack's term of a decision, from when it was said (`said_at`) on.

    The same once more, while it waits, is the same. Other words keep the date of the first ones.
    """
    held = waiting(tx, case.id)
    if held is not None and (held.reason, held.by) == (reason, by):
        return
    policy = office.book.get(case.pack)
    _write(office, tx, case, domain.asked(case, reason, by, policy), now)
    at = held.due_at if held is not None else due(said_at or now, policy.term(Timer.REVIEW).term, office.calendar).at
    on = office.calendar.local_date(said_at or now).isoformat()
    decided = _decided(tx, case)
    stands = {"entry": _entered(tx, case), "consequence": decided.id if decided is not None else ""}
    facts = {"case": case.id, **stands, "by": by, "on": on, "due_at": at.isoformat()}
    tx.attention.open(WITHDRAWAL, case.agency, case.id, facts, now)


def waiting(tx: Tx, case_id: str) -> Said | None:
    """What was said, while nobody has answered it; None: nothing waits. The words stand in the ledger, and in no matter."""
    matter = tx.attention.get(f"{WITHDRAWAL}:{case_id}")
    if matter is None or matter["closed_at"] is not None:
        return None
    told = json.loads(matter["body"])
    words = [json.loads(row["body"])["facts"] for row in tx.ledger.about(case_id) if row["rule"] == domain.ASKED]
    reason = str(words[-1].get("reason", "")) if words else ""
    at = datetime.fromisoformat(told["due_at"]) if "due_at" in told else matter["opened_at"]
    said = {name: str(told.get(name, "")) for name in ("entry", "by", "consequence", "on")}
    return Said(reason=reason, due_at=at, **said)


def answer(office: Office, tx: Tx, case_id: str, given: Answering, now: datetime) -> Case:
    """A named officer answers: the proceeding that ends the application is there or opened, or is let go; the subject is told, with rights.

    Raises Missing, Invalid, and Refusal: `withdrawal_unasked`, `withdrawal_terminated`, and what the domain and a proposal raise.
    """
    case = tx.cases.get(case_id, lock=True)
    said = waiting(tx, case_id)
    if said is None:
        raise Refusal("withdrawal_unasked", case=case_id)
    policy = office.book.get(case.pack)
    domain.answered(case, given, policy)  # refused before anything is opened or let go
    ended = _proceeding(office, tx, case, said, given, now)
    _write(office, tx, case, domain.answered(case, given, policy, ended.id if ended is not None else ""), now)
    tx.attention.close(f"{WITHDRAWAL}:{case_id}", now)
    _tell(office, tx, case, said, given, now)
    return tx.cases.get(case_id)


def overtaken(office: Office, tx: Tx, case: Case, at: datetime, by: str, now: datetime) -> Case | None:
    """That a case which was withdrawn had been concluded before is kept, and an officer hears of it, with a date; None: it was not."""
    policy = office.book.get(case.pack)
    decision = domain.overtaken(case, at, by, policy)
    if decision is None:
        return None
    made = settle_case(tx, office, decision, policy, now)
    said = [facts.get("handed_in") for _, facts in tx.ledger.facts(WITHDRAWALS, case.id)]
    meanwhile(office, tx, made, by, now, date.fromisoformat(said[-1]) if said and said[-1] else None)
    return made


def meanwhile(office: Office, tx: Tx, case: Case, by: str, now: datetime, handed_in: date | None) -> None:
    """A withdrawn case was concluded before its withdrawal was entered: the licence may be in hand, and an officer says what follows.

    `handed_in`: on which day, where that was before it was entered; told where it came before the conclusion.
    """
    assert case.concluded_at is not None, "it was concluded"
    facts = {"case": case.id, "concluded_at": case.concluded_at.isoformat(), "by": by}
    if handed_in is not None and domain.in_time(case, handed_in):
        facts["handed_in"] = handed_in.isoformat()
    tx.attention.add(CONCLUDED_BEFORE, case.agency, case.id, by_review(office, case.pack, facts, now), now)


def over(tx: Tx, case_id: str, now: datetime) -> None:
    """The case has left the house: there is nothing to answer any more."""
    tx.attention.close(f"{WITHDRAWAL}:{case_id}", now)


def _proceeding(office: Office, tx: Tx, case: Case, said: Said, given: Answering, now: datetime) -> Consequence | None:
    """The termination that the answer speaks of: the one there is, or one opened on the evidence of the entry; of what goes on, none is."""
    effects = tx.consequences.of_case(case.id, lock=True)
    mine = [one for one in effects if one.proposal is Proposal.TERMINATE]
    held = next((one for one in mine if one.open or one.state is ConsequenceState.IMPOSED), None)
    signed = Signed(by=given.by, token=given.token, at=given.at)
    if given.answer is WithdrawalAnswer.TERMINATE:
        if held is not None:
            return held
        rests = next(
            (one.evidence for one in effects if (one.entry and one.entry == said.entry) or one.id == said.consequence), ()
        )
        opening = Opening(proposal=Proposal.TERMINATE, by=given.by, token=given.token, evidence=rests, reasons=given.reasons)
        return proceedings.propose(office, tx, case.id, opening, signed, now)
    if given.answer is WithdrawalAnswer.ORDINARY and held is not None:
        if held.state not in UNDECIDED:
            raise Refusal("withdrawal_terminated", case=case.id, consequence=held.id)
        proceedings.drop(office, tx, held.id, given.reasons, signed, now)
    return None


def _entered(tx: Tx, case: Case) -> str:
    """The entry to the subject's discredit that an officer has decided in this case, while it stands; empty: none does."""
    mine = tx.records.find(case.entry) if case.entry is not None else None
    return mine.entry if mine is not None and mine.adverse and mine.stands_somewhere else ""


def _decided(tx: Tx, case: Case) -> Consequence | None:
    """The decision in force by which an officer has ended the application, or has penalised it; the ending before the penalty."""
    force = [one for one in tx.consequences.of_case(case.id) if one.state is ConsequenceState.IMPOSED]
    return next((one for proposal in _DECIDES for one in force if one.proposal is proposal), None)


def _write(office: Office, tx: Tx, case: Case, decided: Decision[Case], now: datetime) -> None:
    record(tx, case.id, decided, now, {}, kept=case.pack)
    tx.work.order(tell(tx, office, case, decided, office.book.get(case.pack), now), now)


def _tell(office: Office, tx: Tx, case: Case, said: Said, given: Answering, now: datetime) -> None:
    """The subject hears what became of its word, why, what stands on, and what is open against it."""
    lang, policy = office.agency(case.agency).language, office.book.get(case.pack)
    mine, held = tx.records.find(said.entry), tx.consequences.find(said.consequence)
    rights = remedying.rights(policy, lang) or (label("credittold.right_objection", lang),)
    giving.inform(
        office,
        tx,
        case,
        f"withdrawal:{new_id()}",
        NoticeKind.WITHDRAWAL,
        about=mine.entry if mine is not None else held.id if held is not None else case.id,
        title=label("withdrawal.title", lang),
        facts=(
            label("withdrawal.said", lang, on=said.on, reason=said.reason),
            of(given.answer, lang),
            *((label("withdrawal.stands", lang, record=credittold.named(mine, lang)),) if mine is not None else ()),
            *((label("withdrawal.in_force", lang, proposal=of(held.proposal, lang)),) if held is not None else ()),
        ),
        reasons=given.reasons,
        rights=rights,
        basis=(policy.basis(Rule.WITHDRAW), *remedying.bases(policy)),
        now=now,
    )
