"""What can be said of a draw: who could be drawn how likely, what it could show, what it showed, and where it could be foreseen.

Pure, exact and without names: classes and counts only. Nothing is left out for being small; it is said to be insufficient.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from inspector.domain.areas import Area
from inspector.domain.case import Outcome
from inspector.domain.classes import Classes
from inspector.domain.evidence import UNTRUE
from inspector.domain.exclusion import Exclusion
from inspector.domain.finding import UNMET, Seen
from inspector.domain.frame import ELIGIBLE, Ban, Frame
from inspector.domain.inclusion import Joint
from inspector.domain.margin import Beside
from inspector.domain.power import Sample, false_cases, meets, needed, rounded_down, together
from inspector.domain.publish import ReportRow, Voided
from inspector.domain.restated import Restatements
from inspector.domain.selection import Stratum
from inspector.domain.ticked import Ticked
from inspector.domain.union import Union

POOL = "POOL"
"""The route of an object that is in the frame because it is under daily supervision; the others are those of its cases."""
_PLACES = 2


class Found(StrEnum):
    """What a drawn object's visit has shown so far. `UNDECIDED`: it ended, and nobody has judged whether a promise was kept."""

    TRUE = "TRUE"
    FALSE = "FALSE"
    OPEN = "OPEN"
    UNDECIDED = "UNDECIDED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One visit for the estimate; `random`: chance alone chose its object (handbook scenario 31)."""

    stratum: str
    random: bool
    found: Found


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """One class of objects. `k` of the `eligible` of its stratum were drawn: that is the probability of each, exactly.

    An object that came by several routes stands in each of them, so that their counts may be more than the stratum's.
    """

    stratum: str
    level: str | None
    route: str
    objects: int
    could: int
    k: int
    eligible: int
    probability: Fraction | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """The chance to meet at least one of `false` cases in a stratum, cut off in per cent; `enough` would make it the confidence."""

    stratum: str
    eligible: int
    k: int
    rate: Fraction
    false: int
    per_cent: str
    enough: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """The share of false cases of a level from its random cases alone. `enough` is False where they are fewer than the pack wants.

    Strata of which no visit is judged are `left_out` aloud: `eligible`, `drawn` and `share` speak of the others (`share` is None when
    there is no other). While one is left out there are no bounds: those of the others would be none of the level's.
    """

    level: str
    strata: tuple[str, ...]
    left_out: tuple[str, ...]
    eligible: int
    drawn: int
    judged: int
    found: int
    open: int
    undecided: int
    enough: bool
    share: Fraction | None
    least: Fraction | None
    greatest: Fraction | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """A pool in which few inspectors could have been dealt; `seat` is the qualification of the first one, if any."""

    pool: str
    seat: str
    inspectors: int
    wanted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Planned checks of a year, and how many of them chance chose."""

    random: int
    planned: int
    wanted: Fraction

    @property
    def share(self) -> Fraction | None:
        """None while there is no planned check."""
        return Fraction(self.random, self.planned) if self.planned else None

    @property
    def low(self) -> bool:
        """Whether it is below what the pack wants."""
        return self.share is not None and self.share < self.wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """How often rows of the register went and came, beside the frame's `n` and the published plan's number.

    `removed` and `added` by imports and `returned` are before the commitment, since the draw `since` (None: ever); `back` came back
    behind it. So are rows of both registers that were `edited`, and put back (`edited_back`); `put_back` are those behind it: of a joint
    draw with those of its partners' officers. Officers who came into the register are `officers_added`, those taken out of it
    `officers_removed`; `others` are edits of past inspections that other agencies have as their own, and `others_back` those put back
    (behind the commitment they count in `put_back`). A draw of a release that did not count some of these has none.
    """

    since: str | None
    removed: int
    returned: int
    back: int
    n: int
    beside: Beside | None
    edited: int = 0
    edited_back: int = 0
    put_back: int = 0
    added: int = 0
    officers_added: int = 0
    officers_removed: int = 0
    others: int = 0
    others_back: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A draw's report.

    `excluded` counts by stratum and code, `imported` those of them of whom files tell checks, `after` by kind and reason of what
    followed; `void` where it was undone.

    `ticked` is what the check sheets of visits that were made say; `areas` is the same as `after` of seats and objects, by area.
    `joint` is over a draw and its extensions together; empty where there is none. Where each list has rules of its own the report is
    about the list of the `agency`, and `unions` are the classes that others draw from too. `struck`: rows that officers had struck out of
    the register, or corrected, that year before the commitment; `same_organisation`: rows of it that stood for an organisation that had
    another row. `few`: objects that might be drawn, to which fewer could go than a pool that is large enough has.
    `moves` of its rows by imports stand beside the published plan's number.
    `levels`: how many of its firms' credit levels were changed around it; None for a draw of a release that did not count them.
    `leaves`: how many leaves of officers began within the draw's window, and how many of them were entered after their first day began.
    `untold`: the parts that nobody can know who made the report, of files without the daemon; they have nothing in them and mean nothing.
    """

    draw: str
    pack: str
    row: str
    basis: str
    confidence: Fraction
    chances: tuple[Chance, ...]
    powers: tuple[Power, ...]
    estimates: tuple[Estimate, ...]
    share: Share
    crowds: tuple[Crowd, ...]
    certain: tuple[str, ...]
    excluded: Mapping[str, Mapping[str, int]]
    imported: int
    set_aside: int
    after: Mapping[str, int]
    shortages: int
    joint: tuple[Joint, ...] = ()
    agency: str = ""
    unions: tuple[Union, ...] = ()
    void: Voided | None = None
    areas: tuple[Area, ...] = ()
    ticked: tuple[Ticked, ...] = ()
    struck: int = 0
    same_organisation: int = 0
    few: int = 0
    moves: Moves | None = None
    leaves: tuple[int, int] = (0, 0)
    levels: Restatements | None = None
    untold: frozenset[str] = frozenset()


def found(outcomes: Iterable[Outcome | None], *, over: bool, seen: Seen | None = None, ticks: bool = False) -> Found:
    """What a visit says: its cases; only an officer's word that a promise was untrue speaks against it, an outage never does.

    A visit to the pool that no case hangs on has no officer's word; there the team's own, by `seen`, is its result.
    What its check sheet `ticks` for an officer leaves that open.
    """
    held = list(outcomes)
    if over and not held and seen is not None:
        return Found.FALSE if seen is Seen.FINDING else Found.UNDECIDED if seen in UNMET or ticks else Found.TRUE
    if not over or None in held:
        return Found.OPEN
    if any(one in UNTRUE for one in held):
        return Found.FALSE
    kept = (Outcome.TRUE, Outcome.DATA_ERROR, Outcome.IMMATERIAL)
    return Found.TRUE if held and all(one in kept for one in held) else Found.UNDECIDED


def chances(
    frame: Frame, strata: Mapping[str, Stratum], routes: Mapping[str, Collection[str]], policy: Classes
) -> tuple[Chance, ...]:
    """The probability of each class by stratum and route; `routes` are those of each object by its key in the frame."""
    objects: Counter[tuple[str, str]] = Counter()
    could: Counter[tuple[str, str]] = Counter()
    for row in frame.objects:
        for route in routes.get(row.id, ()):
            objects[row.stratum, route] += 1
            could[row.stratum, route] += row.status == ELIGIBLE
    told = []
    for stratum, route in sorted(objects):
        one = strata[stratum]
        made = Chance(
            stratum=stratum,
            level=policy.sampling(stratum).level,
            route=route,
            objects=objects[stratum, route],
            could=could[stratum, route],
            k=one.k,
            eligible=one.eligible,
            probability=Fraction(one.k, one.eligible) if one.eligible else None,
        )
        told.append(made)
    return tuple(told)


def powers(strata: Mapping[str, Stratum], row: ReportRow) -> tuple[Power, ...]:
    """What each stratum's draw could have met, at each of the pack's rates."""
    told = []
    for name, one in strata.items():
        for rate in row.rates if one.eligible else ():
            false = false_cases(one.eligible, rate)
            made = Power(
                stratum=name,
                eligible=one.eligible,
                k=one.k,
                rate=rate,
                false=false,
                per_cent=rounded_down(*meets(one.eligible, false, one.k), _PLACES),
                enough=needed(one.eligible, false, row.confidence),
            )
            told.append(made)
    return tuple(told)


def estimates(checked: Iterable[Checked], strata: Mapping[str, Stratum], policy: Classes, row: ReportRow) -> tuple[Estimate, ...]:
    """The share of false cases of each level, from random cases alone; those of cause, of coverage and of need are no sample."""
    seen: defaultdict[str, Counter[Found]] = defaultdict(Counter)
    for one in checked:
        if one.random:
            seen[one.stratum][one.found] += 1
    levels: defaultdict[str, list[str]] = defaultdict(list)
    for name, held in strata.items():
        sampling = policy.sampling(name)
        if sampling.level is not None and not sampling.whole and held.eligible:
            levels[sampling.level].append(name)
    return tuple(_estimate(level, names, seen, strata, row) for level, names in sorted(levels.items()))


def _estimate(
    level: str, names: Sequence[str], seen: Mapping[str, Counter[Found]], strata: Mapping[str, Stratum], row: ReportRow
) -> Estimate:
    counts = {name: seen.get(name, Counter()) for name in names}
    judged = {name: held[Found.TRUE] + held[Found.FALSE] for name, held in counts.items()}
    samples = tuple(
        Sample(n=strata[name].eligible, k=judged[name], found=counts[name][Found.FALSE]) for name in names if judged[name]
    )
    told = together(samples, row.confidence)
    share, *bounds = told if told is not None else (None, None, None)
    left_out = tuple(name for name in names if not judged[name])
    least, greatest = (None, None) if left_out else bounds
    every = sum(counts.values(), Counter[Found]())
    return Estimate(
        level=level,
        strata=tuple(names),
        left_out=left_out,
        eligible=sum(strata[name].eligible for name in names if judged[name]),
        drawn=sum(strata[name].k for name in names if judged[name]),
        judged=sum(judged.values()),
        found=every[Found.FALSE],
        open=every[Found.OPEN],
        undecided=every[Found.UNDECIDED],
        enough=sum(judged.values()) >= row.least,
        share=share,
        least=least,
        greatest=greatest,
    )


def crowds(frame: Frame, team: int, row: ReportRow) -> tuple[Crowd, ...]:
    """Pools with fewer than `crowd` inspectors for each seat: there anybody can guess who will come, whatever the rule.

    Whoever has come to his or her cap before the draw has none in its frame, and is dealt to nothing.
    """
    able = [one for one in frame.inspectors if one.status == ELIGIBLE and one.cap]
    asked = sorted({(one.pool, one.qual) for one in frame.objects if one.status == ELIGIBLE})
    told: dict[tuple[str, str], Crowd] = {}
    for pool, qual in asked:
        near = [one for one in able if pool in one.pools]
        whole = Crowd(pool=pool, seat="", inspectors=len(near), wanted=row.crowd * team)
        first = Crowd(pool=pool, seat=qual, inspectors=sum(qual in one.quals for one in near), wanted=row.crowd)
        told |= {(pool, one.seat): one for one in ((whole, first) if qual else (whole,)) if one.inspectors < one.wanted}
    return tuple(told[name] for name in sorted(told))


def deserted(frame: Frame, team: int, row: ReportRow, word: Callable[[Ban], bool]) -> tuple[str, ...]:
    """Objects to which too few could go, where bans that rest on somebody's `word` keep officers away: anybody can guess who will come.

    Too few is as in `crowds`, and every ban counts. What the house's own visits alone bring about is nobody's word; and of a pool that is
    too small without a word, a former team of the usual size is no news: more than that is.
    """
    words, others = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    for ban in frame.bans:
        (words if word(ban) else others)[ban.object].add(ban.inspector)
    wanted, found = row.crowd * team, list[str]()
    pools = _pools(frame) if words else {}
    for one in frame.objects if words else ():
        if one.status == ELIGIBLE and (said := words.get(one.id)):
            near, alone = pools.get(one.pool, frozenset()), others.get(one.id, set())
            out = near & (said | alone)
            if len(near - out) < wanted and near & said and (len(near - alone) >= wanted or len(out) > team):
                found.append(one.id)
    return tuple(found)


def left_few(frame: Frame, team: int, row: ReportRow) -> int:
    """How many objects that may be drawn have fewer officers who may go than `crowds` asks for, for whatever reason."""
    out, pools = defaultdict[str, set[str]](set), _pools(frame)
    for ban in frame.bans:
        out[ban.object].add(ban.inspector)
    wanted, nobody = row.crowd * team, frozenset[str]()
    return sum(
        one.status == ELIGIBLE and len(pools.get(one.pool, nobody) - out.get(one.id, nobody)) < wanted for one in frame.objects
    )


def _pools(frame: Frame) -> Mapping[str, frozenset[str]]:
    """Who could be dealt, by pool."""
    found = defaultdict[str, set[str]](set)
    for one in frame.inspectors:
        if one.status == ELIGIBLE and one.cap:
            for pool in one.pools:
                found[pool].add(one.id)
    return {pool: frozenset(staff) for pool, staff in found.items()}


def certain(strata: Mapping[str, Stratum], policy: Classes, row: ReportRow) -> tuple[str, ...]:
    """Strata in which being drawn is no surprise, though they are not meant to be drawn whole."""
    held = [(name, one) for name, one in strata.items() if one.eligible and not policy.sampling(name).whole]
    return tuple(name for name, one in held if Fraction(one.k, one.eligible) >= row.certain)


BY_CHECKS = frozenset(
    one.value for one in (Exclusion.CAP, Exclusion.CAP_ALL, Exclusion.UPPER, Exclusion.LICENCE, Exclusion.COOL_DOWN)
)
"""The exclusions that rest on what was checked before."""


def excluded(frame: Frame) -> dict[str, dict[str, int]]:
    """How many could not be drawn, by stratum and code."""
    counts = Counter((one.stratum, one.status) for one in frame.objects if one.status != ELIGIBLE)
    told: dict[str, dict[str, int]] = {}
    for (stratum, code), count in sorted(counts.items()):
        told.setdefault(stratum, {})[code] = count
    return told


def followed(events: Iterable[Mapping[str, object]]) -> dict[str, int]:
    """How often what followed, by `kind` or `kind:reason`: re-deals, replacements, visits called off."""
    return dict(
        sorted(Counter(":".join(str(one[name]) for name in ("kind", "reason") if one.get(name)) for one in events).items())
    )
