"""The worker: claim → do → settle. No transaction is open while a flow talks to the outside.

Claims are leased in batches and read only after their commit. Settlements that come together share one commit, each in its own
savepoint, so that one stale fence rolls back one settlement. If the process dies anywhere, leases run out and the same work runs
again under the same key.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime

import structlog

from inspector.daemon.alone import Alone
from inspector.daemon.breaker import Breaker
from inspector.daemon.budget import Budget, SparedError
from inspector.daemon.bulkhead import NOTHING, Bulkhead
from inspector.daemon.elsewhere import Elsewhere, ElsewhereError
from inspector.daemon.engine import Engine
from inspector.daemon.failure import Failure, ShutError, told_of
from inspector.daemon.group import FEW, Done, few, flow_of, gather, hold, named, parts, unfit
from inspector.daemon.patience import last_error, too_late
from inspector.daemon.rest import Rest, RestingError
from inspector.daemon.settling import settle_one, write
from inspector.daemon.spell import Spell
from inspector.daemon.turns import CallLeave, Turns
from inspector.domain.decision import OrderKind
from inspector.flows.office import Office
from inspector.flows.table import FLOWS, Flow
from inspector.leave import leave
from inspector.ports import Origin, PortError, Unavailable
from inspector.store.tx import Tx
from inspector.store.work import Work
from inspector.telemetry.metrics import Metrics

log = structlog.get_logger(__name__)


class Worker:
    """Claims, carries out and settles. `fault` is called at named points; tests inject it to kill the process there."""

    def __init__(
        self,
        office: Office,
        metrics: Metrics,
        engine: Engine,
        owner: str,
        *,
        flows: Mapping[OrderKind, Flow] = FLOWS,
        machine: Callable[[datetime], datetime] | None = None,
        fault: Callable[[str], None] = lambda _point: None,
    ) -> None:
        self.office = office
        self.metrics = metrics
        self.engine = engine
        self.owner = owner
        self._flows = flows
        self._fault = fault
        self._wake = threading.Event()
        self._news = threading.Event()
        self._stop = threading.Event()
        self._abandon = threading.Event()
        self._done = queue.SimpleQueue[Done | None]()
        self._held = Bulkhead(engine, self._wake.set)
        self._alone = Alone(engine)
        self._elsewhere = Elsewhere()
        self._rest = Rest()
        self._breaker = Breaker(
            threshold=engine.breaker_threshold, cool=engine.breaker_cool, most=engine.breaker_most, quiet=engine.garbled_quiet
        )
        later = machine or (lambda moment: moment)
        self._failure = Failure(office=office, engine=engine, flows=flows, breaker=self._breaker, later=later)
        self._turns = Turns(engine, flows, owner)
        self._budget = Budget(engine)
        self._look_at = 0.0
        self._dry = NOTHING
        self._pool = ThreadPoolExecutor(engine.threads, thread_name_prefix="work")
        metrics.in_flight.set_function(lambda: len(self._held))
        self._loops = [
            threading.Thread(target=self._claiming, name="claim", daemon=True),
            threading.Thread(target=self._renewing, name="renew", daemon=True),
            # One settler: what ends while it writes joins the next group, so that the busier it is the fewer commits a row costs.
            threading.Thread(target=self._settling, name="settle", daemon=True),
        ]

    # --- life

    def start(self) -> None:
        """Begin to work."""
        with self.office.store.read() as tx:
            self._breaker.recall(tx)
        for loop in self._loops:
            loop.start()

    def under(self, office: Office) -> None:
        """From the next piece of work on, by this office's packs and calendar; what is under way ends by those it began with."""
        self._failure = replace(self._failure, office=office)
        self.office = office

    def wake(self) -> None:
        """Something may be due: look now instead of at the next poll."""
        self._news.set()
        self._wake.set()

    @property
    def alive(self) -> bool:
        """Whether every loop still runs; a dead one is a reason not to be ready."""
        return all(loop.is_alive() for loop in self._loops)

    @property
    def in_flight(self) -> int:
        """Rows claimed and not yet settled."""
        return len(self._held)

    def stop(self, grace: float) -> None:
        """Stop claiming, give back what has not begun, wait for what runs, settle it. Correctness never needs this."""
        self._stop.set()
        self._wake.set()
        self._loops[0].join(timeout=5)
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._give_back(self._held.give_back())  # from here on a row has either begun and is waited for, or is not ours any more
        deadline = time.monotonic() + grace
        while self._held and time.monotonic() < deadline:
            time.sleep(0.02)
        self._abandon.set()
        self._done.put(None)
        for loop in self._loops[2:]:
            loop.join(timeout=5)

    # --- claim

    def _claiming(self) -> None:
        spell = Spell()
        while not self._stop.is_set():
            try:
                claimed = self._claim()
            except Exception as error:  # noqa: BLE001 - the database may be away for a while; the loop outlives it
                if (times := spell.times()) is not None:
                    log.warning("claim.failed", error=type(error).__name__, times=times)
                self._stop.wait(min(self.engine.poll, 1.0))
                continue
            spell.over()
            if not claimed:
                self._wake.wait(max(0.0, min(self.engine.poll, self._turns.at - time.monotonic())))
                self._wake.clear()

    def _claim(self) -> int:
        """One batch, where there is room and something may be there; how many rows, or 1 to look again soon."""
        if self._alone:
            return self._begin(self._alone.turn(self.office.store, len(self._held)))
        room = self._rest.within(self._held.room(), self.office.now())
        looks, news = time.monotonic() >= self._look_at, self._news.is_set()
        anew = looks or news or room.wider(self._dry)
        if not room.most or not (anew or self._turns.due()):
            self._wake.wait(0.005 if not room.most else max(0.0, min(self._look_at, self._turns.at) - time.monotonic()))
            self._wake.clear()
            return 1
        if anew:
            self._news.clear()  # before the look: what comes from here on is news again
        left = self._elsewhere.lanes
        with self.office.store.begin() as tx:
            machine_now, office = tx.machine_now(), self.office
            turns = bool(office.manners) and (looks or self._turns.due(news=anew))
            batch = self._turns.claim(tx, office, self._held, room, left) if turns else []
            if anew and (most := room.most - len(batch)) > 0:
                full = (*room.full, *left, *office.manners)
                batch += tx.work.claim(
                    self.owner, machine_now, office.now(), self.engine.lease, most, full=full, laned=room.laned
                )
                if len(batch) < room.most:  # all is taken; until there is news or it is wider there is nothing to look for
                    self._dry = room
                elif looks or news:
                    self._dry = NOTHING
            elif anew:
                self._news.set()
            if looks:
                self._look_at = time.monotonic() + self.engine.poll
                self._rest.look(tx, office.now())
                batch += self._probe(tx, office, machine_now, left)
        self._breaker.claimed(batch, self._held.unwritten())
        self._fault("claimed")
        begun = self._begin(self._alone.aside(batch)) or len(batch)
        if 0 < len(batch) < FEW:
            self._stop.wait(self.engine.linger)  # what becomes due meanwhile is claimed at once; these are on their way
        return begun

    def _probe(self, tx: Tx, office: Office, machine_now: datetime, left: tuple[str, ...]) -> list[Work]:
        """Calls that go out to see whether connectors are well again; in a maintenance none does."""
        if self._rest.lasts(office.now()):
            return []
        probes = self._breaker.probe(tx, self.owner, machine_now, self.engine.lease, but=(*left, *self._turns.closed))
        self._turns.took(tx, office, probes, machine_now)
        return probes

    def _begin(self, batch: list[Work]) -> int:
        for work in self._held.take(batch):
            self._pool.submit(self._carry_out, work)
        return len(batch)

    # --- do

    def _carry_out(self, work: Work) -> None:
        """A row, and then those that waited for its place."""
        following: Work | None = work
        while following is not None:
            work = following
            if self._held.begin(work):
                with structlog.contextvars.bound_contextvars(**named(work)):
                    try:
                        done = self._do(work)
                    except Exception as error:  # noqa: BLE001 - what a port was never to hand on; a thread that ends keeps its place
                        done = Done(work=work, error=error)
                    self._done.put(done)
            following = self._held.ended(work)

    def _do(self, work: Work) -> Done:
        """Run the flow; whatever happens becomes a value, so that nothing escapes a pool thread."""
        began, office = time.monotonic(), self.office
        flow = flow_of(work, self._flows)
        if flow is None or not work.readable or work.deadly:
            return Done(work=work, error=unfit(work, flow))
        try:
            self._rest.keep(work, office.now())
            if (given := self._turns.given_up(work, office, flow)) is not None:
                return given
            if too_late(work, office):
                last = last_error(work, office)
                if flow.give_up is None:
                    return Done(work=work, error=last or Unavailable("patience_over", origin=Origin.US, attempts=0))
                given_up = flow.give_up(work, office, last)
                return Done(work=work, settlement=replace(given_up, outcome="gave_up", attempts=0))
            if self._breaker.is_open(work.lane):
                return Done(work=work, error=ShutError())
            self._elsewhere.leave(work, office)
            with leave(self._leave(work, office)):
                settlement = flow.do(work, office)
        except (ElsewhereError, RestingError, SparedError) as error:
            return Done(work=work, error=error)
        except SystemExit:  # a library of a connector's; it would end the thread and keep its place
            return self._failed(work, RuntimeError("a connector wanted to end the process"), began)
        except Exception as error:  # noqa: BLE001 - sorted by what to do next when it is settled
            return self._failed(work, error, began)
        self._count_call(work, settlement.call, settlement.attempts, began)
        if settlement.attempts:
            self._breaker.reached(work.lane)
        self._fault("called")
        return Done(work=work, settlement=settlement)

    def _failed(self, work: Work, error: Exception, began: float) -> Done:
        told = (error.family, error.attempts) if isinstance(error, PortError) else ("failed", 1)
        self._count_call(work, *told, began)
        self._breaker.noticed(work, error)
        return Done(work=work, error=error)

    def _leave(self, work: Work, office: Office) -> CallLeave:
        """What the call may do beyond its first request. Raises SparedError where it may not be made again at all for now."""
        if not work.lane:
            return CallLeave(office, work.lane, self._budget)
        owner, looks = office.connectors.owner(work.lane), self._breaker.looks(work)
        if work.attempts == 1:
            self._budget.first(owner)
        elif not looks and self._breaker.ails(owner, office) and not self._budget.again(office, owner):
            raise SparedError
        return CallLeave(office, work.lane, self._budget)

    def _count_call(self, work: Work, ended: str, tries: int, began: float) -> None:
        if work.lane and tries > 0:
            self.metrics.calls.labels(work.lane, ended).inc()
            self.metrics.tries.labels(work.lane).inc(tries)
            self.metrics.seconds.labels(work.lane).observe(time.monotonic() - began)
            log.debug("connector.called", lane=work.lane, ended=ended, tries=tries)

    # --- settle

    def _settling(self) -> None:
        later: list[Done] = []
        ripe = 0.0
        while (group := gather(self._done, later, self.engine.group, ripe)) is not None:
            now, later = few(group)
            for part in parts(now, self._flows):
                try:
                    settled = self._settle_group(part)
                except Exception as error:  # noqa: BLE001 - e.g. a deadlock or a full disk: each alone, then by its lease
                    log.warning("settle.group_failed", error=type(error).__name__, size=len(part))
                    settled = self._settle_singly(part)
                self._let_go(part)
                self._tell(settled)
            ripe = time.monotonic() + self.engine.linger

    def _settle_group(self, group: list[Done], *, ahead: bool = True) -> list[tuple[Done, str]]:
        """One commit. First without savepoints: nearly always nothing fails; what does undoes all, and each goes behind its own."""
        try:
            outcomes = self._commit(group, ahead=ahead)
        except Exception:  # rolled back as a whole; whoever is at fault is found out one by one
            if not ahead:
                raise
            outcomes = self._commit(group, ahead=False)
        self._fault("settled")
        return list(zip(group, outcomes, strict=True))

    def _tell(self, settled: list[tuple[Done, str]]) -> None:
        """Count and log what has been settled, when nobody waits for it any more."""
        for (kind, outcome), count in Counter((done.work.kind, outcome) for done, outcome in settled).items():
            self.metrics.settled.labels(kind, outcome).inc(count)
            self.metrics.stale.inc(count if outcome == "stale" else 0)
        for done, outcome in settled:
            why = {"error": told_of(done.error)} if done.error is not None else {}
            log.info("work.settled", **named(done.work), lane=done.work.lane, outcome=outcome, attempts=done.work.attempts, **why)

    def _commit(self, group: list[Done], *, ahead: bool) -> list[str]:
        """Settle a group in one transaction: all finished `ahead` in one statement, or each on its own behind a savepoint."""
        with self.office.store.begin() as tx:
            hold(tx, group, self._breaker)
            if ahead:
                tx.work.finish_ahead([done.work for done in group if done.settlement is not None], self.office.now())
            else:
                self._breaker.recall(tx)  # what the undone attempt took for mended is not
            outcomes = [write(tx, done, self._failure) if ahead else settle_one(tx, done, self._failure) for done in group]
            self._fault("settling")
        return outcomes

    def _settle_singly(self, group: list[Done]) -> list[tuple[Done, str]]:
        """Each in a transaction of its own; what still fails keeps its lease and runs again when that has run out."""
        settled: list[tuple[Done, str]] = []
        for done in group:
            try:
                settled += self._settle_group([done], ahead=False)
            except Exception as error:  # noqa: BLE001 - the row is untouched and its lease will lapse
                if self.office.store.mark.foreign is not None:
                    continue
                self.metrics.unsettled.inc()
                log.error("settle.failed", error=type(error).__name__, work=done.work.key)  # noqa: TRY400 - the name says enough
                time.sleep(0.05)
        return settled

    def _let_go(self, group: list[Done]) -> None:
        """Make room for more."""
        self._held.let_go(done.work for done in group)
        self._turns.freed()
        if self._breaker.has_closed():  # what waited behind it may be claimed again, and nobody announces it
            self._news.set()
        self._wake.set()

    def _give_back(self, idle: list[Work]) -> None:
        for work in idle:
            try:
                with self.office.store.begin() as tx:
                    tx.work.give_back(work)
            except Exception as error:  # noqa: BLE001 - a stop must end; what is not given back comes back by its lease
                log.warning("lease.not_given_back", work=work.key, error=type(error).__name__)

    def _renewing(self) -> None:
        """One thread lengthens every running lease; a lost one is noticed when its settlement is refused."""
        while not self._abandon.wait(self.engine.lease.total_seconds() / 3):
            running = self._held.ids()
            if not running:
                continue
            try:
                with self.office.store.begin() as tx:
                    tx.work.renew(self.owner, running, tx.machine_now() + self.engine.lease)
            except Exception as error:  # noqa: BLE001 - the next round tries again; the fence protects meanwhile
                log.warning("lease.renewal_failed", error=type(error).__name__)
