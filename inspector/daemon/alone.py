"""Rows whose daemons died again and again, one at a time and beside nothing else: so it is seen which one it was.

What kills its process is never settled, and no try of it is ever counted; what was claimed together with it is not settled either. So a
row that was claimed too often without a word since is carried out alone, after it was written down that it is. If it comes back from
there it has ended its daemon, and a person looks (decision 126). Whatever else was claimed with it is settled, and counts anew.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import structlog

from inspector.daemon.engine import Engine
from inspector.store.store import Store
from inspector.store.work import Work

log = structlog.get_logger(__name__)


class Alone:
    """The rows set aside by this process. At a stop they keep their leases and come back by them, for to return one would be a word."""

    def __init__(self, engine: Engine) -> None:
        self._most = engine.unheard
        self._lease = engine.lease
        self._waiting: deque[Work] = deque()

    def __bool__(self) -> bool:
        """Whether one waits for its turn: nothing else is claimed until then."""
        return bool(self._waiting)

    def aside(self, batch: Sequence[Work]) -> list[Work]:
        """Set those aside that were claimed too often without a word; the others. One that was alone before is to be settled at once."""
        suspected = [work for work in batch if work.unheard > self._most and not work.deadly]
        self._waiting += suspected
        return [work for work in batch if work not in suspected]

    def turn(self, store: Store, busy: int) -> list[Work]:
        """The next one, when nothing else is held, after it was written down that it is alone; none where it is not ours any more."""
        if busy:
            return []
        work = self._waiting.popleft()
        with store.begin() as tx:
            mine = tx.work.alone(work, tx.machine_now() + self._lease)
        log.warning("work.alone", work=work.key, case_id=work.case_id, unheard=work.unheard)
        return [work] if mine else []
