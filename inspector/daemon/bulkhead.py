"""The bulkhead: what this process holds and runs, lane by lane, so that a slow connector keeps no other one and no legal date waiting.

A lane runs at most `lane_slots` calls at once and holds the same share of the capacity; what it holds beyond its calls waits here and
takes no thread. What has been carried out and is still to be written down counts for nothing in that share, else calls would stand still
for each commit; of such rows it holds a share at most as well. All lanes together leave an eighth of threads and capacity to work
without a lane: the law's own timers.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from inspector.daemon.engine import Engine
from inspector.store.work import Claim, Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What one claim may take: `most` rows, none of a `full` lane; not `laned`: none of any.

    Whatever lanes the rows turn out to be of, no lane gets more than it has room for: `most` is the least room of those not full.
    """

    most: int
    full: tuple[str, ...] = ()
    laned: bool = True

    def wider(self, other: Room) -> bool:
        """Whether it takes rows that the other did not."""
        if not other.most:
            return True
        return (self.laned and not other.laned) or (self.laned == other.laned and not set(other.full) <= set(self.full))


NOTHING = Room(most=0, laned=False)
"""The room that takes no row: any other is wider."""


class Bulkhead:
    """Rows held: queued for their lane, handed out to run, begun, over; from any thread.

    `roomy` is called when a lane that was full has come to be worth a claim again, though nothing was let go.
    """

    def __init__(self, engine: Engine, roomy: Callable[[], None] = lambda: None) -> None:
        self._roomy = roomy
        self._guard = threading.Lock()
        self._capacity = engine.capacity
        self._spare = engine.capacity // 8
        self._calls = max(1, engine.threads - max(1, engine.threads // 8))
        self._slots = min(engine.lane_slots, self._calls)
        self._share = max(1, engine.capacity * self._slots // engine.threads)
        self._worth = max(1, self._share // 2)
        self._held: dict[Claim, Work] = {}
        self._begun: set[Claim] = set()
        self._over: set[Claim] = set()
        self._of_lane: Counter[str] = Counter()
        self._unwritten: Counter[str] = Counter()
        self._out: Counter[str] = Counter()
        self._queued: dict[str, deque[Work]] = {}

    def __len__(self) -> int:
        """Rows held."""
        return len(self._held)

    def room(self) -> Room:
        """What the next claim may take. Small top-ups are not worth a commit: a lane is full until half of its share is free."""
        with self._guard:
            free = self._capacity - len(self._held)
            if free < max(1, self._spare):
                return Room(most=0)
            left = self._capacity - self._spare - self._of_lane.total()
            if left < self._worth:
                return Room(most=free, laned=False)
            rooms = {lane: self._room_of(lane) for lane in self._of_lane}
            full = tuple(sorted(lane for lane, room in rooms.items() if room < self._worth))
            least = min((room for room in rooms.values() if room >= self._worth), default=self._share)
            return Room(most=min(free, left, least, self._share), full=full)

    def free(self, lane: str) -> int:
        """How many calls of a lane could begin at once."""
        with self._guard:
            waiting = len(self._queued.get(lane, ()))
            return max(0, min(self._slots - self._out[lane] - waiting, self._calls - self._out.total()))

    def take(self, batch: Sequence[Work]) -> list[Work]:
        """Hold claimed rows; which of them may run at once. The others follow when calls of theirs have ended."""
        with self._guard:
            now = []
            for work in batch:
                self._held[work.claim] = work
                if not work.lane:
                    now.append(work)
                    continue
                self._of_lane[work.lane] += 1
                if self._open(work.lane):
                    self._out[work.lane] += 1
                    now.append(work)
                else:
                    self._queued.setdefault(work.lane, deque()).append(work)
            return now

    def begin(self, work: Work) -> bool:
        """Whether a row is still ours to run: at a stop what has not begun is given back."""
        with self._guard:
            if work.claim not in self._held:
                return False
            self._begun.add(work.claim)
            return True

    def ended(self, work: Work) -> Work | None:
        """A row has been carried out; the one that may run in its place, of the lane that runs the fewest."""
        if not work.lane:
            return None
        with self._guard:
            self._is_over(work)
            self._out[work.lane] -= 1
            if not self._out[work.lane]:
                del self._out[work.lane]
            lane = min((lane for lane in self._queued if self._open(lane)), key=lambda lane: self._out[lane], default=None)
            if lane is None:
                return None
            following = self._queued[lane].popleft()
            if not self._queued[lane]:
                del self._queued[lane]
            self._out[lane] += 1
            return following

    def let_go(self, group: Iterable[Work]) -> None:
        """Forget these claims, not their rows: what was postponed may have been claimed anew since."""
        with self._guard:
            for work in group:
                self._forget(work.claim)

    def give_back(self) -> list[Work]:
        """What has not begun is not ours any more; what has is waited for."""
        with self._guard:
            self._queued.clear()
            return [idle for claim in set(self._held) - self._begun if (idle := self._forget(claim)) is not None]

    def ids(self) -> list[int]:
        """The rows held, by id."""
        with self._guard:
            return [work.id for work in self._held.values()]

    def unwritten(self) -> list[str]:
        """The lanes of which something has been carried out and is still to be written down."""
        with self._guard:
            return [lane for lane, count in self._unwritten.items() if count]

    def _room_of(self, lane: str) -> int:
        count = self._of_lane[lane]
        return min(self._share - count + self._unwritten[lane], 2 * self._share - count)

    def _is_over(self, work: Work) -> None:
        if work.claim not in self._held or work.claim in self._over:
            return  # written down already
        self._over.add(work.claim)
        self._unwritten[work.lane] += 1
        if self._room_of(work.lane) == self._worth:
            self._roomy()

    def _open(self, lane: str) -> bool:
        return self._out[lane] < self._slots and self._out.total() < self._calls

    def _forget(self, claim: Claim) -> Work | None:
        held = self._held.pop(claim, None)
        self._begun.discard(claim)
        if claim in self._over and held is not None:
            self._over.discard(claim)
            self._unwritten[held.lane] -= 1
        if held is not None and held.lane:
            self._of_lane[held.lane] -= 1
            if not self._of_lane[held.lane]:
                del self._of_lane[held.lane]
        return held
