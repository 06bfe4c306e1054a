"""Which ready rows a claim leases, as statements that are built once; all but `CALLING` by whether the database is SQLite.

Rows of a lane that may send nothing are never looked at, so a claim costs the same however much waits behind a connector that is shut
or at its share. PostgreSQL locks a batch of each lane before it takes the most urgent of all: who claims beside it gets the next ones.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.dml import ReturningUpdate

from inspector.store.tables import EPOCH, Moment, lane, work

_CLAIMED = (
    work.c.id,
    work.c.key,
    work.c.kind,
    work.c.lane,
    work.c.case_id,
    work.c.payload,
    work.c.due_at,
    work.c.urgent_by,
    work.c.expires_at,
    work.c.attempts,
    work.c.fence,
    work.c.unheard,
    work.c.error,
)

_MACHINE = sa.bindparam("machine", type_=Moment)
_OFFICE = sa.bindparam("office", type_=Moment)
_MOST = sa.bindparam("most", type_=sa.Integer)
_READY: sa.ColumnElement[str] = sa.literal_column("'ready'")
"""Written out: a database takes a partial index only for a condition it can see to be its own."""
# A breaker that has opened stays shut for claims until an answer closes it; when it has cooled, `probe` sends one row.
_SHUT = sa.select(lane.c.name).where(sa.or_(lane.c.paused, lane.c.open_until > sa.literal(EPOCH, Moment)))
_FREE = work.c.lease_until <= _MACHINE
_HOUSE = work.c.lane == sa.literal_column("''")
_OF_LANE = work.c.lane == sa.bindparam("of_lane")
CALLING = sa.select(work.c.id).where(work.c.state == _READY, work.c.lease_until > _MACHINE, _OF_LANE).limit(1)


def _lease(chosen: sa.Select[Any], *, sqlite: bool) -> ReturningUpdate[Any]:
    """Lease the chosen rows. As an array they are chosen first and looked up one by one: PostgreSQL may else go over the whole table."""
    found = work.c.id.in_(chosen) if sqlite else work.c.id == sa.any_(sa.func.array(chosen.scalar_subquery()))
    leased = {"lease_until": sa.bindparam("until", type_=Moment), "owner": sa.bindparam("me")}
    counted = {"fence": work.c.fence + 1, "unheard": work.c.unheard + 1}
    return sa.update(work).where(found).values(**leased, **counted).returning(*_CLAIMED)


def _first(fit: sa.ColumnElement[bool], by: sa.ColumnElement[Any] = work.c.urgent_by) -> sa.Select[Any]:
    """The most urgent ready rows of one lane, or those that come first `by` something else."""
    held = sa.select(work.c.id).where(work.c.state == _READY, _FREE, fit).order_by(by, work.c.id)
    return held.limit(_MOST).with_for_update(skip_locked=True, of=work)


def _choice(*, sqlite: bool) -> sa.Select[Any]:
    """The most urgent of what each lane that fits has first. The lanes are those with ready rows, found by the index one by one.

    Of a shut one come the rows past their patience, which are to give up.
    """
    names = sa.select(sa.func.min(work.c.lane).label("name")).where(work.c.state == _READY).cte("names", recursive=True)
    later = work.alias("later")
    following = sa.select(sa.func.min(later.c.lane)).where(later.c.state == _READY, later.c.lane > names.c.name)
    names = names.union_all(sa.select(following.scalar_subquery()).where(names.c.name.is_not(None)))
    shut = names.c.name.in_(_SHUT)
    whole = names.c.name.not_in(sa.bindparam("full", expanding=True))
    open_ = _each(names, (names.c.name == "") | (~shut & whole), "urgent_by", sqlite=sqlite)
    spent = _each(names, (names.c.name != "") & shut & whole, "expires_at", sqlite=sqlite)
    found = sa.union_all(open_, spent).subquery("found")
    return sa.select(found.c.id).order_by(found.c.urgent_by, found.c.id).limit(_MOST)


def _each(names: sa.CTE, fit: sa.ColumnElement[bool], by: str, *, sqlite: bool) -> sa.Select[Any]:
    """(id, urgent_by) of the first rows of each lane that fits, in the order of a date; by `expires_at` those whose has passed.

    PostgreSQL reads lane by lane beside the names (LATERAL), SQLite for each name a list of ids: what one knows the other does not.
    """
    row = work.alias(f"by_{by}")
    held = sa.select(row.c.id, row.c.urgent_by).where(row.c.state == _READY, row.c.lane == names.c.name)
    held = held.where(row.c.lease_until <= _MACHINE).order_by(row.c[by], row.c.id).limit(_MOST)
    if by == "expires_at":
        held = held.where(row.c.expires_at <= _OFFICE)
    if not sqlite:
        first = held.with_for_update(skip_locked=True, of=row).lateral(f"first_{by}")
        return sa.select(first.c.id, first.c.urgent_by).select_from(names.join(first, sa.true())).where(fit)
    one = work.alias(f"one_{by}")
    ids = held.with_only_columns(row.c.id).correlate(names).scalar_subquery()
    return sa.select(one.c.id, one.c.urgent_by).select_from(names.join(one, one.c.id.in_(ids))).where(fit)


def _spent() -> sa.Select[Any]:
    """Rows of one lane whose patience is over, or will be before the lane may be asked: of kinds for which there is another way."""
    early = work.c.expires_at <= sa.bindparam("by", type_=Moment)  # never before now: by it the index is read
    fit = (work.c.expires_at <= _OFFICE) | work.c.kind.in_(sa.bindparam("kinds", expanding=True))
    held = sa.select(work.c.id).where(work.c.state == _READY, _FREE, _OF_LANE, early, fit)
    return held.order_by(work.c.expires_at, work.c.id).limit(_MOST).with_for_update(skip_locked=True, of=work)


ALONE = 1_000_000
"""What `unheard` is while a row is carried out beside nothing else: who claims it above that finds that its daemon died of it."""
_BOTH = (True, False)
"""On SQLite, and not."""
CLAIM = {one: _lease(_choice(sqlite=one), sqlite=one) for one in _BOTH}
CLAIM_HOUSE = {one: _lease(_first(_HOUSE), sqlite=one) for one in _BOTH}
OF_LANE = {one: _lease(_first(_OF_LANE), sqlite=one) for one in _BOTH}
UNTRIED = {one: _lease(_first(sa.and_(_OF_LANE, work.c.error.is_(None))), sqlite=one) for one in _BOTH}
RESTED = {one: _lease(_first(_OF_LANE, work.c.due_at), sqlite=one) for one in _BOTH}
"""Of a lane: the most urgent row that has never failed, and the one that was put off first."""
SPENT = {one: _lease(_spent(), sqlite=one) for one in _BOTH}
