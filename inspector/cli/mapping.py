"""The mapping of towns to officers, which no import may break unseen: one row that is missing leaves a town to nobody."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING

from inspector.domain.errors import Refusal
from inspector.domain.roster import InspectorRecord, RosterObject, unmapped

if TYPE_CHECKING:
    from inspector.store.tx import Tx

Row = RosterObject | InspectorRecord


def left_out(tx: Tx, agency: str, before: Iterable[Row], after: Iterable[Row]) -> Refusal | None:
    """The refusal of a register that leaves a town to nobody which was not left so before: `before` and `after` are of one kind."""
    before, after = list(before), list(after)
    if any(isinstance(row, RosterObject) for row in (*before, *after)):
        staff = tx.rosters.inspectors(agency)
        new = unmapped(_towns(after), staff) - unmapped(_towns(before), staff)
    else:
        towns = {town or agency for town, _ in tx.rosters.places(agency)}
        staff = _staff(after)
        new = unmapped(towns, staff) - unmapped(towns, _staff(before))
    if not new:
        return None
    known = sorted({town for row in staff for town in row.pools})
    near = ", ".join(f"{town} ~ {match}" for town in sorted(new) for match in get_close_matches(town, known, n=1))
    facts = {"towns": ", ".join(sorted(new)), "agency": agency, "known": ", ".join(known)}
    return Refusal("towns_left_out", **facts, nearest=near) if near else Refusal("towns_strange", **facts)


def _towns(rows: Sequence[Row]) -> set[str]:
    return {row.pool or row.agency for row in rows if isinstance(row, RosterObject)}


def _staff(rows: Sequence[Row]) -> list[InspectorRecord]:
    return [row for row in rows if isinstance(row, InspectorRecord)]
