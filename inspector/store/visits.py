"""Visits and their seats."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from inspector.domain.errors import Missing
from inspector.domain.visit import Seat, SeatState, Visit, VisitState
from inspector.store.codec import dump, load
from inspector.store.room import Room
from inspector.store.tables import seat, visit, visit_case

_OPEN_VISITS = tuple(state.value for state in VisitState if state.open)
_OPEN = tuple(state.value for state in SeatState if state.open)


class VisitRoom(Room):
    """The visit and seat tables."""

    def add(self, made: Visit) -> None:
        """Write a new visit with the cases it serves."""
        row = {
            "id": made.id,
            "draw": made.draw,
            "agency": made.agency,
            "object_id": made.object_id,
            "sampled": made.sampled,
            "opened_at": made.opened_at,
            "version": 0,
        }
        self.connection.execute(sa.insert(visit).values(**row, **self._row(made)))
        cases = [{"visit": made.id, "case_id": case_id} for case_id in made.case_ids]
        if cases:
            self.connection.execute(sa.insert(visit_case), cases)

    def get(self, visit_id: str, *, lock: bool = False) -> Visit:
        """A visit. Raises Missing."""
        asked = sa.select(visit.c.body).where(visit.c.id == visit_id)
        text = self.connection.execute(asked.with_for_update() if lock else asked).scalar_one_or_none()
        if text is None:
            raise Missing("visit_unknown", visit=visit_id)
        return load(Visit, text)

    def put(self, changed: Visit) -> None:
        """Write a changed visit; the caller holds its lock."""
        values = self._row(changed) | {"version": visit.c.version + 1}
        self.expect_one(sa.update(visit).where(visit.c.id == changed.id).values(**values), changed.id)

    def of_case(self, case_id: str, *, lock: bool = False) -> list[Visit]:
        """The visits that serve a case."""
        asked = sa.select(visit.c.body).join(visit_case, visit_case.c.visit == visit.c.id).where(visit_case.c.case_id == case_id)
        return [load(Visit, text) for text in self.connection.execute(asked.with_for_update() if lock else asked).scalars()]

    def of_draw(self, number: str) -> list[Visit]:
        """The visits of a draw."""
        asked = sa.select(visit.c.body).where(visit.c.draw == number).order_by(visit.c.id)
        return [load(Visit, text) for text in self.connection.execute(asked).scalars()]

    def sampled_since(self, agency: str, moment: datetime) -> dict[str, int]:
        """How often each object was visited, or is to be, by random draw since a moment; a visit called off does not count."""
        asked = sa.select(visit.c.object_id, sa.func.count()).where(
            visit.c.agency == agency,
            visit.c.opened_at >= moment,
            visit.c.sampled,
            visit.c.state != VisitState.CANCELLED.value,
        )
        return {row[0]: row[1] for row in self.connection.execute(asked.group_by(visit.c.object_id))}

    def put_seat(self, held: Seat) -> None:
        """Write a seat's present state."""
        row = {"visit": held.visit, "place": held.place, "turn": held.turn, "inspector": held.inspector}
        self.upsert(seat, row | {"state": held.state.value, "body": dump(held)}, ("visit", "place", "turn"))

    def seat(self, visit_id: str, place: int, turn: int) -> Seat:
        """One seat at one turn. Raises Missing."""
        asked = sa.select(seat.c.body).where(seat.c.visit == visit_id, seat.c.place == place, seat.c.turn == turn)
        text = self.connection.execute(asked).scalar_one_or_none()
        if text is None:
            raise Missing("seat_unknown", visit=visit_id, place=place, turn=turn)
        return load(Seat, text)

    def team(self, visit_id: str) -> tuple[Seat, ...]:
        """Every turn of every place of a visit, in order."""
        asked = sa.select(seat.c.body).where(seat.c.visit == visit_id).order_by(seat.c.place, seat.c.turn)
        return tuple(load(Seat, text) for text in self.connection.execute(asked).scalars())

    def held_by_others(self, agency: str, than: Collection[str]) -> list[str]:
        """The open visits of an agency in which somebody holds a seat who is not among these inspectors."""
        asked = (
            sa.select(visit.c.id, seat.c.inspector)
            .join(seat, seat.c.visit == visit.c.id)
            .where(visit.c.agency == agency, visit.c.state.in_(_OPEN_VISITS), seat.c.state.in_(_OPEN))
            .order_by(visit.c.id)
        )
        return list(dict.fromkeys(row[0] for row in self.connection.execute(asked) if row[1] not in than))

    def loads(self, number: str) -> dict[str, int]:
        """Open or done seats of each inspector in one draw: the loads in force (ruling 15)."""
        held = (*_OPEN, SeatState.DONE.value)
        asked = (
            sa.select(seat.c.inspector, sa.func.count())
            .join(visit, visit.c.id == seat.c.visit)
            .where(visit.c.draw == number, seat.c.state.in_(held))
        )
        return {row[0]: row[1] for row in self.connection.execute(asked.group_by(seat.c.inspector))}

    def counts(self) -> tuple[Sequence[Any], Sequence[Any]]:
        """((visit state, count), (seat state, count))."""
        visits = self.connection.execute(sa.select(visit.c.state, sa.func.count()).group_by(visit.c.state)).all()
        seats = self.connection.execute(sa.select(seat.c.state, sa.func.count()).group_by(seat.c.state)).all()
        return visits, seats

    def _row(self, held: Visit) -> dict[str, object]:
        return {"state": held.state.value, "body": dump(held)}
