"""What two packs make of the same item at the same level or ratings: whose outcome differs, and in what. Pure, no case needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from inspector.domain.backtest import Course
from inspector.domain.calendar import Term
from inspector.domain.case import Method, VerifyFrom
from inspector.domain.policy import Policy
from inspector.domain.sampling import SamplingRow
from inspector.domain.strategy import steps

Way = tuple[str, tuple[tuple[Method, str, str], ...]]
"""A fact with its ways in order: method, whom it asks, on which ground."""


class Aspect(StrEnum):
    """In what an outcome may differ. Names of rows and their bases are no part of it."""

    COURSE = "COURSE"
    LEVEL = "LEVEL"
    WAYS = "WAYS"
    WHEN = "WHEN"
    TERM = "TERM"
    STRATUM = "STRATUM"
    DRAW = "DRAW"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What a pack makes of an item at a level. Where nothing is verified only `course` says something."""

    course: Course
    level: str | None = None
    ways: tuple[Way, ...] = ()
    before_decision: bool | None = None
    term: Term | None = None
    term_from: VerifyFrom | None = None
    stratum: str | None = None
    draw: SamplingRow | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Combination:
    """An item at a level, or at ratings that make one, whose outcome is another one. `level` is what is stated.

    `notice`: for letters that answer this version, a former one of either pack; empty: that of each pack's own day.
    """

    item: str
    level: str
    aspects: tuple[Aspect, ...]
    before: Fate
    after: Fate
    notice: str = ""


def fate(policy: Policy, item_code: str, level: str, notice: str = "") -> Fate:
    """The outcome by the commitment route. A level that is not on the pack's scale counts as unrated, as everywhere.

    `notice` is the version of the notice that the letter answers; empty: the item's own.
    """
    item = policy.items.get(item_code)
    answered = item.notice(notice or item.notice_version) if item is not None else None
    if item is None or answered is None:
        return Fate(course=Course.REFUSED)
    if item.exempt:
        return Fate(course=Course.POOLED)
    known = level if any(row.code == level for row in policy.levels) else policy.unrated
    row = policy.strategy(item, known)
    ways = tuple(
        (fact.code, tuple((step.method, step.via, step.ground) for step in steps(policy, item, fact, row, answered.methods)))
        for fact in item.facts
    )
    draw = policy.sampling(row.stratum) if row.stratum is not None else None
    return Fate(
        course=Course.VERIFIED,
        level=known,
        ways=ways,
        before_decision=row.before_decision,
        term=item.verify,
        term_from=item.verify_from,
        stratum=row.stratum,
        draw=draw,
    )


def stated(before: Policy, after: Policy) -> dict[str, tuple[str, str]]:
    """All that can be stated under either pack, each level and each combination of ratings, and the level that each of them reads in it.

    What a pack does not know is unrated there.
    """
    known = [_known(policy) for policy in (before, after)]
    unrated = before.unrated, after.unrated
    return {
        told: (known[0].get(told, unrated[0]), known[1].get(told, unrated[1])) for told in dict.fromkeys([*known[0], *known[1]])
    }


def _known(policy: Policy) -> Mapping[str, str]:
    return {row.code: row.code for row in policy.levels} | policy.scale.levels()


def combinations(before: Policy, after: Policy) -> Iterator[Combination]:
    """Every item and level, or ratings, of either pack whose outcome changes, in the order of the packs."""
    told = stated(before, after)
    for item, notice in asked(before, after):
        fates: dict[tuple[str, str], tuple[Fate, Fate, tuple[Aspect, ...]]] = {}
        for said, levels in told.items():
            if levels not in fates:
                was, becomes = fate(before, item, levels[0], notice), fate(after, item, levels[1], notice)
                fates[levels] = was, becomes, differences(was, becomes)
            was, becomes, aspects = fates[levels]
            if aspects:
                yield Combination(item=item, level=said, aspects=aspects, before=was, after=becomes, notice=notice)


def asked(before: Policy, after: Policy) -> Iterator[tuple[str, str]]:
    """Each item of either pack by the notice of its day, and each that both have by every former notice that one of them knows."""
    for code in dict.fromkeys([*before.items, *after.items]):
        yield code, ""
        both = [policy.items[code] for policy in (before, after) if code in policy.items]
        if len(both) > 1:
            yield from ((code, version) for version in sorted({held.version for item in both for held in item.notices}))


def differences(was: Fate, becomes: Fate) -> tuple[Aspect, ...]:
    """In what two outcomes differ; where one of them is no verification, in that alone."""
    if was.course is not becomes.course:
        return (Aspect.COURSE,)
    found = {
        Aspect.LEVEL: was.level != becomes.level,
        Aspect.WAYS: was.ways != becomes.ways,
        Aspect.WHEN: was.before_decision != becomes.before_decision,
        Aspect.TERM: (was.term, was.term_from) != (becomes.term, becomes.term_from),
        Aspect.STRATUM: was.stratum != becomes.stratum,
        Aspect.DRAW: _drawn(was.draw) != _drawn(becomes.draw),
    }
    return tuple(one for one in Aspect if found.get(one))


def _drawn(row: SamplingRow | None) -> tuple[object, ...]:
    """How many of a stratum are drawn: its row, but for names and basis."""
    if row is None:
        return ()
    owed = [(held.levels, held.least, held.per) for held in row.owed]
    return row.ratio, row.each, row.minimum, row.per, row.rolling, row.key, row.most, owed
