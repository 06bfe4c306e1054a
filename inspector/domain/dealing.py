"""Who goes where: visits in hash order, each seat to the eligible inspector with the smallest (load, card, id), with repair.

Draw-protocol section 4. Nothing but hashing and comparing; a seat left empty is one that nobody could fill by any arrangement.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush, heapreplace

from inspector.domain.frame import ELIGIBLE, Ban, InspectorRow, ObjectRow
from inspector.domain.hall import Reach
from inspector.domain.suite import Suite

Place = tuple[int, int]
"""(visit position, seat)."""
Rank = tuple[int, str, str]
"""(load, card, id): the smallest is dealt next. Texts compare as their bytes do, for UTF-8 keeps the order of code points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortage:
    """An empty seat with its inclusion-minimal Hall set (ruling 14): it and `others` can be filled only by these `inspectors`.

    Who may take `capacity` of them in all, one fewer than they are; without any one of them the rest could be filled. A person
    counts once for each visit and never beyond the cap. Shortages with the same cause share their `others`.
    """

    object: str
    seat: int
    others: tuple[tuple[str, int], ...]
    inspectors: tuple[str, ...]

    @property
    def seats(self) -> tuple[tuple[str, int], ...]:
        """The set, the empty seat first."""
        return ((self.object, self.seat), *self.others)

    @property
    def capacity(self) -> int:
        """How many seats of the set can be filled at once."""
        return len(self.others)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """The empty seats of one cause (section 4: equal Hall sets are told together).

    Only these `inspectors` could fill `empty` and `others`, and `others` are all that they can take.
    """

    empty: tuple[tuple[str, int], ...]
    others: tuple[tuple[str, int], ...]
    inspectors: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """Teams by object, seats in order (None: empty), and why seats are empty."""

    teams: Mapping[str, tuple[str | None, ...]]
    shortages: tuple[Shortage, ...]

    def lacks(self) -> list[Lack]:
        """Why seats are empty, each cause once, in the order of its first seat."""
        told: dict[tuple[tuple[tuple[str, int], ...], tuple[str, ...]], list[tuple[str, int]]] = {}
        for one in self.shortages:
            told.setdefault((one.others, one.inspectors), []).append((one.object, one.seat))
        return [Lack(empty=tuple(empty), others=others, inspectors=staff) for (others, staff), empty in told.items()]


def deal(
    suite: Suite, deal_key: str, team: int, objects: Iterable[ObjectRow], inspectors: Iterable[InspectorRow], bans: Iterable[Ban]
) -> Deal:
    """Deal teams of `team` to the given objects."""
    table = _Table(suite, deal_key, team, objects, inspectors, bans)
    for position in range(len(table.visits)):
        for seat in range(team):
            table.fill((position, seat))
    teams = {row.id: tuple(table.seats[position]) for position, row in enumerate(table.visits)}
    return Deal(teams=teams, shortages=table.shortages())


def visit_order(suite: Suite, deal_key: str, objects: Iterable[ObjectRow]) -> list[ObjectRow]:
    """Visits by (hash, id bytes): not by ticket, or winners of low ratios would always be served first."""
    return sorted(objects, key=lambda row: (suite.hex(f"{deal_key}v\t{row.id}"), row.id))


def card(suite: Suite, deal_key: str, load: int, inspector: str) -> str:
    """The card an inspector holds at a load."""
    return suite.hex(f"{deal_key}c\t{load}\t{inspector}")


def substitute(  # noqa: PLR0913, PLR0917 - the rule names nine things
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
    """Ruling 15: the seat goes to the eligible inspector with the smallest (load, card, id); those `out` are out for this visit.

    `loads` are those in force without the seat given up.
    """
    barred = {ban.inspector for ban in bans if ban.object == visit.id} | set(team) | set(out)
    able = [row for row in inspectors if _fits(row, visit, seat) and row.id not in barred and loads.get(row.id, 0) < row.cap]
    ranks = [(loads.get(row.id, 0), card(suite, deal_key, loads.get(row.id, 0), row.id), row.id) for row in able]
    return min(ranks)[2] if ranks else None


def _fits(row: InspectorRow, visit: ObjectRow, seat: int) -> bool:
    """Present, of the visit's pool, and qualified when the seat is the first."""
    qualified = seat != 0 or not visit.qual or visit.qual in row.quals
    return row.status == ELIGIBLE and visit.pool in row.pools and qualified


@dataclass
class _Table:
    """The state of one dealing. Private: nothing of it outlives `deal`.

    A seat once taken stays taken and nobody's load ever falls: repair moves people, it unseats nobody.
    """

    suite: Suite
    deal_key: str
    team: int
    objects: Iterable[ObjectRow]
    inspectors: Iterable[InspectorRow]
    banned: Iterable[Ban]
    decks: dict[tuple[str, str], list[Rank]] = field(default_factory=dict)
    pools: dict[tuple[str, str], list[InspectorRow]] = field(default_factory=dict)
    sealed: set[Place] = field(default_factory=set)
    stuck: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.visits = visit_order(self.suite, self.deal_key, self.objects)
        present = [row for row in self.inspectors if row.status == ELIGIBLE]
        order = sorted(present, key=lambda row: (self.suite.hex(f"{self.deal_key}i\t{row.id}"), row.id))
        self.by_id = {row.id: row for row in order}
        self.by_pool: dict[str, list[InspectorRow]] = defaultdict(list)
        for row in order:
            for pool in dict.fromkeys(row.pools):
                self.by_pool[pool].append(row)
        self.bans = {(ban.object, ban.inspector) for ban in self.banned}
        self.holds: dict[str, set[Place]] = {staff: set() for staff in self.by_id}
        self.ranks = {staff: self.rank(staff) for staff in self.by_id}
        self.seats: list[list[str | None]] = [[None] * self.team for _ in self.visits]

    def rank(self, staff: str) -> Rank:
        """Where somebody stands in every deck at the present load."""
        load = len(self.holds[staff])
        return load, card(self.suite, self.deal_key, load, staff), staff

    def has_room(self, staff: str) -> bool:
        """Below the cap."""
        return len(self.holds[staff]) < self.by_id[staff].cap

    def needs(self, place: Place) -> tuple[str, str]:
        """(pool, qualification) of a seat."""
        visit = self.visits[place[0]]
        return visit.pool, visit.qual if place[1] == 0 else ""

    def fitting(self, place: Place) -> list[InspectorRow]:
        """Who has the pool and the qualification, in the order of the repair search; bans apart."""
        wanted = self.needs(place)
        if wanted not in self.pools:
            self.pools[wanted] = [row for row in self.by_pool[wanted[0]] if _fits(row, self.visits[place[0]], place[1])]
        return self.pools[wanted]

    def allowed(self, place: Place) -> list[InspectorRow]:
        """Who may ever sit there, in the order of the repair search."""
        visit = self.visits[place[0]].id
        return [row for row in self.fitting(place) if (visit, row.id) not in self.bans]

    def fill(self, place: Place) -> None:
        """Deal one seat; repair when nobody able has room; seal what no repair can ever reach again."""
        staff = self.next_for(place)
        if staff is not None:
            self.put(place, staff)
            return
        search = _Search(self, place)
        if not search.ends():
            self.seal(search)

    def next_for(self, place: Place) -> str | None:
        """The smallest rank among those allowed with room; who is barred from this visit alone goes back into the deck."""
        deck, visit, members = self.deck(place), self.visits[place[0]].id, self.seats[place[0]]
        aside: list[Rank] = []
        found = None
        while deck and found is None:
            staff = deck[0][2]
            if deck[0] is not self.ranks[staff]:
                self.refresh(deck, staff)
            elif staff in members or (visit, staff) in self.bans:
                aside.append(heappop(deck))
            else:
                found = staff
        for one in aside:
            heappush(deck, one)
        return found

    def deck(self, place: Place) -> list[Rank]:
        """One heap for each (pool, qualification). Ranks only grow, so an entry out of date lies above where it belongs."""
        wanted = self.needs(place)
        if wanted not in self.decks:
            self.decks[wanted] = [self.ranks[row.id] for row in self.fitting(place) if self.has_room(row.id)]
            heapify(self.decks[wanted])
        return self.decks[wanted]

    def refresh(self, deck: list[Rank], staff: str) -> None:
        """Bring the top entry up to date; whoever has reached the cap is out for good."""
        if self.has_room(staff):
            heapreplace(deck, self.ranks[staff])
        else:
            heappop(deck)

    def put(self, place: Place, staff: str) -> None:
        """Seat somebody."""
        self.seats[place[0]][place[1]] = staff
        self.holds[staff].add(place)
        self.ranks[staff] = self.rank(staff)

    def shift(self, moves: list[tuple[Place, str]]) -> None:
        """Everybody along a path moves one seat on: all stand up before anybody sits down."""
        for place, _ in moves:
            before = self.seats[place[0]][place[1]]
            if before is not None:
                self.holds[before].discard(place)
        for place, staff in moves:
            self.put(place, staff)

    def seal(self, search: _Search) -> None:
        """What an exhausted search has reached can never change again: later searches stop at it.

        Whoever it met is at the cap, with every seat inside the sealed set.
        """
        self.sealed.update(search.came)
        self.stuck.update(search.met)

    def shortages(self) -> tuple[Shortage, ...]:
        """Every empty seat in the order of dealing, each with the set that explains it."""
        empty = [(v, s) for v, team in enumerate(self.seats) for s, staff in enumerate(team) if staff is None]
        reach, told = Reach(self.leads), {}
        found = []
        for place in empty:
            block = reach.of(place)
            if id(block) not in told:  # the reach keeps the tuple, so its id stays its own
                held = sorted(node for node in block if not isinstance(node, str))
                told[id(block)] = self.named(held), tuple(sorted({row.id for one in held for row in self.allowed(one)}))
            others, staff = told[id(block)]
            if more := {row.id for row in self.allowed(place)}.difference(staff):
                staff = tuple(sorted(more.union(staff)))
            found.append(Shortage(object=self.visits[place[0]].id, seat=place[1], others=others, inspectors=staff))
        return tuple(found)

    def leads(self, node: Place | str) -> Iterable[Place | str]:
        """From a seat to whoever may sit there, from a person to the seats to be left; one who sits at the visit leaves that seat."""
        if isinstance(node, str):
            return self.holds[node]
        members = self.seats[node[0]]
        return [(node[0], members.index(row.id)) if row.id in members else row.id for row in self.allowed(node)]

    def named(self, places: Iterable[Place]) -> tuple[tuple[str, int], ...]:
        """Seats by the object's id."""
        return tuple((self.visits[v].id, s) for v, s in places)


class _Search:
    """Breadth-first over seats to be refilled: the first inspector with room ends it, and everybody along the path shifts."""

    def __init__(self, table: _Table, start: Place) -> None:
        self.table = table
        self.came: dict[Place, tuple[Place, str] | None] = {start: None}
        self.waiting = deque([start])
        self.met: set[str] = set()

    def ends(self) -> bool:
        """Whether a path was found and gone."""
        while self.waiting:
            place = self.waiting.popleft()
            for row in self.table.allowed(place):
                if self.can_come(place, row):
                    self.table.shift(self.path(place, row.id))
                    return True
        return False

    def can_come(self, place: Place, row: InspectorRow) -> bool:
        """Whether somebody can come without leaving another seat; if not, the seats to be left are looked at later."""
        members = self.table.seats[place[0]]
        if row.id in members:
            self.look_at((place[0], members.index(row.id)), place, row.id)
            return False
        if row.id in self.met or row.id in self.table.stuck:
            return False
        self.met.add(row.id)
        if self.table.has_room(row.id):
            return True
        for other in sorted(self.table.holds[row.id]):
            self.look_at(other, place, row.id)
        return False

    def look_at(self, place: Place, towards: Place, staff: str) -> None:
        """A seat that would be free if `staff` moved from it to `towards`."""
        if place in self.came or place in self.table.sealed:
            return
        self.came[place] = (towards, staff)
        self.waiting.append(place)

    def path(self, place: Place, staff: str) -> list[tuple[Place, str]]:
        """The moves from the far end back to the seat that was empty."""
        moves = [(place, staff)]
        while (step := self.came[moves[-1][0]]) is not None:
            moves.append(step)
        return moves
