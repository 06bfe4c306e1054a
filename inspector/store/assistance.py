"""Assistance requests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from inspector.domain.assistance import AssistanceState, Request
from inspector.domain.errors import Missing
from inspector.store.codec import dump, load
from inspector.store.room import Room
from inspector.store.tables import assistance, case_file


class AssistanceRoom(Room):
    """The assistance table."""

    def add(self, request: Request) -> None:
        """Write a new request; the same one twice is one."""
        row = {"id": request.id, "case_id": request.case_id, "requested": request.requested, "version": 0}
        self.insert_one(assistance, row | self._row(request), ("id",))

    def get(self, request_id: str, *, lock: bool = False) -> Request:
        """A request. Raises Missing."""
        asked = sa.select(assistance.c.body).where(assistance.c.id == request_id)
        text = self.connection.execute(asked.with_for_update() if lock else asked).scalar_one_or_none()
        if text is None:
            raise Missing("request_unknown", request=request_id)
        return load(Request, text)

    def put(self, request: Request) -> None:
        """Write a changed request; the caller holds its lock."""
        values = self._row(request) | {"version": assistance.c.version + 1}
        self.expect_one(sa.update(assistance).where(assistance.c.id == request.id).values(**values), request.id)

    def of_case(self, case_id: str, *, lock: bool = False) -> list[Request]:
        """The requests of a case."""
        asked = sa.select(assistance.c.body).where(assistance.c.case_id == case_id).order_by(assistance.c.id)
        return [load(Request, text) for text in self.connection.execute(asked.with_for_update() if lock else asked).scalars()]

    def open_of(self, requesters: Sequence[str], limit: int) -> list[Request]:
        """Open requests of these requesters, the nearest date first."""
        over = [state.value for state in AssistanceState if not state.open]
        asked = (
            sa.select(assistance.c.body)
            .join(case_file, case_file.c.id == assistance.c.case_id)
            .where(case_file.c.agency.in_(list(requesters)), assistance.c.state.not_in(over))
            .order_by(assistance.c.due_at, assistance.c.id)
            .limit(limit)
        )
        return [load(Request, text) for text in self.connection.execute(asked).scalars()]

    def counts(self) -> Sequence[Any]:
        """(requested agency, state, count)."""
        asked = sa.select(assistance.c.requested, assistance.c.state, sa.func.count())
        return self.connection.execute(asked.group_by(assistance.c.state, assistance.c.requested)).all()

    def _row(self, request: Request) -> dict[str, object]:
        return {"state": request.state.value, "due_at": request.due_at, "body": dump(request)}
