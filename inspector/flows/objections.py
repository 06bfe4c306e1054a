"""Objections (异议): what they are about is marked at once, used for nothing adverse, decided by another officer in the pack's term."""

from __future__ import annotations

from datetime import datetime

from inspector.domain import objection as domain
from inspector.domain.annulled import Annulled
from inspector.domain.case import Case, CaseState
from inspector.domain.consequence import Consequence, Signed
from inspector.domain.creditrecord import Record, contestable
from inspector.domain.decision import Order, OrderKind
from inspector.domain.errors import Missing, Refusal
from inspector.domain.objection import Objection
from inspector.domain.policy import Policy
from inspector.domain.proceeding import ANNULLABLE
from inspector.domain.proposal import Proposal
from inspector.domain.stamp import Stamp, moment
from inspector.domain.transition import Scope
from inspector.flows import annulling, consequences, contested, creditrecords, deputies, shaken, stopped, striking, touched
from inspector.flows.creditbook import CONTESTED
from inspector.flows.office import Office
from inspector.flows.settle import Settlement
from inspector.store.tx import Tx, new_id
from inspector.store.work import Work


def holds(tx: Tx, case_id: str) -> bool:
    """Whether an objection against a record or a consequence of a case is open: then no new adverse step is taken (scenario 62)."""
    return bool(tx.records.objections(case_id=case_id, limit=1))


def object(  # noqa: A001, PLR0913 - the field's word for it, in all its parts
    office: Office,
    tx: Tx,
    about: str,
    words: str,
    digests: tuple[str, ...],
    by_door: str,
    now: datetime,
    *,
    said_at: datetime | None = None,
    stamp: Stamp | None = None,
) -> Objection:
    """Somebody objects to a record (its entry) or a consequence (its id). What it touches is marked at once, and each receiver told.

    Who says and shows the same again of the same, decided or not, has said it once: the gate does not open anew by it. A proposal is
    spoken against by a statement in defence, for there is nothing yet that an objection could take back (Penalties Law art. 44, 45).

    `by_door`: who says it, through which door; `said_at`, or a `stamp`: when it was handed in, where that was before it was typed in: the
    clock on us runs from then (handbook 1.7.5). Raises Missing, Invalid (`objection_empty`, `stamp_out_of_range`) and Refusal:
    `record_over`, `objection_early`, `objection_gone`, `objection_transfer`.
    """
    case, mine = _about(office, tx, about, now)
    _objectable(tx, about)
    said = (one for name in touched.names(tx, case.id, about, mine) for one in tx.records.objections(about=name, open_ones=False))
    if (before := next((one for one in said if one.says(words, digests)), None)) is not None:
        return before
    made = Objection(
        id=new_id(),
        about=about,
        case_id=case.id,
        agency=case.agency,
        words=words,
        digests=digests,
        by=by_door,
        opened_at=said_at or moment(stamp, _since(tx, about, mine), now, office.calendar),
        pack=case.pack,
        stamp=stamp.by if stamp is not None else "",
    )
    decided = domain.opened(made, _ruled(office, case, now).credit, made.opened_at, office.calendar)
    if mine is not None:
        contestable(mine)
    tx.records.object(decided.state)
    contested.write(tx, office, case, decided, now)
    _clock(office, tx, decided.state, now)
    contested.remark(office, tx, case, now)
    return decided.state


def pass_on(office: Office, tx: Tx, objection_id: str, by: Signed, why: str, now: datetime) -> Objection:
    """An officer who may decide it says that others have to be asked, so that the longer term runs: they answer that officer.

    Raises Missing, Refusal, Invalid.
    """
    case, held = _open(tx, objection_id)
    deciders = touched.deciders(tx, held)
    close = deputies.close_to(office, tx, held.agency, touched.decided(tx, held), deciders, now)
    law = _ruled(office, case, now).credit
    decided = domain.passed_on(held, by, why, deciders, law, now, office.calendar, close=close)
    tx.records.decided(decided.state)
    contested.write(tx, office, case, decided, now)
    stopped.end(tx, [contested.key(held)], now)
    _clock(office, tx, decided.state, now)
    return decided.state


def decide(office: Office, tx: Tx, objection_id: str, by: Signed, reasons: str, now: datetime, *, upheld: bool) -> Objection:
    """Another officer than those who decided, or found what it came of, by name and by login, decides.

    Upheld, what it is about is annulled with all that rests on it; rejected, the mark is taken off. Raises Missing, Refusal, Invalid.
    """
    case, held = _open(tx, objection_id)
    _, mine = _about(office, tx, held.about, now)
    effect = _effect(tx, case, held.about)
    deciders = touched.deciders(tx, held)
    by = deputies.signs(office, tx, held, by, now)
    close = deputies.close_to(office, tx, held.agency, touched.decided(tx, held), deciders, now)
    decided = domain.decide(held, by, reasons, deciders, _ruled(office, case, now).credit, now, upheld=upheld, close=close)
    contested.write(tx, office, case, decided, now)
    if upheld:
        for name in touched.names(tx, case.id, held.about, mine):
            for other in tx.records.objections(about=name):
                contested.write(tx, office, case, domain.answered(other, by.by, reasons, now), now)
        if effect is not None:
            annulling.consequence(office, tx, effect.id, Annulled.OBJECTION, held.id, by.by, now, token=by.token)
        elif mine is not None and mine.stands_somewhere:
            annulling.entry(office, tx, mine.entry, Annulled.OBJECTION, held.id, by.by, now, token=by.token, reasons=reasons)
        elif mine is not None and mine.struck:
            striking.restore(office, tx, mine, by.by, held.id, now)
    contested.remark(office, tx, case, now)
    if not upheld and case.state is CaseState.CLOSED and not holds(tx, case.id):
        shaken.later(office, tx, case, "objection.decided", now, without=True)  # what was left out counts again
    consequences.resume(office, tx, tx.cases.get(case.id), now)  # what the law asks for meanwhile waited for this word
    return decided.state


def due(work: Work, office: Office) -> Settlement:
    """The term is over: people are told that our answer is late, and whose it is now. Nothing is decided by it, and the mark stands."""
    objection_id = str(work.payload["objection"])

    def settle(tx: Tx, now: datetime) -> None:
        held = tx.records.objection(objection_id, lock=True)
        if held.state is domain.ObjectionState.OPEN and contested.key(held) == work.key:
            _matter(office, tx, held, now, overdue=True)

    return Settlement(write=settle)


def _about(office: Office, tx: Tx, about: str, now: datetime) -> tuple[Case, Record | None]:
    """The case, and the record, that an objection is about: of a consequence that of the entry which it ordered, if it ordered one.

    Raises Missing (`record_unknown`).
    """
    if tx.records.find(about) is not None:
        return creditrecords.held(tx, about)
    try:
        case, held = consequences.locked(office, tx, about, now)
    except Missing as error:
        raise Missing("record_unknown", entry=about) from error
    return case, tx.records.find(held.entry, lock=True) if held.entry else None


def _since(tx: Tx, about: str, mine: Record | None) -> datetime:
    """Since when somebody may have objected: since the record, or the consequence, was decided."""
    if mine is not None:
        return mine.decided_at
    effect = tx.consequences.get(about)
    return effect.imposed_at or effect.proposed_at


def _objectable(tx: Tx, about: str) -> None:
    """Raise Refusal for a consequence that has not taken effect, or does not stand any more; a record says so itself.

    A transfer decides nothing against anybody, and no word of ours takes it back (handbook 1.8): a mark would hold up what is in force
    for an objection that nobody here could uphold. Who has the matter hears its subject.
    """
    effect = tx.consequences.find(about)
    if effect is not None and effect.proposal is Proposal.TRANSFER_JUDICIAL:
        raise Refusal("objection_transfer", consequence=effect.id)
    if effect is None or contested.stands(tx, about):
        return
    code = "objection_early" if effect.open else "objection_gone"
    raise Refusal(code, consequence=effect.id, state=effect.state)


def _effect(tx: Tx, case: Case, about: str) -> Consequence | None:
    """The consequence in effect that an objection is about, or whose entry it is about."""
    held = (one for one in tx.consequences.of_case(case.id, lock=True) if about in (one.id, one.entry))
    return next((one for one in held if one.state in ANNULLABLE), None)


def _open(tx: Tx, objection_id: str) -> tuple[Case, Objection]:
    case = tx.cases.get(tx.records.objection(objection_id).case_id, lock=True)
    return case, tx.records.objection(objection_id, lock=True)


def _ruled(office: Office, case: Case, now: datetime) -> Policy:
    return office.ruling(case.agency, case.pack, Scope.OUTCOMES, now).policy


def _clock(office: Office, tx: Tx, held: Objection, now: datetime) -> None:
    assert held.due_at is not None, "an open objection has a date"
    at, payload = held.due_at, {"objection": held.id}
    kind = OrderKind.OBJECTION_DUE
    tx.work.order(
        [Order(kind=kind, key=contested.key(held), due_at=at, urgent_by=at, case_id=held.case_id, payload=payload)], now
    )
    _matter(office, tx, held, now, overdue=False)


def _matter(office: Office, tx: Tx, held: Objection, now: datetime, *, overdue: bool) -> None:
    due_at = held.due_at.isoformat() if held.due_at is not None else None
    facts = {"about": held.about, "case": held.case_id, "due_at": due_at, "overdue": overdue}
    tx.attention.open(CONTESTED, held.agency, held.id, {**facts, **deputies.told(office, tx, held, now)}, now)
