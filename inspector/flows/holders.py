"""Whom the staff codes of a draw stand for, from its freeze to the last of its visits (`domain.holder`, decision 161).

A frame names officers by staff code, and the register of the day says who bears one. So each freeze keeps, beside the frame and bound by
the entry of its preparing, a keyed digest of the certificate of each officer in force. Another number behind a code is another person:
the seat goes on as for whoever has left, and the head is told. A number that two persons have said to be the same person's renewed
one is none (`renewing`). What is said of a draw of a former release, which kept none, is that its register was edited.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import lru_cache

from inspector.domain import holder
from inspector.domain.edits import Edit
from inspector.domain.errors import Refusal
from inspector.domain.holder import RENEWED, Stood
from inspector.domain.plan import Draw
from inspector.domain.roster import InspectorRecord
from inspector.flows.office import Office
from inspector.store import payload
from inspector.store.drawtables import HOLDERS
from inspector.store.tx import Tx

SHARED = "certificate_shared"
"""The matter of a slot that was missed since one person stands under two codes."""
EDITED = "holder_edited"
"""The matter of a draw in whose time the certificate, the name or the addresses of one of its officers were changed."""
_CERTIFICATE, _TOLD = "certificate", ("certificate", "name", "reached")


def frozen(office: Office, tx: Tx, agencies: Iterable[str]) -> dict[str, dict[str, str]]:
    """Whom the codes of some agencies stand for now, for the freeze of a draw in which they take part."""
    rows = {agency: tx.rosters.inspectors(agency) for agency in agencies}
    return {agency: {row.id: holder.mark(office.secret, row.certificate) for row in held} for agency, held in rows.items()}


def twice(tx: Tx, agencies: Iterable[str]) -> Refusal | None:
    """Why a slot of a plan may not be announced in which these agencies deal their officers: one person stands under two codes."""
    return holder.twice(row for agency in agencies for row in tx.rosters.inspectors(agency))


def exchanged(office: Office, tx: Tx, number: str, person: InspectorRecord) -> bool:
    """Whether a staff code stands for somebody else than in the frame of a draw."""
    told = _of(tx, number, person.agency).get(person.id)
    return told is not None and _other(office, tx, person, told)


def others(office: Office, tx: Tx, agency: str, staff: Iterable[InspectorRecord]) -> set[str]:
    """The staff codes of an agency that stand for somebody else than in a draw with a visit still to be made."""
    rows, found = {row.id: row for row in staff}, set[str]()
    for held in tx.draws.going(agency):
        told = _of(tx, held.number, agency)
        found |= {code for code, row in rows.items() if code in told and _other(office, tx, row, told[code])}
    return found


def look(office: Office, tx: Tx, agency: str, made: Collection[Edit], by: str, now: datetime) -> None:
    """The head looks at edits of who bears a code, or is reached by it, while a draw has the code in its frame or a visit.

    Called when the edits are written down. A name that was mistyped and another telephone are corrected so: nothing moves by them.
    """
    about = [one for one in made if one.aspect in _TOLD]
    if not about:
        return
    waiting = {one.number for one in tx.draws.under_way([agency])}
    for held in {one.number: one for one in (*tx.draws.under_way([agency]), *tx.draws.going(agency))}.values():
        told = _of(tx, held.number, agency)
        staff = set[str]()
        for edit in about:
            known = edit.who in told if told else True
            if not known or (edit.aspect == _CERTIFICATE and told and not _renumbered(office, tx, agency, edit, told)):
                continue
            if (edit.aspect == _CERTIFICATE and told) or held.number in waiting or _sits(tx, held, agency, edit.who):
                staff.add(edit.who)
        if staff:
            tell(tx, held, agency, staff, {by}, now)


def tell(tx: Tx, held: Draw, agency: str, staff: set[str], by: set[str], now: datetime) -> None:
    """Open the matter, or tell of more in the open one; the staff codes are told to nobody who reads of matters (`attention.facts`)."""

    def facts(told: Mapping[str, object]) -> Mapping[str, object]:
        who, hands = (set(payload.texts(told.get(name))) for name in ("inspectors", "by"))
        return {"draw": held.number, "count": len(who | staff), "inspectors": sorted(who | staff), "by": sorted(hands | by)}

    tx.attention.add(EDITED, agency, f"{held.number}:{agency}", facts, now)


def stood(tx: Tx, agencies: Iterable[str]) -> list[Stood]:
    """Every officer whom some agencies' registers have, or have had."""
    found = []
    for agency in agencies:
        found += [Stood(row=row, listed=True) for row in tx.rosters.inspectors(agency)]
        found += [Stood(row=row, listed=False) for row in tx.rosters.inspectors_out(agency, tx.rosters.staff(agency))]
    return found


def _other(office: Office, tx: Tx, row: InspectorRecord, told: str) -> bool:
    now = holder.mark(office.secret, row.certificate)
    return now != told and not holder.follows(now, told, _renewals(tx, row.agency, row.id))


def _renumbered(office: Office, tx: Tx, agency: str, edit: Edit, told: Mapping[str, str]) -> bool:
    now = holder.mark(office.secret, str(edit.new))
    return now != told[edit.who] and not holder.follows(now, told[edit.who], _renewals(tx, agency, edit.who))


def _renewals(tx: Tx, agency: str, staff: str) -> list[tuple[str, str]]:
    """(old, new) of the numbers that two persons have said to be renewed, in order."""
    held = tx.ledger.facts((RENEWED,), f"inspector:{staff}")
    return [(str(facts["old"]), str(facts["new"])) for _, facts in held if facts["agency"] == agency]


def _sits(tx: Tx, held: Draw, agency: str, staff: str) -> bool:
    return any(tx.visits.get(seat.visit).draw == held.number for seat, _ in tx.visits.open_seats_of(agency, staff))


def _of(tx: Tx, number: str, agency: str) -> Mapping[str, str]:
    """Whom an agency's codes stand for in a draw, of {agency: {staff code: keyed digest}}; nothing for one of a release that kept none."""
    content = tx.draws.file(number, HOLDERS)
    return _read(content).get(agency, {}) if content else {}


@lru_cache(maxsize=8)
def _read(content: bytes) -> Mapping[str, Mapping[str, str]]:
    """The file never changes, and each push of its draw asks for it: it is read once, not five hundred times."""
    held: Mapping[str, Mapping[str, str]] = json.loads(content)
    return held
