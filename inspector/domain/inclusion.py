"""The probability that an object was drawn by a draw or by one of its extensions, exactly, by class. Pure, and without names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from fractions import Fraction

from inspector.domain.exclusion import Exclusion
from inspector.domain.frame import ELIGIBLE, Frame
from inspector.domain.selection import Stratum


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One draw of a frame: what came of each stratum, and whose objects the draws before it had taken."""

    draw: str
    frame: Frame
    strata: Mapping[str, Stratum]
    taken: AbstractSet[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Joint:
    """The objects of a stratum that could be drawn in the same draws: (draw, k, eligible) of each, and the probability over all."""

    stratum: str
    objects: int
    turns: tuple[tuple[str, int, int], ...]
    probability: Fraction


def joint(turns: Sequence[Turn]) -> tuple[Joint, ...]:
    """By stratum and by the draws in which an object could be drawn.

    An extension draws each object that it may draw and that was not drawn before with k/E, whoever that is: so over all draws the
    probability is 1 - product of (1 - k/E), exactly, given how many were barred meanwhile. Who was drawn before is counted as one that
    the extension could have drawn.
    """
    first = turns[0].frame.objects
    held = [{row.id: row.status for row in one.frame.objects} for one in turns]
    counts: Counter[tuple[str, tuple[bool, ...]]] = Counter()
    for row in first:
        could = tuple(_could(row.id, status.get(row.id), one) for one, status in zip(turns, held, strict=True))
        counts[row.stratum, could] += 1
    told = []
    for (stratum, could), objects in sorted(counts.items(), key=lambda item: (item[0][0], [not one for one in item[0][1]])):
        chances = []
        missed = Fraction(1)
        for one, may in zip(turns, could, strict=True):
            drawn = one.strata.get(stratum)
            if may and drawn is not None and drawn.eligible:
                chances.append((one.draw, drawn.k, drawn.eligible))
                missed *= 1 - Fraction(drawn.k, drawn.eligible)
        told.append(Joint(stratum=stratum, objects=objects, turns=tuple(chances), probability=1 - missed))
    return tuple(told)


def _could(name: str, status: str | None, one: Turn) -> bool:
    return status == ELIGIBLE or (status == Exclusion.DRAWN and name in one.taken)
