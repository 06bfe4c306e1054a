"""What must be true of a pack's rows about who may be drawn, how many, and how often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import pairwise

from inspector.domain.calendar import Term, Unit
from inspector.domain.evidence import span
from inspector.domain.inspection import CheckType
from inspector.domain.sampling import FULL, MUST, POOL
from inspector.policybook.part import strange
from inspector.policybook.rows import Draft

PROPOSALS = frozenset({"P", "H"})
"""The sources of what stands in no law or document (P: proposed by the handbook; H: by this software): they allow nothing."""

Found = Callable[..., None]

_YEAR = span(Term(amount=12, unit=Unit.MONTH))


def _samplings(draft: Draft, found: Found) -> None:
    times = Counter(row.stratum for row in draft.samplings)
    for stratum in sorted(stratum for stratum, count in times.items() if count > 1):
        found("sampling_twice", "sampling", "stratum", value=stratum)
    for row in draft.strategies:
        if row.stratum is not None and row.stratum not in times:
            found("sampling_missing", f"strategy {row.row}", "stratum", value=row.stratum)
    for stratum in (FULL, MUST, *(f"{POOL}{level.code}" for level in draft.levels)):
        if stratum not in times:
            found("sampling_missing", "sampling", "stratum", value=stratum)
    known = [level.code for level in draft.levels]
    scale = frozenset(known)
    led = {FULL, MUST, *(f"{POOL}{level}" for level in known), *(row.stratum for row in draft.strategies)}
    for sampling in draft.samplings:
        if sampling.stratum not in led:
            found("sampling_unreachable", f"sampling {sampling.row}", "stratum", value=sampling.stratum)
        owed = sampling.stratum in {FULL, MUST}
        if owed and not sampling.whole:
            found("full_not_all", f"sampling {sampling.row}", "ratio", value=sampling.stratum)
        if not owed and sampling.level not in scale:
            told = {"value": sampling.stratum, "known": ", ".join(known)}
            found("level_needed", f"sampling {sampling.row}", "level", **told)


def _again(draft: Draft, found: Found) -> None:
    """Where daily supervision takes everybody in a period, something must keep the next draw of the period from taking them again."""
    limits = {row.level: row for row in draft.frequencies}
    for row in draft.samplings:
        held = limits.get(row.level or "")
        if row.whole and row.stratum.startswith(POOL) and held is not None and held.cap is None and held.cool_down is None:
            found("whole_again", f"sampling {row.row}", "ratio", value=row.stratum, other=held.row)


def _register(draft: Draft, found: Found) -> None:
    """The floor tops up every level in a stated order, and lies below the ceiling."""
    if draft.floor is None:
        return
    levels = [level.code for level in draft.levels]
    if sorted(draft.floor.order) != sorted(levels):
        found("order_incomplete", f"floor {draft.floor.row}", "order", known=", ".join(levels))
    if draft.ceiling is not None and draft.floor.ratio > draft.ceiling.ratio:
        found("floor_above_ceiling", f"floor {draft.floor.row}", "ratio", value=draft.floor.ratio, other=draft.ceiling.ratio)


def _sizes(draft: Draft, found: Found) -> None:
    for before, row in pairwise(sorted(draft.sizes, key=lambda held: held.over)):
        if before.up_to is None or row.over < before.up_to:
            found("sizes_overlap", f"size {row.row}", "over", other=before.row)


def _frequencies(draft: Draft, found: Found) -> None:
    known = [level.code for level in draft.levels]
    scale = frozenset(known)
    for row in draft.frequencies:
        if row.level not in scale:
            code, told = strange(row.level, known)
            found(code, f"frequency {row.row}", "level", **told)
        if row.pace is not None and row.cool_down is not None and span(row.pace) <= span(row.cool_down):
            found("coverage_within_cool_down", f"frequency {row.row}", "coverage", value=row.pace, other=row.cool_down)
        if row.pace is not None and row.cap is not None and row.cap * span(row.pace) < _YEAR:
            found("cap_below_coverage", f"frequency {row.row}", "cap", value=row.cap, other=row.pace)
    missing, twice = lacking_and_repeated((row.level for row in draft.frequencies), known)
    if missing:
        found("frequency_missing", "frequency", "level", value=missing)
    if twice:
        found("frequency_twice", "frequency", "level", value=twice)


def _checks(draft: Draft, found: Found) -> None:
    missing, twice = lacking_and_repeated((row.check for row in draft.checks), CheckType)
    if missing:
        found("check_missing", "check", "type", value=missing)
    if twice:
        found("check_twice", "check", "type", value=twice)


def lacking_and_repeated(given: Iterable[str], wanted: Iterable[str]) -> tuple[str, str]:
    """Which of the wanted values are not given, and which more than once."""
    times = Counter(str(value) for value in given)
    names = [str(value) for value in wanted]
    return ", ".join(name for name in names if none(times[name])), ", ".join(name for name in names if several(times[name]))


def none(count: int) -> bool:
    """Not there."""
    return count == 0


def several(count: int) -> bool:
    """There more than once."""
    return count > 1


PROOFS: tuple[tuple[tuple[str, ...], Callable[[Draft, Found], None]], ...] = (
    (("level", "strategy", "sampling"), _samplings),
    (("sampling", "frequency"), _again),
    (("level", "floor", "ceiling"), _register),
    (("size",), _sizes),
    (("level", "frequency"), _frequencies),
    (("check",), _checks),
)
"""Each proof with the tables it needs whole."""
