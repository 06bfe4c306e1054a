"""The event feed: what others are told. Written with the decision, placed in order afterwards by the sealer."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from inspector.domain.errors import Missing, Refusal
from inspector.store.room import Room, Row
from inspector.store.sealed import own
from inspector.store.tables import case_file, event

_ADD = sa.insert(event)
_ONE = (
    sa.select(event, case_file.c.sender, case_file.c.reference)
    .join(case_file, case_file.c.id == event.c.case_id)
    .where(event.c.id == sa.bindparam("of"))
)


class EventRoom(Room):
    """The event table. A row gets its position only after its commit, so that a reader of "after N" misses nothing."""

    def add(self, event_id: str, agency: str, case_id: str, kind: str, at: datetime, data: Mapping[str, object]) -> None:
        """Write an event, unplaced."""
        body = json.dumps(data, ensure_ascii=False, default=str)
        row = {"id": event_id, "agency": agency, "case_id": case_id, "type": kind, "at": at, "body": own(body, event_id)}
        self.batch.later(_ADD, (row,))

    def place(self, limit: int = 2000) -> int:
        """Give unplaced events their positions; how many. The caller makes sure that only one replica does it at a time."""
        last = self.end()
        asked = sa.select(event.c.id).where(event.c.position.is_(None)).order_by(event.c.id).limit(limit)
        ids = self.connection.execute(asked).scalars().all()
        if ids:
            placed = sa.update(event).where(event.c.id == sa.bindparam("which")).values(position=sa.bindparam("place"))
            self.connection.execute(placed, [{"which": one, "place": last + n} for n, one in enumerate(ids, 1)])
        return len(ids)

    def get(self, event_id: str) -> Row:
        """One event with its case's sender and reference. Raises Missing."""
        row = self.connection.execute(_ONE, {"of": event_id}).mappings().one_or_none()
        if row is None:
            raise Missing("event_unknown", event=event_id)
        return dict(row)

    def after(self, position: int, agencies: Sequence[str] | None, limit: int = 100) -> list[Row]:
        """Placed events after a position, within the agencies the asker may see, with the case's sender and reference.

        Raises Refusal (`position_beyond_end`): who was told that position reads a database that has gone back to an earlier moment, and
        would hear nothing of what happens there until the feed has grown past it.
        """
        asked = (
            sa.select(event, case_file.c.sender, case_file.c.reference)
            .join(case_file, case_file.c.id == event.c.case_id)
            .where(event.c.position > position)
            .order_by(event.c.position)
            .limit(limit)
        )
        if agencies is not None:
            asked = asked.where(event.c.agency.in_(list(agencies)))
        rows = self.rows(asked)
        if not rows and position > (end := self.end()):
            raise Refusal("position_beyond_end", after=position, end=end)
        return rows

    def end(self) -> int:
        """The position of the last event that has one; 0 while there is none. It never goes back, unless the whole database does."""
        last: int = self.connection.execute(sa.select(sa.func.coalesce(sa.func.max(event.c.position), 0))).scalar_one()
        return last

    def of_case(self, case_id: str) -> list[Row]:
        """A case's events in order."""
        return self.rows(sa.select(event).where(event.c.case_id == case_id).order_by(event.c.id))
