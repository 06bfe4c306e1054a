"""A case that needs a visit goes along with one that its agency is still to make to the same subject."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from inspector.domain import trail
from inspector.domain.case import Case, SubjectKind
from inspector.domain.merged import merge
from inspector.domain.spelling import party_of, told_of
from inspector.domain.verification import wants_visit
from inspector.domain.visit import Visit
from inspector.flows import enrolment, listing, sooner
from inspector.flows.history import names
from inspector.flows.members import object_id
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.flows.seats import ADDED, tell_changed
from inspector.store.tx import Tx


def look_at(office: Office, tx: Tx, case: Case, now: datetime) -> None:
    """Have a case go along with the first visit that can take it; the caller holds the case. Else it waits for a draw."""
    if not wants_visit(case) or not tx.cases.free(case.id):
        return
    today = office.calendar.local_date(now)
    code = enrolment.code_of(tx, case.agency, case.subject.kind, case.subject.code, today)
    name = object_id(office.secret, case.subject.kind, code)
    for visit_id in tx.visits.open_to(case.agency, _keys(tx, case, name)):
        held = tx.visits.get(visit_id, lock=True)
        decision = merge(held, case, _begun(tx, held, case.agency), tx.draws.pack_of(held.draw, case.agency))
        if decision is None:
            continue
        changed = tx.visits.merge(decision.state, case.id)
        tx.cases.mark_drawn([case.id], held.draw)
        record(tx, held.id, decision, now, {"visit": trail.standing(changed)})
        listing.look_at(office, tx, changed, now)
        tell_changed(office, tx, tx.visits.get(held.id), now, ADDED)
        sooner.follow(office, tx, case, now)  # it may be due before the visit that was given for others
        return


def gather(office: Office, tx: Tx, made: Visit, now: datetime) -> None:
    """A visit was given: what has come to wait for one there since the frame was frozen goes along."""
    for agency in made.agencies:
        known = tx.rosters.goes_by(agency, made.kind, made.code)  # the visit may go by the code of another agency's list
        for case_id in tx.cases.waiting_about(agency, made.kind, tx.rosters.spellings(agency, made.kind, known)):
            look_at(office, tx, tx.cases.get(case_id, lock=True), now)


def sweep(office: Office, tx: Tx, agencies: Collection[str], now: datetime) -> None:
    """Before a frame is frozen: whoever waits for a visit that is to be made anyway needs no other one."""
    for agency in agencies:
        going = {party_of(name) for name in tx.visits.objects_open(agency)}
        waiting = [row for row in tx.cases.undrawn(agency) if row["wants_visit"]] if going else []
        firms = {row["subject_code"] for row in waiting if row["subject_kind"] == SubjectKind.FIRM.value}
        called = enrolment.known_as(tx, agency, firms, office.calendar.local_date(now))
        for row in waiting:
            kind, code = SubjectKind(row["subject_kind"]), row["subject_code"]
            if party_of(object_id(office.secret, kind, called[code] if kind is SubjectKind.FIRM else code)) in going:
                look_at(office, tx, tx.cases.get(row["id"], lock=True), now)


def _keys(tx: Tx, case: Case, name: str) -> frozenset[str]:
    """By which keys a visit of an agency may be to a case's firm: any of its organisation's (decision 170).

    Where the agency's register has several rows of it, somebody has said that they are several: each is visited for itself.
    """
    told = told_of(case.subject.kind, case.subject.code)
    rows = tx.rosters.organisations(case.agency, [told]).get(told, ()) if told is not None else ()
    return names(tx, name) if len(rows) < 2 else frozenset({name})


def _begun(tx: Tx, held: Visit, agency: str) -> bool:
    """Whether anything has come from the spot: who is there, or was, goes on with what was asked."""
    notes, photos = tx.fieldnotes.notes(held.id, agency), tx.fieldnotes.photos(held.id, agency)
    return bool(notes or photos or tx.entryscans.of_visit(held.id))
