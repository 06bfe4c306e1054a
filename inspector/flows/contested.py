"""What every step of an objection (异议) writes, and which records are contested by it; of what stands no more it ends by rule."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from inspector.domain import objection as domain
from inspector.domain.annulled import Annulled
from inspector.domain.case import Case, CaseState
from inspector.domain.consequence import Signed, by_rule
from inspector.domain.creditrecord import ANNULLED, Amend, RecordState, marked
from inspector.domain.decision import Decision, OrderKind
from inspector.domain.ended import Ended
from inspector.domain.errors import Missing
from inspector.domain.objection import Objection, ObjectionState
from inspector.domain.proceeding import ANNULLABLE
from inspector.flows import creditbook, credittold, deputies, stopped, touched, untold
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


def swept(office: Office, tx: Tx, case: Case, why: str, now: datetime, *, token: str = "") -> None:
    """End every open objection of a case to what does not stand any more, by the rule `why`: a clock on nothing would run for ever.

    What fell because the case was opened again waits for another officer's answer until it is decided. What an officer has annulled while
    the case says the same of its subject ends no objection by itself: to annul it is to uphold what was objected, for whoever may decide
    that (`objection.decide`); annulled by anybody else it waits for another officer's answer. `token`: the login of who has annulled now.
    """
    lang = office.agency(case.agency).language
    for held in tx.records.objections(case_id=case.id):
        if stands(tx, held.about) or (case.state is CaseState.REVIEW and _reopened(tx, held.about)):
            continue
        gone = _annulled(tx, case, held)
        if gone is None:
            write(tx, office, case, domain.ended(held, why, label("credittold.ended", lang), now), now)
        elif may_decide(office, tx, held, Signed(by=gone.by, token=token, at=now), now):
            reasons = credittold.annulled(office, tx, case.id, gone.why, gone.document, lang)
            write(tx, office, case, domain.answered(held, gone.by, reasons, now), now)
    remark(office, tx, case, now)


def may_decide(office: Office, tx: Tx, held: Objection, by: Signed, now: datetime) -> bool:
    """Whether an officer is none of those who may not decide an objection (handbook 1.7.6)."""
    deciders = touched.deciders(tx, held)
    close = deputies.close_to(office, tx, held.agency, touched.decided(tx, held), deciders, now)
    return not domain.parted(by, deciders, close)


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


def _annulled(tx: Tx, case: Case, held: Objection) -> Ended | None:
    """By whom what is objected to was annulled while the case may still be held against its subject by it; None: by nobody, or so it ended.

    What fell with another objection that was upheld was heard with that one.
    """
    effects = touched.decided(tx, held)
    mine = tx.records.find(held.about)
    found = {one.grading.outcome.value for one in effects} | ({mine.outcome} if mine is not None else set())
    if case.state.gone or (case.state is not CaseState.REVIEW and case.outcome not in found):
        return None
    ended = [one.annulled for one in effects if one.annulled is not None]
    if not ended:  # an entry that no consequence has ordered: who annulled it the ledger says
        said = ((at, one) for at, one in tx.ledger.facts([ANNULLED], case.id) if one.get("entry") == held.about)
        names = [(at, {name: str(one.get(name, "")) for name in ("by", "why", "document")}) for at, one in said]
        ended = [Ended(at=at, **one) for at, one in names]
    those = [one for one in ended if one.why != Annulled.OBJECTION.value and one.by and one.by != by_rule(one.at).by]
    return those[-1] if those else None


def stands(tx: Tx, about: str) -> bool:
    """Whether the record, or the consequence, is one that somebody can object to: it took effect, and was not taken back."""
    if (mine := tx.records.find(about)) is not None:
        return mine.stands_somewhere or mine.struck
    effect = tx.consequences.find(about)
    return effect is not None and effect.state in ANNULLABLE
