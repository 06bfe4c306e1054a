"""What the state of the office is, in words for whoever looks after it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from inspector.domain.calendar import Term, Unit, due
from inspector.domain.case import CaseState, Outcome
from inspector.domain.decision import OrderKind
from inspector.domain.plan import DrawState
from inspector.domain.visit import SeatState, VisitState
from inspector.labels import Lang, label, of
from inspector.store.replicas import ALIVE, LOST
from inspector.store.tx import Tx
from inspector.web.desk import Desk
from inspector.web.health import told

_RISKS = (1, 3, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A heading with its lines; `loud` when somebody should look."""

    title: str
    lines: tuple[str, ...]
    loud: bool = False


def words(desk: Desk, tx: Tx, lang: Lang) -> list[Part]:
    """Everything the page says, in the order in which one looks."""
    now, machine_now = desk.office.now(), tx.machine_now()

    def say(name: str, /, **facts: object) -> str:
        return label(f"ops.{name}", lang, **facts)

    health = desk.health()
    quarantined = any(state == "quarantined" for _, state, *_ in tx.work.counts(machine_now))
    shut = any(lane.paused or lane.failures for lane in tx.lanes.all())
    attention = [say("attention", kind=label(f"attention.{kind}", lang), count=count) for kind, count in tx.attention.counts()]
    parts = (
        ("health", list(_health(desk, lang)), not health.ready),
        ("attention", attention, bool(attention)),
        ("risk", list(_risk(desk, tx, now, lang)), False),
        ("cases", list(_cases(tx, lang)), False),
        ("work", list(_work(desk, tx, machine_now, lang)), quarantined),
        ("lanes", list(_lanes(tx, machine_now, lang)), shut),
        ("draws", list(_draws(tx, lang)), False),
        ("schedules", list(_schedules(desk, tx, lang)), False),
        ("replicas", list(_replicas(tx, machine_now, lang)), False),
    )
    return [Part(title=say(f"title_{name}"), lines=tuple(lines) or (say("none"),), loud=loud) for name, lines, loud in parts]


def _health(desk: Desk, lang: Lang) -> Iterator[str]:
    health = desk.health()
    yield label("ops.ready" if health.ready else "ops.not_ready", lang)
    for reason in health.reasons:
        yield told(reason, lang)
    yield label("ops.office_time", lang, at=_at(desk, desk.office.now()))


def _cases(tx: Tx, lang: Lang) -> Iterator[str]:
    for state, outcome, count in tx.cases.counts():
        ended = f" · {of(Outcome(outcome), lang)}" if outcome and state != CaseState.WITHDRAWN else ""
        yield label("ops.count", lang, what=f"{of(CaseState(state), lang)}{ended}", count=count)


def _risk(desk: Desk, tx: Tx, now: datetime, lang: Lang) -> Iterator[str]:
    for days in _RISKS:
        by = due(now, Term(amount=days, unit=Unit.WORKING_DAY), desk.office.calendar).at
        yield label("ops.risk", lang, days=days, count=tx.cases.due_by(by))


def _work(desk: Desk, tx: Tx, machine_now: datetime, lang: Lang) -> Iterator[str]:
    for kind, state, leased, count, oldest in tx.work.counts(machine_now):
        name = "running" if leased else state
        facts = {"kind": of(OrderKind(kind), lang), "state": label(f"work.{name}", lang), "count": count}
        yield label("ops.work", lang, **facts, oldest=_at(desk, oldest))


def _lanes(tx: Tx, machine_now: datetime, lang: Lang) -> Iterator[str]:
    for lane in tx.lanes.all():
        if lane.paused:
            state = label("ops.lane_paused", lang)
        elif lane.barred:
            seconds = max(0, int((lane.open_until - machine_now).total_seconds()) + 1)
            state = label("ops.lane_barred", lang, seconds=seconds, error=lane.error or "")
        elif lane.open_until > machine_now:
            seconds = int((lane.open_until - machine_now).total_seconds()) + 1
            state = label("ops.lane_open", lang, seconds=seconds, error=lane.error or "")
        elif lane.failures:
            state = label("ops.lane_failing", lang, failures=lane.failures, error=lane.error or "")
        else:
            state = label("ops.lane_well", lang)
        yield label("ops.lane", lang, name=lane.name, state=state)


def _draws(tx: Tx, lang: Lang) -> Iterator[str]:
    yield from (label("ops.draws", lang, state=of(DrawState(state), lang), count=count) for state, count in tx.draws.counts())
    visits, seats = tx.visits.counts()
    yield from (label("ops.visits", lang, state=of(VisitState(state), lang), count=count) for state, count in visits)
    yield from (label("ops.seats", lang, state=of(SeatState(state), lang), count=count) for state, count in seats)


def _schedules(desk: Desk, tx: Tx, lang: Lang) -> Iterator[str]:
    for row in tx.schedules.all():
        lag = timedelta(seconds=round(desk.office.lag(row).total_seconds()))
        facts = {
            "name": row["name"],
            "trigger": row["trigger"],
            "next": _at(desk, row["next_at"]),
            "last": _at(desk, row["last_at"]),
        }
        yield label("ops.schedule", lang, **facts, lag=lag)


def _replicas(tx: Tx, machine_now: datetime, lang: Lang) -> Iterator[str]:
    """Who runs; who said no goodbye and is silent is told apart as long as he may come back, and then left out."""
    for row in tx.replicas.all():
        silent = machine_now - row["seen_at"]
        if silent < LOST:
            name = "ops.replica" if silent <= ALIVE else "ops.replica_silent"
            yield label(name, lang, id=row["id"], version=row["version"], seen=_ago(row["seen_at"], machine_now))


def _at(desk: Desk, moment: datetime | None) -> str:
    return f"{desk.office.calendar.local(moment):%Y-%m-%d %H:%M}" if moment is not None else "—"


def _ago(moment: datetime, now: datetime) -> str:
    """Seconds."""
    return str(max(0, round((now - moment).total_seconds())))
