"""Who may not be drawn this time, and who must be: decided before the commitment, each with the pack's row. Nobody silently.

Codes are a closed list, committed as `rules.codes` and counted in public. Where several apply, the first in the order of
`Exclusion` is written down: that an extension's object was drawn before (ruling 10), a visit under way, then what bounds the visits
of a year, then what another check makes superfluous, then the rest after a draw.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from inspector.domain.calendar import nominal_last_day
from inspector.domain.inspection import Authority, CheckType
from inspector.domain.sampling import FrequencyRow, Limits, SuppressionRow


class Exclusion(StrEnum):
    """Why an object stays in the frame and is not drawn. In order of precedence."""

    DRAWN = "drawn"
    OPEN = "open"
    CAP = "cap"
    CAP_ALL = "cap-all"
    UPPER = "upper"
    LICENCE = "licence"
    COOL_DOWN = "cool-down"


CODES = frozenset(code.value for code in Exclusion)
"""The closed list of a commitment (ruling 6)."""
_ORDER = tuple(code.value for code in Exclusion)
_OWN = frozenset({Authority.OWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One visit of an object: made (`completed`), still to be made (`open`), or neither: then it counts for nothing.

    `nobody`: it was made, and in the end nobody could be reached: it uses up a cap but where the pack's row says otherwise.
    `reserved`: a check for cause that a head has approved; it is to be made, uses up a cap where its type does, and bars nothing else.
    No `items` means the whole object. `visit`: the id of one that the house has given.
    `own` is the agency that draws, `upper` one above it.
    """

    on: date
    check: CheckType
    authority: Authority
    items: frozenset[str] = frozenset()
    completed: bool = True
    open: bool = False
    reserved: bool = False
    nobody: bool = False
    visit: str = ""

    def within(self, year: int) -> bool:
        """Whether it was, or may yet be, a visit of a calendar year."""
        return (self.completed and self.on.year == year) or ((self.open or self.reserved) and self.on.year <= year)


@dataclass(frozen=True, slots=True, kw_only=True)
class Barred:
    """An exclusion with the row it rests on."""

    code: str
    row: str
    basis: str


def barred(seen: Sequence[Seen], frequency: FrequencyRow, limits: Limits, today: date, *, must: bool) -> tuple[Barred, ...]:
    """What bars an object for itself. One that must be seen is barred only by a visit under way or the agency's own cap.

    Its coverage is a duty of the agency; the visits of others do not discharge it. A cancelled visit bars nothing (scenario 26).
    """
    codes: list[Exclusion] = []
    if any(one.open and one.authority is Authority.OWN for one in seen):
        codes.append(Exclusion.OPEN)
    if frequency.cap is not None and counted(seen, limits, today, _OWN) >= frequency.cap:
        codes.append(Exclusion.CAP)
    if not must and frequency.stop is not None and counted(seen, limits, today, frequency.together) >= frequency.stop:
        codes.append(Exclusion.CAP_ALL)
    if not must and _cooling(seen, frequency, today):
        codes.append(Exclusion.COOL_DOWN)
    return tuple(Barred(code=code.value, row=frequency.row, basis=frequency.basis) for code in codes)


def suppressed(seen: Iterable[Seen], limits: Limits, items: Collection[str], today: date) -> Barred | None:
    """What makes a check of these items superfluous just now (scenario 27; handbook 1.2.30, 1.2.31). No items: the whole object."""
    held = list(seen)
    found = [row for row in limits.suppressions if any(_suppresses(row, one, items, today) for one in held)]
    return first(Barred(code=row.code, row=row.row, basis=row.basis) for row in found)


def first(found: Iterable[Barred]) -> Barred | None:
    """The one that is written down where several apply; of two with one code the row decides, so that order says nothing."""
    return min(found, key=lambda one: (_ORDER.index(one.code), one.row), default=None)


def near(seen: Sequence[Seen], frequency: FrequencyRow, limits: Limits, today: date) -> bool:
    """Whether the visits of a year have come to the number that warns, and not yet to the one that stops."""
    if frequency.warn is None:
        return False
    count = counted(seen, limits, today, frequency.together)
    return frequency.warn <= count and (frequency.stop is None or count < frequency.stop)


def counted(seen: Iterable[Seen], limits: Limits, today: date, whose: AbstractSet[Authority]) -> int:
    """Visits of this calendar year that use up a cap: the agency's own alone, or those of several together, a joint one once.

    Of a joint one each agency may have a record of its own, so that those of one day are one; the house's own have one row each, and
    two that were given on one day are two. What is on record of such a day is one of them.

    One that was given in an earlier year and is still open may be made in this one, and counts here, too.
    """
    held = [one for one in seen if one.authority in whose and _uses(one, limits) and one.within(today.year)]
    if whose == _OWN:
        return len(held)
    joint: dict[date, set[str]] = {}
    for one in held:
        if one.check is CheckType.JOINT:
            joint.setdefault(one.on, set()).update(filter(None, [one.visit]))
    return sum(max(len(visits), 1) for visits in joint.values()) + sum(1 for one in held if one.check is not CheckType.JOINT)


def _uses(one: Seen, limits: Limits) -> bool:
    return one.check in limits.counted and (limits.checks[one.check].nobody or not one.nobody)


def _met(one: Seen) -> bool:
    """Whether the agency itself was there and saw somebody: only that gives rest, or discharges the duty to look."""
    return one.completed and not one.nobody and one.authority is Authority.OWN


def overdue(seen: Iterable[Seen], since: date | None, frequency: FrequencyRow, horizon: date) -> bool:
    """Whether the required coverage falls due by `horizon`: it was last seen, or has stood in the register, too long ago.

    Only a visit of the agency itself that was made and met somebody counts: a knock at a locked door has seen nobody. Since when an
    object stands there may not be known; then it waits for its first visit by draw.
    """
    if frequency.pace is None:
        return False
    made = [one.on for one in seen if _met(one) and one.check is not CheckType.OFF_SITE]
    last = max([*made, *([since] if since is not None else [])], default=None)
    return last is not None and nominal_last_day(last, frequency.pace) <= horizon


def _cooling(seen: Iterable[Seen], frequency: FrequencyRow, today: date) -> bool:
    if frequency.cool_down is None:
        return False
    planned = (CheckType.PLANNED, CheckType.JOINT)
    drawn = [one.on for one in seen if one.check in planned and _met(one)]
    return bool(drawn) and today <= nominal_last_day(max(drawn), frequency.cool_down)


def _suppresses(row: SuppressionRow, one: Seen, items: Collection[str], today: date) -> bool:
    if row.routine and items:
        return False
    if not one.completed or one.authority is not row.authority or one.check not in row.checks:
        return False
    lasts = one.on.year == today.year if row.within is None else today <= nominal_last_day(one.on, row.within)
    return lasts and (not row.same_items or not one.items or (bool(items) and one.items.issuperset(items)))
