"""The columns a file may have, and a reader that turns a row's cells into values and notes what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from typing import TypeVar, cast

from inspector.domain.case import SubjectKind
from inspector.domain.day import FIRST, LAST, meant
from inspector.domain.line import hidden
from inspector.domain.signs import composed
from inspector.flows.diagnosis import Diagnosis
from inspector.labels import LANGS, Lang, of
from inspector.sheets.flaw import HEAD, RowFlaw
from inspector.sheets.sheet import Cell, Row, Sheet

E = TypeVar("E", bound=StrEnum)

_CONTROL_IN_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_BREAK = re.compile(r"[\r\n]")
_DAY = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")
_EXACT = 10**15
"""From here on a spreadsheet's numbers are not exact."""
_FORMULA = frozenset("=+-@'\"")
"""Signs at the beginning of a cell that a spreadsheet computes with or swallows."""
ALSO: Mapping[StrEnum, tuple[str, ...]] = {SubjectKind.FIRM: ("企业", "单位", "法人"), SubjectKind.PERSON: ("个人", "自然人")}
"""Further words that offices write for a member."""

NEVER = date(1, 1, 1)
"""What stands for a day that could not be read; its row is never used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column. `coded` cells must be text (codes, names, phones); `many` is for text of several lines.

    `also` are further heads under which offices keep it. `plain` ones are codes that no spreadsheet may take for a formula or a text
    mark: what is committed to and published begins with none of their signs.
    """

    name: str
    chinese: str
    meaning: str = ""
    needed: bool = False
    coded: bool = False
    plain: bool = False
    many: bool = False
    most: int = 200
    also: tuple[str, ...] = ()


CODE = Column(
    name="code",
    chinese="主体代码",
    meaning="credit code or identity number, as text",
    needed=True,
    coded=True,
    plain=True,
    most=64,
)
"""Whom a row is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A file's columns; `prefix` begins further ones of the file's own (`claim:`), `open_ended` passes unknown ones over.

    `whole`: a row with fewer cells than heads is refused, for a code cut off would stand for its default. Else it is remarked on:
    spreadsheets leave empty cells at the end of a row out of a CSV.
    """

    columns: tuple[Column, ...]
    prefix: str = ""
    prefix_chinese: str = ""
    open_ended: bool = False
    whole: bool = False

    def named(self, head: str) -> str | None:
        """The column a head stands for, by either name; case and the width of the colon do not matter."""
        plain = head.strip().replace("：", ":")
        for column in self.columns:
            if plain.casefold() == column.name or plain == column.chinese or plain.casefold() in column.also:
                return column.name
        for prefix in filter(None, (self.prefix, self.prefix_chinese)):
            if plain.casefold().startswith(prefix) and plain[len(prefix) :].strip():
                return self.prefix + plain[len(prefix) :].strip()
        return None

    def shown(self, name: str, lang: Lang) -> str:
        """A column as a person is told it: by its Chinese head too, where Chinese is spoken; "-" where a whole row is meant."""
        known = {column.name: column.chinese for column in self.columns}
        chinese = known.get(name, "")
        if self.prefix and name.startswith(self.prefix):
            chinese = self.prefix_chinese + name.removeprefix(self.prefix)
        return (f"{chinese} {name}" if chinese and lang == "zh-Hans" else name) or "-"

    def heads(self, sheet: Sheet) -> tuple[tuple[str | None, ...], Diagnosis]:
        """(the column at each position, what is wrong or odd about the file and its heads)."""
        found = tuple(self.named(head) for head in sheet.heads)
        flaws, odd = [], list(sheet.odd)
        for place, (head, name) in enumerate(zip(sheet.heads, found, strict=True)):
            if name is None and (self.open_ended or not head):
                odd += [RowFlaw(row=HEAD, column=head, code="column_passed")] if head else []
            elif name is None:
                known = [column.name for column in self.columns]
                near = get_close_matches(head.casefold(), known, n=1, cutoff=0.0) or known[:1]
                flaws.append(RowFlaw(row=HEAD, column=head, code="column_unknown", facts={"column": head, "nearest": near[0]}))
            elif name in found[:place]:
                flaws.append(RowFlaw(row=HEAD, column=head, code="column_twice"))
        flaws += [
            RowFlaw(
                row=HEAD, column=column.name, code="column_missing", facts={"other": ", ".join((column.chinese, *column.also))}
            )
            for column in self.columns
            if column.needed and column.name not in found
        ]
        return found, Diagnosis(flaws=flaws, warnings=odd)

    def readers(self, sheet: Sheet, found: Sequence[str | None], told: Diagnosis) -> Iterator[RowReader]:
        """A reader for each row, also where heads are wrong: people mend a file once, not once for each kind of fault."""
        named = [name is not None or self.open_ended or bool(head) for name, head in zip(found, sheet.heads, strict=True)]
        for row in sheet.rows:
            yield RowReader(self, row, found, named, told)


class RowReader:
    """One row's cells as values. What is wrong is noted and a stand-in returned; `sound` tells whether the row may be used.

    `spoiled` are the columns whose values are stand-ins: those that are wrong here, and those that the file lacks.
    """

    def __init__(self, layout: Layout, row: Row, found: Sequence[str | None], named: Sequence[bool], told: Diagnosis) -> None:
        self.number = row.number
        self.cells: dict[str, Cell] = {name: cell for name, cell in zip(found, row.cells, strict=False) if name is not None}
        self._columns = {column.name: column for column in layout.columns}
        self._told = told
        self._lacking = {column.name for column in layout.columns if column.needed and column.name not in found}
        self.spoiled = set(self._lacking)
        self._wrong = False
        if any(cell != "" and not (place < len(named) and named[place]) for place, cell in enumerate(row.cells)):
            self.flaw("", "cells_too_many")
        if len(row.cells) < len(named) and any(named[len(row.cells) :]):
            (self.flaw if layout.whole else self.warn)("", "cells_too_few")

    @property
    def sound(self) -> bool:
        """Whether nothing was wrong with the row so far."""
        return not self._wrong and not self._lacking

    def flaw(self, column: str, code: str, **facts: object) -> None:
        """Note something wrong; an empty cell of a column that the file lacks has been told at the head."""
        self.spoiled.add(column)
        if not (code == "cell_empty" and column in self._lacking):
            self.note(RowFlaw(row=self.number, column=column, code=code, facts=facts))

    def note(self, flaw: RowFlaw) -> None:
        """Note something wrong that was found elsewhere."""
        self._wrong = True
        self._told.flaws.append(flaw)

    def warn(self, column: str, code: str, **facts: object) -> None:
        """Note something odd; the row is taken all the same."""
        self._told.warnings.append(RowFlaw(row=self.number, column=column, code=code, facts=facts))

    def text(self, name: str, default: str = "", most: int = 0) -> str:
        """A cell as text, without outer white space."""
        column = self._columns.get(name, Column(name=name, chinese=name, most=most or 1_000))
        told = self._plain(column, self.cells.get(name, ""))
        if not told and column.needed:
            self.flaw(name, "cell_empty")
        if len(told) > column.most:
            self.flaw(name, "cell_too_long", length=len(told), most=column.most)
        found = _CONTROL_IN_TEXT.search(told) if column.many else None
        if place := found.start() + 1 if found else 0 if column.many else hidden(told):
            self.flaw(name, "cell_control", place=place)
        if column.plain and (sign := composed(told[:1])) in _FORMULA:
            self.flaw(name, "code_formula", value=told[:40], sign=sign)
        return told or default

    def day(self, name: str, default: date | None = None) -> date:
        """A cell as a day."""
        cell = self.cells.get(name, "")
        if isinstance(cell, date):
            return self._meant(name, cell)
        if isinstance(cell, str) and not cell.strip() and default is not None:
            return default
        found = _DAY.fullmatch(_narrow(cell)) if isinstance(cell, str) else None
        try:
            read = date(*map(int, found.groups())) if found else None
        except ValueError:
            read = None
        if read is not None and _narrow(str(cell)) != str(cell).strip():
            self.warn(name, "cell_width", read=read.isoformat())
        return self._meant(name, read) if read is not None else self._no_day(name, cell)

    def _meant(self, name: str, day: date) -> date:
        if meant(day):
            return day
        self.flaw(name, "day_beyond", value=day.isoformat(), first=FIRST.isoformat(), last=LAST.isoformat())
        return NEVER

    def maybe_day(self, name: str) -> date | None:
        """A cell as a day; None for an empty one."""
        return self.day(name) if self.cells.get(name, "") != "" else None

    def number_of(self, name: str, default: int) -> int:
        """A cell as a whole number from 0."""
        cell = self.cells.get(name, "")
        if isinstance(cell, int | float):
            cell = str(int(cell)) if cell == int(cell) else str(cell)
        told = _narrow(str(cell))
        if not told:
            return default
        if not (told.isascii() and told.isdecimal() and len(told) < 10):
            self.flaw(name, "number_unreadable", value=told[:40])
            return default
        if told != str(cell).strip():
            self.warn(name, "cell_width", read=told)
        return int(told)

    def choice(self, name: str, kind: type[E], default: E | None = None) -> E:
        """A cell as a member of an enum: by its value, or by its words in either language."""
        told = str(self.cells.get(name, "")).strip()
        if not told and default is not None:
            return default
        if (meant := _meanings(kind).get(told.casefold())) is not None:
            return cast("E", meant)
        known = ", ".join(f"{member.value} {of(member, 'zh-Hans')}" for member in kind)
        self.flaw(name, "choice_unknown" if told else "cell_empty", value=told[:40], known=known)
        return next(iter(kind))

    def flag(self, name: str, *, default: bool) -> bool:
        """A cell as yes or no."""
        told = str(self.cells.get(name, "")).strip().casefold()
        if told in ("是", "yes", "true", "1", "1.0"):
            return True
        if told in ("否", "no", "false", "0", "0.0"):
            return False
        if told:
            self.flaw(name, "choice_unknown", value=told[:40], known="是 yes, 否 no")
        return default

    def several(self, name: str) -> tuple[str, ...]:
        """A cell as several words, parted by comma, semicolon or 、."""
        return tuple(part for part in (piece.strip() for piece in _BETWEEN.split(self.text(name))) if part)

    def parts(self, name: str) -> int:
        """How many words a cell has room for by its separators, empty ones too."""
        return len(_BETWEEN.split(self.text(name)))

    def _plain(self, column: Column, cell: Cell) -> str:
        if isinstance(cell, str):
            broken = _BREAK.search(cell) if column.coded else None
            if broken and not hidden(cell.strip()):  # around it: one within is found with the other signs
                self.flaw(column.name, "cell_control", place=broken.start() + 1)
            if column.coded and cell.strip() != cell and cell.strip():
                self.warn(column.name, "cell_trimmed")
            return cell.strip()
        if isinstance(cell, date):
            return cell.isoformat()
        if column.coded or abs(cell) >= _EXACT:
            self.flaw(column.name, "cell_is_number")
            return "?"
        read = str(int(cell)) if cell == int(cell) else str(cell)
        self.warn(column.name, "cell_was_number", read=read)
        return read

    def _no_day(self, name: str, cell: Cell) -> date:
        told = _narrow(str(cell))
        if serial := _SERIAL.fullmatch(told):
            facts = {
                "days": serial[1],
                "read": str(_SINCE_1900 + timedelta(int(serial[1]))),
                "other": str(_SINCE_1904 + timedelta(int(serial[1]))),
            }
            self.flaw(name, "day_serial", **facts)
        else:
            self.flaw(name, "day_unreadable" if told else "cell_empty", value=str(cell)[:40])
        return NEVER


_SERIAL = re.compile(r"([1-9]\d{4})(?:\.0+)?")
"""A day as spreadsheets keep it where its cell is not formatted as one: days since one of two beginnings, which it does not tell."""
_SINCE_1900, _SINCE_1904 = date(1899, 12, 30), date(1904, 1, 1)
_BETWEEN = re.compile(r"[,;，；、]")
"""What parts the words of a cell."""


@cache
def _meanings(kind: type[StrEnum]) -> Mapping[str, StrEnum]:
    """Every word that stands for a member, looked up once and not once a row."""
    words: dict[str, StrEnum] = {}
    for member in kind:
        for word in (member.value, *(of(member, lang) for lang in LANGS), *ALSO.get(member, ())):
            words.setdefault(word.casefold(), member)
    return words


def _narrow(text: str) -> str:
    """Full-width digits and signs as plain ones, without outer blanks."""
    return composed(text).strip()
