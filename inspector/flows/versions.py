"""What a team says of one visit, brought together: its versions, its result, and the matter of those that differ, for its lead."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime

from inspector.domain import version
from inspector.domain.collated import SheetClash
from inspector.domain.fieldnote import FieldNote
from inspector.domain.finding import Finding, Part
from inspector.domain.version import Clash, Gathered
from inspector.domain.visit import Visit
from inspector.flows import gone, supervision, teamnotes
from inspector.flows.checksheets import on_sheet
from inspector.flows.office import Office
from inspector.flows.seats import CLASH, DIFFERS, short_of, tell_seat
from inspector.store.tx import Tx


def gathered(office: Office, tx: Tx, held: Visit, agency: str, more: Iterable[FieldNote] = ()) -> Gathered:
    """What an agency's team says, brought together with its result; `more`: a note that is being entered."""
    part, (codes, _) = part_of(held, agency), on_sheet(office, tx, held, agency)
    return version.gather(
        [one for one in held.doubts if one.agency == agency],
        [*teamnotes.own(office, tx, held, agency), *more],
        tx.fieldnotes.choices(held.id, agency),
        part,
        standing(held, agency) if part is not None else (),
        supervision.beside(tx, held, agency),
        codes,
    )


def standing(held: Visit, agency: str) -> tuple[Finding, ...]:
    """What an agency's result says: all that is not about another agency's fact in question."""
    others = {(one.case_id, one.claim) for one in held.doubts if one.agency != agency}
    return tuple(one for one in held.findings if (one.case_id, one.claim) not in others)


def look_at(office: Office, tx: Tx, held: Visit, agency: str, now: datetime, *, spoke: str = "") -> Gathered:
    """Where versions of a team differ its lead is to decide, and the matter says so; where none do any more it is over.

    The lead has a push, once for these versions, unless it is the lead whose seat `spoke`: the page has answered that at once.
    """
    told = gathered(office, tx, held, agency)
    about = short_of(held, agency)
    if not told.clashing:
        tx.attention.over(f"{CLASH}:{about}", now)
        return told
    head = version.lead(gone.team(tx, held), agency)
    clashes: tuple[Clash | SheetClash, ...] = (*told.clashes, *told.sheet.clashes)
    facts = {
        "draw": held.draw,
        "lead": head.name if head else "",
        "versions": [_told(one) for one in clashes],
    }
    tx.attention.open(CLASH, agency, about, facts, now)
    if head is not None and head.name != spoke:
        tell_seat(office, tx, held, head, DIFFERS, _mark(clashes), now)
    return told


def part_of(held: Visit, agency: str) -> Part | None:
    """What an agency has entered; None where nothing."""
    return next((one for one in held.parts if one.agency == agency), None)


def _mark(clashes: Iterable[Clash | SheetClash]) -> str:
    """The same for the same versions, whoever asks."""
    notes = sorted({one.note for clash in clashes for one in clash.versions})
    return hashlib.sha256("\n".join(notes).encode()).hexdigest()[:16]


def _told(clash: Clash | SheetClash) -> dict[str, object]:
    """A clash as its matter tells it: who says what; the words stand on the page."""
    if isinstance(clash, SheetClash):
        return {"claim": clash.line, "said": [[one.inspector, ", ".join(one.said)] for one in clash.versions]}
    said: Iterable[tuple[str, str]] = ((one.inspector, one.finding.verdict.value) for one in clash.versions)
    return {"claim": clash.claim, "said": [list(one) for one in dict.fromkeys(said)]}
