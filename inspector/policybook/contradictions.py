"""What one row of a pack says against another, and what says nothing: proofs that a pack of before, kept because it is cited, is spared.

A text that a house has used cannot be mended any more; what it decided stands. Whatever is added here is asked of files in the folder.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import product

from inspector.domain.calendar import Term, Unit
from inspector.domain.case import Method, SubjectKind, VerifyFrom
from inspector.domain.evidence import span
from inspector.domain.quiet import QuietRow, Weekday
from inspector.domain.sampling import POOL, SamplingRow, Window
from inspector.domain.timer import Timer
from inspector.labels import of
from inspector.policybook.legaltime import VISITED
from inspector.policybook.rows import Draft
from inspector.policybook.sizes import Found

YEARLY = {Window.MONTH: 12, Window.QUARTER: 4, Window.YEAR: 1}
"""How often a window comes round in a year."""
_WORKDAYS = tuple(day for day in Weekday if day not in (Weekday.SAT, Weekday.SUN))
_WITHIN = (
    (Timer.ASSIST_REMIND, Timer.ASSIST_REPLY),
    (Timer.ASSIST_LAST, Timer.ASSIST_REPLY),
    (Timer.ASSIST_ACK, Timer.ASSIST_REPLY),
    (Timer.ASSIST_URGENT, Timer.ASSIST_REPLY),
    (Timer.ASSIST_PLATFORM, Timer.ASSIST_PUBLISH),
    (Timer.REVIEW_REMIND, Timer.REVIEW),
    (Timer.SELF_PROOF_REMIND, Timer.SELF_PROOF),
    (Timer.ACCEPT, Timer.VISIT),
    (Timer.RELEASE, Timer.VISIT),
)
"""Terms that lie within another one: a reminder within what it reminds of, the acceptance and the telling of an object within the visit."""

_A_DAY = frozenset({Unit.WORKING_DAY, Unit.DAY, Unit.MONTH, Unit.YEAR})


def _bases(draft: Draft, found: Found) -> None:
    """A level, an axis, and for how long a fact's data hold are values like any other: each with its own basis."""
    for level in draft.levels:
        if not level.basis:
            found("fields_missing", f"level {level.code}", "basis", value="basis")
    for axis in draft.scale.axes:
        if not axis.basis:
            found("fields_missing", f"axis {axis.code}", "basis", value="basis")
    for item in draft.items:
        for fact in (fact for fact in item.facts if not fact.valid_for_basis):
            found("fields_missing", f"item {item.code} · fact {fact.code}", "valid_for_basis", value="valid_for_basis")


def _levels(draft: Draft, found: Found) -> None:
    """A stratum's level is that of every row that leads to it: by it go its caps, its cool-down, and what is compared with it."""
    named = {row.stratum: row for row in reversed(draft.samplings)}
    scale = {level.code for level in draft.levels}
    for row in draft.strategies:
        held = named.get(row.stratum or "")
        others = sorted((row.levels & scale) - {held.level}) if held is not None and held.level is not None else []
        if held is not None and others:
            told = {"value": held.stratum, "level": held.level, "other": ", ".join(others), "by": row.row}
            found("stratum_level", f"sampling {held.row}", "level", **told)
    for level in draft.levels:
        pool = named.get(f"{POOL}{level.code}")
        if pool is not None and pool.level is not None and pool.level != level.code:
            told = {"value": pool.stratum, "level": pool.level, "other": level.code, "by": pool.stratum}
            found("stratum_level", f"sampling {pool.row}", "level", **told)


def _heavier(draft: Draft, found: Found) -> None:
    """Committers are drawn more than others of their level only where a cited article is marked as permitting it (scenario 5).

    The plan forbids it (item 7), a proposal allows nothing, and a law on something else neither: the pack says which article does.

    Compared is what a year comes to: share, least number and number by officers, each as often as its window comes round.
    """
    rows = {row.stratum: row for row in draft.samplings}
    for stratum in sorted({row.stratum for row in draft.strategies if row.stratum is not None} & rows.keys()):
        row = rows[stratum]
        others = rows.get(f"{POOL}{row.level}")
        if others is not None and not draft.permits(row.basis) and _more(row, others):
            told = {"value": stratum, "ratio": _said(row), "level": row.level, "other": _said(others)}
            told |= {"ratio_zh": _said_zh(row), "other_zh": _said_zh(others)}
            found("heavier_uncited", f"sampling {row.row}", "basis", **told)
    for strategy in draft.strategies:
        if strategy.visit_all and not draft.permits(strategy.basis):
            found("visit_all_uncited", f"strategy {strategy.row}", "basis", value=strategy.basis)


def _said_zh(row: SamplingRow) -> str:
    size = str(row.ratio) if row.each is None else f"每人 {row.each} 个"
    return f"每{of(row.per, 'zh-Hans').removeprefix('每')} {size}，至少 {row.minimum} 个"


def _more(row: SamplingRow, others: SamplingRow) -> bool:
    """Whether one stratum may be drawn more in a year than another; what cannot be compared may be."""
    if row.per is Window.DRAW and others.per is not Window.DRAW:
        return True  # as often as somebody holds a draw
    times, theirs = YEARLY.get(row.per, 1), YEARLY.get(others.per, 1)
    if row.minimum * times > others.minimum * theirs:
        return True
    if row.each is not None or others.each is not None:
        return others.each is None or (row.each or 0) * times > others.each * theirs or row.ratio > 0
    return _share(row, times) > _share(others, theirs)


def _share(row: SamplingRow, times: int) -> Fraction:
    return row.ratio * times if row.most is None else min(row.ratio * times, row.most)


def _said(row: SamplingRow) -> str:
    size = str(row.ratio) if row.each is None else f"each {row.each}"
    return f"{size} per {row.per.value} (minimum {row.minimum})"


def _intakes(draft: Draft, found: Found) -> None:
    """What is counted over a window is drawn of all that came in it: cases wait for its end (`rolling`), objects stand there anyway.

    Cases that a draw passed over come into no later frame but those of an intake. A share of the quarter's cases without it would be one of
    the last draw's alone, and what was drawn before taken off: next to nothing. An intake of objects would be drawn at every draw anew.
    """
    pools, named = {f"{POOL}{level.code}" for level in draft.levels}, {row.stratum for row in draft.strategies}
    for row in {row.stratum: row for row in draft.samplings}.values():
        if row.stratum in pools and row.rolling:
            found("pool_rolling", f"sampling {row.row}", "rolling", value=row.stratum)
        elif row.stratum in named and not (row.register or row.rolling or row.whole or row.per is Window.DRAW):
            found("intake_not_rolling", f"sampling {row.row}", "rolling", value=row.stratum, per=row.per)


def _visits(draft: Draft, found: Found) -> None:
    """A row that sends people whatever the case needs has the way by which they go, and is not stopped below what is owed."""
    for row in draft.strategies:
        if row.visit_all and Method.ON_SITE not in row.methods:
            found("visit_all_nowhere", f"strategy {row.row}", "visit_all")
    year = span(Term(amount=12, unit=Unit.MONTH))
    for limit in draft.frequencies:
        if limit.times > 1 and not limit.spread_basis:
            found("spread_uncited", f"frequency {limit.row}", "spread_basis", value=limit.times, other=limit.coverage)
        if limit.pace is not None and limit.stop is not None and limit.stop * span(limit.pace) < year:
            found("stop_below_coverage", f"frequency {limit.row}", "stop", value=limit.stop, other=limit.pace)


def _counting(draft: Draft, found: Found) -> None:
    """What is counted from the decision is not verified before it."""
    for item in (item for item in draft.items if item.verify_from is VerifyFrom.DECISION):
        early = sorted(row.row for row in draft.strategies if row.fits(item) and row.before_decision)
        if early and not item.exempt:
            found("decision_awaited", f"item {item.code}", "verify_from", value=", ".join(early))


def _windows(draft: Draft, found: Found) -> None:
    """All windows together leave a working day on which somebody may go, for each kind of subject, type of check and district."""
    pools = sorted({pool for row in draft.quiets for pool in row.pools})
    for kind, check, pool in product(SubjectKind, sorted(VISITED), ["", *pools]):
        rows = [
            row
            for row in draft.quiets
            if kind in row.subjects and check not in row.excepted and (not row.pools or pool in row.pools)
        ]
        if rows and all(any(_shuts(row, day, weekday) for row in rows) for day, weekday in product(range(1, 32), _WORKDAYS)):
            found("quiet_always", ", ".join(f"quiet {row.row}" for row in rows), "days, weekdays")
            return


def _idle_windows(draft: Draft, found: Found) -> None:
    """A window within a wider one closes nothing."""
    for row in draft.quiets:
        other = next(
            (held for held in draft.quiets if _within(row, held) and (not _within(held, row) or held.row < row.row)), None
        )
        if other is not None:
            found("quiet_within", f"quiet {row.row}", "days" if row.days else "weekdays", other=other.row)


def _suppressed(draft: Draft, found: Found) -> None:
    """One row says of a check what it makes superfluous: of two the longer would hold, and the other say nothing."""
    seen = dict[tuple[object, ...], str]()
    for row in draft.suppressions:
        keys = {check: (check, row.code, row.authority, row.same_items, row.routine) for check in sorted(row.checks)}
        both = [check for check, key in keys.items() if key in seen]
        if both:
            value, other = ", ".join(both), seen[keys[both[0]]]
            found("suppression_twice", f"suppression {row.row}", "checks", value=value, other=other)
        seen |= dict.fromkeys((key for key in keys.values() if key not in seen), row.row)


def _small(draft: Draft, found: Found) -> None:
    """No rule asks for more of a register than there can be in it."""
    for row in draft.sizes:
        if row.up_to is not None and row.least > row.up_to:
            found("size_beyond", f"size {row.row}", "least", value=row.least, other=row.up_to)


def _within(row: QuietRow, other: QuietRow) -> bool:
    """Whether another window closes all that this one closes."""
    if row is other or bool(row.days) is not bool(other.days):
        return False
    pools = not other.pools or (bool(row.pools) and row.pools <= other.pools)
    closed = row.days <= other.days and row.weekdays <= other.weekdays
    return closed and pools and row.subjects <= other.subjects and row.excepted >= other.excepted


def _shuts(row: QuietRow, day: int, weekday: Weekday) -> bool:
    return day in row.days or weekday in row.weekdays


def _terms(draft: Draft, found: Found) -> None:
    """A term within another one is no longer than it. Hours and minutes, which only a demonstration has, are not held against days."""
    held = {row.timer: row for row in draft.terms}
    for inner, outer in ((held.get(one), held.get(other)) for one, other in _WITHIN):
        if (
            inner is not None
            and outer is not None
            and {inner.term.unit, outer.term.unit} <= _A_DAY
            and _days(inner.term) > _days(outer.term)
        ):
            told = {"value": inner.term, "other": f"{outer.timer.value} {outer.term}"}
            found("term_beyond", f"term {inner.row}", "term", **told)


def _days(term: Term) -> Fraction:
    """About how many days: five working days are a week."""
    return Fraction(term.amount * 7, 5) if term.unit is Unit.WORKING_DAY else Fraction(span(term).days)


def _published(draft: Draft, found: Found) -> None:
    """What is owed to the public can fall: then it is taken back, with the reason (Penalties Law art. 48)."""
    owed, back = draft.publish.within, draft.publish.withdraw
    if (owed is None) is not (back is None):
        lacks = "withdraw" if back is None else "within"
        found("publish_one_sided", "publish", lacks, value=lacks)


PROOFS: tuple[tuple[tuple[str, ...], Callable[[Draft, Found], None]], ...] = (
    (("publish",), _published),
    (("level", "axis", "item"), _bases),
    (("level", "strategy", "sampling"), _levels),
    (("strategy", "sampling"), _heavier),
    (("level", "strategy", "sampling"), _intakes),
    (("strategy", "frequency"), _visits),
    (("strategy", "item"), _counting),
    (("quiet",), _windows),
    (("quiet",), _idle_windows),
    (("suppression",), _suppressed),
    (("size",), _small),
    (("term",), _terms),
)
"""Each proof with the tables it needs whole."""
