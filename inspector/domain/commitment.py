"""The commitment of a draw, the seed that comes after it, and the keys made of both (draw-protocol 7.4, 7.5; rulings 4, 7, 9)."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from inspector.domain.errors import Invalid
from inspector.domain.frame import ELIGIBLE, Ban, Frame, InspectorRow, ObjectRow, refuse_guessable
from inspector.domain.rowfile import rooted, tally
from inspector.domain.seed import entropy, known_at, moment, refuse_vague, value
from inspector.domain.strict import HEX32, HEX64, expect, garbled, is_count, is_text, matches, parse, promised
from inspector.domain.suite import Suite

__all__ = ["Commitment", "DrawList", "Listing", "Rules", "Share", "commit", "join", "key", "read", "refuse_undeclared", "value"]

LEAST_BITS = 64
LARGEST_TEAM = 1000
"""A verifier must lay every seat out: a bundle may not fill its memory by a number."""
LIST_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
"""What names a list (ruling 3)."""
_MILLION = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What is drawn of a stratum: parts per million of its rows, at least `least`."""

    ppm: int
    least: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """A list's rules. `base` all|eligible; `rounding` ceil|systematic."""

    base: str
    rounding: str
    reserve: int
    team: int
    strata: Mapping[str, Share]
    codes: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawList:
    """One list of a commitment: its rules and the roots of its files."""

    name: str
    rules: Rules
    objects: tuple[int, str]
    inspectors: tuple[int, str] | None = None
    bans: tuple[int, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """commit.json as the bytes it is, with C and W. Nobody re-encodes it."""

    content: bytes
    c: str
    w: str
    suite: Suite
    number: str
    prev: str | None
    made: str
    sources: tuple[Mapping[str, object], ...]
    lists: tuple[DrawList, ...]

    @property
    def known(self) -> datetime | None:
        """When the first source that carries a time becomes known; None when none does."""
        return min(filter(None, map(known_at, self.sources)), default=None)

    @property
    def late(self) -> bool:
        """Whether by its own word it was made when its seed, or a part of it, was known already: then it commits to nothing."""
        made, known = moment(self.made), self.known
        return made is not None and known is not None and made >= known

    def list_named(self, name: str) -> DrawList:
        """A list by name. Raises Invalid."""
        for held in self.lists:
            if held.name == name:
                return held
        raise Invalid("draw_list_unknown", list=name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What goes into one list of a new commitment; `extra` are further fields, kept and ignored (ruling 4).

    A list that `deals` commits to its inspectors even when there are none: then every seat is told to be empty.
    """

    name: str
    frame: Frame
    rules: Rules
    extra: Mapping[str, object] = field(default_factory=dict)
    deals: bool = True


def commit(
    *,
    number: str,
    prev: str | None,
    blind: str,
    made: str,
    sources: Sequence[Mapping[str, object]],
    listings: Sequence[Listing],
    suite: Suite | None = None,
    extra: Mapping[str, object] | None = None,
) -> Commitment:
    """Write commit.json: one line, no final LF. Raises Invalid for anything that would stop the draw once its seed is known.

    Stricter than `read` in three points, for what we make is new while what we read may be older than the rulings: sources
    are not vague (`seed.refuse_vague`), salts are 32 hex (`frame.refuse_guessable`), and no source is older than `made`.
    """
    suite = suite or Suite()
    for source in sources:
        refuse_vague(source)
    for listing in listings:
        refuse_guessable(listing.frame)
    body = {
        "v": "ssj1",
        "hash": suite.name,
        "draw": number,
        "prev": prev,
        "blind": blind,
        "made": made,
        "seed": list(sources),
        "lists": [_listed(suite, listing) for listing in listings],
    }
    try:
        committed = read(json.dumps(_with(body, extra or {}), ensure_ascii=False, separators=(",", ":")).encode())
    except UnicodeEncodeError as error:
        raise Invalid("draw_commit_invalid", field="commit.json", problem="half") from error
    expect(not committed.late, "made", "made_late")
    return committed


def _listed(suite: Suite, listing: Listing) -> dict[str, object]:
    held, rules = listing.frame, listing.rules
    refuse_undeclared(rules, held.objects)
    strata = {code: {"ppm": share.ppm, **({"min": share.least} if share.least else {})} for code, share in rules.strata.items()}
    told: dict[str, object] = {
        "base": rules.base,
        "round": rules.rounding,
        "reserve": rules.reserve,
        "team": rules.team,
        "strata": strata,
    }
    if rules.codes is not None:
        told["codes"] = sorted(rules.codes)
    listed: dict[str, object] = {"name": listing.name, "objects": _rooted(suite, held.objects), "rules": told}
    if held.inspectors or listing.deals:
        listed["inspectors"] = _rooted(suite, held.inspectors)
    if held.bans:
        listed["bans"] = _rooted(suite, held.bans)
    return _with(listed, listing.extra)


def _with(body: Mapping[str, object], extra: Mapping[str, object]) -> dict[str, object]:
    """Further fields beside the protocol's own, never instead of them."""
    taken = sorted(body.keys() & extra.keys())
    expect(not taken, ", ".join(taken), "field_taken")
    return {**body, **extra}


def _rooted(suite: Suite, rows: Sequence[ObjectRow] | Sequence[InspectorRow] | Sequence[Ban]) -> dict[str, object]:
    n, told = rooted(suite, rows)
    return {"n": n, "root": told}


def refuse_undeclared(rules: Rules, objects: Collection[ObjectRow]) -> None:
    """Rulings 5 and 6: every row stands in a declared stratum, with a declared exclusion code if codes are. Raises Invalid."""
    known = {ELIGIBLE, *rules.codes} if rules.codes is not None else None
    if all(code in rules.strata and (known is None or status in known) for code, status in tally(objects)):
        return
    for row in objects:
        if row.stratum not in rules.strata:
            raise Invalid("draw_stratum_undeclared", row=row.id, stratum=row.stratum)
        if known is not None and row.status not in known:
            raise Invalid("draw_code_undeclared", row=row.id, status=row.status)


def read(content: bytes) -> Commitment:
    """Read commit.json strictly (ruling 4): no duplicate keys, plain integers, known values.

    Raises Invalid (`draw_commit_invalid`, `draw_suite_unavailable`).
    """
    body = _parsed(content)
    expect(body.get("v") == "ssj1", "v", "other_version")
    suite = Suite(name=str(body.get("hash")))
    expect(is_text(body.get("draw")), "draw", "number_required")
    expect(body.get("prev") is None or matches(HEX64, body["prev"]), "prev", "hex64_or_null")
    expect(matches(HEX32, body.get("blind")), "blind", "hex32")
    expect(moment(body.get("made")) is not None, "made", "made_time")
    c = suite.digest(content).hex()
    return Commitment(
        content=content,
        c=c,
        w=suite.hex(f"ssj1/witness\n{c}\n"),
        suite=suite,
        number=body["draw"],
        prev=body.get("prev"),
        made=body["made"],
        sources=_sources(body.get("seed")),
        lists=_lists(body.get("lists")),
    )


def _parsed(content: bytes) -> dict[str, Any]:
    try:
        body = parse(content)
    except ValueError as error:
        raise Invalid("draw_commit_invalid", field="commit.json", **garbled(error)) from error
    expect(isinstance(body, dict), "commit.json", "json_object")
    return cast("dict[str, Any]", body)


def _sources(told: object) -> tuple[Mapping[str, object], ...]:
    if not isinstance(told, list) or not told:
        raise Invalid("draw_commit_invalid", field="seed", problem="sources")
    bits = sum(entropy(source) for source in told)
    expect(bits >= LEAST_BITS, "seed", "few_bits", bits=bits, least=LEAST_BITS)
    return tuple(told)


def _lists(told: object) -> tuple[DrawList, ...]:
    if not isinstance(told, list) or not told:
        raise Invalid("draw_commit_invalid", field="lists", problem="lists")
    lists = tuple(_list(held) for held in told)
    expect(len({held.name for held in lists}) == len(lists), "lists.name", "list_twice")
    return lists


def _list(held: object) -> DrawList:
    if not isinstance(held, dict):
        raise Invalid("draw_commit_invalid", field="lists", problem="list_object")
    name = held.get("name")
    expect(matches(LIST_NAME, name), "lists.name", "list_name", value=name)
    return DrawList(
        name=str(name),
        rules=_rules(held.get("rules")),
        objects=_root(held, "objects"),
        inspectors=_root(held, "inspectors") if "inspectors" in held else None,
        bans=_root(held, "bans") if "bans" in held else None,
    )


def _rules(told: object) -> Rules:
    if not isinstance(told, dict):
        raise Invalid("draw_commit_invalid", field="rules", problem="required")
    for name in ("base", "round", "reserve", "team", "strata"):
        expect(name in told, f"rules.{name}", "required")
    expect(told["base"] in ("all", "eligible"), "rules.base", "one_of", known="all, eligible")
    expect(told["round"] in ("ceil", "systematic"), "rules.round", "one_of", known="ceil, systematic")
    expect(is_count(told["reserve"]), "rules.reserve", "count")
    expect(is_count(told["team"]) and 1 <= told["team"] <= LARGEST_TEAM, "rules.team", "count_to", first=1, last=LARGEST_TEAM)
    expect(isinstance(told["strata"], dict), "rules.strata", "shares")
    return Rules(
        base=told["base"],
        rounding=told["round"],
        reserve=told["reserve"],
        team=told["team"],
        strata={code: _share(code, share) for code, share in told["strata"].items()},
        codes=_codes(told["codes"]) if "codes" in told else None,
    )


def _share(code: str, told: object) -> Share:
    expect(is_text(code), "rules.strata", "no_code", value=code)
    if not isinstance(told, dict):
        raise Invalid("draw_commit_invalid", field=f"strata.{code}", problem="ppm_required")
    ppm, least = told.get("ppm", -1), told.get("min", 0)
    expect(is_count(ppm) and ppm <= _MILLION, f"strata.{code}.ppm", "count_to", first=0, last=_MILLION)
    expect(is_count(least), f"strata.{code}.min", "count")
    return Share(ppm=ppm, least=least)


def _codes(told: object) -> frozenset[str]:
    if not isinstance(told, list) or not all(is_text(code) for code in told):
        raise Invalid("draw_commit_invalid", field="rules.codes", problem="codes_list")
    return frozenset(told)


def _root(held: Mapping[str, object], name: str) -> tuple[int, str]:
    told = held.get(name)
    if not isinstance(told, dict) or not is_count(told.get("n")):
        raise Invalid("draw_commit_invalid", field=name, problem="n_and_root")
    expect(matches(HEX64, told.get("root")), f"{name}.root", "hex64")
    return told["n"], told["root"]


def join(commitment: Commitment, parts: Sequence[Mapping[str, object]]) -> str:
    """B: the parts' values joined by `+` in the order of the commitment. Raises Invalid when one is missing (ruling 12)."""
    if len(parts) != len(commitment.sources):
        raise Invalid("draw_seed_invalid", kind="", problem="count", parts=len(parts), sources=len(commitment.sources))
    for source, part in zip(commitment.sources, parts, strict=True):
        promised(isinstance(part, Mapping), str(source["kind"]), "withheld")
    return "+".join(value(source, part, commitment.suite) for source, part in zip(commitment.sources, parts, strict=True))


def key(commitment: Commitment, seed: str, tag: str) -> str:
    """32 hex characters for one purpose: `draw`, `round/LIST`, `deal/LIST`."""
    return commitment.suite.hex(f"ssj1/{tag}\n{commitment.c}\n{seed}\n")[:32]
