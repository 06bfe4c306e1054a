"""What the state of the office is, in words for whoever looks after it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from inspector.domain.assistance import AssistanceState
from inspector.domain.calendar import Term, Unit, due
from inspector.domain.case import CaseState, Outcome
from inspector.domain.challenge import ChallengeState
from inspector.domain.decision import OrderKind
from inspector.domain.plan import DrawState
from inspector.domain.roster import Recusal
from inspector.domain.scoreboard import ENDS
from inspector.domain.selfproof import ProofState
from inspector.domain.visit import SeatState, VisitState
from inspector.flows import wording
from inspector.flows.held import left, waits
from inspector.flows.office import Office, names_of
from inspector.flows.scoreboard import recent, recent_days
from inspector.flows.settle import CREDIT_UNPLACED
from inspector.flows.supplies import LATE, UNUSED
from inspector.labels import Lang, label, of
from inspector.store.deadlines import due_by
from inspector.store.replicas import ALIVE, LOST
from inspector.store.room import Row
from inspector.store.tx import Tx
from inspector.web.desk import Desk
from inspector.web.drawings import Bar, Day, Station, bars, flow, weeks
from inspector.web.health import told
from inspector.web.mends import WATCHED, Todo, todos, unplaced

_RISKS = (1, 3, 5)
_DRAWS = 100
"""The newest draws, of which those of the weeks that are shown are marked in the calendar."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A heading with its lines; `loud` when somebody should look."""

    title: str
    lines: tuple[str, ...]
    loud: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The whole page: what is to be done, what is at risk, the titles of what is in order; then what is drawn, and all of it in words.

    Of the words those parts come first in which something is amiss.
    """

    first: tuple[Todo, ...]
    risks: tuple[Todo, ...]
    fine: tuple[str, ...]
    flow: tuple[Station, ...]
    weeks: tuple[tuple[Day, ...], ...]
    bars: tuple[Bar, ...]
    parts: tuple[Part, ...]


def board(desk: Desk, tx: Tx, lang: Lang) -> Board:
    """Everything the page says, in the order in which one looks."""
    now, machine_now = desk.office.now(), tx.machine_now()

    def say(name: str, /, **facts: object) -> str:
        return label(f"ops.{name}", lang, **facts)

    work, cases = tx.work.counts(machine_now), tx.cases.counts()  # each goes over an index of all that is open: once a look
    amiss = todos(desk, tx, now, machine_now, stopped=_stopped(work), lang=lang)
    loud = {one.mend.part for one in amiss}
    parts = {
        "health": _health(desk, lang),
        "attention": _attention(tx, lang),
        "risk": [*_unheard(tx, machine_now, lang), *_risk(desk, tx, now, lang)],
        "calendar": _calendar(desk, tx, lang),
        "cases": _cases(cases, lang),
        "work": _work(desk, work, lang),
        "lanes": _lanes(desk.office, tx, machine_now, lang),
        "score": _score(desk.office, tx, now, lang),
        "draws": _draws(tx, lang),
        "schedules": _schedules(desk.office, tx, lang),
        "replicas": _replicas(tx, machine_now, lang),
    }
    told = [
        Part(title=say(f"title_{name}"), lines=tuple(lines) or (say("none"),), loud=name in loud) for name, lines in parts.items()
    ]
    return Board(
        first=tuple(one for one in amiss if one.mend.first),
        risks=tuple(one for one in amiss if not one.mend.first),
        fine=tuple(say(f"title_{name}") for name in WATCHED if name not in loud),
        flow=_flow(tx, work, cases),
        weeks=_weeks(desk.office, tx, now),
        bars=bars(recent(desk.office, tx, now), names_of(desk.office.tree)),
        parts=tuple(sorted(told, key=lambda part: not part.loud)),
    )


def _stopped(work: Sequence[Any]) -> int:
    """How many rows have stopped."""
    return sum(count for _, state, _, count, _ in work if state == "quarantined")


def _flow(tx: Tx, work: Sequence[Any], counted: Sequence[Any]) -> tuple[Station, ...]:
    cases: Counter[CaseState] = Counter()
    for state, _, count in counted:
        cases[CaseState(state)] += count
    visits, _ = tx.visits.counts()
    waits = {
        "asked": sum(count for kind, _, _, count, _ in work if kind == OrderKind.ASK.value),
        "requests": sum(count for _, state, count in tx.assistance.counts() if AssistanceState(state).open),
        "shown": sum(count for _, state, count in tx.selfproofs.counts() if ProofState(state).open),
        "visits": sum(count for state, count in visits if VisitState(state).open),
    }
    return flow(cases, waits, {"consequences": sum(count for *_, count in tx.consequences.counts())})


def _weeks(office: Office, tx: Tx, now: datetime) -> tuple[tuple[Day, ...], ...]:
    """A plan is told by its name; a draw by no number, for who goes where is not known before its visits may be told."""
    plans = [(row["name"].removeprefix("plan:"), row) for row in tx.schedules.all() if row["name"].startswith("plan:")]
    slots = [(plan, row["trigger"], row["next_at"]) for plan, row in plans if row["next_at"] is not None]
    return weeks(slots, tx.draws.last(None, limit=_DRAWS), now, office.calendar)


def _attention(tx: Tx, lang: Lang) -> Iterator[str]:
    """Matters by kind, each with the number of what its words name: one matter of an agency stands for all its records that wait."""
    for kind, count in tx.attention.counts():
        told = unplaced(tx) if kind == CREDIT_UNPLACED else count
        yield label("ops.attention", lang, kind=label(f"attention.{kind}", lang), count=told)


def _health(desk: Desk, lang: Lang) -> Iterator[str]:
    health = desk.health()
    if desk.office.shadow:
        yield label("ops.shadow", lang)
    yield label("ops.ready" if health.ready else "ops.not_ready", lang)
    for reason in health.reasons:
        yield told(reason, lang)
    yield label("ops.office_time", lang, at=_at(desk.office, desk.office.now()))


def _cases(cases: Sequence[Any], lang: Lang) -> Iterator[str]:
    for state, outcome, count in cases:
        ended = f" · {of(Outcome(outcome), lang)}" if outcome and not CaseState(state).gone else ""
        yield label("ops.count", lang, what=f"{of(CaseState(state), lang)}{ended}", count=count)


def _risk(desk: Desk, tx: Tx, now: datetime, lang: Lang) -> Iterator[str]:
    for days in _RISKS:
        by = due(now, Term(amount=days, unit=Unit.WORKING_DAY), desk.office.calendar).at
        yield label("ops.risk", lang, days=days, **due_by(tx, by))


def _calendar(desk: Desk, tx: Tx, lang: Lang) -> Iterator[str]:
    """How far the known calendar reaches, and how many open dates lie behind it."""
    calendar = desk.office.calendar
    if calendar.horizon is not None:
        yield label("ops.calendar_until", lang, day=calendar.horizon)
    if calendar.ends_soon(calendar.local_date(desk.office.now())):
        yield label("ops.calendar_ends", lang)
    if count := tx.cases.provisional():
        yield label("ops.provisional", lang, count=count)


def _work(desk: Desk, work: Sequence[Any], lang: Lang) -> Iterator[str]:
    for kind, state, leased, count, oldest in work:
        name = "running" if leased else state
        facts = {"kind": of(OrderKind(kind), lang), "state": label(f"work.{name}", lang), "count": count}
        yield label("ops.work", lang, **facts, oldest=_at(desk.office, oldest))


def _lanes(office: Office, tx: Tx, machine_now: datetime, lang: Lang) -> Iterator[str]:
    held, quotas = waits(tx, office), left(tx, office)
    behind = tx.manners.behind([*held])
    late = {matter.about: wording.late(matter.facts, lang) for matter in tx.attention.of_kind(LATE) if matter.open}
    for lane in tx.lanes.all():
        error = wording.code("note", lane.error, lang) if lane.error else ""
        if lane.paused:
            state = label("ops.lane_paused", lang)
        elif lane.barred:
            seconds = max(0, int((lane.open_until - machine_now).total_seconds()) + 1)
            state = label("ops.lane_barred", lang, seconds=seconds, error=error)
        elif lane.open_until > machine_now:
            seconds = int((lane.open_until - machine_now).total_seconds()) + 1
            state = label("ops.lane_open", lang, seconds=seconds, error=error)
        elif lane.failures:
            state = label("ops.lane_failing", lang, failures=lane.failures, error=error)
        elif lane.name in held:
            why = held[lane.name]
            state = label("ops.lane_held", lang, reason=label(f"wait.{why.reason}", lang), until=_at(office, why.until))
        elif lane.name in late:
            state = late.pop(lane.name)
        else:  # nobody may have called it yet: no more than this is known of it
            state = label("ops.lane_faultless", lang)
        name = "ops.lane_waiting" if behind.get(lane.name) else "ops.lane"
        yield label(name, lang, name=lane.name, state=state, count=behind.get(lane.name, 0))
        if lane.name in quotas:
            yield label("ops.lane_quota", lang, name=lane.name, left=quotas[lane.name])
    yield from _supplies(tx, late, lang)
    yield from _drifts(tx, lang)


def _supplies(tx: Tx, late: Mapping[str, str], lang: Lang) -> Iterator[str]:
    """The sources whose deliveries are not as agreed, if it is not said yet, and those where something lies that is not used."""
    for name, why in late.items():
        yield label("ops.lane_supply", lang, name=name, why=why)
    for matter in tx.attention.of_kind(UNUSED):
        if matter.open:
            yield label("ops.lane_unused", lang, name=matter.about, count=matter.facts["count"])


def _drifts(tx: Tx, lang: Lang) -> Iterator[str]:
    for (source, fact), drift in tx.drift.all().items():
        if drift.alarm is not None:
            yield label("ops.lane_drifts", lang, name=source, fact=fact)


def _score(office: Office, tx: Tx, now: datetime, lang: Lang) -> Iterator[str]:
    """How each agency has answered each kind of question within the last months, one line each."""
    held: dict[tuple[str, str], dict[str, int]] = {}
    for agency, fact, mark, count in recent(office, tx, now):
        held.setdefault((agency, fact), {})[mark] = count
    names = names_of(office.tree)
    days = {(agency, fact): median for agency, fact, median in recent_days(office, tx, now)}
    for (agency, fact), marks in held.items():
        told = {
            mark: marks.get(mark, 0)
            for mark in ("asked", *ENDS, "heard_in_time", "punctual", "escalated", "disproved", "used", "badly_put")
        }
        median = str(days.get((agency, fact), "—"))
        yield label("ops.score", lang, agency=names.get(agency, agency), fact=_fact(office, fact), days=median, **told)


def _fact(office: Office, code: str) -> str:
    """A question as the newest pack that has it names it; its code where none does any more."""
    held = (fact for pack in reversed(office.book.packs) for item in pack.items.values() for fact in item.facts)
    return next((fact.name for fact in held if fact.code == code), code)


def _draws(tx: Tx, lang: Lang) -> Iterator[str]:
    yield from (label("ops.draws", lang, state=of(DrawState(state), lang), count=count) for state, count in tx.draws.counts())
    visits, seats = tx.visits.counts()
    yield from (label("ops.visits", lang, state=of(VisitState(state), lang), count=count) for state, count in visits)
    yield from (label("ops.seats", lang, state=of(SeatState(state), lang), count=count) for state, count in seats)
    yield from (label("ops.channels_off", lang, channel=channel, count=count) for channel, count in tx.pushes.off_counts())
    for reason, state, count in tx.challenges.counts():
        yield label("ops.recusals", lang, reason=of(Recusal(reason), lang), state=of(ChallengeState(state), lang), count=count)
    yield from (
        label("ops.conflicts", lang, reason=of(Recusal(reason), lang), count=count) for reason, count in tx.rosters.conflicts()
    )


def _schedules(office: Office, tx: Tx, lang: Lang) -> Iterator[str]:
    """Read first, then dated: a slot that has come meanwhile is told as due, since the tick that takes it comes once a second."""
    rows, now = tx.schedules.all(), office.now()
    for row in rows:
        overdue = office.overdue(row, now)
        lag = timedelta(seconds=ceil((overdue or office.lag(row)).total_seconds()))
        facts = {
            "name": row["name"],
            "trigger": row["trigger"],
            "next": _at(office, row["next_at"]),
            "last": _at(office, row["last_at"]),
        }
        yield label("ops.schedule" if overdue is None else "ops.schedule_due", lang, **facts, lag=lag)


def _unheard(tx: Tx, machine_now: datetime, lang: Lang) -> Iterator[str]:
    """The running daemons that the dead-man's switch outside does not hear; of one that is silent here, that is said already."""
    for row in tx.replicas.all():
        if row["pulse_error"] is not None and machine_now - row["seen_at"] <= ALIVE:
            yield label("ops.risk_pulse", lang, id=row["id"])


def _replicas(tx: Tx, machine_now: datetime, lang: Lang) -> Iterator[str]:
    """Who runs; who said no goodbye and is silent is told apart as long as he may come back, and then left out."""
    for row in tx.replicas.all():
        silent = machine_now - row["seen_at"]
        if silent < LOST:
            name = "ops.replica" if silent <= ALIVE else "ops.replica_silent"
            yield label(name, lang, id=row["id"], version=row["version"], seen=_ago(row["seen_at"], machine_now))
        if silent <= ALIVE:
            yield from _pulse(row, machine_now, lang)


def _pulse(row: Row, machine_now: datetime, lang: Lang) -> Iterator[str]:
    """When the dead-man's switch last heard this daemon and when not; nothing where it pings none, or has not yet."""
    heard, failed, error = row["pulse_heard_at"], row["pulse_failed_at"], row["pulse_error"]
    if heard is None and failed is None:
        return
    if error is not None:
        name = "ops.pulse_unheard" if heard is not None else "ops.pulse_never_heard"
    else:
        name = "ops.pulse_heard" if failed is None else "ops.pulse_heard_again"
    told = {key: _ago(moment, machine_now) for key, moment in (("heard", heard), ("failed", failed)) if moment is not None}
    yield label(name, lang, id=row["id"], error=wording.code("note", error, lang) if error else "", **told)


def _at(office: Office, moment: datetime | None) -> str:
    return f"{office.calendar.local(moment):%Y-%m-%d %H:%M}" if moment is not None else "—"


def _ago(moment: datetime, now: datetime) -> str:
    """Seconds."""
    return str(max(0, round((now - moment).total_seconds())))
