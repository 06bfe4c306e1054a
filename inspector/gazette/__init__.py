"""The public register as files that need no server: pages in Chinese and English, and the same for programs. Pure: lines in, files out.

No picture, no address but those of the folder itself, and one script, which searches in the folder's own files. Lines keep the page on
which they first stood, so that a later register differs from an earlier one in its last page, its index and what was taken back. No file
grows with the register but the index: lines are on pages of `PAGE`, and in parts of `PART` for programs and for the search.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from inspector.domain.disclosure import PenaltyLine
from inspector.domain.drawcount import DrawCount
from inspector.domain.gazette import CheckResult, Fallen, Line
from inspector.domain.headlist import PublicHead
from inspector.domain.inspection import CheckType
from inspector.domain.pledge import Pledge
from inspector.gazette import counts, data, heads, letters, pages, penalties, search
from inspector.gazette.frame import PAGE, PART, place

__all__ = ["Register", "files", "look", "place", "unchanged"]


def _another(_start: int, _stop: int) -> bool:
    """Nothing is as it was before: there was nothing."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """What is to stand. `withheld` wait for an officer, or for visits of their draw; `counted` are told by their number alone.

    `pledges` are the commitment letters that are public. `on`: the day of which it is, told on its first page; None: of none yet.
    `removed`: how many of the lines were taken back; None: they are counted. `same`: whether the lines from one place and before another
    are those of a former register, and others follow them or not as there; its files of them stand, and are not made again.
    `penalties` with how many of them wait, and how many persons' are told by agency; `heads` of the ledger, signed by `key` where it is
    not empty; `draws`: what is counted of each draw whose record is open.
    """

    title: str
    lines: Sequence[Line]
    withheld: int = 0
    counted: int = 0
    pledges: Sequence[Pledge] = ()
    on: date | None = None
    removed: int | None = None
    same: Callable[[int, int], bool] = _another
    penalties: Sequence[PenaltyLine] = ()
    penalties_withheld: int = 0
    penalties_counted: Mapping[str, int] = field(default_factory=dict)
    heads: Sequence[PublicHead] = ()
    key: str = ""
    draws: Sequence[DrawCount] = ()


def files(register: Register) -> Iterator[tuple[str, bytes]]:
    """Every file by its path in the folder, but those that are `unchanged`."""
    lines = register.lines
    removed = register.removed if register.removed is not None else sum(one.removed is not None for one in lines)
    parts = list(enumerate(range(0, len(lines), PART), 1))
    totals = pages.Totals(
        standing=len(lines) - removed,
        removed=removed,
        withheld=register.withheld,
        counted=register.counted,
        on=register.on,
    )
    raw = [name for number, _ in parts for name in data.names(number)]
    yield from pages.files(register.title, lines, totals, raw, register.same)
    yield from letters.files(register.title, register.pledges)
    yield from penalties.files(register.title, register.penalties, register.penalties_withheld, register.penalties_counted)
    yield from counts.files(register.title, register.draws)
    yield from heads.files(register.title, register.heads, register.key)
    yield from search.pages(register.title, len(parts))
    for number, start in parts:
        if not register.same(start, start + PART):
            part = lines[start : start + PART]
            yield from data.files(number, part)
            yield search.part(number, start, part)


def unchanged(register: Register) -> Iterator[str]:
    """The files whose lines are those of a former register: they stand as they are."""
    yield from pages.names(len(register.lines), register.same)
    for number, start in enumerate(range(0, len(register.lines), PART), 1):
        if register.same(start, start + PART):
            yield from (*data.names(number), search.name(number))


def look(title: str) -> str:
    """One digest of how pages look and parts are laid out: of a register with a line of each kind. Another one, and no page stands."""
    day = date(2000, 1, 1)
    bare = Line(
        id="a.b",
        draw="d",
        agency="c",
        check=CheckType.PLANNED,
        name="",
        code="",
        formed_on=None,
        posted_on=day,
        found=CheckResult.NOTHING,
        number="b.a",
    )
    lines = [
        *(replace(bare, check=one) for one in CheckType),
        *(replace(bare, found=one, number="", name="n", code="e", formed_on=day) for one in CheckResult),
        *(bare.taken_back(one, day) for one in Fallen),
        replace(bare, draw=""),
    ]
    held = hashlib.sha256(f"{PAGE}/{PART}".encode())
    for name, content in files(Register(title=title, lines=lines)):
        held.update(b"\n".join((name.encode(), content, b"")))
    return held.hexdigest()
