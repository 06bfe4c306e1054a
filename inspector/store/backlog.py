"""What lies in the work table, as flows, metrics and people read it; nothing here changes a row."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from inspector.domain.errors import Missing
from inspector.store.room import Room, Row, padded
from inspector.store.tables import EPOCH, case_file, work

_OPEN_STATES = tuple(sa.text(f"state = '{state}'") for state in ("ready", "waiting", "quarantined"))
"""Written out: a database takes a partial index only for a condition it can see to be its own."""
_KEYED = sa.select(work).where(work.c.key == sa.bindparam("of"))
_STATES = sa.select(work.c.key, work.c.state).where(work.c.key.in_(sa.bindparam("some", expanding=True)))


class Backlog(Room):
    """Reads the work table."""

    def keyed(self, key: str) -> Row | None:
        """The row of a key, or None: never written, or done so long ago that it is forgotten."""
        found = self.connection.execute(_KEYED, {"of": key}).mappings().one_or_none()
        return dict(found) if found else None

    def begun_so(self, beginning: str) -> Sequence[Any]:
        """What is not done of the rows whose keys begin so."""
        own = work.c.key.startswith(beginning, autoescape=True) & (work.c.state != "done")
        asked = sa.select(work.c.key, work.c.payload, work.c.state, work.c.attempts, work.c.lease_until, work.c.error)
        return self.connection.execute(asked.where(own).order_by(work.c.key)).all()

    def under_way(self, keys: Collection[str]) -> set[str]:
        """Of these keys those whose rows wait or are ready."""
        rows = self.connection.execute(_STATES, {"some": padded(keys)}) if keys else ()
        return {row.key for row in rows if row.state in ("ready", "waiting")}

    def show(self, work_id: int) -> Row:
        """One row, whole; a lease that nobody has is None. Raises Missing."""
        row = self.row(sa.select(work).where(work.c.id == work_id))
        if row is None:
            raise Missing("work_unknown", id=work_id)
        return {**row, "lease_until": row["lease_until"] if row["lease_until"] > EPOCH else None}

    def page(
        self,
        *,
        state: str | None = None,
        kind: str | None = None,
        case_id: str | None = None,
        after: int = 0,
        limit: int = 50,
    ) -> list[Row]:
        """Rows in order of id, for people."""
        asked = sa.select(work).where(work.c.id > after).order_by(work.c.id).limit(limit)
        for column, value in ((work.c.state, state), (work.c.kind, kind), (work.c.case_id, case_id)):
            asked = asked.where(column == value) if value is not None else asked
        return self.rows(asked)

    def counts(self, machine_now: datetime, held: Collection[str] = ()) -> Sequence[Any]:
        """(kind, state, leased, count, oldest due but of lanes `held`) of everything not done: by the indexes of the open states."""
        leased = sa.and_(work.c.state == "ready", work.c.lease_until > machine_now)
        oldest = sa.func.min(sa.case((work.c.lane.not_in(sorted(held)), work.c.due_at)) if held else work.c.due_at)
        shown = sa.select(work.c.kind, work.c.state, leased.label("leased"), sa.func.count(), oldest)
        grouped = shown.group_by(work.c.kind, work.c.state, sa.text("leased"))
        return self.connection.execute(sa.union_all(*(grouped.where(state) for state in _OPEN_STATES))).all()

    def done_between(self, kinds: Collection[str], since: datetime, until: datetime) -> Sequence[Any]:
        """(kind, lane, count) of what was carried out from one moment until before another, as far as its rows are still kept."""
        done = (work.c.state == "done") & work.c.error.is_(None) & (work.c.done_at >= since) & (work.c.done_at < until)
        asked = sa.select(work.c.kind, work.c.lane, sa.func.count()).where(done, work.c.kind.in_([str(kind) for kind in kinds]))
        grouped = asked.group_by(work.c.kind, work.c.lane).order_by(work.c.kind, work.c.lane)
        return self.connection.execute(grouped).all()

    def waiting(self, kind: str) -> list[tuple[str, str]]:
        """The keys of a kind's rows whose time has not come, with what they carry."""
        asked = sa.select(work.c.key, work.c.payload).where(work.c.kind == kind, work.c.state == "waiting").order_by(work.c.id)
        return [(row.key, row.payload) for row in self.connection.execute(asked)]

    def open_of(self, kind: str) -> list[Row]:
        """A kind's rows that wait or are ready, whoever holds them."""
        return self.rows(sa.select(work).where(work.c.kind == kind, work.c.state.in_(("waiting", "ready"))))

    def ending(self, after: datetime, until: datetime) -> Sequence[Any]:
        """(kind, count) of the open rows of connectors whose time is over by then, and was not before."""
        ends = (work.c.lane != "") & (work.c.expires_at > after) & (work.c.expires_at <= until)
        asked = sa.select(work.c.kind, sa.func.count()).where(ends, work.c.state.in_(("waiting", "ready")))
        return self.connection.execute(asked.group_by(work.c.kind).order_by(work.c.kind)).all()

    def stopped(self, kind: str, *, lane: str | None = None) -> set[str | None]:
        """The agencies whose work of a kind, or of one of its lanes, lies in quarantine; None: that of no case."""
        asked = sa.select(case_file.c.agency).select_from(work.outerjoin(case_file, case_file.c.id == work.c.case_id)).distinct()
        asked = asked.where(work.c.state == "quarantined", work.c.kind == kind)
        return {*self.connection.execute(asked if lane is None else asked.where(work.c.lane == lane)).scalars()}
