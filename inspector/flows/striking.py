"""An entry of a kept promise is struck by two officers, or is not; its subject is told, and an upheld objection enters it anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from inspector.domain import ending, striking
from inspector.domain.annulled import Annulled
from inspector.domain.calendar import due
from inspector.domain.case import Case, CaseState
from inspector.domain.consequence import Signed
from inspector.domain.creditrecord import BASIS, Record
from inspector.domain.decision import Decision
from inspector.domain.errors import Refusal
from inspector.domain.serving import NoticeKind
from inspector.domain.striking import TO_STRIKE
from inspector.domain.timer import Timer
from inspector.flows import creditrecords, credittold, giving, remedying, touched
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.flows.settle import settle_case
from inspector.labels import label
from inspector.store.tx import Tx


def ask(office: Office, tx: Tx, case: Case, mine: Record, why: Annulled, document: str, reasons: str, by: Signed) -> Record:
    """One officer has entered the document: another one hears so, and by when. The record is locked; it stands as before.

    Where a court, a review body or an upheld objection has taken away what it rests on, the days for its deletion run (handbook 1.7.9);
    where we ourselves have decided otherwise, the second officer has an officer's days to look.
    """
    decided = striking.ask(mine, why, document, reasons, by)
    tx.records.put(decided.state)
    record(tx, case.id, decided, by.at, {"record": mine.entry}, kept=case.pack)
    timer = Timer.REVIEW if why is Annulled.CORRECTION else Timer.CREDIT_RETRACT
    at = due(by.at, office.book.get(case.pack).term(timer).term, office.calendar).at
    facts = {"case": case.id, "entry": mine.entry, "document": document, "by": by.by, "due_at": at.isoformat()}
    tx.attention.open(TO_STRIKE, case.agency, mine.entry, facts, by.at)
    return decided.state


def reviewed(office: Office, tx: Tx, case: Case, reasons: str, by: Signed) -> None:
    """An officer has decided a case whose kept promise stands: otherwise, which is the first of two words, or as the entry says."""
    mine = tx.records.find(case.entry, lock=True) if case.entry is not None else None
    if mine is None or mine.adverse:
        return
    held = mine.striking
    if case.overtaken and held is None:
        ask(office, tx, case, mine, Annulled.CORRECTION, case.id, reasons, by)
    elif not case.overtaken and held is not None and held.why is Annulled.CORRECTION:
        decline(tx, mine.entry, reasons, by.by, by.at)
        tx.attention.close(f"{TO_STRIKE}:{mine.entry}", by.at)


def decline(tx: Tx, entry: str, why: str, by: str, now: datetime) -> None:
    """Whoever closes the matter does not strike it."""
    case, mine = creditrecords.held(tx, entry)
    if mine.striking is not None and mine.stands_somewhere:
        decided = striking.decline(mine, why, by)
        tx.records.put(decided.state)
        record(tx, case.id, decided, now, {"record": entry}, kept=case.pack)


def tell(office: Office, tx: Tx, case: Case, mine: Record, now: datetime) -> None:
    """Its subject hears what was struck, by which document, why, and what is open against it."""
    held = mine.striking
    assert held is not None, "nothing is struck by one alone"
    lang, policy = office.agency(case.agency).language, office.book.get(case.pack)
    giving.inform(
        office,
        tx,
        case,
        f"{mine.entry}:struck",
        NoticeKind.STRUCK,
        about=mine.entry,
        title=label("striking.title", lang),
        facts=(
            credittold.named(mine, lang),
            credittold.annulled(office, tx, case.id, held.why, held.document, lang),
            label("striking.deleted", lang),
        ),
        reasons=held.reasons,
        rights=(*remedying.rights(policy, lang)[:-1], label("striking.objection", lang)),
        basis=(mine.basis, BASIS, *remedying.bases(policy)),
        now=now,
    )


def restore(office: Office, tx: Tx, mine: Record, by: str, objection: str, now: datetime) -> None:
    """An objection to the striking was upheld: while the case's outcome still says that the promise was kept it is entered anew."""
    case = tx.cases.get(mine.case_id, lock=True)
    policy = office.book.get(case.pack)
    stands = case.state is CaseState.CLOSED and case.entry is None and case.outcome is not None
    if not stands or case.outcome is None or case.outcome.value != mine.outcome:
        record(tx, case.id, Decision(state=mine, because=striking.restored(mine, None, by, objection)), now, {}, kept=case.pack)
        return
    order = ending.entry(case, policy.outcomes[case.outcome], None, by, now)
    because = striking.restored(mine, order.key, by, objection)
    settle_case(tx, office, Decision(state=replace(case, entry=order.key), because=because, orders=(order,)), policy, now)


def refuse_contested(tx: Tx, mine: Record) -> None:
    """Raise Refusal (`objection_holds`) while an objection to it is open: nothing is struck meanwhile (scenario 62)."""
    if touched.touching(tx, mine):
        raise Refusal("objection_holds", case=mine.case_id)
