"""A hearing that was asked for is fixed and told to its subject, and entered once it was held or given up (domain.hearing)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from inspector.domain import hearing
from inspector.domain.consequence import Consequence, Signed, Sitting, StatementKind
from inspector.domain.evidence import blank
from inspector.domain.person import declared
from inspector.domain.serving import NoticeKind, NoticeState, SubjectNotice
from inspector.flows import deputies, giving, inname, replying, touched, unserved, wording
from inspector.flows.consequences import locked, settle
from inspector.flows.office import Office
from inspector.flows.shaken import setting, sitting_notice
from inspector.labels import label
from inspector.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """What became of a hearing, on which day and by which record: held, waived, or who was told did not come (`absent`)."""

    outcome: str
    on: date
    record: str
    digests: tuple[str, ...] = ()
    proxies: tuple[str, ...] = ()


def fix(office: Office, tx: Tx, consequence_id: str, sitting: Sitting, now: datetime, *, off_hours: bool = False) -> Consequence:
    """An officer says when and where a hearing is and who presides, or moves it: its subject is told by a notice, each time.

    What its subject has said against who presides is answered by it where somebody else presides, and not by the one it was said of.
    `off_hours`: that it is on a day off, or outside office hours, is meant.

    Raises what `hearing.fix` raises, Invalid (`hearing_off_hours`) and Refusal (`presider_own_answer`).
    """
    office.earnest()
    case, held = locked(office, tx, consequence_id, now)
    replying.refuse_own_move(tx, held, sitting.fixed.by)
    presides = declared(sitting.presides, office.entrance.people) or sitting.presides
    sitting = replace(sitting, presides=presides, fixed=deputies.signs(office, tx, held, sitting.fixed, now))
    made = hearing.fix(held, sitting, investigated(tx, held), setting(office, held, now))
    if not off_hours:
        hearing.refuse_off_hours(sitting, office.calendar)
    done = settle(office, tx, case, held, made, now)
    if held.hearing is not None and held.hearing.sittings:
        unserved.done(tx, sitting_notice(held), now)  # it named a day that counts no more
    giving.give(office, tx, _notice(office, done, now), now)
    return done


def enter(office: Office, tx: Tx, consequence_id: str, came: Came, signed: Signed, now: datetime) -> Consequence:
    """A named officer enters what became of it. Raises what `hearing.heard`, `waived` and `absent` raise.

    Raises Refusal (`presider_unanswered`) where it is said to have been held, or that nobody came, while nobody has answered what the
    subject has said against who presides: whoever is objected to would have presided (Penalties Law art. 64).
    """
    case, held = locked(office, tx, consequence_id, now)
    if came.outcome != "waived":
        replying.refuse_unheard(tx, held)
    signed = deputies.signs(office, tx, held, signed, now)
    at, on, record = setting(office, held, now), came.on, came.record
    if came.outcome == "held":
        made = hearing.heard(held, on=on, record=record, signed=signed, setting=at, proxies=came.proxies)
    elif came.outcome == "absent":
        made = hearing.absent(held, on=on, record=record, signed=signed, setting=at, told_on=_told_on(tx, held))
    else:
        made = hearing.waived(held, on=on, record=record, signed=signed, setting=at, digests=came.digests)
    done = settle(office, tx, case, held, made, now)
    if came.outcome == "waived" and came.digests:  # an officer's word for it that its subject needs none: the subject hears so
        told = inname.Entered(StatementKind.WAIVER, record, now, done.id, done.basis, (signed,))
        inname.tell(office, tx, case, f"{done.id}:hearing-waived", told, now)
    return done


def untold(tx: Tx, held: Consequence, now: datetime) -> bool:
    """Whether the last day has passed on which the notice of a hearing could come in time, and nothing proves that it did: it is moved."""
    told = tx.servings.find(sitting_notice(held)) if held.awaits_hearing else None
    late = told is not None and told.come_by is not None and now > told.come_by
    return late and told is not None and told.state is not NoticeState.SERVED


def investigated(tx: Tx, held: Consequence) -> Sequence[str]:
    """Who has investigated the case, or decided what it is found to be: its reviewers, and the inspectors who went."""
    names = [one.by for one in touched.found_by(tx, held.case_id, [held], None)]
    for visit in tx.visits.of_case(held.case_id):
        for seat in (one for one in tx.visits.team(visit.id) if one.state.there):
            person = tx.rosters.in_force(seat.agency, seat.inspector)
            names += [seat.inspector, *((person.name,) if person is not None else ())]
    return [one for one in names if not blank(one)]


def _told_on(tx: Tx, held: Consequence) -> date | None:
    """The day on which the notice of the time that counts came; None where nothing proves that it did."""
    told = tx.servings.find(sitting_notice(held))
    return told.served_on if told is not None and told.state is NoticeState.SERVED else None


def _notice(office: Office, held: Consequence, now: datetime) -> SubjectNotice:
    """What the subject hears of its hearing: when, where, before whom, whether in public, and its rights there."""
    assert held.hearing is not None, "it was asked for"
    lang, (*former, sitting) = office.agency(held.agency).language, held.hearing.sittings
    proposal, begins = label(f"Proposal.{held.proposal.value}", lang), wording.at(office.calendar.local(sitting.begins))
    facts = [
        label("hearing.told_when", lang, proposal=proposal, begins=begins, place=sitting.place),
        label("hearing.told_presides", lang, presides=sitting.presides),
        label("hearing.told_public", lang)
        if blank(sitting.closed)
        else label("hearing.told_closed", lang, closed=sitting.closed),
    ]
    if former:
        was = wording.at(office.calendar.local(former[-1].begins))
        facts.append(label("hearing.told_moved", lang, was=was, place=former[-1].place, reasons=sitting.reasons))
    rights = ("recusal", "proxies", "speak", "absent", "waive")
    return SubjectNotice(
        id=sitting_notice(held),
        kind=NoticeKind.HEARING,
        case_id=held.case_id,
        agency=held.agency,
        about=held.id,
        title=label("hearing.moved" if former else "hearing.title", lang),
        facts=tuple(facts),
        reasons=label("hearing.because", lang),
        rights=tuple(label(f"hearing.right_{one}", lang) for one in rights),
        basis=tuple(dict.fromkeys((*held.basis, hearing.BASIS))),
        answer_by=sitting.begins,
        made_at=now,
        come_by=office.calendar.closing(hearing.last_day(office.calendar.local_date(sitting.begins), setting(office, held, now))),
    )
