"""Rosters that an office hands in, as the rows of a frame: every fault by file, row and column, and not one row taken half.

A row's id is taken as it is or refused, never mended: what is committed to must be what stands in the office's own file.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from errno import errorcode
from operator import itemgetter
from pathlib import Path
from typing import Any, Generic, TypeVar

from inspector.cli.offline import cells
from inspector.cli.offline.cells import LONG, PARTED
from inspector.cli.offline.doubles import organisations, refuse_twice
from inspector.cli.offline.plan import ListPlan
from inspector.cli.offline.spool import Advance, Spool
from inspector.domain.errors import Invalid
from inspector.domain.frame import DECLARED, ELIGIBLE, LAST, Ban, InspectorRow, ObjectRow
from inspector.domain.identity import USCC_LENGTH
from inspector.flows.diagnosis import Diagnosis, of_error
from inspector.flows.layout import Column, Layout, RowReader
from inspector.flows.stream import opened
from inspector.sheets.flaw import RowFlaw
from inspector.sheets.sheet import Row

T = TypeVar("T", ObjectRow, InspectorRow, Ban)
Salt = Callable[[str], str]

OBJECTS = Layout(
    whole=True,
    open_ended=True,
    columns=(
        Column(
            name="id",
            chinese="统一社会信用代码",
            also=("编号", "主体代码", "code", "credit_code"),
            needed=True,
            coded=True,
            plain=True,
            most=64,
        ),
        Column(name="stratum", chinese="类别", also=("抽查类别",), coded=True),
        Column(name="status", chinese="状态"),
        Column(name="pool", chinese="片区", also=("所属片区",), coded=True),
        Column(name="qual", chinese="资质", also=("所需资格", "资格", "qualification"), coded=True),
    ),
)
INSPECTORS = Layout(
    whole=True,
    open_ended=True,
    columns=(
        Column(name="id", chinese="工号", also=("编号", "执法证号"), needed=True, coded=True, plain=True, most=64),
        Column(name="pools", chinese="片区", also=("所属片区", "pool"), coded=True),
        Column(name="quals", chinese="资质", also=("资格", "qualifications"), coded=True),
        Column(name="cap", chinese="上限", also=("每次上限",)),
        Column(name="status", chinese="状态"),
    ),
)
BANS = Layout(
    whole=True,
    open_ended=True,
    columns=(
        Column(
            name="object",
            chinese="检查对象",
            also=("统一社会信用代码", "编号", "主体代码", "code", "credit_code"),
            needed=True,
            coded=True,
            plain=True,
            most=64,
        ),
        Column(name="inspector", chinese="检查人员", also=("工号", "执法证号"), needed=True, coded=True, plain=True, most=64),
        Column(name="reason", chinese="原因", also=("回避原因",)),
    ),
)

MOST = 100
"""So many faults of a file are told; the others are counted."""
REASONS = {DECLARED: DECLARED, LAST: LAST, **dict.fromkeys(("回避", "申报回避", "利害关系"), DECLARED)}
REASONS |= dict.fromkeys(("上次", "上次检查", "上次检查人员"), LAST)
"""What may stand as a ban's reason, by the codes that the daemon writes: the fact, never the private reason (scenario 33)."""
CAP = 99
"""Visits in one draw at most, where the roster says nothing; the same as of imported registers."""
_STEP = 2_000
_SEEN = 10_000
_PLAIN_ID = re.compile(r"(?![0-9]+000\Z)[0-9A-Za-z][0-9A-Za-z_-]{0,63}")


@dataclass(slots=True, kw_only=True)
class Roster(Generic[T]):
    """One file's rows with their numbers, and what is wrong or odd; `untold` are faults and remarks beyond the first ones.

    `spool` has the rows of a large one; `needs` counts free objects by pool and qualification; `twins` are the rows that are other
    codes of an organisation, where that was said to be right.
    """

    file: Path
    layout: Layout
    rows: list[T] = field(default_factory=list)
    numbers: array[int] = field(default_factory=lambda: array("Q"))
    told: Diagnosis = field(default_factory=Diagnosis)
    untold: tuple[int, int] = (0, 0)
    spool: Spool | None = None
    held: Counter[tuple[str, bool]] = field(default_factory=Counter)
    needs: Counter[tuple[str, str]] = field(default_factory=Counter)
    twins: set[int] = field(default_factory=set)

    @property
    def alike(self) -> int:
        """How many rows are other codes of an organisation that another row has, in this list or in one before."""
        return len(self.twins)

    def take(self, row: T, number: int) -> None:
        """A row that is right; a large roster's is put away. `held` counts them by class (none for who is in none) and whether free.

        An inspector whose cap is 0 is not: nobody deals him or her to anything.
        """
        free = getattr(row, "status", ELIGIBLE) == ELIGIBLE and getattr(row, "cap", CAP) > 0
        self.held[getattr(row, "stratum", ""), free] += 1
        if free and isinstance(row, ObjectRow):
            self.needs[row.pool, row.qual] += 1
        if self.spool is not None and isinstance(row, ObjectRow):
            self.spool.put(row, number)
        else:
            self.rows.append(row)
            self.numbers.append(number)

    def known(self, ids: set[str]) -> set[str]:
        """Those of the ids that there are."""
        return self.spool.known(ids) if self.spool is not None else ids.intersection(row.key()[0] for row in self.rows)

    @property
    def free(self) -> int:
        """How many may be drawn, or dealt."""
        return sum(count for (_, free), count in self.held.items() if free)

    @property
    def faults(self) -> int:
        """How many faults there are, told or not."""
        return len(self.told.flaws) + self.untold[0]

    def add(self, flaw: RowFlaw) -> None:
        """Note something wrong that only the whole file shows."""
        self.told.flaws.append(flaw)
        self.trim()

    def trim(self) -> None:
        """Hold no more faults than are told: a file with a million of them is told as well as one with a hundred."""
        flaws, warnings = self.told.flaws, self.told.warnings
        if len(flaws) > MOST or len(warnings) > MOST:
            self.untold = (self.untold[0] + len(flaws[MOST:]), self.untold[1] + len(warnings[MOST:]))
            del flaws[MOST:], warnings[MOST:]


def objects(
    file: Path,
    plan: ListPlan,
    salt: Salt,
    today: date,
    advance: Advance,
    *,
    spool: Spool | None = None,
    alike: bool = False,
) -> Roster[ObjectRow]:
    """The roster of objects, its rows in the spool where there is one. A file that cannot be read has that as its fault.

    `alike`: somebody says that several codes of one organisation are several objects.
    """

    def one(reader: RowReader) -> ObjectRow | None:
        name = cells.key(reader, "id", today)
        stratum = cells.text(reader, "stratum", plan.only_stratum)
        if not stratum and plan.strata and "stratum" not in reader.spoiled:
            reader.flaw("stratum", "cell_empty")
        elif stratum and plan.strata and stratum not in plan.strata:  # a plan without classes is told once, as the plan's fault
            reader.flaw("stratum", "choice_unknown", value=stratum[:40], known=", ".join(plan.strata))
        status, pool, qual = cells.status(reader, plan), cells.single(reader, "pool", plan.pool), cells.single(reader, "qual")
        if not reader.sound:
            return None
        return ObjectRow(id=name, stratum=stratum, status=status, pool=pool, qual=qual, salt=salt(name))

    def named(row: ObjectRow, name: str) -> ObjectRow:
        return ObjectRow(id=name, stratum=row.stratum, status=row.status, pool=row.pool, qual=row.qual, salt=salt(name))

    roster = _read(Roster[ObjectRow](file=file, layout=OBJECTS, spool=spool), one, advance, named)
    organisations(roster, alike=alike)
    _refuse_idle(roster, "objects_none", "objects_none_free")
    for code in plan.strata if not roster.faults else ():
        if not roster.held[code, True]:
            lacks = "class_none_free" if roster.held[code, False] else "class_none"
            roster.told.warnings.append(RowFlaw(row=0, column=f"strata.{code}", code=lacks, facts={"stratum": code}))
    return roster


def inspectors(file: Path, plan: ListPlan, salt: Salt, today: date, advance: Advance) -> Roster[InspectorRow]:
    """The roster of inspectors. A file that cannot be read has that as its fault."""

    def one(reader: RowReader) -> InspectorRow | None:
        name = cells.key(reader, "id", today)
        pools, quals = cells.several(reader, "pools") or (plan.pool,), cells.several(reader, "quals")
        cap, status = cells.number(reader, "cap", CAP), cells.status(reader)
        if cap == 0:
            reader.warn("cap", "cap_none")
        if not reader.sound:
            return None
        return InspectorRow(id=name, pools=pools, quals=quals, cap=cap, status=status, salt=salt(name))

    roster = _read(Roster[InspectorRow](file=file, layout=INSPECTORS), one, advance)
    _refuse_idle(roster, "inspectors_none", "inspectors_none_free")
    return roster


def bans(file: Path, salt: Salt, today: date, advance: Advance) -> Roster[Ban]:
    """Who may not be sent where. A file that cannot be read has that as its fault."""

    def one(reader: RowReader) -> Ban | None:
        held, staff = cells.key(reader, "object", today), cells.key(reader, "inspector", today)
        reason = cells.choice(reader, "reason", REASONS, DECLARED, "ban_reason")
        return Ban(object=held, inspector=staff, reason=reason, salt=salt(f"{held}/{staff}")) if reader.sound else None

    return _read(Roster[Ban](file=file, layout=BANS), one, advance)


def _refuse_idle(roster: Roster[Any], none: str, none_free: str) -> None:
    """A roster that nobody could be taken from: the draw could not work, and its number would be used up."""
    if not roster.faults and not roster.free:
        roster.told.warnings[:] = [one for one in roster.told.warnings if one.code != "rows_none"]
        roster.add(RowFlaw(row=0, column="", code=none_free if roster.held else none))


def ignored(roster: Roster[Ban], objects: Roster[ObjectRow], inspectors: Sequence[InspectorRow]) -> None:
    """Remark bans that name nobody: they are committed to all the same, and a verifier counts them (ruling 6)."""
    known, staff = objects.known({row.object for row in roster.rows}), {row.id for row in inspectors}
    for row, number in zip(roster.rows, roster.numbers, strict=True):
        for column, name, there in (("object", row.object, known), ("inspector", row.inspector, staff)):
            if name not in there:
                roster.told.warnings.append(RowFlaw(row=number, column=column, code="ban_of_nobody", facts={"value": name}))
        roster.trim()


def _read(
    roster: Roster[T],
    one: Callable[[RowReader], T | None],
    advance: Advance,
    alike: Callable[[T, str], T] | None = None,
) -> Roster[T]:
    try:
        _rows(roster, one, advance, alike)
    except (Invalid, OSError) as error:
        if isinstance(error, Invalid) and not error.code.startswith(("sheet_", "parquet_")):
            raise
        if isinstance(error, OSError) and error.filename != str(roster.file):
            raise  # not the roster: a disk that is full, say
        roster.add(unread(roster.file, error))
        return roster
    refuse_twice(roster, advance)
    roster.trim()
    return roster


def legible(file: Path, layout: Layout) -> Roster[Any]:
    """A roster of which nothing but whether it can be read is known."""
    roster = Roster[Any](file=file, layout=layout)
    try:
        with opened(file):
            pass
    except (Invalid, OSError) as error:
        roster.add(unread(file, error))
    return roster


def unread(file: Path, error: Invalid | OSError) -> RowFlaw:
    """That a file cannot be read, as a fault of the whole of it."""
    if isinstance(error, Invalid):
        return of_error(0, error)
    facts = {"file": str(file), "problem": error.strerror or type(error).__name__, "errno": errorcode.get(error.errno or 0, "")}
    return RowFlaw(row=0, column="", code="file_unusable", facts=facts)


def _rows(
    roster: Roster[T],
    one: Callable[[RowReader], T | None],
    advance: Advance,
    alike: Callable[[T, str], T] | None,
) -> None:
    """Every row, taken or with its faults. Raises Invalid (`sheet_…`, `parquet_…`), OSError."""
    with opened(roster.file) as stream:
        found, told = roster.layout.heads(stream.head())
        named = [
            name is not None or roster.layout.open_ended or bool(head) for name, head in zip(found, stream.heads, strict=True)
        ]
        roster.told = told
        known = _Known(found, alike) if alike is not None else None
        for place, row in enumerate(stream.rows):
            if place % _STEP == 0:
                advance(stream.at(), stream.size)
            if (quick := known.quickly(row) if known else None) is None:
                before = len(told.warnings)
                quick = one(RowReader(roster.layout, row, found, named, told))
                if known and quick is not None and len(told.warnings) == before:
                    known.learn(row, quick)
                roster.trim()
            if quick is not None:
                roster.take(quick, row.number)
        advance(stream.size, stream.size)
        told.warnings += stream.odd


class _Known(Generic[T]):
    """Rows like ones that passed: of a million rows all but some differ in nothing but a plain id.

    Only what the careful way has taken without a remark is taken so, and only with an id of plain letters and digits, in which
    nothing can be hidden and which no spreadsheet makes.
    """

    def __init__(self, found: Sequence[str | None], alike: Callable[[T, str], T]) -> None:
        self._alike: Callable[[T, str], T] = alike
        self._columns = len(found)
        self._id = next((place for place, name in enumerate(found) if name == "id"), None)
        rest = [place for place, name in enumerate(found) if name is not None and name != "id"]
        self._rest: Callable[[Sequence[object]], object] = itemgetter(*rest) if rest else len
        self._seen: dict[object, T] = {}

    def quickly(self, row: Row) -> T | None:
        """The row, if it is like one that passed."""
        cells = row.cells
        if self._id is None or len(cells) != self._columns:
            return None
        name = cells[self._id]
        if not isinstance(name, str) or not _PLAIN_ID.fullmatch(name):
            return None
        # a credit code has one form and a check digit, and a person's number may stand in an id: the careful way looks at both
        if len(PARTED.sub("", name)) == USCC_LENGTH or LONG.search(name):
            return None
        held = self._seen.get(self._rest(cells))
        return None if held is None else self._alike(held, name)

    def learn(self, row: Row, made: T) -> None:
        """A row that passed without a remark."""
        if len(row.cells) == self._columns and len(self._seen) < _SEEN:
            self._seen[self._rest(row.cells)] = made
