"""What every step of an objection (异议) writes, and which records are contested by it; of what stands no more it ends by rule."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from inspector.domain import objection as domain
from inspector.domain.annulled import Annulled
from inspector.domain.case import Case, CaseState
from inspector.domain.consequence import by_rule
from inspector.domain.creditrecord import ANNULLED, Amend, RecordState, marked
from inspector.domain.decision import Decision, OrderKind
from inspector.domain.errors import Missing
from inspector.domain.objection import Objection, ObjectionState
from inspector.domain.person import same
from inspector.domain.proceeding import ANNULLABLE
from inspector.flows import creditbook, credittold, stopped, touched, untold
from inspector.flows.copies import amend
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.flows.telling import tell
from inspector.labels import label
from inspector.store.tx import Tx


def key(held: Objection) -> str:
    """The key of an objection's clock; the longer term has its own."""
    return f"{OrderKind.OBJECTION_DUE.value}:{held.id}{':others' if held.others else ''}"


def write(tx: Tx, office: Office, case: Case, decided: Decision[Objection], now: datetime) -> None:
    """An entry of the ledger, and that the approving system hears it. With its end clock and matter are over, and who objected is told."""
    state = decided.state
    record(tx, case.id, decided, now, {"objection": state.id, "objection_state": state.state.value}, kept=case.pack)
    heard = Decision(state=case, because=decided.because, told=(domain.told(state),))
    tx.work.order(tell(tx, office, case, heard, office.book.get(case.pack), now), now)
    if state.state is not ObjectionState.OPEN:
        tx.records.decided(state)
        stopped.end(tx, [key(state)], now)
        tx.attention.close(f"{creditbook.CONTESTED}:{state.id}", now)
        credittold.decided(office, tx, case, state, now)


def swept(office: Office, tx: Tx, case: Case, why: str, now: datetime) -> None:
    """End every open objection of a case to what does not stand any more, by the rule `why`: a clock on nothing would run for ever.

    What fell because the case was opened again waits for another officer's answer until it is decided; and what one of those annulled who
    had decided it, while the case says the same: undone and decided anew by whoever had decided, the objection would end unheard.
    """
    for held in tx.records.objections(case_id=case.id):
        reopened = case.state is CaseState.REVIEW and _reopened(tx, held.about)
        if not stands(tx, held.about) and not reopened and not _undone(tx, case, held):
            reasons = label("credittold.ended", office.agency(case.agency).language)
            write(tx, office, case, domain.ended(held, why, reasons, now), now)
    remark(office, tx, case, now)


def remark_all(office: Office) -> None:
    """At a start: what an objection of a release before touches is marked; that release marked only what the objection names.

    One whose case or pack is not here any more stays as it is: nobody could be told by which law.
    """
    with office.store.read() as tx:
        cases = sorted({one.case_id for one in tx.records.objections()})
    for case_id in cases:
        with suppress(Missing), office.store.begin() as tx:
            remark(office, tx, tx.cases.get(case_id, lock=True), office.now())


def remark(office: Office, tx: Tx, case: Case, now: datetime) -> None:
    """A record of a case is contested while an open objection touches it, and each receiver hears when that begins and ends.

    An entry falls with the decision that it rests on (scenario 61), so whoever objects to that decision contests the entry, too. It bars
    on where all that contests it was heard before and rejected: the gate does not open by one word more. Who has not heard of it yet does
    not while it is suspended (`untold`).
    """
    policy = office.book.get(case.pack)
    for held in tx.records.of_case(case.id):
        touching = touched.touching(tx, held)
        contested, answered = bool(touching), False
        if contested and not touched.unheard(tx, case.id, touching):
            answered = True
        if held.stands_somewhere and (held.contested, held.answered) != (contested, answered):
            state = marked(held, contested=contested, answered=answered)
            tx.records.put(state)
            creditbook.hear(tx, office, case, state, now)
            if state.suspended and not held.suspended:
                untold.suspend(tx, state, now)
            if held.contested is not contested:
                amend(tx, office, state, Amend.MARKED if contested else Amend.UNMARKED, policy, now)
            if held.suspended and not state.suspended:
                untold.go_on(office, tx, state, policy, now)


def _reopened(tx: Tx, about: str) -> bool:
    """Whether what does not stand any more fell by rule with its outcome, and nobody has annulled it."""
    if (mine := tx.records.find(about)) is not None:
        return mine.state is RecordState.FALLEN
    effect = tx.consequences.find(about)
    return effect is not None and effect.annulled is not None and effect.annulled.by == by_rule(effect.annulled.at).by


def _undone(tx: Tx, case: Case, held: Objection) -> bool:
    """Whether one of those who decided what is objected to has annulled it, and the case may still be held against its subject by it."""
    effects = touched.decided(tx, held)
    mine = tx.records.find(held.about)
    found = {one.grading.outcome.value for one in effects} | ({mine.outcome} if mine is not None else set())
    if case.state.gone or (case.state is not CaseState.REVIEW and case.outcome not in found):
        return False
    ended = [(one.annulled.why, one.annulled.by) for one in effects if one.annulled is not None]
    if not ended:  # an entry that no consequence has ordered: who annulled it the ledger says
        said = (one for _, one in tx.ledger.facts([ANNULLED], case.id) if one.get("entry") == held.about)
        ended = [(str(one.get("why", "")), str(one.get("by", ""))) for one in said]
    return any(
        why != Annulled.OBJECTION.value and same(by, one.by) for why, by in ended for one in touched.deciders(tx, held) if by
    )


def stands(tx: Tx, about: str) -> bool:
    """Whether the record, or the consequence, is one that somebody can object to: it took effect, and was not taken back."""
    if (mine := tx.records.find(about)) is not None:
        return mine.stands_somewhere or mine.struck
    effect = tx.consequences.find(about)
    return effect is not None and effect.state in ANNULLABLE
