"""Section 4's dealing in its plain form, seat by seat over the whole pool: the oracle of the fast one. And the largest flow."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterable

from inspector.domain.frame import Frame, InspectorRow, ObjectRow

Place = tuple[int, int]
Teams = dict[str, tuple[str | None, ...]]


class PlainDealer:
    """One dealing; `halls` holds the seats that each exhausted search reached, by the empty seat; `shifts` counts the others."""

    def __init__(self, key: str, team: int, frame: Frame) -> None:
        self.key = key
        self.staff = sorted((row for row in frame.inspectors if row.status == "1"), key=lambda row: self.order("i", row.id))
        self.caps = {row.id: row.cap for row in self.staff}
        self.visits = sorted((row for row in frame.objects if row.status == "1"), key=lambda row: self.order("v", row.id))
        self.bans = {(ban.object, ban.inspector) for ban in frame.bans}
        self.seats: list[list[str | None]] = [[None] * team for _ in self.visits]
        self.halls: dict[tuple[str, int], set[tuple[str, int]]] = {}
        self.shifts = 0
        for position in range(len(self.visits)):
            for seat in range(team):
                self.fill((position, seat))

    @property
    def teams(self) -> Teams:
        return {row.id: tuple(team) for row, team in zip(self.visits, self.seats, strict=True)}

    def hash(self, text: str) -> str:
        return hashlib.sha256((self.key + text).encode()).hexdigest()

    def order(self, kind: str, name: str) -> tuple[str, bytes]:
        return self.hash(f"{kind}\t{name}"), name.encode()

    def load(self, staff: str) -> int:
        return sum(team.count(staff) for team in self.seats)

    def allowed(self, place: Place) -> list[str]:
        return [row.id for row in self.staff if may_sit(row, self.visits[place[0]], place[1], self.bans)]

    def fill(self, place: Place) -> None:
        team = self.seats[place[0]]
        able = [staff for staff in self.allowed(place) if staff not in team and self.load(staff) < self.caps[staff]]
        if able:
            ranks = [(self.load(staff), self.hash(f"c\t{self.load(staff)}\t{staff}"), staff.encode()) for staff in able]
            team[place[1]] = min(ranks)[2].decode()
        else:
            self.repair(place)

    def repair(self, start: Place) -> None:
        came: dict[Place, tuple[Place, str] | None] = {start: None}
        waiting, met = deque([start]), set()
        while waiting:
            place = waiting.popleft()
            for staff in self.allowed(place):
                team = self.seats[place[0]]
                if staff in team:
                    left = [(place[0], team.index(staff))]
                elif staff in met:
                    continue
                elif self.load(staff) < self.caps[staff]:
                    self.shift(came, place, staff)
                    return
                else:
                    met.add(staff)
                    left = [(v, s) for v, held in enumerate(self.seats) for s, who in enumerate(held) if who == staff]
                for other in left:
                    if other not in came:
                        came[other] = (place, staff)
                        waiting.append(other)
        name = (self.visits[start[0]].id, start[1])
        self.halls[name] = {(self.visits[v].id, s) for v, s in came}

    def shift(self, came: dict[Place, tuple[Place, str] | None], place: Place, staff: str) -> None:
        self.shifts += 1
        step: tuple[Place, str] | None = (place, staff)
        while step is not None:
            (v, s), who = step
            self.seats[v][s] = who
            step = came[v, s]


def may_sit(row: InspectorRow, visit: ObjectRow, seat: int, bans: set[tuple[str, str]]) -> bool:
    """The rule for one seat, caps and company apart."""
    qualified = seat > 0 or visit.qual == "" or visit.qual in row.quals
    return row.status == "1" and visit.pool in row.pools and qualified and (visit.id, row.id) not in bans


def most_filled(frame: Frame, seats: Iterable[tuple[str, int]]) -> int:
    """The most of these seats that can be filled at once: augmenting paths in the network of inspectors, visits and seats."""
    rows, bans = {row.id: row for row in frame.objects}, {(ban.object, ban.inspector) for ban in frame.bans}
    room: dict[object, dict[object, int]] = {}

    def pipe(one: object, other: object, width: int) -> None:
        room.setdefault(one, {})[other] = width
        room.setdefault(other, {}).setdefault(one, 0)

    for row in frame.inspectors:
        pipe("from", ("staff", row.id), row.cap)
    for name, seat in seats:
        pipe(("seat", name, seat), "to", 1)
        for row in frame.inspectors:
            if may_sit(row, rows[name], seat, bans):
                pipe(("staff", row.id), ("pair", row.id, name), 1)  # nobody sits twice at one visit
                pipe(("pair", row.id, name), ("seat", name, seat), 1)
    filled = 0
    while augment(room):
        filled += 1
    return filled


def augment(room: dict[object, dict[object, int]]) -> bool:
    """Send one more unit from `from` to `to`, if there is a way."""
    came: dict[object, object] = {"from": None}
    waiting = deque(["from"] if "from" in room else [])
    while waiting and "to" not in came:
        node = waiting.popleft()
        for other, width in room[node].items():
            if width > 0 and other not in came:
                came[other] = node
                waiting.append(other)  # type: ignore[arg-type]
    node = "to"
    while "to" in came and node != "from":
        before = came[node]
        room[before][node] -= 1
        room[node][before] += 1
        node = before  # type: ignore[assignment]
    return "to" in came
