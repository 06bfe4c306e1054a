"""Holes that time or the registers make: a certificate ends, leave leaves nobody, a town has no officer, a pack has no next version.

No start is refused for them, so a person is told while there is still time to close them (`AHEAD`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime

from inspector.domain.coverage import Hole
from inspector.domain.lack import CHANGING
from inspector.flows import limits, supervised
from inspector.flows.coverage import Names, look
from inspector.flows.office import Office
from inspector.flows.settle import Settlement
from inspector.store.tx import Tx
from inspector.store.work import Work

HOLE = "coverage_hole"
"""The matter for a person that a hole opens; it ends when the hole is closed."""
AHEAD = 3
"""A hole that begins in this month or the two that follow is told: certificates are renewed and leave is moved within that."""

_LONGEST = 180


def daily(_work: Work, office: Office) -> Settlement:
    """Look, and tell what is new; nothing is written of what is known.

    So of the last days by which acts have to be found (`limits`, `supervised`).
    """
    names = Names(sources=office.connectors.sources.keys(), agencies=office.connectors.agencies.keys())
    today = office.calendar.local_date(office.now())
    with office.store.read() as tx:
        months, found = look(office, tx, names, today)
    limits.sweep(office)
    supervised.sweep(office)
    last = months[:AHEAD][-1].name
    told = _told([hole for hole in found if hole.lack in CHANGING and hole.since <= last])
    return Settlement(write=lambda tx, now: _tell(tx, told, now))


def _told(found: list[Hole]) -> dict[str, tuple[str, dict[str, object]]]:
    """(agency, facts) by what each hole is about. Nobody is named: who has a conflict, a leave or no certificate is not for all."""
    told: dict[str, tuple[str, dict[str, object]]] = {}
    for hole in found:
        facts: dict[str, object] = {
            "lack": hole.lack.value,
            "agency": hole.agency,
            "town": hole.town,
            "name": hole.name,
            "staff": hole.staff,
            "needed": hole.needed,
            "able": hole.able,
            "conflicts": len(hole.barred),
            "since": hole.since,
            "until": hole.until,
        }
        about = _about(hole)
        _, known = told.get(about, ("", facts))
        facts["since"], facts["until"] = min(hole.since, str(known["since"])), max(hole.until, str(known["until"]))
        told[about] = hole.agency, facts
    return told


def _about(hole: Hole) -> str:
    """What the hole is about, as long as the table takes: of longer names the beginning, and a digest that keeps them apart."""
    whole = hole.about
    return whole if len(whole) <= _LONGEST else f"{whole[: _LONGEST - 33]}:{hashlib.sha256(whole.encode()).hexdigest()[:32]}"


def _tell(tx: Tx, told: Mapping[str, tuple[str, dict[str, object]]], now: datetime) -> None:
    """Open what is new and end what is closed; what a person has seen to is asked again only if it goes on for longer than was told."""
    held = {row.about: row for row in tx.attention.of_kind(HOLE)}
    for about, (agency, facts) in told.items():
        known = held.get(about)
        seen = known is not None and not known.open and "ended" not in known.facts
        if known is None or (facts["until"] > str(known.facts["until"]) if seen else facts != known.facts):  # type: ignore[operator]
            tx.attention.open(HOLE, agency, about, facts, now)
    for about, row in held.items():
        if about not in told and "ended" not in row.facts:
            tx.attention.open(HOLE, row.agency, about, {**row.facts, "ended": True}, now)
            tx.attention.close(f"{HOLE}:{about}", now)
