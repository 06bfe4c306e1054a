"""Visits that were made and found nobody: whoever went stood before a locked door, and the case ended as unreachable."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from inspector.domain.case import Outcome
from inspector.domain.finding import Seen
from inspector.domain.unmet import unmet
from inspector.domain.visit import Visit, VisitState
from inspector.store.codec import load
from inspector.store.room import Room
from inspector.store.tables import case_file, visit, visit_case


class Unmet(Room):
    """Reads the visit table for what uses up no slot of a cap where the pack says so (handbook scenario 42)."""

    def found_nobody(self, ids: Collection[str] | None = None) -> frozenset[str]:
        """The visits made, or those of some, whose every case has ended as unreachable; of one for no case see `called_on`."""
        asked = sa.select(visit.c.id).join(visit_case, visit_case.c.visit == visit.c.id)
        asked = asked.join(case_file, case_file.c.id == visit_case.c.case_id).where(visit.c.state == VisitState.DONE.value)
        gone = sa.func.count().filter(case_file.c.outcome == Outcome.UNREACHABLE.value)
        asked = asked.group_by(visit.c.id).having(gone == sa.func.count())
        return frozenset(self.connection.execute(asked if ids is None else asked.where(visit.c.id.in_(list(ids)))).scalars())

    def called_on(self, ids: Collection[str] | None = None) -> frozenset[str]:
        """The visits made for no case, or those of some, whose lead's team has found nobody, and has tried often enough.

        Their bodies are read one by one: who asks has a pack that goes by it.
        """
        served = sa.select(visit_case.c.visit)
        asked = sa.select(visit.c.id, visit.c.body).where(visit.c.state == VisitState.DONE.value, visit.c.id.not_in(served))
        rows = self.connection.execute(asked if ids is None else asked.where(visit.c.id.in_(list(ids))))
        return frozenset(name for name, body in rows if unmet(held := load(Visit, body), held.agency) is Seen.UNREACHABLE)
