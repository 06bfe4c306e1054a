"""Work rows: orders written down. Claim, finish, postpone, quarantine; every step guarded by the fence.

States: `waiting` (a date in office time), `ready` (claimable, ordered by legal urgency), `done`, `quarantined` (a person looks).
A long wait never lies in the claim's index; `promote` moves what has come due.

A try counts when it is settled, never when it is claimed: the row's `attempts` are the tries that have ended, so that a daemon that is
killed in the middle wears out nobody's case. Whether a call may have left the house says the fence, which every claim raises.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from inspector.domain.decision import Order, OrderKind
from inspector.domain.errors import Refusal, Stale
from inspector.store import payload
from inspector.store.aged import Aged
from inspector.store.ended import END, END_KEYS, Ended
from inspector.store.lease import ALONE, CALLING, CLAIM, CLAIM_HOUSE, RESTED, UNTRIED
from inspector.store.room import Batch, insert_new, padded
from inspector.store.sealed import own
from inspector.store.tables import EPOCH, Moment, work

Claim = tuple[int, int]
"""A row's id and the fence it was claimed with: the row may be claimed again as soon as it is settled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A claimed work row. `attempts` is the number of this try, 1 the first. `fence` proves the claim; above 1 another came before.

    `error` is what came of the last try that failed. What is not `readable` was damaged in the database: its payload is lost.
    `unheard` counts the claims up to this one without any word of the row since: neither settled, put off nor returned.
    """

    id: int
    key: str
    kind: str
    lane: str
    case_id: str | None
    payload: Mapping[str, Any]
    due_at: datetime
    expires_at: datetime | None
    attempts: int
    fence: int
    error: str | None = None
    readable: bool = True
    unheard: int = 1

    @property
    def deadly(self) -> bool:
        """Whether its daemon died while it was carried out alone: it is not carried out any more."""
        return self.unheard > ALONE

    @property
    def claim(self) -> Claim:
        """What tells this claim from any other of the row."""
        return self.id, self.fence


_PART = work.c.kind.in_((OrderKind.DRAW_PROMISE.value, OrderKind.DRAW_REVEAL.value))
_MINE = sa.update(work).where(
    work.c.id == sa.bindparam("held_id"), work.c.fence == sa.bindparam("held_fence"), work.c.state == "ready"
)
_DUE = (
    sa.select(work.c.id)
    .where(work.c.state == "waiting", work.c.due_at <= sa.bindparam("office", type_=Moment))
    .order_by(work.c.due_at)
    .limit(sa.bindparam("most", type_=sa.Integer))
    .with_for_update(skip_locked=True)
)
_PROMOTE = (
    sa.update(work)
    .where(work.c.id.in_(_DUE), work.c.state == "waiting")
    .values(state="ready", lease_until=EPOCH)
    .returning(work.c.key)
)
_PUT_OFF = _MINE.values(state="waiting", lease_until=EPOCH, owner=None, unheard=0)
_BACK = _MINE.values(lease_until=EPOCH, owner=None, unheard=0)
_AHEAD = (
    sa.update(work)
    .where(sa.tuple_(work.c.id, work.c.fence).in_(sa.bindparam("held", expanding=True)), work.c.state == "ready")
    .values(
        state="done", done_at=sa.bindparam("now", type_=Moment), error=None, owner=None, attempts=work.c.attempts + 1, unheard=0
    )
)
_LATE = (
    sa.update(work)
    .where(work.c.id == sa.bindparam("held_id"), work.c.fence == sa.bindparam("held_fence"))
    .where(work.c.state == "done", work.c.error == "obsolete")
    .values(error="late")
)
_AS_IT_STANDS = ("id", "key", "kind", "lane", "case_id", "due_at", "expires_at", "fence", "unheard", "error")


class WorkRoom(Aged):
    """The work table. `ready` are the keys this transaction has made claimable: what the dispatcher is told before its commit."""

    def __init__(self, batch: Batch) -> None:
        super().__init__(batch)
        self.ready: list[str] = []
        self._collected: set[str] = set()
        self._cases: set[str] = set()
        self._ahead: dict[int, Work] = {}

    def order(self, orders: Iterable[Order], now: datetime) -> None:
        """Write orders down; one already written under its key stays as it is."""
        rows = [
            {
                "key": order.key,
                "kind": order.kind.value,
                "lane": order.lane,
                "case_id": order.case_id,
                "payload": own(json.dumps(order.payload, ensure_ascii=False), order.key),
                "state": "ready" if order.due_at <= now else "waiting",
                "due_at": order.due_at,
                "urgent_by": order.urgent_by,
                "expires_at": order.expires_at,
                "lease_until": EPOCH,
                "fence": 0,
                "attempts": 0,
                "made_at": now,
            }
            for order in orders
        ]
        if rows:
            self.batch.later(insert_new(self.sqlite, work, ("key",)), rows)
        self._collected.update(str(row["key"]) for row in rows)
        self._cases.update(str(row["case_id"]) for row in rows)
        self.ready += [str(row["key"]) for row in rows if row["state"] == "ready"]

    def promote(self, office_now: datetime, limit: int = 2000) -> int:
        """Move rows whose date has come into the ready set; how many. Safe to run anywhere, any number of times."""
        keys = self.connection.execute(_PROMOTE, {"office": office_now, "most": limit}).scalars().all()
        self.ready += keys
        return len(keys)

    def claim(
        self,
        owner: str,
        machine_now: datetime,
        office_now: datetime,
        lease: timedelta,
        limit: int,
        *,
        full: Sequence[str] = (),
        laned: bool = True,
    ) -> list[Work]:
        """Lease up to `limit` ready rows, most urgent first. Read the result only after the transaction has committed.

        Rows of a lane that is paused, or whose breaker has opened, are passed over, but for those past their patience, which are to
        give up; rows of a lane that is `full` in this process are passed over in any case, and without `laned` those of every lane.
        SKIP LOCKED keeps two replicas from waiting for each other; on SQLite there is one writer and the clause is nothing.
        """
        values = {"machine": machine_now, "until": machine_now + lease, "me": owner, "most": limit}
        if not laned:
            return claimed(self.connection.execute(CLAIM_HOUSE[self.sqlite], values).all())
        told = {**values, "office": office_now, "full": padded(full) or [""]}
        return claimed(self.connection.execute(CLAIM[self.sqlite], told).all())

    def probe(self, owner: str, machine_now: datetime, lease: timedelta, cooled: Sequence[str]) -> list[Work]:
        """Lease one row of each lane whose breaker has cooled, unless a call of that lane is under way somewhere (half-open).

        One that has never failed goes first, then whichever rests longest: a row that is refused for itself keeps the lane shut once.
        The lane's row is locked meanwhile (`lanes.cooled`), so that two replicas do not both send one.
        """
        held: list[Work] = []
        values = {"machine": machine_now, "until": machine_now + lease, "me": owner, "most": 1}
        for name in cooled:
            asked = {"machine": machine_now, "of_lane": name}
            if self.connection.execute(CALLING, asked).first() is None:
                told = {**values, "of_lane": name}
                for choice in (UNTRIED, RESTED):
                    if found := claimed(self.connection.execute(choice[self.sqlite], told).all()):
                        held += found
                        break
        return held

    def finish_ahead(self, held: Sequence[Work], now: datetime) -> None:
        """Mark many claimed rows done at once, before their settlements are written one after the other.

        `finish` then only ticks them off. Raises Stale when one fence is not ours any more, and later when a settlement ends work
        that was finished ahead but not yet written: one after the other, that one would have been refused.
        """
        if held:
            values = {"held": padded([(row.id, row.fence) for row in held]), "now": now}
            if self.batch.direct.execute(_AHEAD, values).rowcount != len(held):
                raise Stale("lease_lost", work=", ".join(row.key for row in held))
        self._ahead = {row.id: row for row in held}

    def finish(self, held: Work, now: datetime) -> None:
        """Mark a claimed row done. Raises Stale when the fence is not ours any more: the whole settlement then rolls back."""
        if self._ahead.pop(held.id, None) is not None:
            return
        self._guarded(held, state="done", done_at=now, error=None, owner=None, attempts=held.attempts)

    def keep(self, held: Work, payload: Mapping[str, object], *, expires_at: datetime | None = None) -> None:
        """What a claimed row carries from now on, however often it is tried, and until when. Raises Stale when it is not ours any more."""
        until = {} if expires_at is None else {"expires_at": expires_at}
        self._guarded(held, payload=own(json.dumps(payload, ensure_ascii=False), held.key), **until)

    def postpone(self, held: Work, due_at: datetime, error: str, *, counted: bool) -> None:
        """Try again at `due_at` (office time). An attempt lost to an open breaker is not `counted` (engine.md P12).

        Written with all that are put off in this transaction; Stale, where the fence is not ours any more, comes then.
        """
        tries = held.attempts if counted else held.attempts - 1
        self._later(_PUT_OFF, held, due_at=due_at, error=error[:400], attempts=tries)

    def place(self, kind: str, lane: str, now: datetime) -> int:
        """Give open rows of a kind that wait without a lane the lane that there is now, and let them be due; how many."""
        waits = sa.update(work).where(work.c.kind == kind, work.c.lane == "", work.c.state.in_(("waiting", "ready")))
        placed = self.connection.execute(waits.values(lane=lane, state="waiting", due_at=now, lease_until=EPOCH, owner=None))
        return placed.rowcount

    def unplaced(self, kind: str) -> int:
        """How many open rows of a kind wait without a lane."""
        waits = sa.select(sa.func.count()).where(work.c.kind == kind, work.c.lane == "", work.c.state.in_(("waiting", "ready")))
        return int(self.connection.execute(waits).scalar_one())

    def hasten(self, key: str, now: datetime) -> None:
        """What a waiting row waits for has happened: let it be due."""
        self.connection.execute(sa.update(work).where(work.c.key == key, work.c.state == "waiting").values(due_at=now))

    def sooner(self, lane: str, now: datetime) -> None:
        """A person says that a connector is well: what has failed there and waits, perhaps as long as it was asked to, is due."""
        failed = (work.c.state == "waiting") & (work.c.lane == lane) & (work.c.attempts > 0) & (work.c.due_at > now)
        self.connection.execute(sa.update(work).where(failed).values(due_at=now))

    def redate(
        self,
        due_at: datetime,
        now: datetime,
        *,
        key: str | None = None,
        case_id: str | None = None,
        kind: OrderKind | None = None,
        urgent_by: datetime | None = None,
    ) -> None:
        """Another date for open work, by its key, or by case and kind. What is under way is refused when it settles: its date moved."""
        waits = work.c.key == key if key is not None else (work.c.case_id == case_id) & (work.c.kind == kind)
        held = sa.update(work).where(waits, work.c.state.in_(("waiting", "ready"))).returning(work.c.key)
        state = "ready" if due_at <= now else "waiting"
        values = {"due_at": due_at, "urgent_by": urgent_by or due_at, "state": state, "lease_until": EPOCH, "owner": None}
        keys = list(self.connection.execute(held.values(**values, fence=work.c.fence + 1)).scalars())
        if state == "ready":
            self.ready += keys

    def give_back(self, held: Work) -> None:
        """Return an unstarted lease, as if it had not been claimed; written, and refused, as `postpone` is."""
        self._later(_BACK, held)

    def quarantine(self, held: Work, error: str, now: datetime) -> None:
        """No more tries by itself: counted, visible, kept until a person retries or releases it."""
        told = {"error": error[:400], "attempts": held.attempts}
        self._guarded(held, state="quarantined", owner=None, lease_until=EPOCH, done_at=now, **told)

    def renew(self, owner: str, ids: Sequence[int], until: datetime) -> int:
        """Lengthen the leases of running work; how many were still ours."""
        mine = sa.select(work.c.id).where(work.c.id.in_(list(ids)), work.c.owner == owner, work.c.state == "ready")
        free = mine.with_for_update(skip_locked=True)  # a row in somebody's hand is being settled or ended; nobody waits for it
        return self.connection.execute(sa.update(work).where(work.c.id.in_(free)).values(lease_until=until)).rowcount

    def alone(self, held: Work, until: datetime) -> bool:
        """Write down that a claimed row is carried out beside nothing else, its lease anew; False where it is not ours any more."""
        return self.batch.direct.execute(_MINE.values(unheard=ALONE, lease_until=until), _of(held)).rowcount == 1

    def void_leases(self) -> int:
        """At the start of a daemon that owns the file alone every lease is void (engine.md 2.3)."""
        held = sa.update(work).where(work.c.state == "ready", work.c.lease_until > EPOCH)
        return self.connection.execute(held.values(lease_until=EPOCH, owner=None)).rowcount

    def end(self, cases: Collection[str], kinds: Collection[str], now: datetime) -> list[Ended]:
        """End the open work of these kinds that some cases have: it has lost its purpose. A running one is refused when it settles.

        What is collected of their rows is not written down before: see `end_soon`.
        """
        values = {"cases": cases, "kinds": kinds, "now": now}
        return [Ended(**row) for row in self.batch.direct.execute(END, values).mappings()]

    def end_soon(self, case_id: str, kinds: frozenset[str], end: Callable[[list[str]], object]) -> None:
        """Have a case's open work of some kinds ended before anything is written that is collected from here on.

        All cases of one transaction together: `end` is called with their ids, and means the same by it whoever gives it.
        """
        self._none_ahead(lambda row: row.case_id == case_id and row.kind in kinds)
        if case_id in self._cases:
            self.batch.write()
        self.batch.at_first(kinds, case_id, end)

    def end_keys(self, keys: Iterable[str], now: datetime) -> list[Ended]:
        """End open work by its keys; what was open, as it was. One statement, so that no claim comes between look and end."""
        keys = list(keys)
        self._none_ahead(lambda row: row.key in keys)
        # what is collected is of other rows
        connection = self.batch.begun() if self._collected.isdisjoint(keys) else self.connection
        return [Ended(**row) for row in connection.execute(END_KEYS, {"keys": keys, "now": now}).mappings()]

    def at_last(self, keys: Iterable[str], end: Callable[[list[str]], object]) -> None:
        """Have work ended by its keys behind everything else that the transaction writes, all in one statement."""
        self.batch.at_last(keys, end)

    def late(self, held: Work) -> bool:
        """Whether a claimed row was ended under our hands, with nobody else's claim since. Yes is said once: then it is marked."""
        return self.batch.begun().execute(_LATE, _of(held)).rowcount == 1

    def retry(self, work_id: int, now: datetime) -> None:
        """A person sends a quarantined row round again, with fresh attempts. Raises Missing; Refusal where it is in none.

        Its patience begins anew, but for a part of a draw's seed: the last moment of that is the draw's, and committed to.
        """
        again = sa.update(work).where(work.c.id == work_id, work.c.state == "quarantined")
        values = {
            "state": "ready",
            "lease_until": EPOCH,
            "attempts": 0,
            "unheard": 0,
            "due_at": sa.case((_PART & (work.c.expires_at < now), work.c.expires_at), else_=sa.literal(now, Moment)),
            "expires_at": sa.case((_PART, work.c.expires_at)),
            "done_at": None,
        }
        key = self.connection.execute(again.values(**values).returning(work.c.key)).scalar_one_or_none()
        if key is None:
            self.show(work_id)
            raise Refusal("work_not_quarantined", id=work_id)
        self.ready.append(key)

    def release(self, work_id: int, reason: str, now: datetime) -> None:
        """A person lets a quarantined row go without carrying it out. Raises Missing, Refusal."""
        held = sa.update(work).where(work.c.id == work_id, work.c.state == "quarantined")
        if self.connection.execute(held.values(state="done", done_at=now, error=f"released: {reason}"[:400])).rowcount != 1:
            self.show(work_id)
            raise Refusal("work_not_quarantined", id=work_id)

    def _none_ahead(self, ended: Callable[[Work], bool]) -> None:
        for row in self._ahead.values():
            if ended(row):
                raise Stale("ended_in_its_group", work=row.key)

    def _later(self, statement: sa.Update, held: Work, **values: object) -> None:
        self._collected.add(held.key)
        self._cases.add(str(held.case_id))
        self.batch.expect(statement, held.key, {**_of(held), **values})

    def _guarded(self, held: Work, **values: object) -> None:
        """The one guarded update: id, fence and state must still be ours, else Stale and nothing of the settlement stays."""
        if self.batch.begun().execute(_MINE, {"unheard": 0, **values, **_of(held)}).rowcount != 1:
            raise Stale("lease_lost", work=held.key)


def _of(held: Work) -> dict[str, object]:
    """What a guarded update is asked for."""
    return {"held_id": held.id, "held_fence": held.fence}


def claimed(rows: Sequence[Any]) -> list[Work]:
    """Rows as they were leased, most urgent first: RETURNING promises no order."""
    return [
        Work(
            **{name: getattr(row, name) for name in _AS_IT_STANDS},
            payload=said or {},
            attempts=row.attempts + 1,
            readable=said is not None,
        )
        for row in sorted(rows, key=lambda row: (row.urgent_by, row.id))
        for said in (payload.read(row.payload),)
    ]
