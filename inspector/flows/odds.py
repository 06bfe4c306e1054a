"""A recorded draw under the rows of another pack: with which probability each class would have been drawn. Never who.

The frame is the recorded one: who stood in it, who was barred, who could be dealt. The sizes come from the quota that the daemon
uses, once by the draw's own pack, which must give what is recorded, and once by the other one. No seed is asked: with an old one it
could be seen which firms a different law would have named, and a law be chosen by that (decision 35).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice
from typing import Any

from inspector.domain import backtest
from inspector.domain.case import Case, SubjectKind
from inspector.domain.errors import Invalid
from inspector.domain.frame import ELIGIBLE
from inspector.domain.listed import Listed
from inspector.domain.plan import Draw, DrawKind
from inspector.domain.policy import Policy
from inspector.domain.quota import Quota
from inspector.domain.rowfile import split
from inspector.domain.sampling import FULL, MUST, POOL
from inspector.flows import windows
from inspector.flows.entries import pool_stratum
from inspector.flows.framing import sized, stood
from inspector.flows.lists import OBJECTS, kept, people, small
from inspector.flows.members import Member, read_members
from inspector.flows.office import Office
from inspector.flows.placing import ratios
from inspector.flows.reporting import routes
from inspector.store.drawtables import MEMBERS
from inspector.store.sorting import Sorted
from inspector.store.tx import Tx

_TOGETHER = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Class:
    """Objects of one stratum and route, the stratum that they would stand in, and the probability of each to be drawn.

    `becomes` is empty where the other pack draws them nowhere. An object that came by several routes stands in each.
    """

    stratum: str
    becomes: str
    level: str | None
    route: str
    objects: int
    could: int
    before: Fraction | None
    after: Fraction | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Odds:
    """One list of a draw. `drawn`, `would` are the objects drawn by strata beside those that cases need; `seats` the officers sent.

    `days`, `would_days` are their working days, None where a pack does not say how many a visit takes of each.

    `fault`: the sizes that its own pack gives are not those that are recorded. `barred`: the other pack has other caps, rests or
    suppressions, and who was barred in the frame is all the same. `relevelled`: it reads levels otherwise, and objects of the pool stand
    by the level that was read for the frame, which is all that is recorded of them.
    """

    draw: str
    list: str
    pack: str
    fault: bool
    barred: bool
    relevelled: bool
    drawn: int
    would: int
    seats: int
    would_seats: int
    days: Fraction | None
    would_days: Fraction | None
    sizes_before: Mapping[str, tuple[int, int, int]]
    sizes_after: Mapping[str, tuple[int, int, int]]
    classes: tuple[Class, ...]


@dataclass(frozen=True, slots=True)
class _Object:
    name: str
    stratum: str
    able: bool
    member: Member


@dataclass(kw_only=True)
class Rerun:
    """One draw, run again. `passed` counts what is left out, by why."""

    office: Office
    candidate: Policy
    number: str
    told: list[Odds] = field(default_factory=list)
    passed: Counter[str] = field(default_factory=Counter)

    def lines(self, of: str) -> Iterator[bytes]:
        """A line for each firm that could be drawn: its probability by the draw's own pack, and by the candidate."""
        with self.office.store.read(steady=True) as tx:
            held = tx.draws.get(self.number)
            if held.kind is not DrawKind.PLAN:
                self.passed[held.kind.value] += 1
                return
            files = small(tx, held)
            for listed in held.lists if held.own else held.lists[:1]:
                policy = self.office.book.get(held.pack_of(listed.agency))
                if policy.id == of:
                    yield from self._list(tx, held, listed, policy, files)
                else:
                    self.passed["OTHER_PACK"] += 1

    def _list(self, tx: Tx, held: Draw, listed: Listed, policy: Policy, files: Mapping[str, bytes]) -> Iterator[bytes]:
        told: dict[str, Any] = json.loads(files["rules.json"])
        rules = told["own"][listed.name] if held.own else told
        moved = _Strata(self.office, tx, policy, self.candidate)
        rows, could = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
        classes, able = Counter[tuple[str, str, str]](), Counter[tuple[str, str, str]]()
        spans, drawn_again, again = (
            windows.stood(self.office, tx, held, rules["derivation"]["ends"]),
            Counter[str](),
            Counter[str](),
        )
        mine, theirs = (stood(tx, listed.agency, pack, spans, held) for pack in (policy, self.candidate))
        agency = listed.agency if held.own else ""

        def firms() -> Iterator[bytes]:
            objects = _objects(tx, held, listed)
            while some := list(islice(objects, _TOGETHER)):
                standing = tx.cases.standing(sorted({case for one in some for case in one.member.cases}))
                by = routes({one.name: one.member for one in some}, standing, agency)
                for one, becomes in zip(some, moved.of(some), strict=True):
                    rows[one.stratum, becomes] += 1
                    could[one.stratum, becomes] += one.able
                    drawn_again[one.stratum] += mine.get((one.stratum, one.name), 0)
                    again[becomes] += theirs.get((becomes, one.name), 0)
                    for route in by[one.name]:
                        classes[one.stratum, becomes, route] += 1
                        able[one.stratum, becomes, route] += one.able
                    if one.able and one.stratum != FULL and one.member.kind is SubjectKind.FIRM:
                        yield f"{one.member.code}\t{one.stratum}\t{becomes}".encode()

        drawable = Sorted(firms(), self.office.held)
        now, staff = self.office.calendar.local(held.made_at), people(held, files, listed).inspectors

        def made(pack: Policy, place: int, once_more: Mapping[str, int]) -> Quota:
            counts = _summed(rows, place), _summed(could, place)
            return sized(tx, listed.agency, pack, *counts, staff, spans, now, held, again=once_more)

        before, after = made(policy, 0, drawn_again), made(self.candidate, 1, again)
        recorded = {name: rules["derivation"].get(name) for name in ("quota", "steps", "full_coverage")}
        lists, team = 1 if held.own else len(held.lists), int(rules["team"])
        would_team = self.candidate.draw.team if team == policy.draw.team else max(team, self.candidate.draw.team)
        drawn, would = _total(before), _total(after)
        self.told.append(
            Odds(
                draw=held.number,
                list=listed.name if held.own else "",
                pack=policy.label,
                fault=json.loads(json.dumps(before.value())) != recorded,
                barred=self.candidate.limits != policy.limits,
                relevelled=_reading(self.candidate) != _reading(policy) and any(stratum.startswith(POOL) for stratum, _ in rows),
                drawn=drawn,
                would=would,
                seats=drawn * team * lists,
                would_seats=would * would_team * lists,
                days=_days(policy, drawn * team * lists),
                would_days=_days(self.candidate, would * would_team * lists),
                sizes_before=_sizes(before),
                sizes_after=_sizes(after),
                classes=tuple(
                    Class(
                        stratum=stratum,
                        becomes=becomes,
                        level=policy.sampling(stratum).level,
                        route=route,
                        objects=count,
                        could=able[stratum, becomes, route],
                        before=_chance(before, stratum),
                        after=_chance(after, becomes),
                    )
                    for (stratum, becomes, route), count in sorted(classes.items())
                ),
            )
        )
        for line in drawable:
            code, stratum, becomes = line.decode().split("\t")
            yield f"{code}\t{_chance(before, stratum) or 0}\t{_chance(after, becomes) or 0}".encode()


class _Strata:
    """In which stratum of the candidate an object of a recorded stratum would stand."""

    def __init__(self, office: Office, tx: Tx, own: Policy, candidate: Policy) -> None:
        self._office, self._tx, self._own, self._candidate = office, tx, own, candidate
        self._known = {row.stratum for row in candidate.samplings}
        self._ratios = ratios(candidate, {})
        self._alike = _choosing(own) == _choosing(candidate)

    def of(self, some: list[_Object]) -> Iterator[str]:
        """For each object; empty for one that the candidate draws nowhere. Only where it chooses otherwise are cases read."""
        strata: dict[str, tuple[str | None, str | None]] = {}
        if not self._alike:
            wanted = [one for one in some if one.stratum not in (FULL, MUST) and not one.stratum.startswith(POOL)]
            asked = sorted({case for one in wanted for case in one.member.cases})
            strata = {held.id: self._of_case(held.case) for held in self._tx.past.cases(asked) if held.case is not None}
        return (self._one(one, strata) for one in some)

    def _one(self, one: _Object, strata: Mapping[str, tuple[str | None, str | None]]) -> str:
        if one.stratum in (FULL, MUST):
            return one.stratum if one.stratum in self._known else ""
        level = self._own.sampling(one.stratum).level or self._candidate.unrated
        pool = pool_stratum(self._known, self._candidate.unrated, level)
        pool = pool if pool in self._known else ""
        if one.stratum.startswith(POOL):
            return pool
        found = [strata[case] for case in one.member.cases if case in strata]
        was, becomes = {before for before, _ in found}, {after for _, after in found}
        if was == becomes and one.stratum in self._known:
            return one.stratum
        open_to = [code for code in becomes if code is not None and code in self._known]
        if open_to:
            return max(open_to, key=lambda code: (self._ratios[code], code))
        return pool if one.member.pooled else ""

    def _of_case(self, case: Case) -> tuple[str | None, str | None]:
        own = self._office.book.get(case.pack)
        level = backtest.level_of(case, own, self._candidate)
        after = backtest.ruled(backtest.afresh(case), self._candidate, level, self._office.calendar)
        return backtest.recorded(case).stratum, after.stratum


def _choosing(policy: Policy) -> tuple[object, ...]:
    """What the stratum of a case goes by."""
    items = {code: (item.profile, item.insured, item.exempt, item.matters, item.subjects) for code, item in policy.items.items()}
    return policy.strategies, policy.minimums, _reading(policy), items


def _reading(policy: Policy) -> tuple[object, ...]:
    """What a level goes by."""
    return policy.levels, policy.scale, policy.stale_after


def _objects(tx: Tx, held: Draw, listed: Listed) -> Iterator[_Object]:
    """The rows of a frame with whom they stand for: both files are in the order of the keys, and neither is held."""
    members = read_members(split(tx.draws.parts(held.number, MEMBERS)))
    for line in split(tx.draws.parts(held.number, kept(held, listed, OBJECTS))):
        name, stratum, status, _ = line.decode().split("\t", 3)
        member = next((one for key, one in members if key == name), None)
        if member is None:
            raise Invalid("draw_object_unknown", object=name)
        yield _Object(name, stratum, status == ELIGIBLE, member)


def _summed(counts: Mapping[tuple[str, str], int], place: int) -> Counter[str]:
    told = Counter[str]()
    for pair, count in counts.items():
        if pair[place]:
            told[pair[place]] += count
    return told


def _days(policy: Policy, seats: int) -> Fraction | None:
    """So many officers sent, in their working days."""
    days = policy.report.visit_days
    return None if days is None else seats * days


def _total(sizes: Quota) -> int:
    return sum(size.k for code, size in sizes.sizes.items() if code != FULL)


def _sizes(made: Quota) -> dict[str, tuple[int, int, int]]:
    return {code: (size.n, size.able, size.k) for code, size in made.sizes.items()}


def _chance(made: Quota, stratum: str) -> Fraction | None:
    size = made.sizes.get(stratum)
    return Fraction(size.k, size.able) if size is not None and size.able else None
