"""Strict reading of one table of a file. A getter that cannot read notes a flaw and gives a stand-in; the row is dropped."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from difflib import get_close_matches
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

from inspector.domain.calendar import Term, Unit
from inspector.domain.errors import Invalid
from inspector.labels import known as labelled
from inspector.labels import of
from inspector.labels.toml import halved
from inspector.policybook.flaws import Flaw

E = TypeVar("E", bound=StrEnum)

NAME, CODE, LEVEL = 60, 100, 20
"""The longest name and version of a pack, code of an item, a fact or a stratum, and level, in characters: the store holds them."""

_CITED = re.compile(r"([A-Z][A-Za-z0-9]*):[0-9A-Za-z][0-9A-Za-z.-]*")
_RATE = re.compile(r"([0-9]{1,4})(?:/([1-9][0-9]{0,3}))?")
_RATIO = re.compile(r"([0-9]{1,9})/([0-9]{1,9})|([0-9]{1,3}(?:\.[0-9]{1,6})?)%")


YEARS = range(1949, 2200)
"""Years that a day of a pack can be meant to lie in."""
_LIKE = 0.5
"""From this likeness on (0 to 1, as difflib measures it) a word may be meant; below it a guess would lead astray."""


def nearest(word: str, known: Sequence[str], names: Mapping[str, str] | None = None) -> str:
    """The valid word most like this one, whatever its width and case; empty where none is like it. `names`: what people call each."""
    called = {_folded(name): one for one, name in (names or {}).items()}
    folded = called | {_folded(one): one for one in known}
    found = get_close_matches(_folded(word), folded, n=1, cutoff=_LIKE)
    return folded[found[0]] if found else ""


def strange(value: str, known: Sequence[str], names: Mapping[str, str] | None = None) -> tuple[str, dict[str, str]]:
    """The code and the facts of a flaw: a word that is not known, or is one in full-width signs, which look the same."""
    if (fix := halved(value)) in known and fix:
        return "signs_wide", {"value": value, "fix": fix}
    named = [f"{one} {names[one]}" if names and one in names else one for one in known]
    told = {"known": ", ".join(known) or "-", "known_zh": "、".join(named) or "-"}
    return "value_unknown", {"value": value, "nearest": nearest(value, known, names), **told}


def _folded(word: str) -> str:
    return unicodedata.normalize("NFKC", word).strip().casefold()


def written(value: object) -> str:
    """A value as it stands in a file, quotes and all."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            return f'"{value}"'
        case date():
            return value.isoformat()
        case list():
            return f"[{', '.join(map(written, value))}]"
        case dict():
            return f"{{ {', '.join(f'{key} = {written(one)}' for key, one in value.items())} }}"
        case _:
            return str(value)


@dataclass(slots=True)
class Part:
    """A table that knows where it stands. `flaws` is shared by all parts of a file; `sources` are the citable codes."""

    file: str
    row: str
    content: Mapping[str, object]
    flaws: list[Flaw]
    sources: frozenset[str] = frozenset()
    prefix: str = ""
    _before: int = field(init=False)

    def __post_init__(self) -> None:
        self._before = len(self.flaws)

    @property
    def clean(self) -> bool:
        """Whether nothing was found wrong since this part was opened."""
        return len(self.flaws) == self._before

    def flaw(self, code: str, field: str, **facts: object) -> None:
        """Note something wrong in a field of this row."""
        told = {name: str(value) for name, value in facts.items()}
        self.flaws.append(Flaw(code=code, file=self.file, row=self.row, field=self.prefix + field, facts=told))

    def keys(self, required: Sequence[str], optional: Sequence[str] = ()) -> None:
        """Refuse keys that do not belong here, and list all that are missing at once (handbook scenario 7)."""
        known = (*required, *optional)
        for key in self.content:
            if key not in known and (near := nearest(key, known)):
                self.flaw("key_unknown", key, nearest=near)
            elif key not in known:
                self.flaw("key_stray", key, known=", ".join(known))
        missing = [key for key in required if key not in self.content]
        if missing:
            self.flaw("fields_missing", ", ".join(missing), value=", ".join(missing))

    def text(self, field: str) -> str:
        """A text that is not blank."""
        value = self.content.get(field)
        if isinstance(value, str) and value.strip():
            return value
        if isinstance(value, str):
            self.flaw("text_blank", field)
        elif isinstance(value, (int, float, date)) and not isinstance(value, bool):
            self.flaw("text_unquoted", field, value=written(value))
        else:
            self._wrong(field, '"..."')
        return ""

    def code(self, field: str, most: int, but: str = "") -> str:
        """A text that is kept in a column of so many characters and in lines parted by tabs: printable, no white space, none of `but`."""
        text = self.text(field)
        if text and (len(text) > most or not text.isprintable() or not {*text}.isdisjoint({*but, " "})):
            self.flaw("code_unusable", field, value=repr(text), most=most, but=but or "-")
        return text

    def plain(self, field: str) -> str:
        """A text that may be empty."""
        value = self.content.get(field)
        if isinstance(value, str):
            return value
        self._wrong(field, '"..." / ""')
        return ""

    def maybe(self, field: str) -> str | None:
        """A text, or None where the key is left out."""
        return self.text(field) if field in self.content else None

    def flag(self, field: str) -> bool:
        """True or false."""
        value = self.content.get(field)
        if isinstance(value, bool):
            return value
        self._wrong(field, "true / false")
        return False

    def whole(self, field: str, least: int) -> int:
        """A whole number, not below `least`."""
        value = self.content.get(field)
        if isinstance(value, bool) or not isinstance(value, int):
            self._wrong(field, f"a whole number from {least}", f"不小于 {least} 的整数")
            return least
        if value < least:
            self.flaw("number_too_small", field, value=value, least=least)
        return value

    def maybe_whole(self, field: str, least: int) -> int | None:
        """A whole number, or None where the key is left out."""
        return self.whole(field, least) if field in self.content else None

    def day(self, field: str) -> date:
        """A calendar day."""
        value = self.content.get(field)
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        self._wrong(field, "2026-01-01 (no quotes, no time)", "2026-01-01（不加引号，不写时间）")
        return date.min

    def maybe_day(self, field: str) -> date | None:
        """A calendar day, or None where the key is left out."""
        return self.day(field) if field in self.content else None

    def moment(self, field: str) -> datetime:
        """A moment with its offset."""
        value = self.content.get(field)
        if isinstance(value, datetime) and value.tzinfo is not None:
            return value
        self._wrong(field, "2026-03-02T09:00:00+08:00 (with offset)", "2026-03-02T09:00:00+08:00（须写明时区）")
        return datetime.min.replace(tzinfo=UTC)

    def term(self, field: str) -> Term:
        """A term such as 20wd."""
        text = self._stated(field, "term_unreadable")
        try:
            return Term.parse(text)
        except Invalid:
            if text and not self._narrower(field, text, _is_term):
                self.flaw("term_unreadable", field, value=text)
            return Term(amount=1, unit=Unit.DAY)

    def ratio(self, field: str) -> Fraction:
        """An exact share above 0 and at most 1, given as text: `1/100` or `3%`."""
        return self._share(field, self.content[field]) if field in self.content else Fraction(1)

    def ratios(self, field: str) -> tuple[Fraction, ...]:
        """A list of such shares, none twice."""
        return tuple(self._share(field, text) for text in self.texts(field))

    def _share(self, field: str, value: object) -> Fraction:
        if isinstance(value, float):
            self.flaw("ratio_float", field, fix=f"{value * 100:g}%")
            return Fraction(1)
        found = _RATIO.fullmatch(value) if isinstance(value, str) else None
        if found is None or (found[2] and int(found[2]) == 0):
            if not self._narrower(field, value, _RATIO.fullmatch):
                self.flaw("ratio_unreadable", field, value=written(value))
            return Fraction(1)
        share = Fraction(found[3]) / 100 if found[3] else Fraction(int(found[1]), int(found[2]))
        if not 0 < share <= 1:
            self.flaw("ratio_out_of_range", field, value=value)
        return share

    def rate(self, field: str) -> Fraction:
        """So many for each officer, above 0, given as text: `5` or `5/2`."""
        value = self.content.get(field)
        found = _RATE.fullmatch(value) if isinstance(value, str) else None
        if found is None or int(found[1]) == 0:
            if not self._narrower(field, value, _RATE.fullmatch):
                self._wrong(field, '"5" / "5/2" (in quotes)', '"5" / "5/2"（加英文双引号）')
            return Fraction(1)
        return Fraction(int(found[1]), int(found[2] or 1))

    def maybe_term(self, field: str) -> Term | None:
        """A term, or None where the key is left out."""
        return self.term(field) if field in self.content else None

    def basis(self, field: str) -> str:
        """One or several citations, each of a source of this pack."""
        text = self._stated(field, "basis_unreadable")
        if self._narrower(field, text, _is_basis):
            return text
        for cited in filter(None, text.split(";")):
            found = _CITED.fullmatch(cited.strip())
            if found is None:
                self.flaw("basis_unreadable", field, value=cited.strip())
            elif found[1] not in self.sources:
                self.flaw("basis_unknown", field, value=found[1], known=", ".join(sorted(self.sources)))
        return text

    def maybe_basis(self, field: str) -> str | None:
        """Citations, or None where the key is left out."""
        return self.basis(field) if field in self.content else None

    def texts(self, field: str) -> tuple[str, ...]:
        """A list of texts, none twice; it may be empty."""
        texts = self._list(field)
        for text in sorted({text for text in texts if texts.count(text) > 1}):
            self.flaw("value_twice", field, value=text)
        return texts

    def words(self, field: str, known: Sequence[str]) -> tuple[str, ...]:
        """A list of known words, which may repeat."""
        words = self._list(field)
        for word in words:
            self._known(field, word, known)
        return words

    def choice(self, field: str, kind: type[E]) -> E:
        """One member of an enumeration."""
        text = self.text(field)
        return self._member(field, kind, text) if text else next(iter(kind))

    def choices(self, field: str, kind: type[E]) -> tuple[E, ...]:
        """Members of an enumeration, none twice; the list may be empty."""
        return tuple(self._member(field, kind, text) for text in self.texts(field))

    def word(self, field: str, known: Sequence[str]) -> str:
        """One of some known words."""
        text = self.text(field)
        if text:
            self._known(field, text, known)
        return text

    def some(self, field: str) -> None:
        """Refuse an empty list."""
        if self.content.get(field) == []:
            self._wrong(field, "at least one entry", "至少一项")

    def once(self, key: str, seen: set[str]) -> None:
        """Refuse a name that another row has; `seen` are those there were."""
        called = self.content.get(key)
        if isinstance(called, str) and called in seen:
            self.flaw("row_twice", key, value=called)
        elif isinstance(called, str):
            seen.add(called)

    def years(self) -> None:
        """Refuse every day, however deep it stands, whose year nobody can mean."""
        for path, day in _days(self.content):
            if day.year not in YEARS:
                self.flaw("year_absurd", path, value=day.isoformat(), first=YEARS[0], last=YEARS[-1])

    def table(self, field: str) -> Part:
        """A table inside this one; an empty stand-in when there is none."""
        value = self.content.get(field)
        if not isinstance(value, dict):
            self._wrong(field, f"[{field}]")
            value = {}
        return Part(self.file, self.row, value, self.flaws, self.sources, prefix=f"{self.prefix}{field}.")

    def rows(self, name: str, key: str) -> Iterator[Part]:
        """The rows of an array of tables, each called after its key or, lacking that, its place."""
        value = self.content.get(name)
        if not isinstance(value, list) or not value or not all(isinstance(item, dict) for item in value):
            self._wrong(name, f"[[{name}]] (once or more)", f"[[{name}]]（一节或多节）")
            return
        for place, item in enumerate(value, start=1):
            called = item.get(key)
            row = f"{name} {called}" if isinstance(called, str) and called else f"{name}[{place}]"
            yield Part(self.file, f"{self.row} · {row}" if self.row else row, item, self.flaws, self.sources)

    def maybe_rows(self, name: str, key: str) -> Iterator[Part]:
        """The rows of an array of tables that a pack may do without."""
        if name in self.content:
            yield from self.rows(name, key)

    def _member(self, field: str, kind: type[E], text: str) -> E:
        try:
            return kind(text)
        except ValueError:  # only who mistyped need be shown all members with their names, which take long to put together
            names = {one.value: of(one, "zh-Hans") for one in kind if labelled(f"{kind.__name__}.{one.name}", "zh-Hans")}
            self._known(field, text, [member.value for member in kind], names)
            return next(iter(kind))

    def _known(self, field: str, text: str, known: Sequence[str], names: Mapping[str, str] | None = None) -> bool:
        if text not in known:
            code, facts = strange(text, known, names)
            self.flaw(code, field, **facts)
        return text in known

    def _list(self, field: str) -> tuple[str, ...]:
        value = self.content.get(field)
        if isinstance(value, list) and all(isinstance(item, str) and item for item in value):
            return tuple(value)
        self._wrong(field, '["...", "..."]')
        return ()

    def _stated(self, field: str, code: str) -> str:
        """A text that is not blank; what is none is a flaw of this code, which says what belongs there."""
        value = self.content.get(field)
        if isinstance(value, str) and value.strip():
            return value
        if field in self.content:
            self.flaw(code, field, value=written(value))
        return ""

    def _narrower(self, field: str, value: object, fits: Callable[[str], object]) -> bool:
        """Whether a value would fit with half-width signs, which look the same to whoever typed others; it is told so."""
        fix = halved(value) if isinstance(value, str) else ""
        if fix and fits(fix):
            self.flaw("signs_wide", field, value=value, fix=fix)
            return True
        return False

    def _wrong(self, field: str, fix: str, fix_zh: str = "") -> None:
        if field in self.content:  # what is missing has been said by `keys`
            self.flaw("type_wrong", field, value=written(self.content[field]), fix=fix, fix_zh=fix_zh or fix)


def _is_term(text: str) -> bool:
    try:
        Term.parse(text)
    except Invalid:
        return False
    return True


def _is_basis(text: str) -> bool:
    return all(_CITED.fullmatch(cited.strip()) for cited in text.split(";"))


def _days(value: object, field: str = "") -> Iterator[tuple[str, date]]:
    """Every day within a value, with the path to it."""
    if isinstance(value, date):
        yield field, value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from _days(one, f"{field}.{key}" if field else key)
    elif isinstance(value, list):
        for place, one in enumerate(value, start=1):
            yield from _days(one, f"{field}[{place}]")
