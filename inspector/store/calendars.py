"""The years of the working calendar this house has counted by: a version stands for its days for ever, and nobody goes back to an older."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

import sqlalchemy as sa

from inspector.domain.calendar import WorkingCalendar
from inspector.domain.errors import Refusal
from inspector.domain.yearbook import Known, Seen, Yearbook, former
from inspector.store.calendartables import calendar_kept
from inspector.store.room import Room
from inspector.store.tables import calendar_year

_LOST = ""
"""In place of a digest: what was counted before this moment may rest on a calendar that nobody has kept."""


class CalendarRoom(Room):
    """The tables of calendar years, and of whole calendars."""

    def known(self) -> dict[int, int]:
        """Each year's newest version that a daemon of this house has started with."""
        return {
            row.year: row.version for row in self.connection.execute(sa.select(calendar_year.c.year, calendar_year.c.version))
        }

    def digests(self) -> dict[tuple[int, int], str]:
        """What was noted of the days of each year's newest version, by year and version."""
        held = self.connection.execute(sa.select(calendar_year.c.year, calendar_year.c.version, calendar_year.c.digest))
        return {(row.year, row.version): row.digest for row in held}

    def keep(self, calendar: WorkingCalendar, now: datetime) -> None:
        """Keep a calendar whole, once: what is decided by it names it, and is computed again by it (`case replay`).

        A house of a former release has kept none: those of before are kept as far as this one says them.
        Called before the years are noted, which says since when each has been known.
        """
        if self.connection.execute(sa.select(calendar_kept.c.digest).limit(1)).first() is None:
            told = former(calendar, self._seen(), now)
            for one in told.known:
                self._keep(one.calendar.digest, one.calendar.text, one.since)
            if told.lost is not None:
                self._keep(_LOST, "", told.lost)
        self._keep(calendar.digest, calendar.text, now)

    def yearbook(self, today: WorkingCalendar, now: datetime) -> Yearbook:
        """Every calendar that is kept as its name says, and today's."""
        rows = self.connection.execute(sa.select(calendar_kept).order_by(calendar_kept.c.seen_at, calendar_kept.c.digest)).all()
        if not rows:
            return former(today, self._seen(), now).beside(today, now)
        lost = next((row.seen_at for row in rows if row.digest == _LOST), None)
        sound = (row for row in rows if row.digest != _LOST and _sound(row.digest, row.body))
        known = tuple(Known(since=row.seen_at, calendar=WorkingCalendar.of(row.body)) for row in sound)
        return Yearbook(known=known, lost=lost).beside(today, now)

    def spoilt(self) -> list[str]:
        """The kept calendars that are not what their names say."""
        rows = self.connection.execute(sa.select(calendar_kept.c.digest, calendar_kept.c.body)).all()
        return sorted(row.digest for row in rows if row.digest != _LOST and not _sound(row.digest, row.body))

    def _keep(self, digest: str, text: str, at: datetime) -> None:
        self.insert_one(calendar_kept, {"digest": digest, "seen_at": at, "body": text}, ("digest",))

    def _seen(self) -> dict[int, Seen]:
        return {row.year: Seen(row.version, row.seen_at) for row in self.connection.execute(sa.select(calendar_year))}

    def note(self, year: int, version: int, digest: str, now: datetime) -> bool:
        """Note a year's version with the digest of its days (SHA-256, hex) at a start; whether it is new to this house.

        Raises Refusal: `calendar_changed` for other days under a version that dates were counted by, `calendar_older` for a version
        that has been replaced (0: the year is gone), since dates would then depend on which daemon counts them.
        """
        row = {"year": year, "version": version, "digest": digest, "seen_at": now}
        if version and self.insert_one(calendar_year, row, ("year",)):
            return True
        held = self.row(sa.select(calendar_year).where(calendar_year.c.year == year).with_for_update())
        if held is None:
            return False
        if version < held["version"]:
            raise Refusal("calendar_older", year=year, was=held["version"], now=version)
        if version == held["version"] and digest != held["digest"]:
            raise Refusal("calendar_changed", year=year, version=version)
        if version > held["version"]:
            self.connection.execute(sa.update(calendar_year).where(calendar_year.c.year == year).values(**row))
        return version > int(held["version"])


def _sound(digest: str, text: str) -> bool:
    """Whether a kept calendar is what its name says."""
    return sha256(text.encode()).hexdigest() == digest
