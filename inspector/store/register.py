"""The register of draws and voids: lines are added at its end, none is changed and none is taken out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from inspector.domain.register import Entry, EntryKind, entry
from inspector.store.drawtables import draw_register
from inspector.store.room import Room, Row

_OF_DRAW = sa.select(draw_register).where(
    draw_register.c.agency == sa.bindparam("at"), draw_register.c.draw == sa.bindparam("of")
)
_OF_DRAW = _OF_DRAW.order_by(draw_register.c.number)


class RegisterRoom(Room):
    """The register's table."""

    def append(self, agency: str, kind: EntryKind, draw: str, facts: Mapping[str, object], now: datetime) -> Entry:
        """Add a line; the caller has the agency's turn (`DrawRoom.take_turn`)."""
        made = entry(self.last(agency), agency, kind, draw, json.loads(json.dumps(facts, default=str)), now)
        row = {
            "agency": agency,
            "number": made.number,
            "kind": made.kind.value,
            "draw": draw,
            "at": now,
            "facts": json.dumps(made.facts, ensure_ascii=False),
            "prev": made.prev,
            "digest": made.digest,
        }
        self.connection.execute(sa.insert(draw_register).values(**row))
        return made

    def last(self, agency: str) -> Entry | None:
        """The end of an agency's register, or None."""
        asked = sa.select(draw_register).where(draw_register.c.agency == agency)
        found = self.rows(asked.order_by(draw_register.c.number.desc()).limit(1))
        return _entry(found[0]) if found else None

    def of_agency(self, agency: str) -> list[Entry]:
        """An agency's register, whole."""
        asked = sa.select(draw_register).where(draw_register.c.agency == agency)
        return [_entry(row) for row in self.rows(asked.order_by(draw_register.c.number))]

    def of_draw(self, agency: str, number: str) -> list[Entry]:
        """The lines about one draw."""
        return [_entry(row) for row in self.rows(_OF_DRAW, {"at": agency, "of": number})]

    def agencies(self, within: Sequence[str] | None) -> list[str]:
        """The agencies that have a register, among these (None: all)."""
        asked = sa.select(draw_register.c.agency).distinct().order_by(draw_register.c.agency)
        if within is not None:
            asked = asked.where(draw_register.c.agency.in_(list(within)))
        return list(self.connection.execute(asked).scalars())


def _entry(row: Row) -> Entry:
    """A line; of one that nobody can read, one whose digest is another (`domain.register.flaw`), so that it is named and not raised."""
    try:
        kind, facts = EntryKind(row["kind"]), dict(json.loads(row["facts"]))
    except (ValueError, TypeError):
        kind, facts = EntryKind.DRAW, {"unreadable": [row["kind"], row["facts"]]}
    return Entry(**dict(row) | {"kind": kind, "facts": facts})
