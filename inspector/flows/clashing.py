"""Two versions of one team that still differ: nobody but its lead says which stands, and no word in passing ends that (decision 80)."""

from __future__ import annotations

import json
from datetime import datetime

from inspector.domain import version
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.evidence import blank
from inspector.domain.visit import Visit
from inspector.flows import gone, versions
from inspector.flows.office import Office
from inspector.flows.seats import CLASH, short_of
from inspector.store.tx import Tx


def refuse(tx: Tx, about: str, agency: str, note: str) -> None:
    """Raise Refusal (`clash_undecided`) for whoever would close the matter of versions that differ, while there is a lead to choose.

    Where an officer has decided each of the visit's cases with all versions in the file, or nobody of the team is there to choose any
    more, it may be closed, with reasons (Invalid, `reason_missing`): what each has said stays, for everybody to read.
    """
    held = tx.visits.get(about.partition(":")[0], lock=True)
    head = version.lead(gone.team(tx, held), agency)
    if head is not None and not _decided(tx, held, agency):
        raise Refusal("clash_undecided", visit=held.id, seat=head.name)
    if blank(note):
        raise Invalid("reason_missing", field="note")


def pass_on(office: Office, tx: Tx, held: Visit, now: datetime) -> None:
    """Whoever led a team may be gone: who leads now is told, once, what differs now, of those whose word counts; else it is over.

    What a matter of before told is not passed on: of who goes no more no word is a version any more. The caller has the visit's lock.
    """
    for agency in held.agencies:
        about = short_of(held, agency)
        matter = tx.attention.get(f"{CLASH}:{about}")
        if matter is None or matter["closed_at"] is not None:
            continue
        head = version.lead(gone.team(tx, held), agency)
        if json.loads(matter["body"]).get("lead") != (head.name if head is not None else ""):
            versions.look_at(office, tx, held, agency, now)


def _decided(tx: Tx, held: Visit, agency: str) -> bool:
    """Whether all cases that an agency has on a visit were decided behind the last version: whoever decided had each of them."""
    cases = [tx.cases.get(one) for one in held.cases_of(agency)]
    last = max((note.times.received_at for note in tx.fieldnotes.notes(held.id, agency)), default=None)
    if not cases or last is None or held.state.open:
        return False
    return all(case.outcome is not None and case.ended_at is not None and case.ended_at >= last for case in cases)
