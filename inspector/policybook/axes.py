"""What must be true of the rows that make one level of several ratings: each combination has exactly one."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import islice

from inspector.domain.scale import CombineRow, combinations, covered
from inspector.policybook.part import strange
from inspector.policybook.rows import Draft
from inspector.policybook.sizes import Found

MOST = 100_000
"""So many combinations can be proven at every start; a table of more is none that somebody has read."""

LONGEST = 200
"""So many characters of a stated rating are kept."""

_SHOWN = 10


def _words(draft: Draft, found: Found) -> None:
    """Every row speaks of axes and values that there are, and leads to a level that says something."""
    known = {axis.code: axis.values for axis in draft.scale.axes}
    levels = [level.code for level in draft.levels if not level.unrated]
    for row in draft.scale.rows:
        here = f"combine {row.row}"
        if row.level not in levels:
            _unknown(found, here, "level", row.level, levels)
        for axis, values in row.of.items():
            if axis not in known:
                _unknown(found, here, f"of.{axis}", axis, list(known))
                continue
            for value in sorted(values - {*known[axis]}):
                _unknown(found, here, f"of.{axis}", value, known[axis])


def _unknown(found: Found, row: str, field: str, value: str, known: Iterable[str]) -> None:
    code, told = strange(value, list(known))
    found(code, row, field, **told)


def _each_once(draft: Draft, found: Found) -> None:
    scale = draft.scale
    if bool(scale.axes) is not bool(scale.rows):
        found("axes_alone", "combine" if scale.axes else "axis", "", value="[[axis]]" if scale.axes else "[[combine]]")
        return
    longest = sum(len(axis.code) + max(map(len, axis.values)) + 2 for axis in scale.axes) - 1
    if longest > LONGEST:
        found("rating_long", "axis", "values", value=longest, most=LONGEST)
    count = math.prod(len(axis.values) for axis in scale.axes)
    if count > MOST:
        found("combinations_many", "axis", "values", value=count, most=MOST)
    elif scale.rows:
        _count(draft, found)


def _count(draft: Draft, found: Found) -> None:
    """Each row is spread over what it speaks of, once: rows that overlap much are told after as many doubles as can be read."""
    first, twice = dict[tuple[str, ...], CombineRow](), dict[tuple[str, ...], list[str]]()
    for row in draft.scale.rows:
        for cell in covered(draft.scale.axes, row):
            other = first.setdefault(cell, row)
            if other is not row:
                twice.setdefault(cell, [other.row]).append(row.row)
                if len(twice) > _SHOWN:
                    break
    missing = list(islice((cell for cell in combinations(draft.scale.axes) if cell not in first), _SHOWN + 1))
    if missing:
        found("combination_missing", "combine", "of", value=_listed("/".join(cell) for cell in missing))
    if twice:
        told = _listed(f"{'/'.join(cell)} ({', '.join(rows)})" for cell, rows in twice.items())
        found("combination_twice", "combine", "of", value=told)
    reached = Counter(row.row for row in first.values())
    for row in draft.scale.rows:
        if not reached[row.row] and not twice:
            found("combination_unreachable", f"combine {row.row}", "of")


def _listed(words: Iterable[str]) -> str:
    held = list(words)
    return ", ".join(held[:_SHOWN]) + (" …" if len(held) > _SHOWN else "")


PROOFS: tuple[tuple[tuple[str, ...], Callable[[Draft, Found], None]], ...] = (
    (("axis", "combine", "level"), _words),
    (("axis", "combine"), _each_once),
)
"""Each proof with the tables it needs whole."""
