"""The years of the working calendar this house has counted by: a version stands for its days for ever, and nobody goes back to an older."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from inspector.domain.errors import Refusal
from inspector.store.room import Room
from inspector.store.tables import calendar_year


class CalendarRoom(Room):
    """The table of calendar years."""

    def known(self) -> dict[int, int]:
        """Each year's newest version that a daemon of this house has started with."""
        return {
            row.year: row.version for row in self.connection.execute(sa.select(calendar_year.c.year, calendar_year.c.version))
        }

    def digests(self) -> dict[tuple[int, int], str]:
        """What was noted of the days of each year's newest version, by year and version."""
        held = self.connection.execute(sa.select(calendar_year.c.year, calendar_year.c.version, calendar_year.c.digest))
        return {(row.year, row.version): row.digest for row in held}

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
