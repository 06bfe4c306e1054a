"""Who decides in whose stead."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict

import sqlalchemy as sa

from inspector.domain.deputy import Deputy
from inspector.domain.errors import Missing
from inspector.store.deputytables import deputy
from inspector.store.room import Room

_TURN = 0x64707479  # "dpty": the advisory locks of who names somebody in an agency


class DeputyRoom(Room):
    """The table of deputies. Plain columns and no body."""

    def take_turn(self, agency: str) -> None:
        """Hold the agency's list to the transaction's end: who names somebody has read who is away. SQLite has one writer anyway."""
        if not self.sqlite:
            self.connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_TURN, sa.func.hashtext(agency))))

    def add(self, made: Deputy) -> None:
        """Keep a new one."""
        self.connection.execute(sa.insert(deputy).values(**asdict(made)))

    def put(self, changed: Deputy) -> None:
        """Write that one was ended; the caller holds its lock."""
        held = sa.update(deputy).where(deputy.c.id == changed.id)
        self.expect_one(held.values(ended_at=changed.ended_at, ended_by=changed.ended_by), changed.id)

    def get(self, deputy_id: str, *, lock: bool = False) -> Deputy:
        """One of them. Raises Missing (`deputy_unknown`)."""
        asked = sa.select(deputy).where(deputy.c.id == deputy_id)
        row = self.row(asked.with_for_update() if lock else asked)
        if row is None:
            raise Missing("deputy_unknown", deputy=deputy_id)
        return Deputy(**row)

    def page(self, agencies: Collection[str], *, limit: int | None = None) -> list[Deputy]:
        """Those of these agencies, ended or not, the last day last."""
        asked = sa.select(deputy).where(deputy.c.agency.in_(sorted(agencies))).order_by(deputy.c.until.desc(), deputy.c.id)
        return [Deputy(**row) for row in reversed(self.rows(asked.limit(limit)))]
