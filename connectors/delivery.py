"""What another side has put into a folder: which files are whole, of when they are, and whether their rows can be used.

The other side writes, we read; nothing is moved or deleted here, so that whoever delivers (or fetches, for a folder somewhere else)
keeps what was delivered for as long as agreed.
"""

from __future__ import annotations

import hashlib
import json
import re
import stat
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from connectors.reply import placed, shown, storable
from connectors.shelf import Label
from inspector.domain import days
from inspector.domain.calendar import SHANGHAI
from inspector.domain.errors import Invalid
from inspector.domain.evidence import TOLERANCE
from inspector.domain.identity import IdentityKind, citizen_check_digit, identify, uscc_check_digit
from inspector.sheets.sheet import Cell
from inspector.sheets.stream import Stream, opened

ODD = 0
"""Stands where a cell holds what cannot be told: a number that is not whole, or of more digits than a spreadsheet keeps."""

UNDER_WAY = ".part"
"""The end of a name under which a file is written that will have another when it is whole."""

AS_OF = "{as_of}"
"""Stands in the agreed name of files for the date of their data."""

MISNAMED = "delivery_misnamed"
"""What is said of a file whose name fits nothing that was agreed."""

_ZEROS = "000"
_HEADS = 300
"""So many signs of a head are told to whoever has mistyped a column."""

_MOST_ROUNDED = 0.1
"""Share of the 18-digit codes that may look rounded: of whole ones it is one in a thousand at most, of destroyed ones nearly all."""

PASSING = frozenset({"delivery_unreadable", "delivery_changed"})
"""What may be otherwise at the next look though the file is the same."""

_EXACT = 10**15
"""A spreadsheet keeps 15 digits of a number."""

_STILL = timedelta(minutes=10)
"""After which a file that nobody writes any more is no longer under way."""
_LONGEST_VALUE = 4_000
_LONGEST_NOTE = 65_536
_CHUNK = 1 << 20
_DATE = r"(?P<as_of>[0-9]{4}-?[0-9]{2}-?[0-9]{2}(?:T?[0-9]{6})?)"


class Completeness(StrEnum):
    """How the other side says that a file is whole."""

    OK = "ok"
    """An empty file beside it, its name and `.ok`; it may hold the number of rows."""
    MANIFEST = "manifest"
    """JSON beside it, its name and `.json`: `rows`, and `as_of` and `sha256` if it likes."""
    RENAME = "rename"
    """It is written under another name and renamed when it is whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One file that is said to be whole. `mark` changes whenever the file or what is said of it does; `rows` and `sha256` if told."""

    path: Path
    as_of: datetime
    mark: tuple[int, ...]
    rows: int | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """A file that has lain there for a while and counts as no delivery, with why, and when it was last written."""

    why: Invalid
    written: datetime

    @property
    def name(self) -> str:
        """The file's, as it can be shown."""
        return shown(str(self.why.facts["file"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A look into the folder: what is whole, newest first, and by name and mark what is not as agreed; and what is `passed` over."""

    whole: tuple[Delivery, ...]
    flawed: Mapping[tuple[str, tuple[int, ...]], Invalid] = field(default_factory=dict)
    passed: tuple[Passed, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What is taken from a file: the column of the codes and those of the facts; the encoding agreed for CSV.

    `words`: by column the only ones that may stand there, beside nothing.
    """

    code_column: str
    columns: tuple[str, ...]
    encoding: str
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def pattern(files: str) -> re.Pattern[str]:
    """A file's name as agreed: `*` for anything, `{as_of}` for the date of the data (YYYYMMDD, with hyphens, or with HHMMSS)."""
    parts = [re.escape(part).replace(r"\*", ".*") for part in files.split(AS_OF)]
    return re.compile(_DATE.join(parts))


def named(names: re.Pattern[str], name: str) -> re.Match[str] | None:
    """How a file's name tells a delivery; None for another file, and for one that is still being written under this name."""
    return None if name.endswith(UNDER_WAY) else names.fullmatch(name)


def note(name: str, complete: Completeness) -> str | None:
    """The name of the file that says of this one that it is whole; None where nothing beside it says so."""
    match complete:
        case Completeness.OK:
            return f"{name}.ok"
        case Completeness.MANIFEST:
            return f"{name}.json"
        case Completeness.RENAME:
            return None


def look(folder: Path, names: re.Pattern[str], complete: Completeness, now: datetime) -> Found:
    """What lies in the folder. Raises OSError when it cannot be read."""
    whole: list[Delivery] = []
    flawed: dict[tuple[str, tuple[int, ...]], Invalid] = {}
    passed: list[Passed] = []
    lying = {path.name: path for path in sorted(folder.iterdir())}
    for path in lying.values():
        told = named(names, path.name)
        with suppress(OSError, ValueError, OverflowError):
            written = datetime.fromtimestamp(_mark(path)[2] / 1e9, UTC)
            passed.extend(passed_over(path.name, written, lying, names, complete, now))
        if told is None:
            continue
        beside = path.with_name(note(path.name, complete) or path.name)
        try:
            mark = _mark(path)
            if complete is not Completeness.RENAME:
                mark += _mark(beside)
        except OSError:  # not said to be whole yet, or just gone
            continue
        try:
            whole.append(_delivery(path, mark, complete, beside, told.groupdict().get("as_of"), now))
        except Invalid as error:
            flawed[path.name, mark] = error
    whole.sort(key=lambda one: (one.as_of, one.path.name), reverse=True)
    return Found(whole=tuple(whole), flawed=flawed, passed=tuple(passed))


def copied(folder: Path, into: Path) -> Path:
    """What was fetched already, in a folder beside it: looking changes nothing, and fetches nothing twice."""
    into.mkdir(mode=0o700)
    for file in folder.iterdir() if folder.is_dir() else ():
        with suppress(OSError):  # the daemon may just have cleared it away; or it lies on another disk, and is fetched again
            (into / file.name).hardlink_to(file)
    return into


def newer(passed: Sequence[Passed], used: Label | None) -> list[Invalid]:
    """Why files are passed over that were written after the date of what is in use; None: nothing is."""
    return [one.why for one in passed if used is None or one.written > used.moment]


def telling(passed: Sequence[Passed], used: Label | None) -> list[Passed]:
    """What a person hears of once: files under a name that was not agreed, and what `newer` tells."""
    return [one for one in passed if one.why.code == MISNAMED or one.why in newer([one], used)]


def passed_over(
    name: str, written: datetime, lying: Container[str], names: re.Pattern[str], complete: Completeness, now: datetime
) -> Iterator[Passed]:
    """Why a file is passed over that nobody writes any more: nothing says that it is whole, or its name is not as agreed.

    What says so of another file is none, nor is what is hidden or under way.
    """
    beside = note(name, complete)
    end = "" if beside is None else beside.removeprefix(name)
    of_another = bool(end) and name.endswith(end) and names.fullmatch(name.removesuffix(end)) is not None
    if name.startswith(".") or name.endswith(UNDER_WAY) or of_another or now - written < _STILL:
        return
    if names.fullmatch(name) is None:
        yield Passed(why=Invalid(MISNAMED, file=name), written=written)
    elif beside is not None and beside not in lying:
        yield Passed(why=Invalid("delivery_unsaid", file=name, note=beside), written=written)


def named_in(flaw: Invalid) -> Mapping[str, object]:
    """What the words of a flaw name, without what the file holds: a cell's value may be somebody's data."""
    return {name: shown(fact) if isinstance(fact, str) else fact for name, fact in flaw.facts.items() if name != "value"}


def _mark(path: Path) -> tuple[int, ...]:
    """Raises OSError, also for what is no plain file: a link might lead anywhere."""
    held = path.lstat()
    if not stat.S_ISREG(held.st_mode):
        raise OSError(f"{path.name} is no file")
    return held.st_ino, held.st_size, held.st_mtime_ns


def _delivery(
    path: Path, mark: tuple[int, ...], complete: Completeness, beside: Path, named: str | None, now: datetime
) -> Delivery:
    rows, as_of, sha256 = None, named, None
    if complete is Completeness.OK:
        rows = _counted(beside)
    elif complete is Completeness.MANIFEST:
        rows, told, sha256 = _manifest(beside)
        as_of = told or named
    if as_of is None:
        raise Invalid("delivery_undated", file=path.name)
    try:
        moment = placed(days.moment(as_of))
        other = moment if named is None else placed(days.moment(named))
    except (ValueError, OverflowError):
        raise Invalid("delivery_undated", file=path.name) from None
    if other.astimezone(SHANGHAI).date() != moment.astimezone(SHANGHAI).date():  # which of the two it is nobody guesses
        raise Invalid("delivery_dates", file=path.name, told=as_of, named=named or "")
    if moment - now > TOLERANCE:
        raise Invalid("delivery_ahead", file=path.name, as_of=moment.isoformat())
    return Delivery(path=path, as_of=moment, mark=mark, rows=rows, sha256=sha256)


def _read(beside: Path) -> str:
    try:
        with beside.open("rb") as held:
            content = held.read(_LONGEST_NOTE + 1)
        told = content.decode("utf-8-sig").strip()
    except (OSError, UnicodeDecodeError):
        raise Invalid("delivery_manifest", file=beside.name) from None
    if len(content) > _LONGEST_NOTE:
        raise Invalid("delivery_manifest", file=beside.name)
    return told


def _counted(beside: Path) -> int | None:
    told = _read(beside)
    if told and not (told.isascii() and told.isdigit() and len(told) < 12):
        raise Invalid("delivery_manifest", file=beside.name)
    return int(told) if told else None


def _manifest(beside: Path) -> tuple[int, str | None, str | None]:
    """(rows, as_of, sha256). Raises Invalid."""
    try:
        told = json.loads(_read(beside))
        rows, as_of, sha256 = told["rows"], told.get("as_of"), told.get("sha256")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Invalid("delivery_manifest", file=beside.name) from None
    fine = type(rows) is int and rows >= 0 and all(one is None or isinstance(one, str) for one in (as_of, sha256))
    if not fine:
        raise Invalid("delivery_manifest", file=beside.name)
    return rows, as_of, sha256.lower() if sha256 else None


def digest(delivery: Delivery) -> str:
    """SHA-256 of the file's bytes. Raises Invalid (`delivery_digest` where another was told, `delivery_unreadable`)."""
    hashed = hashlib.sha256()
    with _readable(delivery), delivery.path.open("rb") as held:
        while content := held.read(_CHUNK):
            hashed.update(content)
    told = hashed.hexdigest()
    if delivery.sha256 is not None and delivery.sha256 != told:
        raise Invalid("delivery_digest", file=delivery.path.name)
    return told


@contextmanager
def _readable(delivery: Delivery) -> Iterator[None]:
    """What is refused within tells which file it was: whoever reads a sheet knows no name of it."""
    try:
        yield
    except Invalid as error:
        if "file" in error.facts:
            raise
        raise Invalid(error.code, **error.facts, file=delivery.path.name) from error
    except OSError as error:
        raise Invalid("delivery_unreadable", file=delivery.path.name, reason=type(error).__name__) from None


def unchanged(delivery: Delivery) -> None:
    """Raise Invalid (`delivery_changed`) when the file is another than the one that was looked at."""
    try:
        same = _mark(delivery.path) == delivery.mark[:3]
    except OSError:
        same = False
    if not same:
        raise Invalid("delivery_changed", file=delivery.path.name)


def rows(delivery: Delivery, layout: Layout) -> Iterator[tuple[str, tuple[str | int | None, ...]]]:
    """Each row's code in its one written form and what it says in `layout.columns`, as text, None for nothing or `ODD`.

    One row that cannot be what it should be speaks against the whole file: of a row that is left out, "no such record" would be said.
    Raises Invalid (`delivery_…`, `sheet_…`).
    """
    name = delivery.path.name
    with _readable(delivery), opened(delivery.path, layout.encoding) as held:
        if delivery.sha256 is None and any(one.code == "line_unended" for one in held.odd):
            raise Invalid("delivery_unended", file=name)  # the rows may be as many as were told, and the last value half of one
        code_at, *places = _places(held, layout, name)
        count, today, long, doubtful, first = 0, datetime.now(UTC).date(), 0, 0, 0
        for row in held.rows:
            if len(row.cells) != len(held.heads):
                raise Invalid("delivery_cells", file=name, row=row.number, cells=len(row.cells), wanted=len(held.heads))
            code = _code(row.cells[code_at], name, row.number, today)
            count, long = count + 1, long + _long(code)
            if rounded(code):
                doubtful, first = doubtful + 1, first or row.number
            values = tuple(_value(row.cells[place]) for place in places)
            if layout.words:
                _known(layout, values, name, row.number)
            yield code, values
    if doubtful > long * _MOST_ROUNDED:
        raise Invalid("delivery_code_number", file=name, row=first)
    if delivery.rows is not None and count != delivery.rows:
        raise Invalid("delivery_rows", file=name, rows=count, told=delivery.rows)


def _known(layout: Layout, values: tuple[str | int | None, ...], name: str, row: int) -> None:
    """Raise Invalid (`delivery_word`) for a word that was not agreed: it would silently count as none."""
    for column, value in zip(layout.columns, values, strict=True):
        known = layout.words.get(column)
        if known is not None and value is not None and value not in known:
            raise Invalid("delivery_word", file=name, row=row, column=column, value=str(value)[:100], known=", ".join(known))


def _places(held: Stream, layout: Layout, name: str) -> list[int]:
    """Where the columns stand; each of them once. Raises Invalid."""
    for column in (layout.code_column, *layout.columns):
        if held.heads.count(column) != 1:
            there = ", ".join(map(str, held.heads))[:_HEADS]
            raise Invalid("delivery_column", file=name, column=column, count=held.heads.count(column), there=there)
    return [held.heads.index(column) for column in (layout.code_column, *layout.columns)]


def _code(cell: Cell, name: str, row: int, today: date) -> str:
    """A code as text: a number has gone through a spreadsheet, which keeps 15 digits. The error does not repeat it."""
    if not isinstance(cell, str):
        raise Invalid("delivery_code_number", file=name, row=row)
    try:
        normal = identify(IdentityKind.OTHER, cell, today=today).normal
    except Invalid as error:
        code = "delivery_code_number" if error.code == "identity_destroyed_by_spreadsheet" else "delivery_code"
        raise Invalid(code, file=name, row=row) from None
    return normal


def _long(code: str) -> bool:
    return len(code) == 18 and code.isdecimal() and code.isascii()


def rounded(code: str) -> bool:
    """Whether it looks like an 18-digit code whose end a spreadsheet has filled up with zeros: its check fails for either kind.

    One such code may be a real subject's irregular one, and then nothing is wrong; of a column that went through a spreadsheet
    nearly all of them are.
    """
    fits = (citizen_check_digit, uscc_check_digit)
    return _long(code) and code.endswith(_ZEROS) and code[17] not in [fit(code[:17]) for fit in fits]


def hidden(code: str) -> str | None:
    """The code that a spreadsheet would have made of this one; None of a code that it would have left alone."""
    return code[: -len(_ZEROS)] + _ZEROS if _long(code) else None


def _value(cell: Cell) -> str | int | None:
    match cell:
        case str():
            told = cell.strip()
            return told or None if storable(told) and len(told) <= _LONGEST_VALUE else ODD
        case int() | float() if abs(cell) < _EXACT and float(cell).is_integer():
            return str(int(cell))
        case date():
            return cell.isoformat()
        case _:
            return ODD
