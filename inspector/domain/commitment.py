"""The commitment of a draw, the seed that comes after it, and the keys made of both (draw-protocol 7.4, 7.5; rulings 4, 7, 9)."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from inspector.domain.errors import Invalid
from inspector.domain.frame import Frame, lines
from inspector.domain.suite import Suite, root

LEAST_BITS = 64
_LIST_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_HEX64 = re.compile(r"[0-9a-f]{64}")
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
    sources: tuple[Mapping[str, object], ...]
    lists: tuple[DrawList, ...]

    def list_named(self, name: str) -> DrawList:
        """A list by name. Raises Invalid."""
        for held in self.lists:
            if held.name == name:
                return held
        raise Invalid("draw_list_unknown", list=name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What goes into one list of a new commitment; `extra` are further fields, kept and ignored (ruling 4)."""

    name: str
    frame: Frame
    rules: Rules
    extra: Mapping[str, object] = field(default_factory=dict)


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
    """Write commit.json: one line, no final LF. Raises Invalid for anything the reader (`read`) would refuse."""
    suite = suite or Suite()
    body = {
        "v": "ssj1",
        "hash": suite.name,
        "draw": number,
        "prev": prev,
        "blind": blind,
        "made": made,
        "seed": list(sources),
        "lists": [_listed(suite, listing) for listing in listings],
        **(extra or {}),
    }
    return read(json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode())


def _listed(suite: Suite, listing: Listing) -> dict[str, object]:
    held, rules = listing.frame, listing.rules
    strata = {
        code: {"ppm": share.ppm, **({"min": share.least} if share.least else {})}
        for code, share in sorted(rules.strata.items(), key=lambda pair: pair[0].encode())
    }
    told: dict[str, object] = {
        "base": rules.base,
        "round": rules.rounding,
        "reserve": rules.reserve,
        "team": rules.team,
        "strata": strata,
    }
    if rules.codes is not None:
        told["codes"] = sorted(rules.codes)
    listed: dict[str, object] = {"name": listing.name, "objects": _rooted(suite, lines(held.objects)), "rules": told}
    if held.inspectors:
        listed["inspectors"] = _rooted(suite, lines(held.inspectors))
    if held.bans:
        listed["bans"] = _rooted(suite, lines(held.bans))
    return {**listed, **listing.extra}


def _rooted(suite: Suite, rows: list[bytes]) -> dict[str, object]:
    return {"n": len(rows), "root": root(suite, rows)}


def read(content: bytes) -> Commitment:
    """Read commit.json strictly (ruling 4): no duplicate keys, plain integers, known values. Raises Invalid (`draw_commit_invalid`)."""
    try:
        body = json.loads(content, object_pairs_hook=_no_duplicates, parse_float=_no_float, parse_constant=_no_float)
    except (ValueError, UnicodeDecodeError) as error:
        raise Invalid("draw_commit_invalid", field="", problem=str(error)) from error
    _expect(isinstance(body, dict) and body.get("v") == "ssj1", "v", "not an ssj1 commitment")
    suite = Suite(name=str(body.get("hash")))
    sources = body.get("seed")
    _expect(isinstance(sources, list) and bool(sources), "seed", "a list of sources is required")
    bits = sum(_bits(source) for source in sources)
    _expect(bits >= LEAST_BITS, "seed", f"{bits} bits of entropy declared, at least {LEAST_BITS} are required")
    lists = tuple(_list(held) for held in body.get("lists", ()))
    names = [held.name for held in lists]
    _expect(bool(lists) and len(set(names)) == len(names), "lists", "list names must be unique, and at least one is required")
    _expect(isinstance(body.get("draw"), str) and bool(body["draw"]), "draw", "a number is required")
    _expect(body.get("prev") is None or bool(_HEX64.fullmatch(str(body["prev"]))), "prev", "64 hex or null")
    c = suite.digest(content).hex()
    w = suite.hex(f"ssj1/witness\n{c}\n")
    return Commitment(
        content=content,
        c=c,
        w=w,
        suite=suite,
        number=body["draw"],
        prev=body.get("prev"),
        sources=tuple(sources),
        lists=lists,
    )


def _list(held: Mapping[str, object]) -> DrawList:
    name = str(held.get("name"))
    _expect(bool(_LIST_NAME.fullmatch(name)), "lists.name", f"{name!r} does not match [a-z0-9][a-z0-9-]{{0,31}}")
    return DrawList(
        name=name,
        rules=_rules(held.get("rules")),
        objects=_root(held, "objects"),
        inspectors=_root(held, "inspectors") if "inspectors" in held else None,
        bans=_root(held, "bans") if "bans" in held else None,
    )


def _rules(told: object) -> Rules:
    _expect(isinstance(told, dict), "rules", "required")
    assert isinstance(told, dict)
    for name in ("base", "round", "reserve", "team", "strata"):
        _expect(name in told, f"rules.{name}", "required")
    _expect(told["base"] in ("all", "eligible"), "rules.base", "all or eligible")
    _expect(told["round"] in ("ceil", "systematic"), "rules.round", "ceil or systematic")
    _expect(_is_count(told["reserve"]), "rules.reserve", "a plain integer from 0")
    _expect(_is_count(told["team"]) and told["team"] >= 1, "rules.team", "a plain integer from 1")
    strata = {}
    for code, share in told["strata"].items():
        _expect(_is_count(share.get("ppm")) and share["ppm"] <= _MILLION, f"strata.{code}.ppm", "a plain integer 0..1000000")
        _expect(_is_count(share.get("min", 0)), f"strata.{code}.min", "a plain integer from 0")
        strata[code] = Share(ppm=share["ppm"], least=share.get("min", 0))
    codes = frozenset(told["codes"]) if "codes" in told else None
    return Rules(
        base=told["base"], rounding=told["round"], reserve=told["reserve"], team=told["team"], strata=strata, codes=codes
    )


def _root(held: Mapping[str, object], name: str) -> tuple[int, str]:
    told = held.get(name)
    _expect(isinstance(told, dict) and _is_count(told.get("n")), name, "n and root are required")
    assert isinstance(told, dict)
    _expect(bool(_HEX64.fullmatch(str(told.get("root")))), f"{name}.root", "64 lower-case hex")
    return told["n"], told["root"]


def _bits(source: object) -> int:
    """Entropy a source declares: 256 for machines, a text must state its own (ruling 7)."""
    _expect(isinstance(source, dict), "seed", "a source is an object")
    assert isinstance(source, dict)
    kind = source.get("kind")
    _expect(kind in ("drand", "nist", "reveal", "text"), "seed.kind", f"{kind!r} is unknown")
    if kind == "reveal":
        _expect(bool(_HEX64.fullmatch(str(source.get("hash")))), "seed.hash", "64 lower-case hex")
    bits = source.get("bits", 0 if kind == "text" else 256)
    _expect(_is_count(bits), "seed.bits", "a plain integer")
    return int(bits)


def value(source: Mapping[str, object], part: Mapping[str, object], suite: Suite) -> str:
    """One part's text for the seed, checked against what its source promised. Raises Invalid (`draw_seed_invalid`)."""
    kind = source["kind"]
    if part.get("kind") != kind:
        raise Invalid("draw_seed_invalid", kind=kind, problem=f"the part is a {part.get('kind')}")
    if kind == "reveal":
        nonce = str(part.get("nonce"))
        if not _HEX64.fullmatch(nonce) or suite.hex(f"ssj1/nonce\n{nonce}") != source["hash"]:
            raise Invalid("draw_seed_invalid", kind=kind, problem="the nonce does not hash to the promise")
        return nonce
    if kind == "text":
        text = str(part.get("text"))
        if not text or "+" in text or text != " ".join(text.split()) or any(ord(c) < 0x20 or ord(c) == 0x7F for c in text):
            raise Invalid("draw_seed_invalid", kind=kind, problem="single spaces only, no '+', no control character")
        return text
    if kind == "drand":
        if part.get("round") != source.get("round"):
            raise Invalid("draw_seed_invalid", kind=kind, problem="another round than the promised one")
        return hashlib.sha256(bytes.fromhex(str(part["signature"]))).hexdigest()
    return str(part["value"]).lower()


def join(commitment: Commitment, parts: Sequence[Mapping[str, object]]) -> str:
    """B: the parts' values joined by `+` in the order of the commitment. Raises Invalid when one is missing."""
    if len(parts) != len(commitment.sources):
        raise Invalid("draw_seed_invalid", kind="", problem=f"{len(parts)} parts for {len(commitment.sources)} sources")
    return "+".join(value(source, part, commitment.suite) for source, part in zip(commitment.sources, parts, strict=True))


def key(commitment: Commitment, seed: str, tag: str) -> str:
    """32 hex characters for one purpose: `draw`, `round/LIST`, `deal/LIST`."""
    return commitment.suite.hex(f"ssj1/{tag}\n{commitment.c}\n{seed}\n")[:32]


def _no_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    held = dict(pairs)
    if len(held) != len(pairs):
        raise ValueError("a key stands twice")
    return held


def _no_float(text: str) -> object:
    raise ValueError(f"{text} is not a plain integer")


def _is_count(told: object) -> bool:
    return isinstance(told, int) and not isinstance(told, bool) and told >= 0


def _expect(holds: bool, name: str, problem: str) -> None:
    if not holds:
        raise Invalid("draw_commit_invalid", field=name, problem=problem)
