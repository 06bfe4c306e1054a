"""What becomes of work that could not be carried out: put off, given up, or kept for a person; by the family of its error."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from inspector.daemon.breaker import Breaker
from inspector.daemon.budget import SparedError
from inspector.daemon.elsewhere import ElsewhereError
from inspector.daemon.engine import Engine
from inspector.daemon.group import flow_of
from inspector.daemon.rest import RestingError
from inspector.domain.decision import OrderKind
from inspector.domain.errors import Away, Damaged, InspectorError
from inspector.flows.office import Office
from inspector.flows.stopped import stopped
from inspector.flows.table import Flow
from inspector.leave import NO_TURN
from inspector.ports import Barred, Garbled, NotYet, PortError, Refused, Unavailable
from inspector.store.outage import TOO_LONG, passing
from inspector.store.tx import Tx
from inspector.store.work import Work

log = structlog.get_logger(__name__)


_NEIGHBOUR, _HOUR = timedelta(minutes=1), timedelta(hours=1)
"""How long work waits that this release cannot carry out, while a newer daemon beside it may; the hour is for kinds it does not know."""
_DAY = timedelta(days=1)
"""After which nobody is on the way who could: a person is told."""
_LEFT = {"kind_unknown": "kind_unknown", "pack_unknown": "pack_unknown", "stored_by_another_release": "newer"}
"""What only another release can carry out, by the error; and how leaving it is called."""
_RUNG = 3
"""Of the ladder: how long is waited for our own database, at least; by default some eight seconds."""
_SINCE = re.compile(r"([a-z_]+): since (\S+)")


class ShutError(Exception):
    """The breaker of the lane opened between claim and call: nobody was called."""


_UNCALLED: Mapping[type[Exception], str] = {ShutError: "shut", ElsewhereError: "elsewhere", RestingError: "resting"}
"""What keeps a claimed row from being carried out at all: it is given back, as if it had not been claimed; and how that is called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Settles what failed. `later` maps machine time to office time."""

    office: Office
    engine: Engine
    flows: Mapping[OrderKind, Flow]
    breaker: Breaker
    later: Callable[[datetime], datetime]

    def settle(self, tx: Tx, work: Work, error: Exception, now: datetime) -> str:
        """Write what is to be done next; how it is called."""
        if (why := _UNCALLED.get(type(error))) is not None:
            tx.work.give_back(work)
            return why
        machine_now = tx.asked_at
        told = told_of(error)
        if isinstance(error, SparedError) or told == NO_TURN:
            wait = max(self.engine.ladder.wait(work.attempts, work.key), self.engine.breaker_cool)
            self._postpone(tx, work, machine_now + wait, NO_TURN if told == NO_TURN else "spared", counted=False)
            return "spared"
        if isinstance(error, InspectorError) and error.code in _LEFT:
            return self._leave(tx, work, error, now)
        self._tried(tx, work, error, now)
        if isinstance(error, Refused | NotYet) and error.attempts:
            self.breaker.answered(tx, work.lane, now)
        if isinstance(error, Refused | Garbled | Damaged) or not work.readable or work.deadly:
            return self._quarantine(tx, work, told, now)
        if isinstance(error, NotYet) and (work.expires_at is None or now < work.expires_at):
            wait = timedelta(seconds=error.retry_after or self.engine.not_yet)
            self._postpone(tx, work, machine_now + wait, told, counted=False)
            return "not_yet"
        if self._ours(work, error, now):
            wait = self.engine.ladder.wait(max(work.attempts, _RUNG), work.key)
            self._postpone(tx, work, machine_now + wait, told, counted=False)
            return "postponed"
        if not isinstance(error, PortError):
            log.error("work.failed", work=work.key, case_id=work.case_id, error=told, exc_info=error)
        opened = self._broken(tx, work, error, machine_now, now)
        down = opened is not None and self.breaker.down(work.lane, error)
        if self._spent(work, error, now, broken=down):
            return self._give_up(tx, work, error, now, told)
        asked = error.retry_after if isinstance(error, Unavailable) else None
        until = max(machine_now + self.engine.ladder.wait(work.attempts, work.key, asked=asked), opened or machine_now)
        self._postpone(tx, work, until, told, counted=not down)
        return "postponed"

    def bare(self, tx: Tx, work: Work, error: Exception, now: datetime) -> str:
        """Stop a row where writing down how it failed fails itself: by no rule of its flow, and a person is told."""
        if isinstance(error, InspectorError) and error.code in _LEFT:
            return self._leave(tx, work, error, now)
        told = told_of(error)
        tx.work.quarantine(work, told, now)
        stopped(tx, work, told, self.office.house, now)
        log.error("work.unsettleable", work=work.key, case_id=work.case_id, error=told, exc_info=error)
        return "quarantined"

    def _leave(self, tx: Tx, work: Work, error: InspectorError, now: datetime) -> str:
        """It waits for another release, and no try counts; after a day a person is told, and still it waits."""
        told, facts = error.code, error.facts
        if told == "kind_unknown":
            log.error("work.kind_unknown", work=work.key, kind=work.kind)
        elif told == "pack_unknown":
            log.error("work.pack_unknown", work=work.key, pack=facts.get("pack"))
        else:
            log.error("work.stored_by_another_release", work=work.key, what=facts.get("what"), places=facts.get("places"))
        before = _SINCE.fullmatch(work.error or "")
        since = datetime.fromisoformat(before[2]) if before and before[1] == told else now
        long = now - since >= _DAY
        due = now + _HOUR if long or told == "kind_unknown" else self.later(tx.asked_at + _NEIGHBOUR)
        ends = work.expires_at if work.expires_at is not None and now < work.expires_at else due
        tx.work.postpone(work, min(due, ends), f"{told}: since {since.isoformat()}", counted=False)
        if long:
            stopped(tx, work, told, self.office.house, now)
        return _LEFT[told]

    def _tried(self, tx: Tx, work: Work, error: Exception, now: datetime) -> None:
        """What left the house left it, whatever becomes of the work."""
        flow = flow_of(work, self.flows)
        if flow is not None and flow.tried is not None and isinstance(error, PortError) and error.attempts:
            flow.tried(tx, work, self.office, error, now)

    def _ours(self, work: Work, error: Exception, now: datetime) -> bool:
        """Whether our own database was away: that costs no try, and is told by whoever noticed it (`database.unavailable`).

        A statement that the server has ended for its length is another thing: it may be this row's own, and fail for ever.
        """
        away = isinstance(error, Away) and passing(error) and error.facts.get("problem") != TOO_LONG
        return away and (work.expires_at is None or now < work.expires_at)

    def _broken(self, tx: Tx, work: Work, error: Exception, machine_now: datetime, now: datetime) -> datetime | None:
        """Count a failure of the lane; until when it is shut now, or None."""
        if isinstance(error, Barred) and work.lane and not self.breaker.alone(work, error):
            return self.breaker.barred(tx, work.lane, error, self.office.house, machine_now, now)
        if not isinstance(error, Unavailable) or isinstance(error, NotYet) or not work.lane or not error.attempts:
            return None
        return self.breaker.failed(tx, work.lane, error, machine_now)

    def _postpone(self, tx: Tx, work: Work, until: datetime, told: str, *, counted: bool) -> None:
        """Until a machine time; not beyond its patience, which then ends it."""
        due = self.later(until)
        tx.work.postpone(work, min(due, work.expires_at or due), told, counted=counted)

    def _spent(self, work: Work, error: Exception, now: datetime, *, broken: bool) -> bool:
        """Where the pack sets a date, patience is that date, however often it was tried; else tries count, while the breaker is closed.

        A fault of the program is another thing: the date is for the outside, and what cannot work is shown to a person soon.
        """
        if work.expires_at is not None and (now >= work.expires_at or isinstance(error, PortError) or passing(error)):
            return now >= work.expires_at
        return not broken and self.engine.ladder.spent(work.attempts)

    def _give_up(self, tx: Tx, work: Work, error: Exception, now: datetime, told: str) -> str:
        flow = self.flows[OrderKind(work.kind)]
        if flow.give_up is None or not isinstance(error, PortError):
            return self._quarantine(tx, work, told, now)
        settlement = flow.give_up(work, self.office, error)
        tx.work.finish(work, now)
        settlement.write(tx, now)
        return "gave_up"

    def _quarantine(self, tx: Tx, work: Work, told: str, now: datetime) -> str:
        """Kept, counted and shown; a person is told in the same transaction, in the flow's own words where it has some."""
        tx.work.quarantine(work, told, now)
        flow = self.flows[OrderKind(work.kind)]
        if flow.halted is not None:
            flow.halted(tx, work, self.office, told, now)
        if flow.stuck is not None and work.readable:
            flow.stuck(tx, work, told, now)
        else:
            stopped(tx, work, told, self.office.house, now)
        log.warning("work.quarantined", work=work.key, case_id=work.case_id, error=told)
        return "quarantined"


def waited(work: Work) -> bool:
    """Whether the row had been left to another release: to ours, if it is carried out now."""
    before = _SINCE.fullmatch(work.error or "")
    return before is not None and before[1] in _LEFT


def told_of(error: Exception) -> str:
    """An error's code; a fault of the program by the name of its class."""
    return error.code if isinstance(error, PortError | InspectorError) else type(error).__name__
