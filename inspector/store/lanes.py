"""Lanes: one row for each connector holds its breaker and whether a person has paused it."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from inspector.store.room import Room
from inspector.store.tables import EPOCH, Moment, lane

Pause = Callable[[int, int], timedelta]
"""How long a breaker is open after so many failures in a row, of which so many open it."""

# A breaker that has opened stays shut for claims until an answer closes it.
_OPEN = sa.select(lane.c.name, lane.c.open_until, lane.c.failures, lane.c.barred, lane.c.error)
_OPEN = _OPEN.where(lane.c.open_until > sa.literal(EPOCH, Moment), ~lane.c.paused)
_OPEN = _OPEN.order_by(lane.c.name).with_for_update(skip_locked=True)
_SHOWN = (
    lane.c.name,
    lane.c.open_until,
    lane.c.failures,
    lane.c.paused,
    lane.c.paused_at,
    lane.c.failing_since,
    lane.c.error,
    lane.c.barred,
)
_HOLD = sa.select(*_SHOWN).where(lane.c.name.in_(sa.bindparam("names", expanding=True))).order_by(lane.c.name).with_for_update()
_COUNTED = sa.update(lane).where(lane.c.name == sa.bindparam("of_name"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A connector's state, shared by all replicas and kept over restarts, in machine time.

    `failing_since` is the first failure of the present series; `barred`: in it we were not let in, and a person must mend something.
    `asked`: for how long the other side has told us to wait, where that is what holds it; it is kept behind the error's code.
    """

    name: str
    open_until: datetime
    failures: int
    paused: bool
    paused_at: datetime | None
    failing_since: datetime | None
    error: str | None
    barred: bool
    asked: timedelta = timedelta()


class LaneRoom(Room):
    """The lane table."""

    def ensure(self, names: Sequence[str]) -> None:
        """A row for each configured connector."""
        rows = [{"name": name, "open_until": EPOCH, "failures": 0, "paused": False, "barred": False} for name in names]
        self.insert_new(lane, rows, ("name",))

    def all(self) -> list[Lane]:
        """Every lane by name."""
        asked = sa.select(*_SHOWN).order_by(lane.c.name)
        return [_read(row._asdict()) for row in self.connection.execute(asked)]

    def lock(self, names: Collection[str]) -> None:
        """Hold several lanes to the end of the transaction, in order of name."""
        for row in self.connection.execute(_HOLD, {"names": sorted(names)}):
            self.batch.held[_held(row.name)] = _read(row._asdict())

    def cooled(self, now: datetime, threshold: int, pause: Pause) -> list[str]:
        """Lanes whose breaker has been open for its time, held to the end of the transaction; one that another holds is his.

        No breaker is open for longer than its pause, or than the other side asked for, seen from any moment: where it seems to be for
        twice as long, the clock was set back since. By less than that a reading of the clock may be older than the failure it meets.
        """
        names = []
        for name, until, failures, barred, error in self.connection.execute(_OPEN).all():
            if until > now + 2 * max(pause(failures, 1 if barred else threshold), _told(error)[1]):
                self.connection.execute(sa.update(lane).where(lane.c.name == name).values(open_until=now))
            elif until > now:
                continue
            names.append(name)
        return names

    def look_again(self, now: datetime) -> None:
        """At a start: what keeps us out may have been mended in the settings, so those lanes are tried at once."""
        self.connection.execute(sa.update(lane).where(lane.c.barred, lane.c.open_until > now).values(open_until=now))

    def sooner(self, name: str, now: datetime) -> None:
        """A person says that a connector is well: its breaker has cooled, and one call goes out to see."""
        self.connection.execute(sa.update(lane).where(lane.c.name == name, lane.c.open_until > now).values(open_until=now))

    def failed(
        self,
        name: str,
        error: str,
        now: datetime,
        *,
        threshold: int,
        pause: Pause,
        barred: bool = False,
        asked: timedelta = timedelta(),
    ) -> datetime:
        """Count a failure; from the threshold on the breaker opens, longer each time. Returns `open_until` (machine time).

        `asked`: the other side has told us when to come again, and so long it is open, whatever else is counted.

        Calls that were under way when it opened count no more: one outage is one opening, however many it catches. The lane is held
        to the end of the transaction and counted from what is held, so that many failures that settle together cost one journey.
        """
        if _held(name) not in self.batch.held:
            self.lock([name])
        held = self.batch.held.get(_held(name))
        if not isinstance(held, Lane):
            return EPOCH  # it has left the settings, and its row with it
        if held.open_until > now and (not asked or held.open_until >= now + asked):
            return held.open_until
        failures = held.failures + (held.open_until <= now)
        until = now + pause(failures, threshold) if failures >= threshold else EPOCH
        if asked and now + asked > until:
            until, error = now + asked, f"{error[:380]} {math.ceil(asked.total_seconds())}"
        counted = replace(
            held,
            failures=failures,
            open_until=until if until > EPOCH else held.open_until,
            failing_since=held.failing_since or now,
            error=error[:400],
            barred=held.barred or barred,
        )
        self.batch.held[_held(name)] = counted
        told = {key: getattr(counted, key) for key in ("failures", "open_until", "failing_since", "error", "barred")}
        self.batch.expect(_COUNTED, name, {"of_name": name, **told})
        return until

    def succeeded(self, name: str) -> None:
        """An answer came: the breaker closes. Writes only when there was something to mend."""
        broken = sa.update(lane).where(lane.c.name == name, lane.c.failures > 0)
        self.connection.execute(broken.values(failures=0, open_until=EPOCH, error=None, failing_since=None, barred=False))
        self.batch.held.pop(_held(name), None)

    def pause(self, name: str, at: datetime | None) -> bool:
        """A person stops a connector, or (None) resumes it; whether it exists."""
        held = sa.update(lane).where(lane.c.name == name).values(paused=at is not None, paused_at=at)
        return bool(self.connection.execute(held).rowcount)


def _read(row: Mapping[str, Any]) -> Lane:
    error, asked = _told(row["error"])
    return Lane(**{**row, "error": error, "asked": asked})


def _told(error: str | None) -> tuple[str | None, timedelta]:
    """A lane's error, and for how long the other side has asked us to wait, as its row has both: `http_429 3600`."""
    code, _, seconds = (error or "").rpartition(" ")
    return (code, timedelta(seconds=int(seconds))) if code and seconds.isdecimal() else (error, timedelta())


def _held(name: str) -> str:
    """Under which key a lane's row is held in the transaction."""
    return f"lane:{name}"
