"""What the subject of a credit record hears of it: how long it is shown, that it may be repaired, and what became of an objection."""

from __future__ import annotations

from datetime import datetime

from inspector.domain.annulled import Annulled
from inspector.domain.case import Case
from inspector.domain.creditrecord import BASIS, Record
from inspector.domain.objection import Objection, ObjectionState
from inspector.domain.serving import NoticeKind
from inspector.flows import giving, remedying
from inspector.flows.office import Office
from inspector.labels import Lang, label, of
from inspector.store.tx import Tx


def named(mine: Record, lang: Lang) -> str:
    """A record as its subject reads of it: number, grade, day of the decision."""
    grade = label(f"grade.{mine.grade}", lang)
    return label("credittold.record", lang, entry=mine.entry, grade=grade, on=mine.decided_on.isoformat())


def dates(mine: Record, lang: Lang, *, ordered: bool = False) -> tuple[str, ...]:
    """What an entry means for its subject: which it is, whether it is shown or kept and until when, whether it bars, from when on it may be

    repaired (handbook 1.7.1, 1.7.2): the decision says what its notice said. `ordered`: it has an order to meet first.
    """
    until, shows = mine.most_until, "credittold.shown_until" if mine.published else "credittold.kept_until"
    shown = (label(shows, lang, until=until.isoformat()),) if until is not None else ()
    open_ = "credittold.repair_at_once" if mine.least_until is None else "credittold.repair_from"
    open_ = "credittold.repair_rectified" if ordered else open_
    bars = label("credittold.bars" if mine.bars else "credittold.bars_not", lang)
    return (named(mine, lang), *shown, bars, label(open_, lang, earliest=mine.repairable_from.isoformat()))


def repairable(office: Office, tx: Tx, case: Case, mine: Record, now: datetime) -> None:
    """The minimum is over, or there is none: the subject is told so on the day, and asks by the notice's link (handbook 1.7.1, 1.7.2)."""
    lang = office.agency(case.agency).language
    why = "credittold.no_minimum" if mine.least_until is None else "credittold.minimum_over"
    giving.inform(
        office,
        tx,
        case,
        f"{mine.entry}:repairable",
        NoticeKind.REPAIRABLE,
        about=mine.entry,
        title=label("credittold.repairable", lang),
        facts=(named(mine, lang),),
        reasons=label(why, lang, earliest=mine.repairable_from.isoformat()),
        rights=(label("credittold.right_repair", lang), label("credittold.right_objection", lang)),
        basis=(mine.basis,),
        now=now,
    )


def decided(office: Office, tx: Tx, case: Case, held: Objection, now: datetime) -> None:
    """An objection was decided: who objected hears how, and why (handbook 1.7.5)."""
    lang, policy = office.agency(case.agency).language, office.book.get(case.pack)
    on = office.calendar.local_date(held.opened_at).isoformat()
    giving.inform(
        office,
        tx,
        case,
        f"{held.id}:objection",
        NoticeKind.OBJECTION,
        about=held.about,
        title=label("credittold.decided", lang),
        facts=(label("credittold.objection", lang, on=on), of(held.state, lang)),
        reasons=held.reasons,
        rights=remedying.rights(policy, lang) if held.state is ObjectionState.REJECTED else (),
        basis=(BASIS, *(remedying.bases(policy) if held.state is ObjectionState.REJECTED else ())),
        now=now,
    )


def annulled(office: Office, tx: Tx, case_id: str, why: str, document: str, lang: Lang) -> str:
    """Why something stands no more, and by which document; of an upheld objection when it was made: its id tells its subject nothing."""
    made = next((one for one in tx.records.objections(case_id=case_id, open_ones=False) if one.id == document), None)
    if made is None:
        return label("cleared.by", lang, why=of(Annulled(why), lang), document=document)
    return label("cleared.by_objection", lang, on=office.calendar.local_date(made.opened_at).isoformat())
