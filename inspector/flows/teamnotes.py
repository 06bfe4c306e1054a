"""The notes of those who make a visit, brought to what is asked now; and what of them speaks against a subject and no result tells.

Whatever becomes of a case or a visit meanwhile: what an inspector has seen against a promise reaches an officer (`correction`).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from inspector.domain.correction import carried
from inspector.domain.evidence import Verdict
from inspector.domain.fieldnote import FieldNote, Photo, before_team, day, telling
from inspector.domain.finding import Doubt, Finding, Seen
from inspector.domain.inorder import in_order, superseded
from inspector.domain.version import against
from inspector.domain.visit import Seat, SeatState, Visit
from inspector.flows.office import Office
from inspector.store.tx import Tx

AGAINST = "note_against"
"""The matter of what an inspector has noted against a subject, and no result tells: a person reads it."""


def own(office: Office, tx: Tx, held: Visit, agency: str) -> list[FieldNote]:
    """The notes of an agency's present team, in the order in which they were said: of who goes no more none decides anything.

    Who has declined may have a conflict, and whoever was dealt afterwards did not go with the team of before.
    """
    team = tx.visits.team(held.id)
    there = {seat.name for seat in team if seat.state.there}
    notes = [one for one in in_order(held, tx.fieldnotes.notes(held.id, agency)) if one.seat in there and not one.times.apart]
    notes = [one for one in notes if not before_team(held, team, one, one.on, office.calendar)]
    return [replace(one, findings=about_now(office, tx, held, one.findings)) for one in notes]


def about_now(office: Office, tx: Tx, held: Visit, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Findings about what is asked now, where they were written of a promise that a correction has left as it was."""
    asked = {(one.case_id, one.claim) for one in held.doubts}

    def now_of(one: Finding) -> Finding:
        if (one.case_id, one.claim) in asked or one.case_id not in held.case_ids:
            return one
        case = tx.cases.get(one.case_id)
        if not case.corrected:
            return one
        return carried(case, one, {fact.code for fact in office.book.get(case.pack).item(case.item).facts if fact.place})

    return tuple(now_of(one) for one in findings)


def of_before(tx: Tx, held: Visit, agency: str) -> tuple[Doubt, ...]:
    """What a phone without signal may still ask, of cases that were corrected since the visit was given, or have left the house."""
    told: dict[tuple[str, str], Doubt] = {}
    for case in (tx.cases.get(one) for one in held.case_ids):
        since = [former for former in case.corrected if former.until >= held.opened_at]
        if case.agency != agency or not (since or case.state.gone):
            continue
        for claim in (*(one for former in since for one in former.claims), *(file.claim for file in case.claims)):
            told[case.id, claim.key] = Doubt(
                agency=agency, case_id=case.id, claim=claim.key, fact=claim.fact, claimed=claim.value
            )
    asked = {(one.case_id, one.claim) for one in held.doubts}
    return tuple(doubt for about, doubt in told.items() if about not in asked)


def begun(office: Office, tx: Tx, held: Visit, since: date = date.min) -> frozenset[str]:
    """The agencies whose present team has sent anything from the spot, or has made the visit: who is there goes on with what was asked.

    `since`: only what is of that day, or a later one.
    """
    team = tx.visits.team(held.id)
    there = {seat.name for seat in team if seat.state.there}

    def former(photo: Photo) -> bool:
        return before_team(held, team, photo, day(held, photo.times, office.calendar), office.calendar)

    def of(sent: FieldNote | Photo, on: date | None = None) -> bool:
        return (on or day(held, sent.times, office.calendar) or office.calendar.local_date(sent.times.received_at)) >= since

    def came(agency: str) -> bool:
        photos = [one for one in tx.fieldnotes.photos(held.id, agency) if one.seat in there and not one.times.apart]
        sent = any(of(one) and not former(one) for one in photos)
        return sent or any(of(one, one.on) for one in own(office, tx, held, agency))

    return frozenset(one for one in held.agencies if one in held.vouched or came(one))


def seen(office: Office, tx: Tx, held: Visit) -> frozenset[str]:
    """The agencies whose team has written down what it saw."""
    return frozenset(one for one in held.agencies if any(telling(note) for note in own(office, tx, held, one)))


def waiting(office: Office, tx: Tx, held: Visit) -> tuple[tuple[Finding, date], ...]:
    """What speaks against a promise by the word of a team whose result is still to come, and of which day: its note's own."""
    if not held.state.open:
        return ()
    entered = {part.agency for part in held.parts}
    told = (one for agency in held.agencies if agency not in entered for one in against(own(office, tx, held, agency)))
    return tuple((found, note.on or office.calendar.local_date(note.times.received_at)) for found, note in told)


def passed_on(tx: Tx, was: Seat, seat: Seat, now: datetime) -> None:
    """A seat has passed on, or its visit was called off: what its team has seen against the subject decides nothing, and is read."""
    if not was.state.there or seat.state.there or seat.state is SeatState.NEEDLESS:
        return
    if not (notes := tx.fieldnotes.notes(seat.visit, seat.agency)):
        return
    held = tx.visits.get(seat.visit)
    told = against(in_order(held, notes))  # as they were said: a word of before may have come in last
    ids = {note.id for _, note in told} | {one.id for one in notes if one.seen is Seen.FINDING}
    if ids:
        tell(tx, held, seat, [one for one, _ in told], ids, now)


def apart(tx: Tx, held: Visit, by: Seat, note: FieldNote, now: datetime) -> None:
    """A note came in of who goes no more, or went with a team of before: it decides nothing, and what speaks against is read all the same.

    Not what its inspector has said otherwise since, nor what a result tells already.
    """
    past = superseded(held, note, tx.fieldnotes.notes(held.id, note.agency))
    past |= {(one.case_id, one.claim) for one in held.findings if one.verdict is Verdict.MISMATCH}
    found = [one for one, _ in against([note]) if (one.case_id, one.claim) not in past]
    if found or note.seen is Seen.FINDING:
        tell(tx, held, by, found, {note.id}, now)


def tell(tx: Tx, held: Visit, by: Seat, found: Iterable[Finding], notes: Collection[str], now: datetime) -> None:
    """An officer is to read what speaks against a subject and stands in no result; the words stay in their notes.

    What the open matter names already is still to be read. Of `notes` that an officer has read and answered nobody asks again: their
    matter opens anew by another note alone.
    """
    cases = {one.case_id for one in found}
    about = held.id if by.agency == held.agency else f"{held.id}:{by.agency}"
    before = tx.attention.get(f"{AGAINST}:{about}")
    former = json.loads(before["body"]) if before is not None else {}
    over = before is not None and before["closed_at"] is not None
    read = {*former.get("read", ()), *(former.get("notes", ()) if over else ())}
    if not (fresh := {*notes} - read):
        return

    def facts(told: Mapping[str, Any]) -> dict[str, object]:
        kept = {"cases": sorted({*told.get("cases", ()), *cases}), "notes": sorted({*told.get("notes", ()), *fresh})}
        return {"draw": held.draw, "seat": by.name, **kept, **({"read": sorted(read)} if read else {})}

    tx.attention.add(AGAINST, by.agency, about, facts, now)


def entered(office: Office, tx: Tx, visit_id: str, agency: str, now: datetime) -> None:
    """What a team that had passed on has noted has become the result (`attested`): where that tells all of it nobody reads it apart."""
    held = tx.visits.get(visit_id)
    matter = tx.attention.get(f"{AGAINST}:{held.id if agency == held.agency else f'{held.id}:{agency}'}")
    if matter is None or matter["closed_at"] is not None:
        return
    asked, own_notes = set(json.loads(matter["body"]).get("notes", ())), own(office, tx, held, agency)
    told = {(one.case_id, one.claim) for one in held.findings if one.verdict is Verdict.MISMATCH}
    said = {(one.case_id, one.claim) for one, _ in against([note for note in own_notes if note.id in asked])}
    if asked <= {note.id for note in own_notes} and said <= told:
        tx.attention.over(matter["id"], now)
