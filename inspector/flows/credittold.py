"""What the subject of a credit record hears of it: on the day that it may be repaired, and what became of an objection."""

from __future__ import annotations

from datetime import datetime

from inspector.domain.case import Case
from inspector.domain.creditrecord import BASIS, Record
from inspector.domain.objection import Objection
from inspector.domain.serving import NoticeKind, SubjectNotice
from inspector.flows import giving
from inspector.flows.office import Office
from inspector.labels import label, of
from inspector.store.tx import Tx


def repairable(office: Office, tx: Tx, case: Case, mine: Record, now: datetime) -> None:
    """The minimum is over: the subject is told so on the day, and asks by the notice's link (handbook 1.7.2)."""
    lang = office.agency(case.agency).language
    fact = label("credittold.record", lang, entry=mine.entry, grade=mine.grade, on=mine.decided_on.isoformat())
    notice = SubjectNotice(
        id=f"{mine.entry}:repairable",
        kind=NoticeKind.REPAIRABLE,
        case_id=case.id,
        agency=case.agency,
        about=mine.entry,
        title=label("credittold.repairable", lang),
        facts=(fact,),
        reasons=label("credittold.minimum_over", lang, earliest=mine.repairable_from.isoformat()),
        rights=(label("credittold.right_repair", lang), label("credittold.right_objection", lang)),
        basis=(mine.basis,),
        answer_by=None,
        made_at=now,
    )
    giving.give(office, tx, notice, now)


def decided(office: Office, tx: Tx, case: Case, held: Objection, now: datetime) -> None:
    """An objection was decided: who objected hears how, and why (handbook 1.7.5)."""
    lang = office.agency(case.agency).language
    on = office.calendar.local_date(held.opened_at).isoformat()
    notice = SubjectNotice(
        id=f"{held.id}:objection",
        kind=NoticeKind.OBJECTION,
        case_id=case.id,
        agency=case.agency,
        about=held.about,
        title=label("credittold.decided", lang),
        facts=(label("credittold.objection", lang, on=on), of(held.state, lang)),
        reasons=held.reasons,
        rights=(),
        basis=(BASIS,),
        answer_by=None,
        made_at=now,
    )
    giving.give(office, tx, notice, now)
