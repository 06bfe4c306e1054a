"""Visits that are still to be made, asked for from themselves: they are few, however many were made."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from inspector.domain.visit import SeatState, Visit, VisitState
from inspector.store.codec import load
from inspector.store.drawtables import draw
from inspector.store.room import Room
from inspector.store.tables import case_file, seat, visit, visit_case

_OPEN_VISITS = tuple(state.value for state in VisitState if state.open)
_GOING = (
    sa.select(seat.c.agency)
    .join(visit, visit.c.id == seat.c.visit)
    .where(visit.c.state.in_(_OPEN_VISITS), seat.c.state.in_([state.value for state in SeatState if state.open]))
    .distinct()
)
_BLOCKED = '"unpublished":["'
"""How the body of a blocked visit reads (`codec`): the list is not empty."""


class StillOpen(Room):
    """The visits that are open, of the room of visits."""

    def open_of_selection(self, number: str) -> list[Visit]:
        """Of all that has come of a draw's selection (`of_selection`), what is still to be made: of the rest no body is read."""
        asked = sa.select(visit.c.id, visit.c.state).where(visit.c.draw == number)
        level, found = list(self.connection.execute(asked)), list[str]()
        while level:
            found += [row.id for row in level if row.state in _OPEN_VISITS]
            asked = sa.select(visit.c.id, visit.c.state).where(
                visit.c.replaces.in_([row.id for row in level]), visit.c.draw != number
            )
            level = list(self.connection.execute(asked))
        if not found:
            return []
        bodies = sa.select(visit.c.body).where(visit.c.id.in_(found)).order_by(visit.c.id)
        return [load(Visit, text) for text in self.connection.execute(bodies).scalars()]

    def going_at(self) -> set[str]:
        """The agencies of which somebody holds a seat at a visit that is still to be made."""
        return set(self.connection.execute(_GOING).scalars())

    def open_of(self, agency: str, but: str) -> list[Visit]:
        """The visits of an agency's draws that are still to be made, without those that a draw has given first (`but`)."""
        # from the few that are open to their draws: a join begins at the agency's draws, and reads every visit that was ever made
        its = sa.exists().where(draw.c.number == visit.c.draw, draw.c.agency == agency)
        others = (visit.c.draw != but) | (visit.c.replaces != "")
        asked = sa.select(visit.c.body).where(visit.c.state.in_(_OPEN_VISITS), its, others)
        return [load(Visit, text) for text in self.connection.execute(asked.order_by(visit.c.id)).scalars()]

    def open_ids(self, after: str, limit: int) -> list[str]:
        """The visits still to be made, in order of id."""
        asked = sa.select(visit.c.id).where(visit.c.state.in_(_OPEN_VISITS), visit.c.id > after)
        return list(self.connection.execute(asked.order_by(visit.c.id).limit(limit)).scalars())

    def asked_of(self) -> list[tuple[str, str, str]]:
        """(visit, agency, item) of every case that a visit still to be made serves, however many: one question."""
        asked = sa.select(visit.c.id, case_file.c.agency, case_file.c.item).join(visit_case, visit_case.c.visit == visit.c.id)
        asked = asked.join(case_file, case_file.c.id == visit_case.c.case_id).where(visit.c.state.in_(_OPEN_VISITS))
        return [(row[0], row[1], row[2]) for row in self.connection.execute(asked)]

    def blocked(self) -> list[str]:
        """The visits still to be made that are blocked, for their item stood in no published list."""
        asked = sa.select(visit.c.id, visit.c.body).where(visit.c.state.in_(_OPEN_VISITS))
        return [row.id for row in self.connection.execute(asked) if _BLOCKED in row.body]

    def open_since_before(self, moment: datetime) -> list[Visit]:
        """The visits, of whichever agency, that were to be made at a moment and still are, and all that stand for another one."""
        given = (visit.c.opened_at <= moment) | (visit.c.replaces != "")
        asked = sa.select(visit.c.body).where(given, visit.c.state.in_(_OPEN_VISITS))
        return [load(Visit, text) for text in self.connection.execute(asked.order_by(visit.c.id)).scalars()]
