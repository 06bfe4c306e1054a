"""Who goes where: visits in hash order, each seat to the eligible inspector with the smallest (load, card, id), with repair.

Draw-protocol section 4. Nothing but SHA-256 and comparing; a seat left empty is one that nobody could fill by any arrangement.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from inspector.domain.frame import ELIGIBLE, Ban, InspectorRow, ObjectRow
from inspector.domain.suite import Suite

Place = tuple[int, int]
"""(visit position, seat)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortage:
    """An empty seat with its Hall set: these seats can be filled only by these inspectors, who may take `capacity` in all."""

    object: str
    seat: int
    seats: tuple[tuple[str, int], ...]
    inspectors: tuple[str, ...]
    capacity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """Teams by object, seats in order (None: empty), and why seats are empty."""

    teams: Mapping[str, tuple[str | None, ...]]
    shortages: tuple[Shortage, ...]


def deal(
    suite: Suite, deal_key: str, team: int, objects: Iterable[ObjectRow], inspectors: Iterable[InspectorRow], bans: Iterable[Ban]
) -> Deal:
    """Deal teams of `team` to the given objects."""
    table = _Table(suite, deal_key, team, objects, inspectors, bans)
    for position in range(len(table.visits)):
        for seat in range(team):
            table.fill((position, seat))
    teams = {row.id: tuple(table.seats[position]) for position, row in enumerate(table.visits)}
    return Deal(teams=teams, shortages=tuple(table.shortages))


def visit_order(suite: Suite, deal_key: str, objects: Iterable[ObjectRow]) -> list[ObjectRow]:
    """Visits by (hash, id bytes): not by ticket, or winners of low ratios would always be served first."""
    return sorted(objects, key=lambda row: (suite.hex(f"{deal_key}v\t{row.id}"), row.id.encode()))


def card(suite: Suite, deal_key: str, load: int, inspector: str) -> str:
    """The card an inspector holds at a load."""
    return suite.hex(f"{deal_key}c\t{load}\t{inspector}")


def substitute(
    suite: Suite,
    deal_key: str,
    visit: ObjectRow,
    seat: int,
    team: Iterable[str],
    out: Iterable[str],
    loads: Mapping[str, int],
    inspectors: Iterable[InspectorRow],
    bans: Iterable[Ban],
) -> str | None:
    """Ruling 15: the seat goes to the eligible inspector with the smallest (load, card, id); those `out` are out for this visit."""
    barred = {ban.inspector for ban in bans if ban.object == visit.id} | set(team) | set(out)
    able = [row for row in inspectors if _fits(row, visit, seat) and row.id not in barred and loads.get(row.id, 0) < row.cap]
    best = min(
        able,
        key=lambda row: (loads.get(row.id, 0), card(suite, deal_key, loads.get(row.id, 0), row.id), row.id.encode()),
        default=None,
    )
    return best.id if best else None


def _fits(row: InspectorRow, visit: ObjectRow, seat: int) -> bool:
    """Present, of the visit's pool, and qualified when the seat is the first."""
    qualified = seat != 0 or not visit.qual or visit.qual in row.quals
    return row.status == ELIGIBLE and visit.pool in row.pools and qualified


@dataclass
class _Table:
    """The state of one dealing. Private: nothing of it outlives `deal`."""

    suite: Suite
    deal_key: str
    team: int
    objects: Iterable[ObjectRow]
    inspectors: Iterable[InspectorRow]
    banned: Iterable[Ban]
    shortages: list[Shortage] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.visits = visit_order(self.suite, self.deal_key, self.objects)
        present = [row for row in self.inspectors if row.status == ELIGIBLE]
        self.order = sorted(present, key=lambda row: (self.suite.hex(f"{self.deal_key}i\t{row.id}"), row.id.encode()))
        self.by_id = {row.id: row for row in self.order}
        self.bans = {(ban.object, ban.inspector) for ban in self.banned}
        self.loads = dict.fromkeys(self.by_id, 0)
        self.holds: dict[str, set[Place]] = {staff: set() for staff in self.by_id}
        self.seats: list[list[str | None]] = [[None] * self.team for _ in self.visits]
        self.pools: dict[tuple[str, str], list[InspectorRow]] = {}

    def allowed(self, place: Place) -> list[InspectorRow]:
        """Who may ever sit there, in the order of the repair search."""
        visit = self.visits[place[0]]
        needs = visit.qual if place[1] == 0 else ""
        if (visit.pool, needs) not in self.pools:
            self.pools[visit.pool, needs] = [row for row in self.order if _fits(row, visit, place[1])]
        return [row for row in self.pools[visit.pool, needs] if (visit.id, row.id) not in self.bans]

    def fill(self, place: Place) -> None:
        """Deal one seat; repair when a cap blocks; record the shortage when nothing helps."""
        members = self.seats[place[0]]
        able = [row.id for row in self.allowed(place) if row.id not in members and self.loads[row.id] < self.by_id[row.id].cap]
        if able:
            self.put(place, min(able, key=lambda staff: (self.loads[staff], self.card(staff), staff.encode())))
        else:
            self.repair(place)

    def card(self, staff: str) -> str:
        return card(self.suite, self.deal_key, self.loads[staff], staff)

    def put(self, place: Place, staff: str) -> None:
        """Seat somebody, taking the seat from its present holder."""
        before = self.seats[place[0]][place[1]]
        if before is not None:
            self.holds[before].discard(place)
            self.loads[before] -= 1
        self.seats[place[0]][place[1]] = staff
        self.holds[staff].add(place)
        self.loads[staff] += 1

    def repair(self, start: Place) -> None:
        """Breadth-first over seats to be refilled: the first inspector with room ends it, and everybody along the path shifts."""
        came: dict[Place, tuple[Place, str] | None] = {start: None}
        waiting = deque([start])
        met: dict[str, None] = {}
        while waiting:
            place = waiting.popleft()
            holder = self.seats[place[0]][place[1]]
            for row in self.allowed(place):
                if row.id == holder:
                    continue
                inside = [other for other in self.holds[row.id] if other[0] == place[0] and other != place]
                if inside:
                    self._queue(inside, place, row.id, came, waiting)
                elif row.id not in met:
                    met[row.id] = None
                    if self.loads[row.id] < row.cap:
                        self._shift(place, row.id, came)
                        return
                    self._queue(sorted(self.holds[row.id]), place, row.id, came, waiting)
        seats = tuple((self.visits[position].id, seat) for position, seat in sorted(came))
        able = sorted({row.id for place in came for row in self.allowed(place)}, key=str.encode)
        capacity = sum(self.by_id[staff].cap for staff in able)
        self.shortages.append(
            Shortage(object=self.visits[start[0]].id, seat=start[1], seats=seats, inspectors=tuple(able), capacity=capacity)
        )

    def _queue(
        self,
        places: Iterable[Place],
        towards: Place,
        staff: str,
        came: dict[Place, tuple[Place, str] | None],
        waiting: deque[Place],
    ) -> None:
        """Seats that would be free if `staff` moved to `towards`."""
        for other in places:
            if other not in came:
                came[other] = (towards, staff)
                waiting.append(other)

    def _shift(self, place: Place, staff: str, came: Mapping[Place, tuple[Place, str] | None]) -> None:
        """Move everybody one step along the path, from its far end back to the seat that was empty."""
        moves = [(place, staff)]
        step = came[place]
        while step is not None:
            moves.append(step)
            step = came[step[0]]
        for where, _ in moves:
            held = self.seats[where[0]][where[1]]
            if held is not None:
                self.holds[held].discard(where)
                self.loads[held] -= 1
                self.seats[where[0]][where[1]] = None
        for where, who in moves:
            self.put(where, who)
