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
    """One draw of a frame: what came of each stratum, and whose objects the draws before it had taken.

    `came`: the objects that its reserve has brought in, at whatever time; of them those count for a later draw that its frame bars.
    """

    draw: str
    frame: Frame
    strata: Mapping[str, Stratum]
    taken: AbstractSet[str]
    came: AbstractSet[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Joint:
    """The objects of a stratum that could be drawn in the same draws: (draw, k, eligible) of each, and the probability over all.

    It is that of being drawn; whoever only came in from a reserve was not drawn.
    """

    stratum: str
    objects: int
    turns: tuple[tuple[str, int, int], ...]
    probability: Fraction


def joint(turns: Sequence[Turn]) -> tuple[Joint, ...]:
    """By stratum and by the draws in which an object could be drawn.

    An extension draws each object that it may draw and that was neither drawn before nor brought in from a reserve with k/E, whoever
    that is: so what each draw adds is k/E times the probability to be left until then, exactly, given how many were barred meanwhile.
    From a reserve one comes in of those whom its draw could draw and had left. Who was taken before is counted as one that the
    extension could have drawn.
    """
    first = turns[0].frame.objects
    held = [{row.id: row.status for row in one.frame.objects} for one in turns]
    counts: Counter[tuple[str, tuple[bool, ...]]] = Counter()
    for row in first:
        could = tuple(_could(row.id, status.get(row.id), one) for one, status in zip(turns, held, strict=True))
        counts[row.stratum, could] += 1
    brought = {stratum: _brought(turns, held, stratum) for stratum in sorted({row.stratum for row in first})}
    told = []
    for (stratum, could), objects in sorted(counts.items(), key=lambda item: (item[0][0], [not one for one in item[0][1]])):
        chances = []
        drawn, left = Fraction(0), Fraction(1)
        for place, (one, may) in enumerate(zip(turns, could, strict=True)):
            for reserve, share in brought[stratum][place]:
                left *= 1 - share if could[reserve] else 1
            of = one.strata.get(stratum)
            if may and of is not None and of.eligible:
                chances.append((one.draw, of.k, of.eligible))
                chance = left * Fraction(of.k, of.eligible)
                drawn, left = drawn + chance, left - chance
        told.append(Joint(stratum=stratum, objects=objects, turns=tuple(chances), probability=drawn))
    return tuple(told)


def _brought(turns: Sequence[Turn], held: Sequence[Mapping[str, str]], stratum: str) -> list[list[tuple[int, Fraction]]]:
    """Before each draw: by the reserve of which earlier one objects came in since the last, and which share of those it had left."""
    codes = [{row.id: row.stratum for row in one.frame.objects} for one in turns]
    gone: set[str] = set()
    told: list[list[tuple[int, Fraction]]] = []
    for place, status in enumerate(held):
        since = []
        for number, before in enumerate(turns[:place]):
            came = {
                name for name in before.came - gone if codes[number].get(name) == stratum and status.get(name) == Exclusion.DRAWN
            }
            able = sum(
                1
                for name, code in codes[number].items()
                if code == stratum and held[number][name] == ELIGIBLE and name not in gone
            )
            if came:
                since.append((number, Fraction(len(came), able)))
                gone |= came
        told.append(since)
        of = turns[place].strata.get(stratum)
        gone |= {*of.selected} if of is not None else set()
    return told


def _could(name: str, status: str | None, one: Turn) -> bool:
    return status == ELIGIBLE or (status == Exclusion.DRAWN and name in one.taken)
