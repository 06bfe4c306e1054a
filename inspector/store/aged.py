"""Done work that has outlived its days: looked for along the ids by a reader, and deleted by them, so that nobody waits for a search."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from inspector.domain.decision import OrderKind
from inspector.domain.statement import BookState
from inspector.domain.visit import VisitState
from inspector.store.backlog import Backlog
from inspector.store.booktables import credit_entry
from inspector.store.recordtables import credit_copy
from inspector.store.room import padded
from inspector.store.tables import visit, work

_OPEN_VISITS = tuple(state.value for state in VisitState if state.open)
_CLOCK = f"{OrderKind.VISIT_DUE.value}:"


class Aged(Backlog):
    """The end of work rows."""

    def aged(self, before: datetime, after: int, span: int) -> tuple[list[int], int | None]:
        """Which of the next `span` rows behind an id were done before a moment, and the last id of these rows; None: there are no more.

        No index leads to them, for it would be written with every settlement to be read once a night: each row is passed once.
        """
        some = sa.select(work.c.id).where(work.c.id > after).order_by(work.c.id).limit(span).subquery()
        last: int | None = self.connection.execute(sa.select(sa.func.max(some.c.id))).scalar_one()
        if last is None:
            return [], None
        old = sa.select(work.c.id).where(work.c.id > after, work.c.id <= last, _over(before)).order_by(work.c.id)
        return list(self.connection.execute(old).scalars()), last

    def forget_done(self, before: datetime, ids: Sequence[int]) -> int:
        """Delete those of some rows that were done before a moment: the ledger is the history, not this table.

        Of an entry that its receiver has not acknowledged the row stays: it alone says whether the entry may have come there. So does
        the clock of a visit that is open: by it the visit is known to be due (`deadlines`).
        """
        return self.connection.execute(sa.delete(work).where(work.c.id.in_(padded(ids)), _over(before))).rowcount


def _over(before: datetime) -> sa.ColumnElement[bool]:
    ordered = BookState.ORDERED.value
    first = sa.exists().where(credit_entry.c.entry == work.c.key, credit_entry.c.state == ordered)
    copied = sa.exists().where(credit_copy.c.entry + "@" + credit_copy.c.lane == work.c.key, credit_copy.c.state == ordered)
    waits = sa.and_(work.c.kind == OrderKind.CREDIT.value, sa.or_(first, copied))
    going = sa.exists().where(visit.c.state.in_(_OPEN_VISITS), visit.c.id == sa.func.substr(work.c.key, len(_CLOCK) + 1))
    spared = sa.or_(waits, sa.and_(work.c.kind == OrderKind.VISIT_DUE.value, going))
    return sa.and_(work.c.state == "done", work.c.done_at < before, sa.not_(spared))
