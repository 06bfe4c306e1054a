"""Visits that are still to be made, by whom they go to."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

import sqlalchemy as sa

from inspector.domain.visit import VisitState
from inspector.store.drawtables import visit_agency
from inspector.store.room import Room
from inspector.store.tables import visit

_OPEN = tuple(state.value for state in VisitState if state.open)


class ToCome(Room):
    """Reads the visit table for who is visited anyway, so that nobody is visited twice for what one visit can see to."""

    def open_to(self, agency: str, object_ids: AbstractSet[str]) -> list[str]:
        """The visits still to be made to an object, by any of its keys, in which an agency goes, in the order in which they were given."""
        asked = _to_come(agency, visit.c.id).where(visit.c.object_id.in_(sorted(object_ids)))
        return list(self.connection.execute(asked.order_by(visit.c.opened_at, visit.c.id)).scalars())

    def objects_open(self, agency: str) -> set[str]:
        """Whom an agency is still to visit."""
        return set(self.connection.execute(_to_come(agency, visit.c.object_id)).scalars())


def _to_come(agency: str, column: sa.Column[str]) -> sa.Select[str]:
    held = sa.select(column).join(visit_agency, visit_agency.c.visit == visit.c.id)
    return held.where(visit_agency.c.agency == agency, visit.c.state.in_(_OPEN))
