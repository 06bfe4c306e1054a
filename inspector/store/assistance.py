"""Assistance requests."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from inspector.domain.assistance import AssistanceState, Request
from inspector.domain.errors import Missing
from inspector.domain.scoreboard import marks
from inspector.store.assistancetables import assistance, assistance_notice
from inspector.store.codec import dump, load
from inspector.store.room import Room, Row
from inspector.store.sealed import own
from inspector.store.tables import case_file

_PAGE = 500
_OPEN = [state.value for state in AssistanceState if state.open]
"""Named, and not what is over left out: so a database finds them by its index, and does not read a table that only grows."""
_OVER = [state.value for state in AssistanceState if not state.open]
_UNTOLD = (AssistanceState.UNANSWERED.value, AssistanceState.DECLINED.value)
"""The states that do not tell whose word, or silence, has ended a request."""
_ONE = sa.select(assistance.c.body).where(assistance.c.id == sa.bindparam("of"))
_LOCKED = _ONE.with_for_update()
_CASE = sa.select(assistance.c.case_id).where(assistance.c.id == sa.bindparam("of"))


class AssistanceRoom(Room):
    """The assistance table."""

    def add(self, request: Request) -> None:
        """Write a new request; the same one twice is one."""
        row = {"id": request.id, "case_id": request.case_id, "requested": request.requested, "version": 0}
        self.insert_one(assistance, row | self._row(request), ("id",))

    def get(self, request_id: str, *, lock: bool = False) -> Request:
        """A request. Raises Missing."""
        text = self.connection.execute(_LOCKED if lock else _ONE, {"of": request_id}).scalar_one_or_none()
        if text is None:
            raise Missing("request_unknown", request=request_id)
        return load(Request, text)

    def case_of(self, request_id: str) -> str:
        """Whose request it is: a case, for good. Raises Missing."""
        case_id: str | None = self.connection.execute(_CASE, {"of": request_id}).scalar_one_or_none()
        if case_id is None:
            raise Missing("request_unknown", request=request_id)
        return case_id

    def put(self, request: Request) -> None:
        """Write a changed request; the caller holds its lock."""
        values = self._row(request) | {"version": assistance.c.version + 1}
        self.expect_one(sa.update(assistance).where(assistance.c.id == request.id).values(**values), request.id)

    def of_case(self, case_id: str, *, lock: bool = False) -> list[Request]:
        """The requests of a case."""
        asked = sa.select(assistance.c.body).where(assistance.c.case_id == case_id).order_by(assistance.c.id)
        return [load(Request, text) for text in self.connection.execute(asked.with_for_update() if lock else asked).scalars()]

    def open_of(self, requesters: Sequence[str], limit: int, after: str = "") -> list[Request]:
        """Open requests of these requesters, the nearest date first; those behind the request `after`."""
        theirs = sa.exists().where(case_file.c.id == assistance.c.case_id, case_file.c.agency.in_(list(requesters)))
        asked = sa.select(assistance.c.body).where(assistance.c.state.in_(_OPEN), theirs)
        asked = asked.order_by(assistance.c.due_at, assistance.c.id).limit(limit)
        if after:
            held = assistance.alias()
            last = sa.select(held.c.due_at, held.c.id).where(held.c.id == after)
            asked = asked.where(sa.tuple_(assistance.c.due_at, assistance.c.id) > last.scalar_subquery())
        return [load(Request, text) for text in self.connection.execute(asked).scalars()]

    def over_of(self, requesters: Sequence[str], limit: int, after: str = "") -> list[Request]:
        """Requests of these requesters that are over, the last that was opened first; those behind the request `after`."""
        theirs = sa.exists().where(case_file.c.id == assistance.c.case_id, case_file.c.agency.in_(list(requesters)))
        asked = sa.select(assistance.c.body).where(assistance.c.state.in_(_OVER), theirs)
        if after:
            asked = asked.where(assistance.c.id < after)
        found = self.connection.execute(asked.order_by(assistance.c.id.desc()).limit(limit)).scalars()
        return [load(Request, text) for text in found]

    def ids(self, after: str, limit: int, *, over: bool = False) -> list[str]:
        """Open requests by id, or those that are `over`; those behind `after`."""
        asked = sa.select(assistance.c.id).where(assistance.c.state.in_(_OVER if over else _OPEN), assistance.c.id > after)
        return list(self.connection.execute(asked.order_by(assistance.c.id).limit(limit)).scalars())

    def known_at(self, via: str, but: Sequence[str], now: datetime, limit: int) -> tuple[list[Request], int]:
        """Open requests that one agency knows of, `but` these: those whose date is ahead, the nearest first; how many there are in all."""
        known = [state for state in _OPEN if state != AssistanceState.ORDERED.value]
        here = (assistance.c.requested == via, assistance.c.state.in_(known), assistance.c.id.not_in(list(but)))
        asked = sa.select(assistance.c.body).where(*here, assistance.c.due_at > now)
        found = self.connection.execute(asked.order_by(assistance.c.due_at, assistance.c.id).limit(limit)).scalars()
        count = sa.select(sa.func.count()).select_from(assistance).where(*here)
        return [load(Request, text) for text in found], int(self.connection.execute(count).scalar_one())

    def counts(self) -> Sequence[Any]:
        """(requested agency, state, count)."""
        asked = sa.select(assistance.c.requested, assistance.c.state, sa.func.count())
        return self.connection.execute(asked.group_by(assistance.c.state, assistance.c.requested)).all()

    def ended(self, rules: Collection[str]) -> Sequence[Any]:
        """(requested agency, state, last rule, count) of those that ended by one of these rules, and in a state that does not tell."""
        told = assistance.c
        held = (told.requested, told.state, told.last_rule)
        asked = sa.select(*held, sa.func.count()).where(told.state.in_(_UNTOLD), told.last_rule.in_(list(rules)))
        return self.connection.execute(asked.group_by(*held)).all()

    def opened(self, since: datetime | None, until: datetime | None) -> Iterator[Request]:
        """The requests opened from a moment on and before another, in order of their numbers, page by page."""
        asked = sa.select(assistance.c.id, assistance.c.body).order_by(assistance.c.id).limit(_PAGE)
        if since is not None:
            asked = asked.where(assistance.c.opened_at >= since)
        if until is not None:
            asked = asked.where(assistance.c.opened_at < until)
        after = ""
        while rows := self.connection.execute(asked.where(assistance.c.id > after)).all():
            yield from (load(Request, row.body) for row in rows)
            after = rows[-1].id

    def unfinished(self, limit: int, skip: int = 0) -> list[Request]:
        """Open requests, the nearest date first, behind the first `skip`."""
        asked = sa.select(assistance.c.body).where(assistance.c.state.in_(_OPEN)).order_by(assistance.c.due_at, assistance.c.id)
        return [load(Request, text) for text in self.connection.execute(asked.limit(limit).offset(skip)).scalars()]

    def finished(self, limit: int, skip: int = 0) -> list[Request]:
        """Requests that are over, the last that was opened first, behind the first `skip`."""
        asked = sa.select(assistance.c.body).where(assistance.c.state.in_(_OVER)).order_by(assistance.c.id.desc())
        return [load(Request, text) for text in self.connection.execute(asked.limit(limit).offset(skip)).scalars()]

    def count_of(self, *, over: bool = False) -> int:
        """How many are open, or `over`."""
        states = _OVER if over else _OPEN
        return int(self.connection.execute(sa.select(sa.func.count()).where(assistance.c.state.in_(states))).scalar_one())

    def score(self, since: datetime) -> Sequence[Any]:
        """(requested agency, fact, state, last rule, heard in time, punctual, passed on above, echo, badly put, count) of those

        opened since.

        The last rule of its history is told of those that ended without an answer, and of refusals.
        """
        told = assistance.c
        last = sa.case((told.state.in_(_UNTOLD), told.last_rule))
        rows = sa.select(told.requested, told.fact, told.state, last.label("last"), told.heard_in_time, told.punctual)
        held = rows.add_columns(told.above, told.echo, told.badly_put).where(told.opened_at >= since).subquery()
        return self.connection.execute(sa.select(*held.c, sa.func.count()).group_by(*held.c)).all()

    def answered(self, since: datetime) -> Sequence[Any]:
        """(requested agency, fact, from when its days are counted, when opened, when the answer was entered, since when it was here).

        Of those opened since whose time is known (`scoreboard.timed`); the last is None where it was entered when it came.
        """
        told = assistance.c
        asked = sa.select(told.requested, told.fact, told.sent_at, told.opened_at, told.ended_at, told.came_at)
        timed = sa.and_(told.opened_at >= since, told.state == AssistanceState.ANSWERED.value, told.punctual.is_not(None))
        return self.connection.execute(asked.where(timed)).all()

    def oldest(self) -> Sequence[tuple[str, datetime]]:
        """By requested agency when the oldest of its open requests was sent; what has not left yet nobody can answer."""
        told = assistance.c
        asked = sa.select(told.requested, sa.func.min(told.sent_at)).where(told.state.in_(_OPEN), told.sent_at.is_not(None))
        return [(row[0], row[1]) for row in self.connection.execute(asked.group_by(told.requested).order_by(told.requested))]

    def file(self, request_id: str, entry: str, text: str, now: datetime) -> int:
        """File a written notice; its number among those of the request, from 1 on."""
        count = sa.select(sa.func.count()).where(assistance_notice.c.request == request_id)
        number = 1 + int(self.connection.execute(count.select_from(assistance_notice)).scalar_one())
        row = {"request": request_id, "number": number, "entry": entry, "at": now, "body": own(text, request_id, number)}
        row["digest"] = hashlib.sha256(text.encode()).hexdigest()
        self.connection.execute(sa.insert(assistance_notice).values(row))
        return number

    def notices(self, request_id: str) -> list[Row]:
        """The written notices of a request, in order."""
        asked = sa.select(assistance_notice).where(assistance_notice.c.request == request_id).order_by(assistance_notice.c.number)
        return [dict(row) for row in self.connection.execute(asked).mappings()]

    def _row(self, request: Request) -> dict[str, object]:
        return {"state": request.state.value, "due_at": request.due_at, "body": dump(request, request.id), **marks(request)}
