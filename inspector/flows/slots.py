"""A visit given is called off, and its slot of a cap returns: to whom it was refused when visits were given, in the order of the drawing.

Else whoever calls off ends the check of two agencies: his own, and that which was struck off for it (decision 96). What returns is owed
by a supplementary draw, with a team by a seed of its own, so that nobody chooses who goes.
"""

from __future__ import annotations

import json
from datetime import datetime

from inspector.domain import visit
from inspector.domain.errors import Refusal
from inspector.domain.exclusion import Barred
from inspector.domain.inspection import CheckType
from inspector.domain.plan import Draw, DrawState
from inspector.domain.visit import Visit
from inspector.flows import caps, embargo, footing
from inspector.flows.history import names
from inspector.flows.lists import small
from inspector.flows.members import members_of
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.flows.seats import SHORT, short_of
from inspector.store.tx import Tx

RETURNED = "slot_returned"
"""Why a visit that was struck off by a cap is owed: the visit that had the slot was called off."""


def returned(office: Office, tx: Tx, left: Visit, now: datetime) -> None:
    """Owe what was struck off for want of the slot of a visit that has just been called off; what still finds none is told anew.

    Of a draw that stands, of this calendar year, and of whoever goes to the object by no later draw. Nobody else gets the slot in
    between. What the draw's lines say is held to the ledger first; where they differ nothing follows by itself.
    """
    if left.check is CheckType.OFF_SITE:  # a second look uses no cap
        return
    tx.visits.take_slots()
    year = office.calendar.local(now).year
    for name in tx.visits.called_off(names(tx, left.object_id)):
        held = tx.visits.get(name, lock=True)
        if held.id == left.id or held.parts or office.calendar.local(held.opened_at).year != year or tx.visits.team(held.id):
            continue
        if {str(row["rule"]) for row in tx.ledger.about(held.id)} & {"visit.owe", "visit.cancel"}:
            continue  # it was owed before, or called off since: once is enough
        drawn = tx.draws.get(held.draw)
        if drawn.state is not DrawState.DRAWN or not _struck(tx, drawn, held) or _gone_since(tx, held):
            continue
        if _barred(office, tx, drawn, held, now):
            continue
        decision = visit.owe(held, RETURNED, drawn.pack_of(held.agency))
        changed = tx.visits.put(decision.state)
        record(tx, held.id, decision, now, {})
        embargo.keep(office, tx, changed, left, now)
        for agency in held.agencies:
            tx.attention.close(f"{caps.REACHED}:{caps.about(held, agency)}", now)
        tx.attention.open(SHORT, held.agency, short_of(changed, held.agency), {"agency": held.agency, "reason": RETURNED}, now)
    caps.tell_anew(tx, left, now)


def _barred(office: Office, tx: Tx, drawn: Draw, held: Visit, now: datetime) -> dict[str, Barred]:
    """Which of those who would go still may not."""
    stakes = {one.agency: one.stratum for one in held.stakes}
    going = [(agency, stakes.get(agency, held.stratum)) for agency in held.agencies]
    member = members_of(tx, drawn.number, [held.object_id])[held.object_id]
    return caps.reached(office, tx, drawn, held.object_id, member, going, held.check, now)


def _struck(tx: Tx, drawn: Draw, held: Visit) -> bool:
    """Whether the draw's lines say that a cap alone called it off, for all that would have gone."""
    files = small(tx, drawn)
    try:
        footing.unled(tx, drawn, files)
    except Refusal:
        return False
    told = footing.lines_of(drawn, files)
    lines = [json.loads(line) for one in drawn.lists if one.agency in held.agencies for line in told[one.name]]
    reasons = [line["reason"] for line in lines if line["object"] == held.object_id]
    return bool(reasons) and all(reason in caps.CAPS for reason in reasons)


def _gone_since(tx: Tx, held: Visit) -> bool:
    """Whether its agency goes to the object by another visit, or has gone since."""
    made = tx.visits.made(names(tx, held.object_id))
    going = tx.visits.going([one["id"] for one in made])
    mine = [one for one in made if held.agency in going[one["id"]]]
    return any(one["done_at"] is None or one["opened_at"] >= held.opened_at for one in mine)
