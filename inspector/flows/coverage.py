"""What the proof of coverage has to know, read from packs, plans, connectors and registers: how far it looks, who goes where."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby, product

from inspector.domain.calendar import Term, Unit, WorkingCalendar, due, last_day
from inspector.domain.case import SubjectKind
from inspector.domain.coverage import Desk, Duty, Hole, SetUp, holes, ways
from inspector.domain.inspection import CheckType
from inspector.domain.lack import Lack
from inspector.domain.policy import Policy
from inspector.domain.quiet import QuietRow
from inspector.domain.roster import InspectorRecord
from inspector.domain.spelling import party_of, told_of
from inspector.domain.staffing import Crew, Given, Month, Officer, Spot, Visits, given
from inspector.domain.timer import Timer
from inspector.flows.office import Office, Plan, pack_of
from inspector.flows.requests import nearest, node_of
from inspector.store.tx import Tx

LEAST, MOST = 12, 24
"""So many months are looked at, and no more: a year's plan must stand, and what is further off is renewed before."""


_AFTER = timedelta(days=100)
"""So far beyond the last term an open day is looked for: how long a term would have to be, where windows close one whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The sources and agencies that the settings have."""

    sources: Collection[str]
    agencies: Collection[str]


def look(office: Office, tx: Tx, names: Names, today: date) -> tuple[tuple[Month, ...], tuple[Hole, ...]]:
    """The months that were looked at, and every hole of the office as it is."""
    told = set_up(office, tx, names, today)
    return told.months, holes(told)


def set_up(office: Office, tx: Tx, names: Names, today: date) -> SetUp:
    """The office as it is."""
    desks = _desks(office, tx)
    months = horizon(office, {pack for agency in desks if (pack := pack_of(office.tree, agency)) is not None}, today)
    lanes = {lane.name: Lack.PAUSED if lane.paused else Lack.BARRED for lane in tx.lanes.all() if lane.paused or lane.barred}
    live = frozenset(names.agencies) - lanes.keys()

    def of(known: Collection[str], missing: Lack) -> Callable[[str], Lack | None]:
        return lambda name: lanes.get(name) if name in known else missing

    framed = {agency: [plan for plan in office.plans.values() if agency in plan.framed] for agency in desks}
    joining = sorted({partner for plan in office.plans.values() for partner in plan.partners} - {*desks})
    return SetUp(
        months=months,
        desks=(
            *(
                Desk(
                    agency=agency,
                    pack=pack_of(office.tree, agency) or "",
                    versions=_versions(office, agency, months),
                    bare=tuple(_bare(office, agency, month) for month in months),
                    drawn=bool(framed[agency]),
                    pooled=any(plan.pool for plan in framed[agency]),
                    reached=_reached(office, agency, live),
                )
                for agency in desks
            ),
            *(_joins(office, agency, months) for agency in joining),
        ),
        duties=tuple(duty for agency in desks for plan in framed[agency] for duty in _duties(office, tx, agency, plan, months)),
        sources=of(names.sources, Lack.SOURCE),
        agencies=of(names.agencies, Lack.AGENCY),
    )


def horizon(office: Office, packs: Collection[str], today: date) -> tuple[Month, ...]:
    """The months that are looked at: a year, further to the end of the known calendar and of the packs, at most two years.

    A certificate that ends later than that is no hole yet: it is renewed before.
    """
    ends = [one.effective_to for one in office.book.packs if one.id in packs and one.effective_to is not None]
    known = max([*ends, office.calendar.horizon or today])
    count = min(MOST, max(LEAST, (known.year - today.year) * 12 + known.month - today.month + 1))
    return tuple(month for month in _months(office.calendar, today, count) if month.days)


def _months(calendar: WorkingCalendar, today: date, count: int) -> Iterator[Month]:
    first = today
    for _ in range(count):
        following = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
        days = (first + timedelta(days=n) for n in range((following - first).days))
        worked = tuple(day for day in days if calendar.is_working_day(day))
        yield Month(first=first, last=following - timedelta(days=1), days=worked)
        first = following


def _desks(office: Office, tx: Tx) -> list[str]:
    """Who takes cases or draws: agencies with cases, with an approving system of their own, or with a plan; else those with a pack."""
    systems = {agency for agency, _ in tx.tokens.systems(tx.machine_now())}
    planned = {agency for plan in office.plans.values() for agency in plan.framed}
    found = {agency for agency in tx.cases.agencies() | systems | planned if agency in office.tree}
    packed = {agency for agency in found if pack_of(office.tree, agency) is not None}
    return sorted(packed or {node.id for node in office.tree.values() if node.pack is not None})


def _in_force(office: Office, agency: str, first: date, last: date) -> list[Policy]:
    pack = pack_of(office.tree, agency)
    held = [one for one in office.book.packs if one.id == pack]
    return [one for one in held if one.effective_from <= last and (one.effective_to is None or one.effective_to >= first)]


def _versions(office: Office, agency: str, months: Sequence[Month]) -> tuple[tuple[Policy, ...], ...]:
    return tuple(tuple(_in_force(office, agency, month.first, month.last)) for month in months)


def _bare(office: Office, agency: str, month: Month) -> bool:
    """Whether no version is in force on some working day of the month: a case of that day could not be taken in."""
    held = _in_force(office, agency, month.first, month.last)
    return not all(any(one.in_force(day) for one in held) for day in month.days)


def _joins(office: Office, agency: str, months: Sequence[Month]) -> Desk:
    """An agency that only joins others' checks: of its pack nothing is asked but that one is in force, by which its officers go."""
    bare = tuple(_bare(office, agency, month) for month in months)
    return Desk(
        agency=agency,
        pack=pack_of(office.tree, agency) or "",
        versions=((),) * len(months),
        bare=bare,
        drawn=True,
        pooled=True,
    )


def _reached(office: Office, agency: str, live: Collection[str]) -> Callable[[str], bool]:
    """Whether an agency's silence comes before the common superior: he is in the tree, and a letter reaches him."""
    return lambda name: nearest(office, agency, node_of(office, name)) in live


# Who goes


def _duties(office: Office, tx: Tx, agency: str, plan: Plan, months: Sequence[Month]) -> Iterator[Duty]:
    """What a plan owes for one agency whose objects it frames: for each version of its pack, once for each set of windows that hold."""
    seen: dict[str, tuple[Policy, list[int]]] = {}
    for at, held in enumerate(_versions(office, agency, months)):
        for policy in held:
            seen.setdefault(policy.label, (policy, []))[1].append(at)
    places, conflicts = tx.rosters.places(agency), _conflicts(tx, agency)
    for policy, within in seen.values():
        along = _along(office, agency, plan, months[within[0]].first)
        crews = _crews(tx, agency, policy, {} if plan.own else along)
        spots = tuple(_spots(agency, policy, places, conflicts))
        days, visits = _given(office.calendar, policy, {at: months[at] for at in within})
        for quiets, levels in _windowed(plan, policy, along.values(), may=plan.own and bool(along)).items():
            held_to = Visits(days=days, given=visits, quiets=quiets)
            yield Duty(agency=agency, plan=plan.name, levels=levels, visits=held_to, spots=spots, crews=crews)


def _given(
    calendar: WorkingCalendar, policy: Policy, months: Mapping[int, Month]
) -> tuple[tuple[date, ...], dict[int, tuple[Given, ...]]]:
    """The working days on which visits can be made, and by month those on which one can be given, each with its term."""
    term = policy.term(Timer.VISIT).term
    until = {day: _last(calendar, day, term) for month in months.values() for day in month.days if policy.in_force(day)}
    if not until:
        return (), {}
    first, last = min(until), max(until.values()) + _AFTER
    days = tuple(day for n in range((last - first).days + 1) if calendar.is_working_day(day := first + timedelta(days=n)))
    told = {at: tuple(given(day, until[day], days) for day in month.days if day in until) for at, month in months.items()}
    return days, told


def _last(calendar: WorkingCalendar, day: date, term: Term) -> date:
    """The last day of the term of a visit that is given on a day."""
    if term.unit in (Unit.HOUR, Unit.MINUTE):
        return calendar.local_date(due(calendar.closing(day), term, calendar).at)
    return last_day(day, term, calendar)


def _windowed(
    plan: Plan, policy: Policy, along: Collection[Policy], *, may: bool
) -> dict[tuple[QuietRow, ...], dict[str, tuple[str, ...]]]:
    """The levels at which a visit can fall, by item, for each set of windows that some of these visits have to keep.

    They go by whom a visit is to, what kind of check it is (`assign`: one of the plan, or one that a case needs) and whose officers go:
    those of a plan's partners go `along`, or, where each list draws by its own rules, `may`.
    """
    own, all_ = policy.quiets, tuple(dict.fromkeys(row for pack in (policy, *along) for row in pack.quiets))
    together = (CheckType.JOINT if plan.partners else CheckType.PLANNED, all_)
    planned = [together, *([(CheckType.PLANNED, own)] if may else [])]
    owed = [(CheckType.PERMIT, all_), *([(CheckType.PERMIT, own)] if may else [])]
    told: dict[tuple[QuietRow, ...], dict[str, dict[str, None]]] = {}

    def add(
        code: str, level: str, kinds: Iterable[SubjectKind], checks: Iterable[tuple[CheckType, tuple[QuietRow, ...]]]
    ) -> None:
        for kind, (check, rows) in product(sorted(kinds), checks):
            kept = tuple(row for row in rows if row.holds(kind, check))
            told.setdefault(kept, {}).setdefault(code, {})[level] = None

    for item in policy.items.values():
        for level, (drawn, needed) in ways(policy, item):
            add(item.code, level, item.subjects, [*(planned if drawn else ()), *(owed if needed else ())])
    if plan.pool:
        for one in policy.levels:
            add("", one.code, SubjectKind, planned)
    return {kept: {item: tuple(levels) for item, levels in items.items()} for kept, items in told.items()}


def _spots(
    agency: str, policy: Policy, places: Mapping[tuple[str, str], int], conflicts: Iterable[tuple[str, str, frozenset[str]]]
) -> Iterator[Spot]:
    """The classes of the register, and that of whoever stands in none: a case's subject may be anywhere in the agency's area."""
    counts = {(town or agency, qualification or policy.draw.lead_qualification): 0 for town, qualification in places}
    for (town, qualification), count in places.items():
        counts[town or agency, qualification or policy.draw.lead_qualification] += count
    counts.setdefault((agency, policy.draw.lead_qualification), 0)
    for (town, qualification), count in sorted(counts.items()):
        yield Spot(town=town, qualification=qualification, objects=count)
    barred = sorted(
        (town or agency, needed or policy.draw.lead_qualification, sorted(staff)) for town, needed, staff in conflicts
    )
    for (town, needed, staff), alike in groupby(barred):
        yield Spot(town=town, qualification=needed, barred=frozenset(staff), objects=len(list(alike)))


def _conflicts(tx: Tx, agency: str) -> list[tuple[str, str, frozenset[str]]]:
    """(town, qualification, who must not go) of each object of the register that officers have a declared conflict with."""
    declared: dict[str, set[str]] = {}
    for one in tx.rosters.recusals(agency):
        for key in {one.object, party_of(one.object)}:  # as a frame has them (`barring.bans`)
            declared.setdefault(key, set()).add(one.inspector)
    alike = [code for codes in tx.rosters.organisations(agency, declared).values() for code in codes]
    held = [(row, told_of(row.kind, row.code) or row.code) for row in tx.rosters.of_codes(agency, {*declared, *alike})]
    return [(row.pool, row.qualification, frozenset(declared[key])) for row, key in held if key in declared]


def _along(office: Office, agency: str, plan: Plan, day: date) -> dict[str, Policy]:
    """Who else goes, or may go, to the objects of an agency that a plan frames, with the pack that each goes by on a day."""
    partners = (one for one in (plan.agency, *plan.partners) if one != agency)
    return {one: held[0] for one in partners if (held := _in_force(office, one, day, day))}


def _crews(tx: Tx, agency: str, policy: Policy, others: Mapping[str, Policy]) -> tuple[Crew, ...]:
    """Whose officers go, in the words of the register of `agency`: as `joining` lists them (draw-protocol ruling 16)."""
    team = max([policy.draw.team, *(other.draw.team for other in others.values())])
    own = Crew(agency=agency, team=team, officers=tuple(map(_officer, tx.rosters.inspectors(agency))))
    return own, *(
        Crew(
            agency=one,
            team=team,
            officers=tuple(_joining(row, agency, other.draw.lead_qualification) for row in tx.rosters.inspectors(one)),
        )
        for one, other in others.items()
    )


def _officer(row: InspectorRecord) -> Officer:
    return Officer(record=row, towns=frozenset(row.pools), leads=row.qualifications.__contains__)


def _joining(row: InspectorRecord, lead: str, needed: str) -> Officer:
    """A partner's officer: the whole area of the partner is that of the lead, and who may lead there may lead here."""
    able = not needed or needed in row.qualifications
    return Officer(record=row, towns=frozenset(lead if town == row.agency else town for town in row.pools), leads=lambda _: able)
