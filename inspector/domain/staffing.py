"""Whether a legal team can be sent in a month: of officers of the town who are in post, certified and not all away at once."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from inspector.domain.lack import Lack
from inspector.domain.roster import InspectorRecord, StaffRole


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A month that work can fall in, from today on; `days` are its working days."""

    first: date
    last: date
    days: tuple[date, ...]

    @property
    def name(self) -> str:
        """As `2026-03`."""
        return f"{self.first:%Y-%m}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A class of objects that any team stands for alike: their town, what the first seat needs, and who must not go to them."""

    town: str
    qualification: str = ""
    barred: frozenset[str] = frozenset()
    objects: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Officer:
    """An officer in the words of the objects' register, as a joint check lists him: his towns, and what he may lead."""

    record: InspectorRecord
    towns: frozenset[str]
    leads: Callable[[str], bool]

    @property
    def standing(self) -> bool:
        """Whether he may be drawn at all, whatever the day."""
        held = self.record
        return held.role is StaffRole.OFFICER and held.in_post and bool(held.certificate) and held.cap > 0

    def certified(self, month: Month) -> bool:
        """Whether the certificate lasts through the month: it must last to the day on which a visit is due."""
        return self.record.certificate_until >= month.last


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """Whose officers are dealt, and how many go."""

    agency: str
    team: int
    officers: tuple[Officer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a month says of some classes: how many are able on the best day, and who would be."""

    spots: tuple[Spot, ...]
    able: int = 0
    renew: frozenset[str] = frozenset()
    away: frozenset[str] = frozenset()


def lacking(
    listed: Sequence[Officer], barred: frozenset[str], spots: Sequence[Spot], team: int, month: Month
) -> Mapping[Lack, Found]:
    """What lacks for classes of one town in a month: nothing for those to which on some working day a legal team can go.

    The most can go on the month's first working day, or on the first one after somebody's leave: the others need no look.
    """
    if not month.days:
        return {}
    if not any(officer.record.role is StaffRole.OFFICER for officer in listed):
        return {Lack.AREA: Found(spots=tuple(spots))}
    free = [one for one in listed if one.standing and one.record.id not in barred]
    certified = [one for one in free if one.certified(month)]
    present = [[one for one in certified if not one.record.on_leave(day)] for day in _days(certified, month)]
    short = [spot for spot in spots if not any(_legal(team, spot, crew) for crew in present)]
    if not short:
        return {}
    able = max(map(len, present), default=0)
    renew = frozenset(one.record.id for one in free if not one.certified(month))
    away = frozenset(one.record.id for one in certified if not all(one in crew for crew in present))
    found = Found(spots=tuple(short), able=able, renew=renew, away=away)
    return {Lack.TEAM if able < team else Lack.LEAD: found}


def _legal(team: int, spot: Spot, crew: Sequence[Officer]) -> bool:
    """Enough of them, and one who may take the first seat."""
    return len(crew) >= team and (not spot.qualification or any(one.leads(spot.qualification) for one in crew))


def _days(officers: Sequence[Officer], month: Month) -> list[date]:
    """The working days on which somebody may be back, the month's first one among them; none where nobody works any more."""
    backs = {one.record.leave_until + timedelta(days=1) for one in officers if one.record.leave_until is not None}
    places = {bisect_left(month.days, back) for back in backs} | {0}
    return [month.days[place] for place in sorted(places) if place < len(month.days)]
