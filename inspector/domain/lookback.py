"""What the house remembers of former visits, held to what the ledger tells of them, before a frame is made of it.

Caps, cool-downs, quotas and the ban of whoever was there the last time are counted from columns: whoever can write into the database
would steer the next draw through them, by what looks like a lawful exclusion. Bodies are not read here, for no frame is made of them
(`trail` holds them before anything is published); thousands of visits take a second. Nothing is mended: what differs is named.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from inspector.domain import trail
from inspector.domain.calendar import SHANGHAI
from inspector.domain.visit import SeatState, VisitState

_REPORT, _SHORT, _OWE, _CEASED = "visit.report", "visit.short", "visit.owe", "visit.ceased"
_CANCEL, _REPLACE = "visit.cancel", "visit.replace"
_ORDER = "seat.order"
_LEFT = frozenset({"seat.decline", "seat.expire", "seat.lapse", "seat.relieve", "seat.stood", "seat.needless", "seat.unmade"})
RULES = frozenset({trail.OPEN, trail.JOIN, trail.MERGE, _REPORT, _SHORT, _OWE, _CEASED, _CANCEL, _REPLACE, _ORDER, *_LEFT})
"""Rules of the entries that tell what a frame is made of."""
_OPEN = frozenset(state.value for state in SeatState if state.open)
_TO_COME = frozenset(state.value for state in VisitState if state.open)
_HIDDEN = frozenset({"object_id", "inspector", "cases"})
"""Fields whose values say who was drawn, or whose case it is: a matter is read by more people than the list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Differs:
    """A field of a row that is not what the ledger tells; `row` names its table and key."""

    row: str
    name: str
    held: object
    told: object

    def __str__(self) -> str:
        """For the person who looks: the row, the field, and both values where they say nothing of who was drawn."""
        if self.name in _HIDDEN or self.held == self.told:
            return f"{self.row}: {self.name}"
        return f"{self.row}: {self.name} {_shown(self.held)} ≠ {_shown(self.told)}"


class Sat(NamedTuple):
    """A place of a visit at one turn, by the columns of its row."""

    place: int
    turn: int
    agency: str
    inspector: str
    state: str


@dataclass(slots=True)
class Course:
    """What the ledger tells of one visit, in the order of its entries. `reports` are (when, whose part, who was there).

    `days` are those on which its teams say that they were there, None for an entry of before such were told.
    """

    opened_at: datetime | None = None
    ceased_at: datetime | None = None
    standing: Mapping[str, Any] = field(default_factory=dict)
    joined: set[str] = field(default_factory=set)
    reports: list[tuple[datetime, str, Collection[str]]] = field(default_factory=list)
    days: list[date | None] = field(default_factory=list)
    rules: set[str] = field(default_factory=set)
    ordered: dict[tuple[int, int], tuple[str, str]] = field(default_factory=dict)
    left: dict[str, str] = field(default_factory=dict)

    def add(self, rule: str, at: datetime, body: Mapping[str, Any]) -> None:
        """The next entry. Raises KeyError, TypeError, ValueError or AttributeError for a body that no such entry has."""
        facts = body["facts"]
        self.rules.add(rule)
        if rule == _ORDER:
            self.ordered[facts["place"], facts["turn"]] = facts["inspector"], body.get("agency", "")
        elif rule in _LEFT:
            self.left[body["seat"]] = body["seat_state"]
        elif rule == _REPORT:
            self.days.append(date.fromisoformat(facts["visited_on"]) if "visited_on" in facts else None)
            self.reports.append((at, body.get("agency", ""), frozenset([facts["by"], *facts.get("team", ())])))
        elif rule in (trail.OPEN, trail.JOIN, trail.MERGE):
            self.standing = {**self.standing, **body.get("visit", {})}
            if rule == trail.OPEN:
                self.opened_at = at
            elif rule == trail.JOIN:
                self.joined.add(facts["agency"])
        elif rule == _CEASED:
            self.ceased_at = at

    def entered(self, lead: str, agency: str, staff: str = "") -> bool:
        """Whether an agency has entered its part, and of somebody whether he or she was there."""
        alone = not self.standing.get("partners")
        told = (team for _, whose, team in self.reports if (whose or (lead if alone else "")) == agency)
        return any(not staff or staff in team for team in told)

    @property
    def vague(self) -> bool:
        """Whether a part of a joint visit was entered before its entry said whose it is: what follows of it is left open then."""
        return bool(self.standing.get("partners")) and any(not whose for _, whose, _ in self.reports)


def differing(
    row: Mapping[str, Any], stakes: Mapping[str, tuple[str, bool, bool]], seats: Sequence[Sat], course: Course
) -> Iterator[Differs]:
    """What of a visit's row, of whose it is and of its seats is not what its entries tell.

    `stakes` are (stratum, sampled, counts) by agency. A joint visit that is done with its lead's part and not yet everybody's may be:
    who still owes a part, only its body says.
    """
    name, told = f"visit {row['id']}", course.standing
    if course.opened_at is None:
        yield Differs(row=name, name=trail.OPEN, held="", told="")
        return
    expected: dict[str, Any] = {"opened_at": course.opened_at, "state": _state(row, course), "done_at": _done(row, course)}
    if not _dated(row, course):
        expected["made_on"] = _made_on(row, course)
    if told:
        expected |= {"check_type": told["check"], "replaces": told["replaces"], "agency": told["stakes"][0][0]}
    for column, value in expected.items():
        if row[column] != value:
            yield Differs(row=name, name=column, held=row[column], told=value)
    if told:
        whose = {agency: (stratum, sampled) for agency, stratum, sampled in told["stakes"]}
        goes = dict.fromkeys([told["stakes"][0][0], *told["partners"], *whose])
        due = {one: (*whose.get(one, ("", False)), not told["replaces"] and one not in course.joined) for one in goes}
        for agency in sorted({*due, *stakes}):
            if due.get(agency) != stakes.get(agency):
                at = f"visit_agency {row['id']} {agency}"
                yield Differs(row=at, name="stratum, sampled, counts", held=stakes.get(agency), told=due.get(agency))
    yield from _seated(row, seats, course)


def _state(row: Mapping[str, Any], course: Course) -> str:
    """The state to which the entries lead."""
    rules = course.rules
    # owed: its slot of a cap has returned
    born_off = course.standing.get("state") == VisitState.CANCELLED.value and _OWE not in rules
    if rules & {_CANCEL, _REPLACE} or born_off:
        return VisitState.CANCELLED.value
    if _CEASED in rules:
        return VisitState.CEASED.value
    lead, partners, done = row["agency"], course.standing.get("partners", ()), VisitState.DONE.value
    whole = all(course.entered(lead, one) for one in (lead, *partners))
    if whole or (row["state"] == done and course.reports and (course.vague or course.entered(lead, lead))):
        return done
    if course.vague and row["state"] in _TO_COME:
        return str(row["state"])
    if _OWE in rules:
        return VisitState.OWED.value
    return VisitState.SHORT.value if _SHORT in rules else VisitState.ASSIGNED.value


def _done(row: Mapping[str, Any], course: Course) -> datetime | None:
    """When it was over: with the last part that was entered, or when another person signed that the object is no more."""
    if row["state"] == VisitState.CEASED.value:
        return course.ceased_at
    return course.reports[-1][0] if row["state"] == VisitState.DONE.value and course.reports else None


def _made_on(row: Mapping[str, Any], course: Course) -> date | None:
    """The day of a visit that was made, by its entries."""
    days = [one for one in course.days if one is not None]
    return max(days, default=None) if row["state"] == VisitState.DONE.value else None


def _dated(row: Mapping[str, Any], course: Course) -> bool:
    """Whether the day is one that it may have, though an entry of before days were told leaves it open: while it was to be made."""
    if row["state"] != VisitState.DONE.value or None not in course.days:
        return False
    first, last = course.opened_at, _done(row, course)
    on: date | None = row["made_on"]
    return on is None or (
        first is not None and last is not None and first.astimezone(SHANGHAI).date() <= on <= last.astimezone(SHANGHAI).date()
    )


def _seated(row: Mapping[str, Any], seats: Sequence[Sat], course: Course) -> Iterator[Differs]:
    """Who sits or sat there, and whether he or she was there at the end: the ban and the caps go by it."""
    sat = {(seat.place, seat.turn): seat for seat in seats}
    over = bool(course.rules & {_CANCEL, _REPLACE, _CEASED, _OWE})
    agencies = {row["agency"], *course.standing.get("partners", ())}
    for place, turn in sorted(sat.keys() | course.ordered.keys()):
        at, seat, ordered = f"seat {row['id']}:{place}:{turn}", sat.get((place, turn)), course.ordered.get((place, turn))
        if seat is None or ordered is None:
            yield Differs(row=at, name="seat.order", held=seat is not None, told=ordered is not None)
            continue
        staff, agency = ordered
        if seat.inspector != staff:
            yield Differs(row=at, name="inspector", held="", told="")
        if seat.agency != agency if agency else seat.agency not in agencies:
            yield Differs(row=at, name="agency", held=seat.agency, told=agency or ", ".join(sorted(agencies)))
        due = course.left.get(f"{row['id']}:{place}:{turn}", "")
        if not due and course.vague:
            continue
        if not due and course.entered(row["agency"], seat.agency, staff):
            due = SeatState.DONE.value
        elif not due and over:
            due = SeatState.CANCELLED.value
        elif not due and row["state"] == VisitState.DONE.value:
            due = SeatState.DONE.value
        if seat.state != due if due else seat.state not in _OPEN:
            yield Differs(row=at, name="state", held=seat.state, told=due or "|".join(sorted(_OPEN)))


def placed(number: str, drawn: Iterable[str], came: Collection[str], there: Mapping[int, str]) -> Iterator[Differs]:
    """Which drawn objects have no visit in their place, and which visits are to others. `there` is whom each visit is to, by place."""
    names = list(drawn)
    for place, name in enumerate(names, 1):
        if there.get(place) != name:
            yield Differs(row=f"visit {number}-{place:04d}", name="object_id", held="", told="")
    if gone := len({*came} - {*there.values()}):
        yield Differs(row=f"visit {number}", name="visits of those who came in", held=-gone, told=0)
    for place, name in sorted(there.items()):
        if not 1 <= place <= len(names) and name not in came:
            yield Differs(row=f"visit {number}-{place:04d}", name="object_id", held="", told="")


def _shown(value: object) -> str:
    """A value in a line."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return "—" if value is None else " ".join(map(str, value)) if isinstance(value, tuple) else str(value)
