"""What the subject hears of a repair (信用修复): which papers lack, and what was decided, why, with remedies (handbook 1.7.11)."""

from __future__ import annotations

from datetime import datetime

from inspector.domain.case import Case
from inspector.domain.creditrecord import BASIS, Record
from inspector.domain.serving import NoticeKind
from inspector.flows import credittold, giving, remedying
from inspector.flows.office import Office
from inspector.labels import label, of
from inspector.store.tx import Tx, new_id


def lacking(office: Office, tx: Tx, case: Case, mine: Record, now: datetime) -> None:
    """It has come, and is decided by a day; these papers lack, which may follow by this notice's link."""
    asked, lang = mine.repair, office.agency(case.agency).language
    assert asked is not None, "it was asked for"
    assert asked.due_at is not None, "its clock runs"
    papers = label("explain.and", lang).join(of(one, lang) for one in asked.missing)
    by = office.calendar.local_date(asked.due_at).isoformat()
    facts = (label("repairtold.came", lang, on=_on(office, mine), by=by), label("repairtold.papers", lang, papers=papers))
    _tell(office, tx, case, mine, NoticeKind.REPAIR, "lacking", facts, label("repairtold.lacking_because", lang), now=now)


def refused(office: Office, tx: Tx, case: Case, mine: Record, reasons: str, now: datetime) -> None:
    """It is not repaired, for the officer's reasons; it may be asked for again. `mine`: the record as it was asked to be repaired."""
    lang = office.agency(case.agency).language
    facts = (label("repairtold.asked", lang, on=_on(office, mine)), label("repairtold.stands", lang))
    _tell(office, tx, case, mine, NoticeKind.REPAIR, "refused", facts, reasons, now=now)


def granted(office: Office, tx: Tx, case: Case, mine: Record, reasons: str, now: datetime) -> None:
    """It is repaired from today on: it bars nobody any more, and whoever has received it hears so. `mine`: as it was asked to be."""
    lang = office.agency(case.agency).language
    day = office.calendar.local_date(now).isoformat()
    facts = (label("repairtold.asked", lang, on=_on(office, mine)), label("repairtold.repaired", lang, on=day))
    _tell(office, tx, case, mine, NoticeKind.REPAIRED, "granted", facts, reasons, now=now)


def _tell(  # noqa: PLR0913 - a notice in all its parts
    office: Office,
    tx: Tx,
    case: Case,
    mine: Record,
    kind: NoticeKind,
    title: str,
    facts: tuple[str, ...],
    reasons: str,
    *,
    now: datetime,
) -> None:
    lang, policy = office.agency(case.agency).language, office.book.get(case.pack)
    ask, remedies = kind is NoticeKind.REPAIR, remedying.rights(policy, lang) if title == "refused" else ()
    again = (label("credittold.right_repair", lang), label("credittold.right_objection", lang)) if ask else ()
    giving.inform(
        office,
        tx,
        case,
        f"repair:{new_id()}",
        kind,
        about=mine.entry,
        title=label(f"repairtold.{title}", lang),
        facts=(credittold.named(mine, lang), *facts),
        reasons=reasons,
        rights=(*remedies, *again),
        basis=(mine.basis, BASIS, *(remedying.bases(policy) if remedies else ())),
        now=now,
    )


def _on(office: Office, mine: Record) -> str:
    """The day on which the repair was asked for."""
    return office.calendar.local_date(mine.repair.asked_at).isoformat() if mine.repair is not None else ""
