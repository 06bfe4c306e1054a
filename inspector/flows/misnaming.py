"""Taking out of the register what a concluded case has entered by somebody else's code: by two people, and in no draw's time."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from inspector.domain import misnamed
from inspector.domain.misnamed import Held
from inspector.domain.person import refuse_nameless
from inspector.flows import enrolment
from inspector.flows.embargo import own_day
from inspector.flows.history import names
from inspector.flows.members import member_of, object_id
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.flows.telling import tell
from inspector.store.tx import Tx

ASKED = "object_misnamed"
"""The matter of an object that one person has asked to strike: another signs."""
_LOOKED = 50
"""So many of an agency's newest draws are asked whether they are still closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """What a signature came to: who asked for it, and whether the object has gone."""

    agency: str
    name: str
    first: str
    gone: bool


def sign(office: Office, tx: Tx, case_id: str, by: str, why: str, now: datetime) -> Signed:
    """A named person signs that a concluded case was about somebody else: the first asks, the second takes the object out.

    Raises Missing, Invalid (`officer_nameless`), and Refusal as `misnamed.refuse` and `misnamed.signed` do.
    """
    refuse_nameless(by)
    tx.draws.take_turn(tx.cases.get(case_id).agency)  # no frame is frozen meanwhile; a freeze takes its turn, then its cases
    case = tx.cases.get(case_id, lock=True)
    tx.rosters.take_turn(case.agency)
    subject, policy = case.subject, office.book.get(case.pack)
    there = tx.rosters.standing_object(case.agency, subject.kind, subject.code)
    others = [one for one in enrolment.cases_of(tx, there) if one != case.id] if there is not None else []
    name = object_id(office.secret, subject.kind, subject.code)
    row = misnamed.refuse(case, there, others, _held(office, tx, case.agency, name, now))
    matter = tx.attention.get(f"{ASKED}:{case.id}")
    first = str(json.loads(matter["body"])["by"]) if matter is not None and matter["closed_at"] is None else by
    if matter is None or matter["closed_at"] is not None:
        record(tx, case.id, misnamed.asked(case, policy, by), now, {}, kept=case.pack)
        tx.attention.open(ASKED, case.agency, case.id, {"case": case.id, "by": by, "reason": why}, now)
        return Signed(agency=case.agency, name=name, first=by, gone=False)
    decision = misnamed.signed(case, policy, by, first)
    tx.rosters.strike(row, None, now)
    record(tx, case.id, decision, now, {}, kept=case.pack)
    tx.work.order(tell(tx, office, case, decision, policy, now), now)
    tx.attention.over(f"{ASKED}:{case.id}", now)
    tx.attention.over(f"{enrolment.TWICE}:{case.id}", now)
    return Signed(agency=case.agency, name=name, first=first, gone=True)


def _held(office: Office, tx: Tx, agency: str, name: str, now: datetime) -> Held | None:
    """The draw that holds an agency's register: any that is announced and not carried out, or one with this object that is still closed.

    It may have the object by another code of its organisation.
    """
    for one in tx.draws.under_way([agency]):
        return Held(draw=one.number, until="—")
    keys = names(tx, name)
    for one in tx.draws.last([agency], limit=_LOOKED):
        until = own_day(office, tx, one, now)
        if until is not None and any(member_of(tx, one.number, key) is not None for key in keys):
            return Held(draw=one.number, until=f"{office.calendar.local(until):%Y-%m-%d %H:%M}")
    return None
