"""The recorded cases and draws of a period, judged again by a pack that might follow: what would have been otherwise, in numbers.

Read-only, page by page, and bounded: what is held are counts and a few ids. A full list goes to whoever asks for it, one by one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from itertools import groupby
from math import ceil

from inspector.domain import backtest
from inspector.domain.backtest import Change, Deviation, Needs, Ruling
from inspector.domain.case import Case, Method, SubjectKind
from inspector.domain.evidence import Evidence
from inspector.domain.policy import Policy
from inspector.flows.odds import Odds, Rerun
from inspector.flows.office import Office
from inspector.store.past import Recorded
from inspector.store.sorting import Sorted

LISTED = 20
"""Ids that a part of the report lists; the rest is counted."""
_PAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The cases and draws that were made from the first to the last of these days, by the packs of an id."""

    first: date
    last: date
    of: str

    def bounds(self, office: Office) -> tuple[datetime, datetime]:
        """From when until before when, on the office's clock."""
        return office.calendar.span(self.first, self.last)


@dataclass(slots=True, kw_only=True)
class Some:
    """How many, and the first of them."""

    count: int = 0
    ids: list[str] = field(default_factory=list)

    def add(self, one: str) -> None:
        """Count one more."""
        self.count += 1
        if len(self.ids) < LISTED:
            self.ids.append(one)


@dataclass(slots=True, kw_only=True)
class Asking:
    """How often somebody is asked: by the recorded answers for `sure`, and at most."""

    sure: int = 0
    most: int = 0


@dataclass(slots=True, kw_only=True)
class Days:
    """Working days of officers, for `sure` and at most."""

    sure: Fraction = Fraction(0)
    most: Fraction = Fraction(0)


@dataclass(slots=True, kw_only=True)
class Side:
    """What one pack asks of sources, agencies and inspectors. `visits` are cases that need somebody at the premises.

    `seats`: inspector visits, each of those times the team that the pack sends. `days`: person-days, those times what the pack says that a
    visit takes of each; `undated` visits are of packs that do not say, and then nobody can tell the days.
    """

    requests: dict[tuple[Method, str], Asking] = field(default_factory=dict)
    visits: Asking = field(default_factory=Asking)
    seats: Asking = field(default_factory=Asking)
    days: Days = field(default_factory=Days)
    undated: int = 0

    def add(self, told: Needs, pack: Policy) -> None:
        """Add what one case needs by a pack."""
        team, days = pack.draw.team, pack.report.visit_days
        for whom, count in told.most.items():
            held = self.requests.setdefault(whom, Asking())
            held.most += count
            held.sure += told.sure.get(whom, 0)
        self.visits.sure += told.visit
        self.visits.most += told.may_visit
        self.seats.sure += told.visit * team
        self.seats.most += told.may_visit * team
        if days is not None:
            self.days.sure += told.visit * team * days
            self.days.most += told.may_visit * team * days
        elif told.may_visit:
            self.undated += 1


@dataclass(slots=True, kw_only=True)
class Move:
    """The cases that go from one row, or fate, to another, and in what else they differ."""

    cases: Some = field(default_factory=Some)
    changes: Counter[Change] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True, kw_only=True)
class Burden:
    """How many visits firms have to expect, in whole ones rounded up: from strategies for certain, and by the chances of the draws.

    `spread` counts firms by that; `most` is the greatest expectation. Nobody is named, and there is no order of firms.
    """

    before: Mapping[int, int]
    after: Mapping[int, int]
    most_before: Fraction
    most_after: Fraction
    more: int
    less: int


@dataclass(slots=True, kw_only=True)
class Effect:
    """The whole report. `visit_days`: what the pack that is tried says that a visit takes of each officer."""

    pack: str
    period: Period
    visit_days: Fraction | None = None
    read: int = 0
    judged: int = 0
    same: int = 0
    others: int = 0
    gone: int = 0
    unreadable: Some = field(default_factory=Some)
    faults: dict[str, Some] = field(default_factory=dict)
    calendar: Some = field(default_factory=Some)
    moves: dict[tuple[str, str], Move] = field(default_factory=dict)
    earlier: Some = field(default_factory=Some)
    later: Some = field(default_factory=Some)
    before: Side = field(default_factory=Side)
    after: Side = field(default_factory=Side)
    odds: list[Odds] = field(default_factory=list)
    passed: Counter[str] = field(default_factory=Counter)
    burden: Burden | None = None
    alike: dict[str, bool] = field(default_factory=dict)
    """By recorded pack whether the candidate rules every case as that one does: then nobody need ask twice."""

    @property
    def changed(self) -> int:
        """Cases in which something would have been otherwise."""
        return self.judged - self.same

    @property
    def wrong(self) -> bool:
        """Whether a record is not what its own pack makes of it."""
        return bool(self.faults or self.unreadable.count or any(one.fault for one in self.odds))


Told = Callable[[Mapping[str, object]], None]
"""Hears of each case in which something differs, in the order of ids."""
Watch = Callable[[int, int], None]


def replay(office: Office, candidate: Policy, period: Period, tell: Told, watch: Watch) -> Effect:
    """Judge the period again. Raises Missing for a recorded pack that is nowhere any more."""
    since, until = period.bounds(office)
    made = Effect(pack=candidate.label, period=period, visit_days=candidate.report.visit_days)
    with office.store.read() as tx:
        total, made.gone = tx.past.count_opened(since, until), tx.past.lost(since, until)
        numbers = tx.past.draws(since, until)

    def weights() -> Iterator[bytes]:
        """A line for each firm that a case or a draw lays a visit on: whose, by the recorded pack, by the candidate."""
        for one in _cases(office, since, until):
            made.read += 1
            watch(made.read, total)
            if (line := _judge(office, candidate, made, one, tell)) is not None:
                yield line
        for number in numbers:
            rerun = Rerun(office=office, candidate=candidate, number=number)
            yield from rerun.lines(period.of)
            made.odds += rerun.told
            made.passed.update(rerun.passed)

    made.burden = _burden(Sorted(weights()))
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    held: Recorded
    heard: Mapping[backtest.Key, Evidence]


def _cases(office: Office, since: datetime, until: datetime) -> Iterator[_Read]:
    """Page by page, each in a transaction of its own: nobody waits for a reader, and what was chosen once never changes."""
    after = ""
    while True:
        with office.store.read() as tx:
            page = tx.past.opened(since, until, after=after, limit=_PAGE)
            evidence = tx.past.evidence([one.id for one in page])
        yield from (_Read(held=one, heard=backtest.heard(evidence.get(one.id, ()))) for one in page)
        if len(page) < _PAGE:
            return
        after = page[-1].id


def _judge(office: Office, candidate: Policy, made: Effect, one: _Read, tell: Told) -> bytes | None:
    """One case: the line of its firm's visits, if it has any."""
    case = one.held.case
    if case is None:
        if one.held.gone:
            made.gone += 1
        else:
            made.unreadable.add(one.held.id)
            tell({"case": one.held.id, "fault": "unreadable"})
        return None
    if case.pack.partition("@")[0] != made.period.of:
        made.others += 1
        return None
    own, record, fresh = office.book.get(case.pack), backtest.recorded(case), backtest.afresh(case)
    again = backtest.ruled(fresh, own, backtest.level_of(case, own, own), office.calendar)
    _compare(made, case, record, again, tell)
    after = again
    if own.label not in made.alike:
        made.alike[own.label] = own.digest == candidate.digest or backtest.alike(own, candidate)
    if not made.alike[own.label]:
        after = backtest.ruled(fresh, candidate, backtest.level_of(case, own, candidate), office.calendar)
    made.judged += 1
    _count(made, case, again, after, tell)
    needs = backtest.needs(again, one.heard), backtest.needs(after, one.heard)
    made.before.add(needs[0], own)
    made.after.add(needs[1], candidate)
    if case.subject.kind is SubjectKind.FIRM and (needs[0].visit or needs[1].visit):
        return f"{case.subject.code}\t{int(needs[0].visit)}\t{int(needs[1].visit)}".encode()
    return None


def _compare(made: Effect, case: Case, record: Ruling, again: Ruling, tell: Told) -> None:
    """The record against the same decision made again, by the pack it was made by."""
    match backtest.deviation(record, again):
        case None:
            return
        case Deviation.CALENDAR:
            made.calendar.add(case.id)
            due = record.due_at, again.due_at
            tell({"case": case.id, "deviation": Deviation.CALENDAR, "recorded": due[0], "again": due[1]})
        case Deviation.FAULT:
            differs = [change.value for change in backtest.changes(record, again)] or ["PROOF"]
            made.faults.setdefault(",".join(differs), Some()).add(case.id)
            told = {"recorded": record.name, "again": again.name, "differs": differs}
            tell({"case": case.id, "deviation": Deviation.FAULT, **told})


def _count(made: Effect, case: Case, before: Ruling, after: Ruling, tell: Told) -> None:
    """What the candidate makes of a case, beside what its own pack makes of it by the calendar of today."""
    differs = backtest.changes(before, after)
    if not differs:
        made.same += 1
        return
    move = made.moves.setdefault((before.name, after.name), Move())
    move.cases.add(case.id)
    move.changes.update(differs)
    if before.due_at is not None and after.due_at is not None and before.due_at != after.due_at:
        (made.earlier if after.due_at < before.due_at else made.later).add(case.id)
    told = {"before": before.name, "after": after.name, "changes": list(differs)}
    tell({"case": case.id, **told, "due_before": before.due_at, "due_after": after.due_at})


def _burden(lines: Sorted) -> Burden:
    before, after = Counter[int](), Counter[int]()
    most_before = most_after = Fraction(0)
    more = less = 0
    for _, held in groupby(lines, key=lambda line: line[: line.index(b"\t")]):
        one = other = Fraction(0)
        for line in held:
            _, was, becomes = line.decode().split("\t")
            one, other = one + Fraction(was), other + Fraction(becomes)
        before[ceil(one)] += 1
        after[ceil(other)] += 1
        most_before, most_after = max(most_before, one), max(most_after, other)
        more, less = more + (other > one), less + (other < one)
    spread = dict(sorted(before.items())), dict(sorted(after.items()))
    return Burden(before=spread[0], after=spread[1], most_before=most_before, most_after=most_after, more=more, less=less)
