"""Pushes that a channel took, and the ways to an inspector that are turned off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from inspector.domain.push import ASSIGNMENT
from inspector.domain.reached import Reach
from inspector.store.pushtables import channel_off, push
from inspector.store.room import Room, insert_new

_OFF = sa.select(channel_off).where(channel_off.c.agency.in_(sa.bindparam("at", expanding=True)))
_OFF = _OFF.order_by(channel_off.c.agency, channel_off.c.inspector, channel_off.c.channel)
_OFF_OF_ONE = _OFF.where(channel_off.c.inspector == sa.bindparam("of"))
_WHEN = {Reach.DELIVERED: push.c.delivered_at, Reach.READ: push.c.read_at, Reach.FAILED: push.c.failed_at}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """A message that a channel took. `seat` is whose assignment it is about, or `test:` and a number; `mark` is the way it went.

    `letter:` and the key of a letter stand there, where it was to the liaison officer or the head of an agency.

    `code`: why it failed, or `unconfirmed` where nobody can say that it was taken.
    """

    key: str
    seat: str
    word: str
    agency: str
    inspector: str
    channel: str
    mark: str
    reference: str
    handed_at: datetime
    delivered_at: datetime | None = None
    read_at: datetime | None = None
    failed_at: datetime | None = None
    code: str = ""

    @property
    def left(self) -> bool:
        """Whether a channel took it at all; of a test that none did is kept when it was given up, and why."""
        return self.word != "test" or self.failed_at is None or self.failed_at > self.handed_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Off:
    """A way that is turned off, and by which code of the other side."""

    agency: str
    inspector: str
    channel: str
    mark: str
    code: str
    since: datetime


class PushRoom(Room):
    """The tables of pushes and of ways that are off."""

    def add(self, made: Pushed) -> None:
        """A message that a channel took; said twice it is one."""
        row = {name: getattr(made, name) for name in push.c.keys()}  # noqa: SIM118 - its keys, not its columns
        self.batch.later(insert_new(self.sqlite, push, ("key",)), [row])

    def find(self, channel: str, about: str) -> Pushed | None:
        """The message of a channel by the key it was sent under, or by the channel's own number; None: none (yet)."""
        which = (push.c.key == about) | ((push.c.reference == about) & (push.c.reference != ""))
        rows = self._read(sa.select(push).where(push.c.channel == channel, which).order_by(push.c.handed_at.desc()).limit(1))
        return rows[0] if rows else None

    def note(self, key: str, reach: Reach, at: datetime, code: str) -> bool:
        """When a message came so far, by its first report; False where that is known already."""
        column = _WHEN[reach]
        noted = sa.update(push).where(push.c.key == key, column.is_(None)).values({column.name: at})
        return self.connection.execute(noted.values(code=code[:80]) if code else noted).rowcount == 1

    def of_seat(self, seat: str) -> list[Pushed]:
        """All that was pushed about a seat, oldest first."""
        return self._read(sa.select(push).where(push.c.seat == seat).order_by(push.c.handed_at, push.c.key))

    def page(self, agencies: Sequence[str], *, seat: str = "", inspector: str = "", limit: int = 50) -> list[Pushed]:
        """The last ones of these agencies, newest first."""
        asked = sa.select(push).where(push.c.agency.in_(list(agencies)))
        for column, value in ((push.c.seat, seat), (push.c.inspector, inspector)):
            asked = asked.where(column == value) if value else asked
        return self._read(asked.order_by(push.c.handed_at.desc(), push.c.key).limit(limit))

    def turn_off(self, off: Off) -> bool:
        """Turn a way off; False where it is off already."""
        row = {name: getattr(off, name) for name in channel_off.c.keys()}  # noqa: SIM118 - as above
        if self.insert_one(channel_off, row, ("agency", "inspector", "channel")):
            return True
        here = self._at(off.agency, off.inspector, off.channel)
        changed = sa.update(channel_off).where(here, channel_off.c.mark != off.mark)
        return self.connection.execute(changed.values(mark=off.mark, code=off.code, since=off.since)).rowcount == 1

    def turn_on(self, agency: str, inspector: str, channel: str) -> bool:
        """Turn a way on again; False where it was not off."""
        return self.connection.execute(sa.delete(channel_off).where(self._at(agency, inspector, channel))).rowcount == 1

    def off(self, agencies: Sequence[str], inspector: str = "") -> list[Off]:
        """The ways of these agencies' inspectors, or of one of them, that are off."""
        told = {"at": list(agencies), "of": inspector} if inspector else {"at": list(agencies)}
        rows = self.connection.execute(_OFF_OF_ONE if inspector else _OFF, told)
        return [Off(**row) for row in rows.mappings()]

    def off_at(self) -> set[str]:
        """The agencies of which an inspector has a way that is off."""
        return set(self.connection.execute(sa.select(channel_off.c.agency).distinct()).scalars())

    def off_counts(self) -> list[tuple[str, int]]:
        """(channel, how many inspectors it reaches no more)."""
        grouped = sa.select(channel_off.c.channel, sa.func.count()).group_by(channel_off.c.channel)
        return [(row[0], row[1]) for row in self.connection.execute(grouped.order_by(channel_off.c.channel))]

    def came(self, since: datetime) -> list[tuple[str, str, int]]:
        """(channel, how far, count) of the assignments that a channel took since a moment; `handed` where nothing more was reported."""
        far = sa.case(
            (push.c.read_at.is_not(None), Reach.READ.value),
            (push.c.delivered_at.is_not(None), Reach.DELIVERED.value),
            (push.c.failed_at.is_not(None), Reach.FAILED.value),
            else_="handed",
        ).label("far")
        asked = sa.select(push.c.channel, far, sa.func.count()).where(push.c.handed_at >= since, push.c.word == ASSIGNMENT)
        rows = self.connection.execute(asked.group_by(push.c.channel, sa.text("far")).order_by(push.c.channel, sa.text("far")))
        return [(row[0], row[1], row[2]) for row in rows]

    def forget(self, before: datetime, limit: int = 5000) -> int:
        """Delete messages handed over before a moment; how many."""
        old = sa.select(push.c.key).where(push.c.handed_at < before).limit(limit)
        return self.connection.execute(sa.delete(push).where(push.c.key.in_(old))).rowcount

    def _at(self, agency: str, inspector: str, channel: str) -> sa.ColumnElement[bool]:
        held = channel_off.c
        return sa.and_(held.agency == agency, held.inspector == inspector, held.channel == channel)

    def _read(self, asked: sa.Select[tuple[object, ...]]) -> list[Pushed]:
        return [Pushed(**row) for row in self.connection.execute(asked).mappings()]
