"""What the check sheets of a draw's visits say, counted: by code of the field's form how many visits have it (handbook 1.2, 1.2.25).

An outcome is a set there, so the counts may add up to more than the visits. Nobody is named, and a tick is no finding about anybody.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from inspector.domain.checkcode import CodeList, CodeRow
from inspector.domain.collated import LINES, Collated


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticked:
    """A code of a list, its names as its pack has them (its code where no pack has it any more), and how many visits have it."""

    list: CodeList
    code: str
    name: str
    name_en: str
    visits: int


def ticked(visits: Iterable[Collection[Collated]], codes: Collection[CodeRow]) -> tuple[Ticked, ...]:
    """By list and code, in the pack's order; of each visit the sheets of all who went, each code once. What clashes says nothing yet."""
    counts: Counter[tuple[CodeList, str]] = Counter()
    for sheets in visits:
        counts.update(
            {
                (among, code)
                for sheet in sheets
                for line, said in sheet.lines
                if (among := LINES.get(line.partition("~")[0])) is not None
                for code in said
            }
        )
    order = {(row.list, row.code): (number, row) for number, row in enumerate(codes)}
    told = []
    for among, code in sorted(counts, key=lambda one: (list(CodeList).index(one[0]), order.get(one, (len(order),))[0], one[1])):
        row = order[among, code][1] if (among, code) in order else None
        names = (row.name, row.name_en) if row else (code, code)
        told.append(Ticked(list=among, code=code, name=names[0], name_en=names[1], visits=counts[among, code]))
    return tuple(told)
