"""Equal treatment (不得歧视; the plan, item 7): whether supervision treats who committed as it treats like subjects with a certificate.

Like are subjects of one item and one level, and nobody else is compared (handbook scenario 5). What may be compared is only what both
routes have: a commitment is verified, and that needs visits, answers and outcomes which a certificate never has. So a visit that a case
needs (full coverage), or that is owed for coverage, is never counted; compared is what chance and the office do afterwards:

`DRAWN`: of those who stood in frames of a window and could be drawn, the share that was drawn in it. The window is the longer one of the
two rows of the level, for who committed and for daily supervision: a number of a quarter is drawn in the quarter, not in each of its draws.
`VISITED`: the share of subjects that were visited, or are to be, among those who stood in frames of equally many windows: so that neither
an omitted visit of the one nor an additional check of the other escapes. Daily supervision stands in frame after frame and a case in one:
more chances are no unequal treatment.
`WAITED`: of the visits of one draw, the share that took longer than their middle; one that is overdue and not made took longer.
`FOUND`: of the visits made, the share that ended with a finding. A difference may lie in what is true: it says look, and no more.
`FRAMED`: of the subjects of an item that came in the period, the share that stood in a frame at all, by a case or in daily supervision.
Whoever is left out of all frames is compared in nothing else, so that leaving a whole route out would be no difference anywhere.

Nothing is concluded about a person, and nothing follows by itself: a named officer looks. A small group is told as insufficient and stays.
Where a row of the pack draws who committed more, on an article marked as permitting that (handbook 1.3.11), its groups are told with the
citation and left out of the tests of `DRAWN` and `VISITED`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction

from inspector.domain.case import Route
from inspector.domain.contingency import Split, Trial, holm
from inspector.domain.spending import Spending


class Measure(StrEnum):
    """What is compared by route."""

    DRAWN = "DRAWN"
    VISITED = "VISITED"
    WAITED = "WAITED"
    FOUND = "FOUND"
    FRAMED = "FRAMED"


class EqualityVerdict(StrEnum):
    """What a test says. `UNEQUAL`: chance does not explain it. `ALIKE`: a difference of the size to be found would have been found."""

    UNEQUAL = "UNEQUAL"
    ALIKE = "ALIKE"
    INSUFFICIENT = "INSUFFICIENT"


class Aside(StrEnum):
    """Why something is counted and not compared.

    `MIXED`: a subject that came by both routes. `UNFRAMED`: one of the period's that could be drawn in none of its frames. `EARLIER`: one
    that had come before the period and stood in none of its frames. Of the objects of frames:
    `OWED`: its visit is needed by a case, or owed for coverage. `BARRED`: it could not be drawn. `CUT`: its window does not lie
    wholly in the period, so that what is owed of it may have been drawn before, or be drawn later.
    `SENT_BACK`: of the cases of the period, those that two officers have sent back as having come by mistake.
    """

    MIXED = "MIXED"
    UNFRAMED = "UNFRAMED"
    EARLIER = "EARLIER"
    OWED = "OWED"
    BARRED = "BARRED"
    CUT = "CUT"
    SENT_BACK = "SENT_BACK"


@dataclass(frozen=True, slots=True, kw_only=True)
class EqualityRow:
    """What a report on equal treatment tests by: `alpha` for all measures, and for all looks of a year by the plan of `spending`.

    `effect` is the odds ratio to be found, `power` how surely.
    """

    row: str
    alpha: Fraction
    spending: Spending
    effect: Fraction
    power: Fraction
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Who is compared with whom: an item and a level, `within` a window, a number of them, or a draw; `lawful` cites what permits more."""

    measure: Measure
    item: str
    level: str
    within: str
    lawful: str = ""


Counts = Mapping[tuple[Place, Route, bool], int]
"""How many of a place and route were hit, and how many not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A visit for the measure of waits; `took` None: overdue and not made, which is longer than any."""

    item: str
    level: str
    within: str
    route: Route
    took: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One item and level in one measure. `enough`: it alone would show the difference to be found."""

    measure: Measure
    item: str
    level: str
    committed: int
    committed_hit: int
    certified: int
    certified_hit: int
    enough: bool
    lawful: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A measure over all its groups that may be compared.

    `chance`: how likely chance alone shows this, `counted` the same among all measures (Holm); `power` at the strictest of them. `odds`
    above 1: who committed was hit more; None where there is nothing to divide by.
    """

    measure: Measure
    committed: int
    committed_hit: int
    certified: int
    certified_hit: int
    odds: Fraction | None
    chance: float
    counted: float
    power: float
    verdict: EqualityVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Equality:
    """An agency's report. It names nobody: items, levels and counts only.

    `look`: the how manieth of the year's looks it is, None for a report that somebody asked for of other days; `level`: what of
    `alpha` it tests by. `aside` counts (committed, certified) by reason, a mixed subject in both.
    `draws` were compared; `waiting` are those under embargo, which a small group would break: a later report has them.
    """

    agency: str
    pack: str
    rule: EqualityRow
    since: datetime
    until: datetime
    look: int | None
    level: Fraction
    draws: int
    waiting: int
    compared: tuple[Compared, ...]
    groups: tuple[Group, ...]
    aside: Mapping[Aside, tuple[int, int]]

    @property
    def alarms(self) -> tuple[Compared, ...]:
        """What a person has to look at."""
        return tuple(one for one in self.compared if one.verdict is EqualityVerdict.UNEQUAL)


def waits(held: Iterable[Waiting]) -> dict[tuple[Place, Route, bool], int]:
    """Waits as counts: longer than the middle of like visits of the same draw, or not. What is as long as the middle is not longer."""
    alike: defaultdict[Place, list[Waiting]] = defaultdict(list)
    for one in held:
        alike[Place(measure=Measure.WAITED, item=one.item, level=one.level, within=one.within)].append(one)
    told: defaultdict[tuple[Place, Route, bool], int] = defaultdict(int)
    for place, some in alike.items():
        took = sorted(timedelta.max if one.took is None else one.took for one in some)
        middle = took[(len(took) - 1) // 2]
        for one in some:
            told[place, one.route, one.took is None or one.took > middle] += 1
    return dict(told)


def compare(counts: Counts, rule: EqualityRow, alpha: Fraction) -> tuple[tuple[Compared, ...], tuple[Group, ...]]:
    """The measures with their tests by a level for all of them, and the groups behind them, each whatever its size."""
    splits: defaultdict[tuple[Measure, str, str, str], list[Split]] = defaultdict(list)
    for place in sorted({key[0] for key in counts}, key=lambda one: (one.measure, one.item, one.level, one.within, one.lawful)):
        splits[place.measure, place.item, place.level, place.lawful].append(_split(counts, place))
    strictest = alpha / len(Measure)
    groups = tuple(_group(*key, tuple(held), rule, strictest) for key, held in splits.items())
    tried = {
        measure: Trial(tuple(one for key, held in splits.items() if key[0] is measure and not key[3] for one in held))
        for measure in Measure
    }
    counted = holm({measure.value: trial.chance for measure, trial in tried.items()}, len(Measure))
    return tuple(_compared(measure, trial, counted[measure.value], rule, alpha) for measure, trial in tried.items()), groups


def _compared(measure: Measure, trial: Trial, counted: float, rule: EqualityRow, alpha: Fraction) -> Compared:
    power = trial.power(rule.effect, alpha / len(Measure))
    if counted <= alpha:
        verdict = EqualityVerdict.UNEQUAL
    else:
        verdict = EqualityVerdict.ALIKE if power >= rule.power else EqualityVerdict.INSUFFICIENT
    return Compared(
        measure=measure,
        committed=sum(one.first for one in trial.splits),
        committed_hit=sum(one.first_hit for one in trial.splits),
        certified=sum(one.second for one in trial.splits),
        certified_hit=sum(one.second_hit for one in trial.splits),
        odds=trial.odds,
        chance=trial.chance,
        counted=counted,
        power=power,
        verdict=verdict,
    )


def _group(
    measure: Measure, item: str, level: str, lawful: str, splits: Sequence[Split], rule: EqualityRow, alpha: Fraction
) -> Group:
    return Group(
        measure=measure,
        item=item,
        level=level,
        committed=sum(one.first for one in splits),
        committed_hit=sum(one.first_hit for one in splits),
        certified=sum(one.second for one in splits),
        certified_hit=sum(one.second_hit for one in splits),
        enough=Trial(tuple(splits)).power(rule.effect, alpha) >= rule.power,
        lawful=lawful,
    )


def _split(counts: Counts, place: Place) -> Split:
    hit, missed = ({route: counts.get((place, route, was), 0) for route in Route} for was in (True, False))
    committed, certified = Route.COMMITMENT, Route.CERTIFICATE
    return Split(
        first=hit[committed] + missed[committed],
        second=hit[certified] + missed[certified],
        first_hit=hit[committed],
        second_hit=hit[certified],
    )
