"""The public register as files that need no server: pages in Chinese and English, and the same for programs. Pure: lines in, files out.

No picture, no address but those of the folder itself, and one script, which searches in the folder's own files. Lines keep the page on
which they first stood, so that a later register differs from an earlier one in its last page, its index and what was taken back. No file
grows with the register but the index: lines are on pages of `PAGE`, and in parts of `PART` for programs and for the search.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from inspector.domain.disclosure import PenaltyLine
from inspector.domain.drawcount import DrawCount
from inspector.domain.gazette import Line
from inspector.domain.headlist import PublicHead
from inspector.domain.pledge import Pledge
from inspector.gazette import counts, data, heads, letters, pages, penalties, search
from inspector.gazette.frame import PART, place

__all__ = ["Register", "files", "place"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """What is to stand. `withheld` wait for an officer, or for visits of their draw; `counted` are told by their number alone.

    `pledges` are the commitment letters that are public. `on`: the day of which it is, told on its first page; None: of none yet.
    `penalties` with how many of them wait, and how many persons' are told by agency; `heads` of the ledger, signed by `key` where it is
    not empty; `draws`: what is counted of each draw whose record is open.
    """

    title: str
    lines: Sequence[Line]
    withheld: int = 0
    counted: int = 0
    pledges: Sequence[Pledge] = ()
    on: date | None = None
    penalties: Sequence[PenaltyLine] = ()
    penalties_withheld: int = 0
    penalties_counted: Mapping[str, int] = field(default_factory=dict)
    heads: Sequence[PublicHead] = ()
    key: str = ""
    draws: Sequence[DrawCount] = ()


def files(register: Register) -> Iterator[tuple[str, bytes]]:
    """Every file by its path in the folder."""
    lines = register.lines
    parts = [lines[start : start + PART] for start in range(0, len(lines), PART)]
    totals = pages.Totals(
        standing=sum(one.removed is None for one in lines),
        removed=sum(one.removed is not None for one in lines),
        withheld=register.withheld,
        counted=register.counted,
        on=register.on,
    )
    yield from pages.files(register.title, lines, totals, [name for at in range(len(parts)) for name in data.names(at + 1)])
    yield from letters.files(register.title, register.pledges)
    yield from penalties.files(register.title, register.penalties, register.penalties_withheld, register.penalties_counted)
    yield from counts.files(register.title, register.draws)
    yield from heads.files(register.title, register.heads, register.key)
    yield from search.pages(register.title, len(parts))
    for number, part in enumerate(parts, 1):
        yield from data.files(number, part)
        yield search.part(number, (number - 1) * PART, part)
