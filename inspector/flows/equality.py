"""Equal treatment from the records: who stood in which frame by which route, and what became of it; a person is told of a difference.

The draws' own frames and results say who could be drawn at which level and who was; the cases say by which item and route a subject came,
as of each frame, however long before: who committed last year is in this year's daily supervision. Nobody's name is read, and nothing is
written but a matter for a person (`domain.equality`).
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import structlog

from inspector.domain import equality as domain
from inspector.domain.case import Route, SubjectKind
from inspector.domain.equality import Aside, Compared, Equality, EqualityRow, Measure, Place, Waiting
from inspector.domain.errors import Invalid, Missing
from inspector.domain.evidence import Verdict
from inspector.domain.frame import ELIGIBLE
from inspector.domain.inspection import Authority, CheckType
from inspector.domain.listed import Listed
from inspector.domain.plan import Draw, DrawKind
from inspector.domain.policy import Policy
from inspector.domain.rowfile import split
from inspector.domain.sampling import POOL, SamplingRow, Window, parted
from inspector.domain.source import permitting
from inspector.domain.spending import level
from inspector.domain.unmet import unmet
from inspector.domain.visit import Visit, VisitState
from inspector.flows.embargo import closed
from inspector.flows.lists import OBJECTS, kept
from inspector.flows.members import object_id
from inspector.flows.office import Office
from inspector.flows.settle import Settlement
from inspector.flows.windows import start
from inspector.store.tx import Tx
from inspector.store.work import Work

log = structlog.get_logger(__name__)

MATTER = "unequal_treatment"
"""The matter of a measure in which chance does not explain the difference between the routes.

It ends when a person has answered it, or a later look could have found the difference and finds none: too few to tell end nothing.
"""

_CHECKS = frozenset({CheckType.PLANNED, CheckType.JOINT, CheckType.CAMPAIGN})
"""Checks that the agency chooses to make; one for a lead, an emergency or a follow-up has a cause of its own."""
_BY_CHANCE = (DrawKind.PLAN, DrawKind.EXTENSION)
_LONGER = (Window.DRAW, Window.MONTH, Window.QUARTER, Window.YEAR)


@dataclass(frozen=True, slots=True)
class _Came:
    """A case of a subject, as the comparison needs it."""

    at: datetime
    item: str
    route: Route


@dataclass(frozen=True, slots=True)
class _Unit:
    """Where a subject stood: like whom, by which route, in which window."""

    item: str
    level: str
    lawful: str
    route: Route
    within: str


@dataclass(slots=True)
class _Tally:
    """What has been read so far. `listed` stood in a frame, whatever for; `supervised`: when the last with daily supervision was made."""

    came: Mapping[str, list[_Came]]
    drawn: dict[tuple[str, str], tuple[_Unit, bool]] = field(default_factory=dict)
    stood: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    first: dict[str, _Unit] = field(default_factory=dict)
    listed: set[str] = field(default_factory=set)
    supervised: datetime | None = None
    visited: set[str] = field(default_factory=set)
    waits: list[Waiting] = field(default_factory=list)
    counts: Counter[tuple[Place, Route, bool]] = field(default_factory=Counter)
    aside: Counter[tuple[Aside, Route]] = field(default_factory=Counter)
    draws: int = 0
    waiting: int = 0

    def of(self, name: str, at: datetime) -> tuple[str, frozenset[Route]]:
        """The item of a subject's newest case at a moment, and by which routes it had come by then; none: it had not come."""
        held = [one for one in self.came.get(name, ()) if one.at <= at]
        return (held[-1].item if held else ""), frozenset(one.route for one in held)


def whose(tx: Tx, own: str, sees: Collection[str], field: str) -> str:
    """Whose report is meant where no agency is named: the asker's own where it takes cases, else that of the only one that does.

    Cases lie with the agency that took them in, and a report of one above it would say of nobody that there are too few. Raises Invalid
    (`equality_whose`) where several take cases, and names them: each has a report of its own. `field` is where one is named.
    """
    held = sorted(tx.cases.agencies() & set(sees))
    if own in held or not held:
        return own
    if len(held) > 1:
        raise Invalid("equality_whose", known=", ".join(held), field=field)
    return held[0]


def report(office: Office, tx: Tx, agency: str, since: datetime, until: datetime, now: datetime) -> Equality:
    """The report of an agency about the cases and draws from one moment until before another.

    Raises Missing (`equality_rule_missing`) where the pack in force has no `[equality]`, and Invalid for an empty or unknown span.
    """
    office.agency(agency)
    if since >= until:
        raise Invalid("equality_span", since=since.date().isoformat(), until=until.date().isoformat())
    policy = office.policy(agency, now.date())
    if policy.equality is None:
        raise Missing("equality_rule_missing", agency=agency, pack=policy.label)
    return _report(office, tx, agency, policy, policy.equality, since, until, now)


def monthly(_work: Work, office: Office) -> Settlement:
    """Look at the calendar year up to this month, in January at the last one, for each agency whose pack has a rule; tell what is new."""
    now = office.now()
    since, until = year_so_far(office, now.date())
    with office.store.read() as tx:
        told = [
            _report(office, tx, agency, policy, policy.equality, since, until, now)
            for agency in sorted(tx.cases.agencies() & office.tree.keys())
            if (policy := _policy(office, agency, now.date())) is not None and policy.equality is not None
        ]
    return Settlement(write=lambda tx, at: _tell(tx, told, at), outcome="looked")


def look_of(office: Office, since: datetime, until: datetime) -> int | None:
    """Which of a year's looks a span is: 1 in February to 12 in January; None for any other, which is a report of its own."""
    last = office.calendar.local(until) - timedelta(days=1)
    same = (since, until) == year_so_far(office, office.calendar.local_date(until))
    return last.month if same else None


def year_so_far(office: Office, today: date) -> tuple[datetime, datetime]:
    """From the first of January to the first of this month, in January that of the whole last year: windows are the calendar's."""
    since, until = Window.MONTH.so_far(today)
    return office.calendar.midnight(since), office.calendar.midnight(until)


def _policy(office: Office, agency: str, day: date) -> Policy | None:
    try:
        return office.policy(agency, day)
    except (Missing, Invalid):  # an agency without a pack in force takes no cases either, and coverage tells it
        return None


def _report(
    office: Office, tx: Tx, agency: str, policy: Policy, rule: EqualityRow, since: datetime, until: datetime, now: datetime
) -> Equality:
    came: defaultdict[str, list[_Came]] = defaultdict(list)
    for row in tx.past.routes(agency, until):
        name = object_id(office.secret, SubjectKind(row["subject_kind"]), row["subject_code"])
        came[name].append(_Came(row["opened_at"], row["item"], Route(row["route"])))
    tally = _Tally(came)
    for number in tx.past.draws(since, until):
        held = tx.draws.get(number)
        listed = next((one for one in held.lists if one.agency == agency), None)
        if held.kind not in _BY_CHANCE or listed is None or not (held.own or listed == held.lists[0]):
            continue
        if closed(office, tx, held, now) is not None:
            tally.waiting += 1
            continue
        tally.draws += 1
        _frame(office, tx, held, listed, (since, until), tally)
        _visits(tx, held, listed, office.book.get(held.pack_of(agency)), now, tally)
    _checked(office, tx, agency, since.date(), until.date(), tally)
    tally.aside.update(
        {(Aside.SENT_BACK, Route(route)): count for route, count in tx.past.sent_back(agency, since, until).items()}
    )
    look = look_of(office, since, until)
    alpha = rule.alpha if look is None else level(rule.spending, rule.alpha, look)
    compared, groups = domain.compare(_counts(tally, since), rule, alpha)
    return Equality(
        agency=agency,
        pack=policy.label,
        rule=rule,
        since=since,
        until=until,
        look=look,
        level=alpha,
        draws=tally.draws,
        waiting=tally.waiting,
        compared=compared,
        groups=groups,
        aside={why: (tally.aside[why, Route.COMMITMENT], tally.aside[why, Route.CERTIFICATE]) for why in Aside},
    )


def _frame(office: Office, tx: Tx, held: Draw, listed: Listed, span: tuple[datetime, datetime], tally: _Tally) -> None:
    """Who stood in a list's frame, and who of them was drawn; the frame is read part by part."""
    policy = office.book.get(held.pack_of(listed.agency))
    taken = _selected(tx, held, listed)
    known: dict[tuple[str, str], tuple[str, Window]] = {}
    for line in split(tx.draws.parts(held.number, kept(held, listed, OBJECTS))):
        name, stratum, status, _ = line.decode().split("\t", 3)
        tally.listed.add(name)
        if stratum.startswith(POOL):
            tally.supervised = held.made_at
        item, routes = tally.of(name, held.made_at)
        if not routes:
            continue
        level = policy.sampling(stratum).level
        if (why := _aside(routes, level, status)) is not None:
            for route in routes:
                tally.aside[why, route] += 1
            continue
        (route,) = routes
        key = (item, str(level))
        if key not in known:
            known[key] = _ruled(policy, *key)
        lawful, per = known[key]
        begun = start(office.calendar.local(held.made_at), per) if per is not Window.DRAW else held.made_at
        if begun < span[0] or (per is not Window.DRAW and start(office.calendar.local(span[1]), per) == begun):
            tally.aside[Aside.CUT, route] += 1
            continue
        within = held.number if per is Window.DRAW else f"{held.plan}:{per.value}:{begun.date().isoformat()}"
        unit, before = tally.drawn.get((name, within), (_Unit(item, str(level), lawful, route, within), False))
        tally.drawn[name, within] = unit, before or name in taken
        tally.stood[name].add(within)
        tally.first.setdefault(name, unit)


def _aside(routes: frozenset[Route], level: str | None, status: str) -> Aside | None:
    """Why an object of a frame is not compared."""
    if len(routes) > 1:
        return Aside.MIXED
    if level is None:
        return Aside.OWED
    return Aside.BARRED if status != ELIGIBLE else None


def _selected(tx: Tx, held: Draw, listed: Listed) -> frozenset[str]:
    """Whom a list's draw has chosen, by its result as it was published; who came in for somebody else was not."""
    result = json.loads(tx.draws.file(held.number, "result.json"))
    strata = next(one["strata"] for one in result["lists"] if one["name"] == listed.name)
    return frozenset(name for one in strata.values() for name in one["selected"])


def _ruled(policy: Policy, code: str, level: str) -> tuple[str, Window]:
    """What permits to draw who committed more, where the pack cites that; and the longer window of the two rows of a level."""
    rows = {row.stratum: row for row in policy.samplings}
    item, pool = policy.items.get(code), rows.get(f"{POOL}{level}")
    named = policy.strategy(item, level).stratum if item is not None and not item.exempt else None
    own = (rows.get(parted(named, code)) or rows.get(named)) if named is not None else None
    per = max((row.per for row in (own, pool) if row is not None), key=_LONGER.index, default=Window.DRAW)
    if own is None or pool is None or _size(own) == _size(pool):
        return "", per
    bases = (own.basis, *(one.basis for one in own.owed))
    cited = [basis for basis in bases if permitting(basis, policy.heavier, policy.sources, policy.statutes)]
    return (f"{own.row}: {'; '.join(cited)}" if cited else ""), per


def _size(row: SamplingRow) -> tuple[object, ...]:
    return row.ratio, row.each, row.minimum, row.per, row.most, row.owed


def _visits(tx: Tx, held: Draw, listed: Listed, policy: Policy, now: datetime, tally: _Tally) -> None:
    """What became of the visits that chance alone chose, and who was visited at all."""
    for one in tx.visits.of_selection(held.number):
        stake = next((stake for stake in one.stakes if stake.agency == listed.agency), None)
        item, routes = tally.of(one.object_id, held.made_at)
        level = policy.sampling(stake.stratum).level if stake is not None and stake.stratum else None
        if level is None or stake is None or not stake.sampled or len(routes) != 1 or one.state is VisitState.CANCELLED:
            continue
        (route,) = routes
        tally.visited.add(one.object_id)
        ended = one.state is VisitState.DONE and one.done_at is not None
        if ended or (one.state.open and now > one.due_at):
            since = held.drawn_at or held.made_at
            took = one.done_at - since if ended and one.done_at is not None else None
            tally.waits.append(Waiting(item=item, level=level, within=held.number, route=route, took=took))
        if ended:
            place = Place(measure=Measure.FOUND, item=item, level=level, within="")
            tally.counts[place, route, found(one, listed.agency)] += 1


def found(one: Visit, agency: str) -> bool:
    """Whether an agency's team has found something: in its own word, or about a fact of a case of its own."""
    theirs = {(doubt.case_id, doubt.claim) for doubt in one.doubts if doubt.agency != agency}
    return (one.found_by(agency) and unmet(one, agency) is None) or any(
        found.verdict is Verdict.MISMATCH and (found.case_id, found.claim) not in theirs for found in one.findings
    )


def _checked(office: Office, tx: Tx, agency: str, since: date, until: date, tally: _Tally) -> None:
    """Whom the agency has checked beside its draws, by its own record of checks, since the subject first came."""
    for one in tx.inspections.of(agency):
        if one.completed and one.authority is Authority.OWN and one.check in _CHECKS and since <= one.on < until:
            name = object_id(office.secret, one.kind, one.code)
            held = tally.came.get(name)
            if held and one.on >= office.calendar.local_date(held[0].at):
                tally.visited.add(name)


def _counts(tally: _Tally, since: datetime) -> Mapping[tuple[Place, Route, bool], int]:
    """All measures as counts, and who of the subjects is compared in none."""
    counts = Counter(tally.counts)
    for unit, was in tally.drawn.values():
        counts[_place(Measure.DRAWN, unit, unit.within), unit.route, was] += 1
    for name, held in tally.came.items():
        routes, stood = {one.route for one in held}, tally.first.get(name)
        if stood is None:
            new = held[-1].at >= since
            for route in routes if new or name not in tally.listed else ():
                tally.aside[Aside.UNFRAMED if new else Aside.EARLIER, route] += 1
        if len(routes) > 1:
            continue
        _reached(name, held, since, tally, counts)
        if stood is None:
            continue
        counts[_place(Measure.VISITED, stood, str(len(tally.stood[name]))), stood.route, name in tally.visited] += 1
    counts.update(domain.waits(tally.waits))
    return counts


def _reached(name: str, held: list[_Came], since: datetime, tally: _Tally, counts: Counter[tuple[Place, Route, bool]]) -> None:
    """Whether a subject that came in the period, before the last frame with daily supervision, stood in any frame.

    A case stands in one, a certificate in daily supervision: so where no draw had that, only one route could have stood anywhere, and
    nobody is compared. Who came earlier may have had his frame then.
    """
    if tally.supervised is not None and since <= held[0].at <= tally.supervised:
        place = Place(measure=Measure.FRAMED, item=held[-1].item, level="", within="")
        counts[place, held[0].route, name in tally.listed] += 1


def _place(measure: Measure, unit: _Unit, within: str) -> Place:
    return Place(measure=measure, item=unit.item, level=unit.level, within=within, lawful=unit.lawful)


def _tell(tx: Tx, told: list[Equality], now: datetime) -> None:
    """Open what a person has to look at, and end what a later look could have found and finds no more.

    A look of too few to tell ends nothing: a year begins with none, and a bias does not end with the old one.
    """
    for one in told:
        for measured in one.compared:
            about = f"{one.agency}:{measured.measure.value}"
            if measured.verdict is domain.EqualityVerdict.UNEQUAL:
                tx.attention.open(MATTER, one.agency, about, _facts(one, measured), now)
            elif measured.verdict is domain.EqualityVerdict.ALIKE:
                tx.attention.over(f"{MATTER}:{about}", now)
        alarms = [measured.measure.value for measured in one.alarms]
        tx.committed.append(lambda one=one, alarms=alarms: log.info("equality.compared", agency=one.agency, unequal=alarms))  # type: ignore[misc]


def _facts(one: Equality, measured: Compared) -> dict[str, object]:
    return {
        "measure": measured.measure.value,
        "agency": one.agency,
        "since": one.since.date().isoformat(),
        "until": one.until.date().isoformat(),
        "committed": f"{measured.committed_hit}/{measured.committed}",
        "certified": f"{measured.certified_hit}/{measured.certified}",
        "chance": f"{measured.counted:.2g}",
        "level": f"{float(one.level):.2g}",
    }


def standing(tx: Tx) -> Iterator[tuple[str, str, int]]:
    """(agency, measure, 1 where a person still has to look, else 0) of every alarm there has been: for the metric."""
    for one in tx.attention.of_kind(MATTER):
        yield str(one.facts["agency"]), str(one.facts["measure"]), int(one.open)
