"""What the ticks do: promote due work, seal the ledger, take the snapshot, show signs of life."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog

from inspector import __version__
from inspector.domain.decision import OrderKind
from inspector.domain.lack import CHANGING
from inspector.domain.manners import Held
from inspector.domain.sampling import Window
from inspector.flows import doorways, equality, invariants, publication, supplies
from inspector.flows import duties as standings
from inspector.flows.held import MAINTENANCE, left, waits
from inspector.flows.office import Office
from inspector.flows.scoreboard import SPAN, recent, recent_days, standing
from inspector.flows.uncovered import HOLE
from inspector.flows.windows import start
from inspector.ports import PortError, Pulse
from inspector.store.deadlines import due_by
from inspector.store.store import Store
from inspector.store.tables import EPOCH
from inspector.store.tx import Tx
from inspector.telemetry.metrics import Duties, Metrics, Snapshot

log = structlog.get_logger(__name__)

_RISK_DAYS = (1, 3, 5)
_AGREED = (Held.HOURS, Held.QUOTA, MAINTENANCE)
"""Why a connector is not asked by somebody's word: what waits for that is not late."""


def promote(office: Office) -> int:
    """Move rows that have come due into the ready set."""
    with office.store.begin() as tx:
        return tx.work.promote(office.now())


def seal(store: Store, office: Office) -> int:
    """Place events in the feed and chain new ledger entries; one replica at a time."""
    with store.begin() as tx:
        if not tx.ledger.take_seal_lock():
            return 0
        sealed = tx.events.place() + tx.ledger.seal(office.now())
        tx.tree.grow()
        return sealed


@dataclass
class Heart:
    """Beats to the dead-man's switch outside. What it does not take is counted, and said once an outage: it calls for help by itself."""

    pulse: Pulse
    metrics: Metrics
    _away: bool = False

    def beat(self) -> str | None:
        """One sign of life; the code of why it was not taken, for an outage of the switch is no failure of ours."""
        try:
            self.pulse.beat()
        except PortError as error:
            self.metrics.pulse_failures.inc()
            if not self._away:
                log.warning("pulse.failed", error=error.code)
            self._away = True
            return error.code
        if self._away:
            log.info("pulse.recovered")
        self._away = False
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """A daemon among the replicas: its name, since when it runs, and by name what it has at present of what all must have alike."""

    replica: str
    started_at: datetime
    declared: Callable[[], Mapping[str, str]] = dict

    def seen(self, store: Store) -> None:
        """A sign of life in the table."""
        with store.begin() as tx:
            self.write(tx)

    def write(self, tx: Tx) -> None:
        """A sign of life in a transaction that has begun."""
        tx.replicas.seen(self.replica, __version__, self.started_at, tx.machine_now(), self.declared())

    def pulsed(self, store: Store, error: str | None) -> None:
        """Whether the dead-man's switch has taken the sign of life, for those who look; `error` is the code of why not."""
        with store.begin() as tx:
            tx.replicas.pulsed(self.replica, tx.machine_now(), error)


def recover(store: Store, life: Life) -> None:
    """After an outage: a small write, so that we are ready again as soon as writing works, whether or not anybody asks for it."""
    if store.fault is not None:
        life.seen(store)
        store.well()


def snapshot(office: Office, metrics: Metrics) -> None:
    """One read for all gauges; a scrape then costs no query."""
    now = office.now()
    with office.store.read() as tx:
        metrics.show(_snapshot(tx, office, now))


def duties(office: Office, metrics: Metrics) -> None:
    """A second read, some minutes apart: it asks of everything that is open, and of all that ended against somebody."""
    now = office.now()
    with office.store.read() as tx:
        metrics.owe(
            Duties(
                invariants=[(of, len(names)) for of, names in invariants.broken(tx, now).items()],
                oldest=standings.oldest(office, tx, now),
                periods=standings.periods(office, tx, now),
                pushes=tx.pushes.came(now - SPAN),
                answers=standings.answers(office, tx, now),
            )
        )


def _snapshot(tx: Tx, office: Office, now: datetime) -> Snapshot:
    machine_now = tx.machine_now()
    visits, seats = tx.visits.counts()
    work: dict[tuple[str, str], int] = {}
    oldest = {kind.value: now for kind in OrderKind}
    lanes, held = tx.lanes.all(), waits(tx, office)
    agreed = [lane for lane, why in held.items() if why.reason in _AGREED]  # what waits for its hour is not late
    for kind, state, leased, count, due_at in tx.work.counts(machine_now, agreed):
        shown = "leased" if leased else state
        work[kind, shown] = work.get((kind, shown), 0) + count
        # a row that waits past its date is late, too: nobody has promoted it
        if state in ("ready", "waiting") and due_at is not None:
            oldest[kind] = min(oldest.get(kind, now), due_at)
    unsealed, since = tx.ledger.unsealed()
    horizon = office.calendar.horizon
    supply = dict(supplies.told(office, tx))
    behind, drifts = tx.manners.behind([*held]), {key: one for key, one in tx.drift.all().items() if key[0] in office.connectors}
    return Snapshot(
        cases=[(state, outcome or "", count) for state, outcome, count in tx.cases.counts()],
        work=[(kind, state, count) for (kind, state), count in sorted(work.items())],
        oldest_due=[(kind, office.waited(since, now).total_seconds()) for kind, since in sorted(oldest.items())],
        assistance=standing(office, tx),
        score=recent(office, tx, now),
        answer_days=recent_days(office, tx, now),
        self_proofs=[tuple(row) for row in tx.selfproofs.counts()],
        consequences=[tuple(row) for row in tx.consequences.counts()],
        notices=[tuple(row) for row in tx.servings.counts()],
        draws=[tuple(row) for row in tx.draws.counts()],
        visits=[tuple(row) for row in visits],
        seats=[tuple(row) for row in seats],
        second_looks=tx.secondlooks.counts(),
        channels_off=tx.pushes.off_counts(),
        recusals=tx.challenges.counts(),
        conflicts=tx.rosters.conflicts(),
        planned=[
            (agency, "chance" if by_chance else "coverage", count)
            for agency, by_chance, count in tx.visits.planned_since(start(office.calendar.local(now), Window.YEAR))
        ],
        uncovered=_uncovered(tx),
        attention=[tuple(row) for row in tx.attention.counts()],
        at_risk=[(of, str(days), count) for days in _RISK_DAYS for of, count in due_by(tx, _within(office, now, days)).items()],
        lanes=[
            (lane.name, lane.open_until > EPOCH, lane.paused) for lane in lanes
        ],  # also while one call looks whether it is back
        barred=[(lane.name, lane.barred) for lane in lanes],
        unread=doorways.unread(office, tx, now),
        delivered=supplies.ages(supply),
        promised=[(name, one.longest_seconds) for name, one in supply.items() if one.longest_seconds],
        unseen=[(name, one.unseen_seconds) for name, one in supply.items()],
        failures=[(lane.name, lane.failures) for lane in lanes],
        waiting=[(lane, why.reason, behind.get(lane, 0)) for lane, why in sorted(held.items())],
        quota_left=sorted(left(tx, office).items()),
        drifting=[(*key, int(one.alarm is not None)) for key, one in drifts.items()],
        compared=[(*key, one.compared) for key, one in drifts.items()],
        credit=tx.books.counts(),
        credit_compared=[
            (row["lane"], office.waited(row["compared_at"], now).total_seconds())
            for row in tx.books.statements()
            if row["compared_at"] is not None
        ],
        schedules=[
            (row["name"], office.lag(row).total_seconds(), (row["next_at"] - now).total_seconds())
            for row in tx.schedules.all()
            if row["next_at"] is not None
        ],
        unsealed=unsealed,
        unsealed_seconds=office.waited(since, now).total_seconds() if since else 0.0,
        calendar_seconds=(horizon - now.date()).total_seconds() if horizon else 0.0,
        provisional=tx.cases.provisional(),
        catalogue=tx.catalogue.counts(),
        publications=[tuple(row) for row in tx.publications.counts()],
        publications_late=[(*of, count) for of, count in publication.late(tx, now).items()],
        unequal=tuple(equality.standing(tx)),
        unfiled=tx.catalogue.overdue(now),
        codeless=tx.visits.filings_late(now),
        rests=tx.office.rests(now) is not None,
    )


def _uncovered(tx: Tx) -> list[tuple[str, int]]:
    """How many holes there are of each kind that changes by itself, whether or not a person has closed the matter; 0 is told too."""
    held = Counter(str(row.facts["lack"]) for row in tx.attention.of_kind(HOLE) if "ended" not in row.facts)
    return [(lack, held[lack]) for lack in sorted(CHANGING)]


def _within(office: Office, now: datetime, days: int) -> datetime:
    """The close of business that many working days ahead."""
    return office.calendar.closing(office.calendar.add_working_days(office.calendar.local_date(now), days))
