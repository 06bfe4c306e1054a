"""The frame of a draw: who is in it, in which stratum, and which inspectors may be dealt. Frozen before any seed exists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from fractions import Fraction
from functools import partial

from inspector.domain.calendar import due
from inspector.domain.commitment import Rules
from inspector.domain.exclusion import CODES
from inspector.domain.frame import ELIGIBLE, Frame, InspectorRow, ObjectRow, freeze
from inspector.domain.gathering import held_to
from inspector.domain.listed import Listed
from inspector.domain.plan import Draw
from inspector.domain.policy import Policy
from inspector.domain.quota import Count, Quota, quota
from inspector.domain.report import deserted
from inspector.domain.roster import RosterObject
from inspector.domain.rowfile import RowFile, tally
from inspector.domain.sampling import Window
from inspector.domain.spelling import party_of
from inspector.domain.timer import Timer
from inspector.flows import framelines, joining, moved, restating
from inspector.flows.barring import bans, list_secret, on_word, salt
from inspector.flows.entries import candidates
from inspector.flows.history import History, history
from inspector.flows.joining import Partner
from inspector.flows.lists import lists_of
from inspector.flows.members import Members
from inspector.flows.office import Office, Plan
from inspector.flows.placing import Placed, Placer, Placing, ratios
from inspector.flows.rating import DIFFER, differing
from inspector.flows.windows import Windows, start, windows
from inspector.store.room import Row
from inspector.store.sorting import Sorted
from inspector.store.tx import Tx

SAME = "same_organisation"
"""How many rows of the register stand for an organisation that has another row: the name of the draw without the daemon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Staffed:
    """The frames by list, how many officers of each go to an object, and what else each list of a joint check commits to.

    `few`: by agency the objects to which too few of it could go by somebody's word (`report.deserted`).
    """

    frames: Mapping[str, Frame]
    teams: Mapping[str, int]
    told: Mapping[str, Mapping[str, object]]
    few: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """The rules of a list, and how they came about."""

    rules: Rules
    derivation: Mapping[str, object]

    def value(self) -> dict[str, object]:
        """For the draw's private file of rules."""
        strata = {code: [share.ppm, share.least] for code, share in self.rules.strata.items()}
        told = {"strata": strata, "team": self.rules.team, "reserve": self.rules.reserve, "derivation": self.derivation}
        return told if self.rules.rounding == "ceil" else {**told, "rounding": self.rules.rounding}


@dataclass(frozen=True, slots=True, kw_only=True)
class Framed:
    """The frozen frames by list, the rules with their derivation, and the private key to the objects.

    `ruled` are the lead's rules, which hold for every list, unless each has its own: then `own` are those of each by its name.
    `told` is what else each list of a joint check commits to (`joining.told`); `few` is that of `Staffed`.
    """

    lists: tuple[Listed, ...]
    frames: Mapping[str, Frame]
    ruled: Ruled
    members: Members
    told: Mapping[str, Mapping[str, object]]
    own: Mapping[str, Ruled] = field(default_factory=dict)
    few: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def value(self) -> dict[str, object]:
        """The rules for the draw's private file."""
        told = {"own": {name: one.value() for name, one in self.own.items()}} if self.own else {}
        return {**self.ruled.value(), "lists": self.told, **told}

    @property
    def derivations(self) -> Mapping[str, Mapping[str, object]]:
        """How the rules came about, by the agency whose registers they are about."""
        lead = {self.lists[0].agency: self.ruled.derivation}
        return {one.agency: self.own[one.name].derivation for one in self.lists} if self.own else lead

    @property
    def empty(self) -> bool:
        """Whether there is nobody in any list."""
        return not any(len(one.objects) for one in self.frames.values())

    @property
    def frame(self) -> Frame:
        """The lead's."""
        return self.frames[self.lists[0].name]


def frame(office: Office, tx: Tx, plan: Plan, policy: Policy, number: str, now: datetime) -> Framed:
    """Freeze both registers for a plan, with everything that decides who may be drawn and how many.

    In a joint check the plan's agency makes the frame of objects; each partner's list has its own officers and bans, and an
    object that a partner may not visit now is barred for all (handbook 1.2.29). Where each list has rules of its own, each is
    framed as if its agency drew alone, by its own pack.
    """
    if not plan.own:
        return _framed(office, tx, plan, lists_of(plan), policy, number, now)
    packs = {agency: office.policy(agency, now.date()) for agency in plan.partners} | {plan.agency: policy}
    lists = tuple(replace(listed, pack=packs[listed.agency].label) for listed in lists_of(plan))
    made: dict[str, Framed] = {}
    for listed in lists:
        alone = replace(plan, agency=listed.agency, partners=(), lists="shared")
        keys = joining.shared_keys(tx, {agency: one.members for agency, one in made.items()}, listed.agency) if made else {}
        made[listed.agency] = _framed(office, tx, alone, (listed,), packs[listed.agency], number, now, keys, [*packs.values()])
    return Framed(
        lists=lists,
        frames={name: held for one in made.values() for name, held in one.frames.items()},
        ruled=made[plan.agency].ruled,
        members=joining.Merged({agency: one.members for agency, one in made.items()}),
        told=joining.own(lists),
        own={listed.name: made[listed.agency].ruled for listed in lists},
        few={agency: names for one in made.values() for agency, names in one.few.items()},
    )


def _framed(  # noqa: PLR0913, PLR0917 - what a frame goes by
    office: Office,
    tx: Tx,
    plan: Plan,
    lists: tuple[Listed, ...],
    policy: Policy,
    number: str,
    now: datetime,
    keys: Mapping[str, str] | None = None,
    leads: Sequence[Policy] = (),
) -> Framed:
    """The frames of lists that share the objects and rules of the first one's agency; `keys` as in `joining.shared_keys`.

    `leads` as in `staffed`.
    """
    partners = joining.partners(office, tx, plan.partners, now)
    secret = list_secret(office, number, lists[0])
    today = office.calendar.local_date(now)
    spans = windows(office, tx, plan.name, now)
    horizon = due(spans.following or now, policy.term(Timer.VISIT).term, office.calendar).at.date()
    waiting = _again(tx, plan, policy, spans)
    past, bars = history(office, tx, plan.agency), joining.bars(partners, today)
    placer = Placer(policy=policy, ratios=ratios(policy, {}), past=past, today=today, horizon=horizon, others=bars)
    held, chances = Placing(), dict[str, Fraction]()
    before, again, new = stood(tx, plan.agency, policy, spans), Counter[str](), moved.entered(office, tx, plan, now)

    def rows() -> Iterator[bytes]:
        wavering = []
        for known, found in candidates(office, tx, plan, policy, waiting, now):
            one = placer.place(
                [replace(entry, name=keys.get(party_of(entry.name), entry.name)) for entry in found] if keys else found
            )
            if one.wavers:
                wavering.append((known, [replace(entry, name=one.name) for entry in found], one))
            else:
                yield row(known, one)
        ones = [one for _, _, one in wavering]
        if any(one.several for one in ones):
            # the ratio of a row is not yet a chance: the quota says what a minimum or the officers at hand make of it
            days = held_to(leads or (policy,), now, office.calendar)
            staff, counted = _inspectors(tx, plan.agency, policy, days, secret, now), held.with_all(ones)
            some = again + Counter(
                {code: before.get((code, one.name), 0) for one in ones for code in one.several or (one.stratum,)}
            )
            first = sized(tx, plan.agency, policy, counted.rows, counted.able, staff, spans, now, again=some)
            chances.update({code: Fraction(size.k, size.able) for code, size in first.sizes.items() if size.able})
            again_placed = replace(placer, ratios=ratios(policy, chances))
            ones = [again_placed.place(found) for _, found, _ in wavering]
        yield from (row(known, one) for (known, _, _), one in zip(wavering, ones, strict=True))

    def row(known: RosterObject | None, one: Placed) -> bytes:
        held.add(one)
        new.add(known, one.stratum)
        again[one.stratum] += before.get((one.stratum, one.name), 0)
        return framelines.line(_object(known, one, plan, policy, secret), one.member)

    lines = Sorted(rows(), office.held)
    objects, members = framelines.objects(lines), framelines.Stood(lines)
    made = staffed(office, tx, lists, policy, partners, objects, members, past, number, now, leads)
    frozen = made.frames[lists[0].name]
    counts, able = Counter[str](), Counter[str]()
    for (stratum, status), count in tally(objects).items():
        counts[stratum] += count
        able[stratum] += count if status == ELIGIBLE else 0
    sizes = sized(tx, plan.agency, policy, counts, able, frozen.inspectors, spans, now, again=again)
    rules = Rules(
        base="all",
        rounding="ceil",
        reserve=policy.draw.reserve,
        team=made.teams[lists[0].name],
        strata={code: size.share for code, size in sizes.sizes.items()},
        codes=CODES,
    )
    struck = tx.rosters.struck(plan.agency, start(now, Window.YEAR))
    derivation = _derivation(policy, sizes, held, spans, chances, struck) | moved.derived(
        office, tx, plan, policy, counts, new, now
    )
    derivation |= {SAME: several} if (several := tx.rosters.several(plan.agency)) else {}
    derivation |= {DIFFER: differ} if plan.pool and (differ := differing(tx, plan.agency, policy, now)) else {}
    derivation |= restating.derived(office, tx, plan, policy, objects.lines(), now)
    ruled = Ruled(rules=rules, derivation=derivation)
    return Framed(lists=lists, frames=made.frames, ruled=ruled, members=members, told=made.told, few=made.few)


def _derivation(
    policy: Policy, sizes: Quota, held: Placing, spans: Windows, chances: Mapping[str, Fraction], struck: int
) -> dict[str, object]:
    """Committed beside the rules: each number with its row, and how many were set aside for which reason. Nobody silently.

    `struck`: how many rows officers have struck out of the register, or corrected, this year.
    """
    return {
        "pack": policy.label,
        "rows": {code: policy.sampling(code).row for code in sizes.sizes},
        "ratios": {code: str(policy.sampling(code).ratio) for code in sizes.sizes},
        **sizes.value(),
        "ends": spans.ended,
        "excluded": held.excluded(),
        "exclusions": held.reasons(),
        "set_aside": [[*why, count] for why, count in sorted(held.aside.items())],
        "near_their_stop": held.warned,
        **({"struck": struck} if struck else {}),
        # By these, with each object counted wherever it could stand, an object of several strata stands in the one of the highest.
        **({"several": held.several, "chances": {code: str(one) for code, one in sorted(chances.items())}} if chances else {}),
    }


def _again(tx: Tx, plan: Plan, policy: Policy, spans: Windows) -> Sequence[Row]:
    """The intake of windows that end with this draw: those not drawn yet may still be, to make up for rounding (scenario 28).

    And the cases of daily supervision of its whole window: who brought a certificate, or has an exempt item, and stands in no register is
    as long in the pool as whoever does, or he or she would be drawn less than like subjects who committed (scenario 5).
    """
    ending: dict[Window, list[str]] = {}
    for row in policy.samplings:
        pooled = row.register and not row.whole and row.per is not Window.DRAW
        if pooled or (row.rolling and row.per not in spans.unfinished):
            ending.setdefault(row.per, []).append(row.stratum)
    return [
        case for per, strata in ending.items() for case in tx.cases.passed_over(plan.agency, plan.name, spans.since[per], strata)
    ]


def stood(tx: Tx, agency: str, policy: Policy, spans: Windows, before: Draw | None = None) -> Mapping[tuple[str, str], int]:
    """How often each object of daily supervision was drawn before in the window of its stratum, by (stratum, object)."""
    held: dict[tuple[str, str], int] = {}
    for per, since in spans.since.items():
        strata = [row.stratum for row in policy.samplings if row.register and row.per is per]
        held |= tx.visits.objects_since(agency, since, strata, before) if strata else {}
    return held


def sized(  # noqa: PLR0913, PLR0917 - what a quota goes by
    tx: Tx,
    agency: str,
    policy: Policy,
    rows: Mapping[str, int],
    able: Mapping[str, int],
    staff_rows: Sequence[InspectorRow],
    spans: Windows,
    now: datetime,
    before: Draw | None = None,
    *,
    again: Mapping[str, int],
) -> Quota:
    """How many of each stratum, with what was drawn before in each row's window and in the year.

    `before` a draw that was made: with what had been drawn, and taken in, when that was. `again`: how many of those drawn before in its
    window stand once more in each stratum of daily supervision (`stood`).
    """
    drawn: dict[Window, dict[str, int]] = {
        per: tx.visits.drawn_since(agency, since, before) for per, since in spans.since.items()
    }
    year = tx.visits.drawn_since(agency, start(now, Window.YEAR), before)
    taken_in = tx.cases.taken_in(agency, start(now, Window.YEAR), before.made_at if before is not None else None)
    held = [row for row in policy.samplings if row.stratum in rows]
    counts = {
        row.stratum: Count(
            rows=rows[row.stratum],
            able=able.get(row.stratum, 0),
            drawn=drawn.get(row.per, {}).get(row.stratum, 0),
            year_drawn=year.get(row.stratum, 0),
            year_rows=taken_in.get(row.stratum, 0),
            again=again.get(row.stratum, 0),
        )
        for row in held
    }
    staff, random = policy.bounds.staff, {row.stratum for row in policy.samplings if not row.whole}
    by_staff = (
        tx.visits.drawn_since(agency, start(now, staff.per), before) if staff is not None and staff.per is not Window.DRAW else {}
    )
    return quota(
        held,
        policy.bounds,
        counts,
        officers=sum(1 for row in staff_rows if row.status == ELIGIBLE),
        staff_drawn=sum(count for stratum, count in by_staff.items() if stratum in random),
        unfinished=spans.unfinished,
    )


def _object(known: RosterObject | None, one: Placed, plan: Plan, policy: Policy, secret: bytes) -> ObjectRow:
    """A row; an object of the register has its own area and needs its own qualification, any other those of the agency."""
    return ObjectRow(
        id=one.name,
        stratum=one.stratum,
        status=ELIGIBLE if one.barred is None else one.barred.code,
        pool=known.pool if known is not None and known.pool else plan.agency,
        qual=(known.qualification if known is not None else "") or policy.draw.lead_qualification,
        salt=salt(secret, one.name),
    )


def staffed(  # noqa: PLR0913, PLR0917 - a frame in all its parts
    office: Office,
    tx: Tx,
    lists: tuple[Listed, ...],
    policy: Policy,
    partners: Sequence[Partner],
    objects: Sequence[ObjectRow],
    members: Members,
    past: History,
    number: str,
    now: datetime,
    leads: Sequence[Policy] = (),
    named: Collection[date] = (),
) -> Staffed:
    """Each list's frame: the objects, which all share, with an agency's inspectors of today and who of them may not go to whom.

    Objects that are not held are in order and canonical already. `leads`: the packs by any of which a visit may be due, where each list
    has rules of its own: a visit's is that of the first agency that goes (`assign`), and nobody knows yet which goes where. `named`: the
    days ahead on which officers have said that visits which are dealt anew are made (`appointing`).
    """
    days, secret = held_to(leads or (policy,), now, office.calendar, named), list_secret(office, number, lists[0])
    asked = sorted({row.qual for row in objects if row.qual}) if partners else []
    shared = objects if isinstance(objects, RowFile) else freeze(objects, (), ()).objects
    staff = _inspectors(tx, lists[0].agency, policy, days, secret, now)
    banned = bans(tx, lists[0].agency, policy, members, past, secret)
    frames = {lists[0].name: replace(freeze((), staff, banned), objects=shared)}
    for listed, one in zip(lists[1:], partners, strict=True):
        theirs = list_secret(office, number, listed)
        staff = _inspectors(tx, one.agency, one.policy, days, theirs, now)
        banned = bans(tx, one.agency, one.policy, members, one.past, theirs)
        staff = joining.as_listed(staff, lists[0].agency, one, asked)
        frames[listed.name] = replace(freeze((), staff, banned), objects=shared)
    team = max([policy.draw.team, *(one.policy.draw.team for one in partners)])
    whose = zip(lists, [(policy, past), *((one.policy, one.past) for one in partners)], strict=False)
    few = {
        listed.agency: deserted(frames[listed.name], team, pack.report, partial(on_word, seen)) for listed, (pack, seen) in whose
    }
    return Staffed(frames=frames, teams=dict.fromkeys(frames, team), told=joining.told(lists, partners, asked), few=few)


def _inspectors(
    tx: Tx, agency: str, policy: Policy, spans: tuple[Collection[date], date], secret: bytes, now: datetime
) -> Sequence[InspectorRow]:
    """An agency's inspectors; the certificate must last to the last day on which a visit may be due (scenario 35).

    Visits are given, and their days counted by the pack of whoever leads, once the seed is there (`spans`: `held_to`). Who is away is so
    on the day on which a visit given now would be due, by any of them: who comes back before the last one might be dealt a seat while
    away, and it would pass on at once. A person's cap is for the window of the pack's `[staff]` row: what he or she holds in it already
    is taken off, under whichever code.
    """
    days, last = spans
    staff = policy.bounds.staff
    held = tx.visits.seats_since(agency, start(now, staff.per)) if staff is not None and staff.per is not Window.DRAW else {}
    return [
        InspectorRow(
            id=row.id,
            pools=row.pools,
            quals=row.qualifications,
            cap=max(0, row.cap - sum(held.get(code, 0) for code in row.codes)),
            status=next((one for day in sorted(days) if (one := row.status(day, last)) != ELIGIBLE), ELIGIBLE),
            salt=salt(secret, row.id),
        )
        for row in tx.rosters.inspectors(agency)
    ]
