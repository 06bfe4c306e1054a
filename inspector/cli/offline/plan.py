"""What is to be drawn, as a small TOML file says it. Every fault is told at once, and ratios are exact: no float is ever read.

A draw of one list has its rules beside the number, and its rosters are named on the command line; one of several has a table `[[lists]]`
for each, with its rosters, under one commitment and one seed.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Any

from inspector.cli.offline import chance
from inspector.domain import ceremony
from inspector.domain.beacon import CHAINS
from inspector.domain.commitment import LARGEST_TEAM, LIST_NAME, Share
from inspector.domain.errors import Invalid
from inspector.domain.frame import ELIGIBLE
from inspector.domain.seed import is_promise, moment
from inspector.domain.strict import HEX64, is_count, is_text, matches
from inspector.domain.suite import SUITES
from inspector.labels import toml
from inspector.sheets.flaw import RowFlaw

_MILLION = 1_000_000
_RATIO = re.compile(r"(?P<part>[0-9]+)/(?P<whole>[0-9]+)|(?P<percent>[0-9]+(?:\.[0-9]+)?) ?[%％]")
_PARTY = re.compile(r"[^=/\\]+")
_RULES = ("team", "reserve", "round", "base", "pool", "codes", "strata")
_FILES = ("objects", "inspectors", "bans")
_WHOLE = ("draw", "prev", "hash", "seed")
_NAMED = {chain.name: chain.hash for chain in CHAINS.values()}
"""The pinned chains of drand by the names that people give them."""
_SOURCES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "text": (("what",), ("bits", "dice", "sides", "lowest", "balls")),
    "reveal": (("party",), ("hash", "make", "bits")),
    "drand": (("chain", "round"), ("bits",)),
    "nist": (("chain", "time"), ("ca", "bits")),
}
"""(what must be told, what may be told) of each kind of source."""
_FORM = ("dice", "sides", "lowest", "balls")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is wanted of a stratum: an exact ratio, as it was written, and at least so many."""

    ratio: Fraction
    told: str
    least: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPlan:
    """One list of a plan. `files` are the rosters that the plan itself names, by kind and beside the plan."""

    name: str
    team: int
    reserve: int
    rounding: str
    base: str
    pool: str
    codes: frozenset[str]
    strata: Mapping[str, Wanted]
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def only_stratum(self) -> str:
        """The one stratum there is, for rosters without that column; else nothing."""
        return next(iter(self.strata)) if len(self.strata) == 1 else ""

    def shares(self, counts: Mapping[str, int]) -> tuple[dict[str, Share], dict[str, object]]:
        """(shares, derivation) for so many rows of the base in each stratum.

        A ratio that no whole number of ppm says is committed as its quota, with where it comes from beside it (ruling 9).
        """
        shares, derivation = {}, dict[str, object]()
        for code, wanted in self.strata.items():
            ppm, of = wanted.ratio * _MILLION, counts.get(code, 0)
            told: dict[str, object] = {"ratio": wanted.told}
            if ppm.denominator == 1:
                shares[code] = Share(ppm=int(ppm), least=wanted.least)
            else:
                shares[code] = Share(ppm=0, least=max(wanted.least, ceil(wanted.ratio * of)))
                told |= {"of": of, "min": wanted.least, "k": shares[code].least}
            derivation[code] = told
        return shares, derivation


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawPlan:
    """A plan. A source with `make` is a reveal whose secret is made by whoever announces; it has no hash yet.

    `several`: each list names its own rosters.
    """

    number: str
    prev: str | None
    suite: str
    sources: tuple[Mapping[str, Any], ...]
    lists: tuple[ListPlan, ...]
    several: bool = False


def read(content: bytes) -> tuple[DrawPlan, list[RowFlaw]]:
    """(the plan, all that is wrong with it): with any fault the plan must not be used. Raises Invalid (`draw_plan_unreadable`)."""
    try:
        body = tomllib.loads(content.decode("utf-8-sig"), parse_float=Decimal)
    except (ValueError, ArithmeticError, RecursionError) as error:
        flaw = error if isinstance(error, ValueError) else ValueError(str(error))
        raise Invalid("draw_plan_unreadable", **toml.facts(flaw)) from error
    told = _Reader(body)
    several = "lists" in body
    told.only((*_WHOLE, "lists") if several else (*_WHOLE, "list", *_RULES))
    plan = DrawPlan(
        number=told.value("draw", is_text, "plan_text"),
        prev=told.value("prev", lambda value: value == "" or matches(HEX64, value), "plan_hex64", "") or None,
        suite=told.choice("hash", SUITES),
        sources=_sources(told),
        lists=_lists(told) if several else (_list(told, "list"),),
        several=several,
    )
    return plan, told.flaws


def unmanned(place: int, listed: ListPlan) -> RowFlaw:
    """What is wrong with a list, by its place from 1, whose inspectors are named nowhere."""
    return _flaw(f"lists.{place}.inspectors", "inspectors_unnamed", list=listed.name)


def _lists(told: _Reader) -> tuple[ListPlan, ...]:
    """The lists of a draw of several, each by its own rules and rosters, no two by one name."""
    held = told.body["lists"]
    if not isinstance(held, list) or not held:
        told.flaws.append(_flaw("lists", "plan_key_missing"))
        return ()
    lists = []
    for place, body in enumerate(held, 1):
        below = told.table(body, f"lists.{place}.")
        if not isinstance(body, dict):
            continue
        below.only(("name", *_FILES, *_RULES))
        files = {name: below.value(name, is_text, "plan_text", "") for name in _FILES if name != "objects"}
        files = {"objects": below.value("objects", is_text, "plan_text")} | {name: file for name, file in files.items() if file}
        if "bans" in files and "inspectors" not in files:
            below.flaws.append(_flaw(f"{below.at}inspectors", "plan_key_missing"))
        lists.append(replace(_list(below, "name"), files=files))
    for name, count in Counter(one.name for one in lists if one.name).items():
        if count > 1:
            told.flaws.append(_flaw("lists", "plan_list_twice", list=name))
    return tuple(lists)


def _list(told: _Reader, key: str) -> ListPlan:
    """The rules of one list, named under a key."""
    strata = _strata(told)
    plan = ListPlan(
        name=told.value(key, lambda value: matches(LIST_NAME, value), "plan_list"),
        team=told.value("team", lambda value: is_count(value) and 1 <= value <= LARGEST_TEAM, "plan_team", 2),
        reserve=told.value("reserve", is_count, "plan_count", 0),
        rounding=told.choice("round", ("ceil", "systematic")),
        base=told.choice("base", ("all", "eligible")),
        pool=told.value("pool", lambda value: is_text(value) and "," not in value, "plan_text", "")
        or str(told.body.get(key, "")),
        codes=frozenset(told.value("codes", _are_codes, "plan_codes", [])),
        strata=strata,
    )
    if plan.rounding == "systematic":
        broken = [code for code, wanted in strata.items() if (wanted.ratio * _MILLION).denominator != 1]
        told.flaws += [_flaw(f"{told.at}strata.{code}.ratio", "plan_ratio_systematic") for code in broken]
    return plan


@dataclass(slots=True)
class _Reader:
    """A table of the plan; what is wrong is noted and a stand-in returned, so that everything is told at once."""

    body: Mapping[str, Any]
    at: str = ""
    flaws: list[RowFlaw] = field(default_factory=list)

    def only(self, known: Sequence[str]) -> None:
        """Note keys that nobody knows, and those that belong into each list's own table where there are several."""
        strange = [name for name in self.body if name not in known]
        for name in strange:
            code = "plan_key_of_list" if "lists" in known and name in (*_FILES, *_RULES) else "plan_key_unknown"
            self.flaws.append(_flaw(f"{self.at}{name}", code, known=", ".join(known)))

    def value(self, name: str, fits: Callable[[Any], bool], code: str, default: Any = None) -> Any:
        """A value that fits, or its default."""
        told = self.body.get(name)
        if told is None and default is None:
            self.flaws.append(_flaw(f"{self.at}{name}", "plan_key_missing"))
        elif told is not None and fits(told):
            return told
        elif told is not None:
            self.flaws.append(_flaw(f"{self.at}{name}", code, value=str(told)[:80]))
        return "" if default is None else default

    def choice(self, name: str, known: Sequence[str], default: str | None = None) -> str:
        """One of the known words; the first one is the default."""
        told = self.body.get(name, known[0] if default is None else default)
        if told not in known:
            self.flaws.append(_flaw(f"{self.at}{name}", "choice_unknown", value=str(told)[:80], known=", ".join(known)))
        return str(told)

    def table(self, held: Any, at: str) -> _Reader:
        """A table below; anything else is noted once and read as an empty one, of which nothing more is said."""
        if not isinstance(held, dict):
            self.flaws.append(_flaw(at.removesuffix("."), "plan_table", value=str(held)[:80]))
            return _Reader({}, at)
        return _Reader(held, at, self.flaws)


def _strata(told: _Reader) -> dict[str, Wanted]:
    held = told.body.get("strata")
    if not isinstance(held, dict) or not held:
        told.flaws.append(_flaw(f"{told.at}strata", "plan_key_missing"))
        return {}
    strata = {}
    for code, body in held.items():
        below = told.table(body, f"{told.at}strata.{code}.")
        below.only(("ratio", "ppm", "min"))
        if not is_text(code):
            told.flaws.append(_flaw(f"{told.at}strata.{code}", "plan_text", value=code))
        strata[code] = _wanted(below)
    return strata


def _wanted(below: _Reader) -> Wanted:
    least = below.value("min", is_count, "plan_count", 0)
    if "ppm" in below.body and "ratio" not in below.body:
        ppm = below.value("ppm", lambda value: is_count(value) and value <= _MILLION, "plan_ppm", 0)
        return Wanted(ratio=Fraction(ppm, _MILLION), told=f"{ppm} ppm", least=least)
    if "ppm" in below.body:
        below.flaws.append(_flaw(f"{below.at}ppm", "plan_ratio_twice"))
    text = below.value("ratio", lambda value: ratio(value) is not None, "plan_ratio")
    return Wanted(ratio=ratio(text) or Fraction(0), told=str(text), least=least)


def ratio(told: object) -> Fraction | None:
    """`3%`, `2.5%` or `1/30` as the number it is, between 0 and 1; None for anything else."""
    found = _RATIO.fullmatch(told.strip()) if isinstance(told, str) else None
    if found is None:
        return None
    try:
        value = Fraction(found["percent"]) / 100 if found["percent"] else Fraction(int(found["part"]), int(found["whole"]))
    except ZeroDivisionError:
        return None
    return value if value <= 1 else None


def _sources(told: _Reader) -> tuple[Mapping[str, Any], ...]:
    held = told.body.get("seed")
    if not isinstance(held, list) or not held:
        told.flaws.append(_flaw("seed", "plan_key_missing"))
        return ()
    before = len(told.flaws)
    sources = tuple(_source(told.table(body, f"seed.{place}.")) for place, body in enumerate(held, 1))
    parties = [source["party"] for source in sources if "party" in source]
    if len(set(parties)) != len(parties):
        told.flaws.append(_flaw("seed", "plan_party_twice"))
    if len(told.flaws) == before:
        told.flaws += chance.weigh(sources)
    return sources


def _source(below: _Reader) -> Mapping[str, Any]:
    kind = below.choice("kind", tuple(_SOURCES), "")
    if kind not in _SOURCES:
        return {}
    needed, further = _SOURCES[kind]
    below.only(("kind", *needed, *further))
    checks: Mapping[str, tuple[Callable[[Any], bool], str]] = {
        "what": (is_text, "plan_text"),
        "party": (lambda value: is_text(value) and matches(_PARTY, value), "plan_party"),
        "bits": (is_count, "plan_count"),
        **dict.fromkeys(("dice", "sides", "lowest"), (is_count, "plan_count")),
        "balls": (lambda value: isinstance(value, list), "plan_form"),
        "hash": (is_promise, "plan_hash"),
        "ca": (lambda value: matches(HEX64, value), "plan_hex64"),
        "make": (lambda value: value is True, "plan_make"),
        "round": (lambda value: is_count(value) and value >= 1, "plan_count"),
        "time": (lambda value: moment(value) is not None, "plan_time"),
        "chain": (
            (is_count, "plan_count") if kind == "nist" else (lambda value: value in _NAMED or matches(HEX64, value), "plan_chain")
        ),
    }  # fmt: skip
    held = {name: below.value(name, *checks[name]) for name in (*needed, *(name for name in further if name in below.body))}
    if kind == "drand":  # what is committed to names the chain by its hash
        held["chain"] = _NAMED.get(held["chain"], held["chain"])
    if kind == "reveal" and ("hash" in held) == ("make" in held):
        below.flaws.append(_flaw(below.at.removesuffix("."), "plan_reveal"))
    return _thrown(below, held) if kind == "text" else {"kind": kind, **held}


def _thrown(below: _Reader, held: Mapping[str, Any]) -> Mapping[str, Any]:
    """A ceremony with its form, as the house's own have it: what it can hold is its bits, or fewer where the plan trusts it less."""
    told = {name: held[name] for name in _FORM if name in held}
    try:
        form = ceremony.read(told)
    except Invalid:
        below.flaws.append(_flaw(below.at.removesuffix("."), "plan_form", value=str(told)[:80]))
        return {"kind": "text", **held}
    bits = held.get("bits", form.bits)
    if not is_count(bits) or bits > form.bits:
        below.flaws.append(_flaw(f"{below.at}bits", "plan_bits_overstated", value=str(bits)[:80], most=form.bits))
    return {"kind": "text", "what": held["what"], "bits": bits, "form": form.value()}


def _are_codes(value: object) -> bool:
    return isinstance(value, list) and all(is_text(code) and code != ELIGIBLE for code in value)


def _flaw(key: str, code: str, **facts: object) -> RowFlaw:
    """A fault of the plan, which has keys and no rows."""
    return RowFlaw(row=0, column=key, code=code, facts=facts)
