"""Guidance to a subject before a day by which something was promised (domain.guidance): a notice, once for each such day."""

from __future__ import annotations

from datetime import date, datetime

from inspector.domain import guidance
from inspector.domain.case import Case
from inspector.domain.duty import Follow
from inspector.domain.serving import NoticeKind, SubjectNotice
from inspector.flows import giving, intended, reapplying, unserved
from inspector.flows.office import Office
from inspector.flows.settle import Settlement
from inspector.labels import label
from inspector.store.tx import Tx
from inspector.store.work import Work


def guide(work: Work, office: Office) -> Settlement:
    """A promised day comes near: its subject hears what was promised, once. Nothing is decided by it, and silence says nothing."""
    day = date.fromisoformat(str(work.payload["on"]))

    def write(tx: Tx, now: datetime) -> None:
        case = tx.cases.get(str(work.case_id), lock=True)
        if office.calendar.local_date(now) <= day and guidance.promised(case, day):
            giving.give(office, tx, _notice(office, case, day, now), now)  # corrected since, and told already: the same notice

    return Settlement(write=write)


def outdated(office: Office, tx: Tx, case: Case, now: datetime) -> None:
    """A case was corrected: of a day by which it promises nothing any more nobody need hear."""
    for notice in tx.servings.of_case(case.id):
        if notice.kind is not NoticeKind.GUIDANCE or not notice.state.open or notice.answer_by is None:
            continue
        if not guidance.promised(case, office.calendar.local_date(notice.answer_by)):
            unserved.done(tx, notice.id, now)


def _notice(office: Office, case: Case, day: date, now: datetime) -> SubjectNotice:
    policy, lang, on = office.book.get(case.pack), office.agency(case.agency).language, day.isoformat()
    item = policy.item(case.item)
    withdraw, basis = tuple[str, ...](), tuple[str, ...]((policy.follows[Follow.GUIDANCE].basis,))
    if case.concluded_at is None and not case.state.ended:
        withdraw = (label("guidance.withdraw", lang),)
        if (bar := reapplying.by_withdrawal(office, case, now)) is not None:
            withdraw, basis = (*withdraw, intended.withdrawing(bar, case.item, policy, lang)), (*basis, bar.row.basis)
    return SubjectNotice(
        id=f"{case.id}:guidance:{on}",
        kind=NoticeKind.GUIDANCE,
        case_id=case.id,
        agency=case.agency,
        about=case.id,
        title=label("guidance.title", lang, on=on),
        facts=tuple(
            label("guidance.promised", lang, fact=item.fact(claim.fact).name, value=claim.value, on=on)
            for claim in guidance.promised(case, day)
        ),
        reasons=label("guidance.reasons", lang, on=on),
        rights=withdraw,
        basis=basis,
        answer_by=office.calendar.closing(day),
        made_at=now,
    )
