"""One person's new certificate number, and one person's new staff code: who it is goes on, with all that holds of him or her.

A renewed number is said by two persons, for one alone could put somebody else behind a drawn code. A new code names its former one, and
what stood against the person there stands here: declared conflicts, visits of the window of the cap, who went the last time.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from inspector.domain import holder
from inspector.domain.errors import Invalid, Missing
from inspector.domain.person import refuse_nameless
from inspector.domain.roster import InspectorRecord
from inspector.flows import edits, holders, relief
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.store.tx import Tx

ASKED = "certificate_renewal"
"""The matter of a renewed number that one person has told: another signs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """What a signature came to: who told the number first, and whether the register has it now."""

    first: str
    done: bool


def sign(  # noqa: PLR0913, PLR0917 - what is said of a certificate
    office: Office, tx: Tx, agency: str, staff: str, certificate: str, until: date, by: str, why: str, now: datetime
) -> Renewal:
    """A named person signs that an officer's certificate has a new number: the first tells it, the second enters it.

    Told otherwise it is told anew. Raises Missing, Invalid (`officer_nameless`, `reason_missing`) and Refusal as `holder` does.
    """
    refuse_nameless(by)
    if not why.strip():
        raise Invalid("reason_missing", field="reason")
    tx.draws.take_turn(agency)
    row = tx.rosters.in_force(agency, staff)
    if row is None:
        raise Missing("inspector_unknown", inspector=staff)
    others = [one for one in holders.stood(tx, sorted(office.tree)) if one.name != holder.named(agency, staff)]
    holder.refuse_renewal(row, certificate, others)
    told = {"number": holder.mark(office.secret, certificate), "until": until.isoformat()}
    matter = tx.attention.get(f"{ASKED}:{agency}:{staff}")
    held = json.loads(matter["body"]) if matter is not None and matter["closed_at"] is None else {}
    if {name: held.get(name) for name in told} != told:
        tx.attention.open(ASKED, agency, f"{agency}:{staff}", {**told, "entered_by": by, "reason": why}, now)
        return Renewal(first=by, done=False)
    first = str(held["entered_by"])
    holder.refuse_second(by, first, staff)
    after = replace(row, certificate=certificate, certificate_until=until)
    facts = {"agency": agency, "inspector": staff, "old": holder.mark(office.secret, row.certificate), "new": told["number"]}
    record(tx, f"inspector:{staff}", holder.renewed(facts, by, first), now, {})
    tx.rosters.put_inspectors([after])
    edits.note(office, tx, agency, [(row, after)], by, now)
    tx.attention.over(f"{ASKED}:{agency}:{staff}", now)
    relief.look(office, tx, agency, now)
    return Renewal(first=first, done=True)


def carry(office: Office, tx: Tx, agency: str, rows: Iterable[InspectorRecord], by: str, now: datetime) -> None:
    """The conflicts that were declared of an officer under a former code hold under the new one; each is an edit.

    Called where an import has written the register. Twice is as good as once; what has been ended there is not looked for.
    """
    for row in rows:
        held = {one.object for one in tx.rosters.recusals(agency) if one.inspector == row.id}
        for name in row.former:
            of, _, code = name.partition(":")
            for one in tx.rosters.recusals(of):
                if one.inspector == code and one.object not in held:
                    tx.rosters.declare(agency, one.object, row.id, one.reason, by)
                    edits.note_conflict(office, tx, agency, one.object, row.id, by, now, holds=True)
