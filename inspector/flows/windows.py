"""The windows a plan's draws lie in: when each began, and which of them a draw ends."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, time

from inspector.domain.plan import Draw
from inspector.domain.sampling import Window
from inspector.flows import footing
from inspector.flows.office import Office
from inspector.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Windows:
    """`since`: what counts as drawn before in a window. `unfinished`: the plan has another draw in it, so intakes round down."""

    since: Mapping[Window, datetime]
    unfinished: frozenset[Window]
    following: datetime | None

    @property
    def ended(self) -> list[str]:
        """For the derivation; the next draw looks here for what is still owed."""
        return [per.value for per in self.since if per not in self.unfinished]


def windows(office: Office, tx: Tx, plan: str, now: datetime) -> Windows:
    """The windows as they stand for a plan's draw.

    Nobody knows the next slot: this draw ends them all. A window that no draw of the plan has ended, for the one that should have
    was skipped, is ended by this one: it reaches back, and what was rounded down there is made up for now.
    """
    following = tx.schedules.following(f"plan:{plan}", now)
    stretches: list[Window] = [per for per in Window if per is not Window.DRAW]
    since: dict[Window, datetime] = {per: start(now, per) for per in stretches}
    unfinished = {
        per for per in stretches if following is not None and start(office.calendar.local(following), per) == since[per]
    }
    back = _reaching(office, tx, tx.draws.last_drawn(plan), since)
    return Windows(since=since | back, unfinished=frozenset(unfinished - back.keys()), following=following)


def stood(office: Office, tx: Tx, held: Draw, ends: Collection[str]) -> Windows:
    """The windows as they stood when a draw was made, by those that it says to have ended."""
    now = office.calendar.local(held.made_at)
    since: dict[Window, datetime] = {per: start(now, per) for per in Window if per is not Window.DRAW}
    back = _reaching(office, tx, tx.draws.last_drawn(held.plan, held.made_at), since)
    unfinished = frozenset(per for per in since if per.value not in ends)
    return Windows(since=since | back, unfinished=unfinished, following=None)


def _reaching(office: Office, tx: Tx, last: Draw | None, since: Mapping[Window, datetime]) -> dict[Window, datetime]:
    """The windows that the last draw has not ended, from when they began."""
    if last is None:
        return {}
    told = footing.rules(tx, last)["derivation"]["ends"]
    begun = {per: start(office.calendar.local(last.made_at), per) for per in since}
    return {per: began for per, began in begun.items() if began < since[per] and per.value not in told}


def start(now: datetime, per: Window) -> datetime:
    """When the window of a moment of office time began, by the office's own calendar (scenario 46)."""
    return datetime.combine(per.start(now.date()), time(), now.tzinfo)
