"""Bundles changed in one place, in every place: what each change means, so that no verifier may be of another mind.

A change either says the same in other bytes, or says something else, or makes another draw that is consistent in itself
(`MOOT`: then the verifiers need only agree with each other).
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property
from itertools import product
from typing import Any

from inspector.domain import commitment
from inspector.domain.draw import carry_out
from inspector.domain.errors import Invalid
from inspector.domain.frame import read
from inspector.domain.suite import Suite, root
from tests.bundles import Bundle, re_deals, vector

Files = Mapping[str, bytes]
KINDS = ("objects", "inspectors", "bans")


class Means(Enum):
    """What a change does to the meaning."""

    SAME = "the same in other bytes"
    OTHER = "something else"
    MOOT = "another draw, or none"


@dataclass(frozen=True, kw_only=True)
class Change:
    """One changed bundle."""

    name: str
    means: Means
    draft: Files
    fit: bool = False

    @cached_property
    def files(self) -> Files:
        """The bundle; a draft that is to be made to fit is so only when somebody looks at it."""
        return fitted(self.draft) if self.fit else self.draft


def packed(held: Bundle, after: bytes = b"") -> dict[str, bytes]:
    """A bundle's files."""
    files = {"commit.json": held.content, "seed.json": encode({"commit": held.commitment.c, "parts": list(held.parts)})}
    files["result.json"] = encode(held.result)
    for name, contents in held.frames.items():
        files |= {f"{name}.{kind}.tsv": content for kind, content in zip(KINDS, contents, strict=True)}
    return files | ({f"{next(iter(held.frames))}.after.jsonl": after} if after else {})


def published() -> Iterator[tuple[str, dict[str, bytes]]]:
    """The vectors, and the first of them with its re-deals."""
    yield from ((name, packed(vector(name))) for name in ("1", "2", "3", "sm3"))
    yield "after", followed("after")


def followed(name: str) -> dict[str, bytes]:
    """The first vector's files with what one file says to have happened afterwards."""
    return packed(vector("1"), b"".join(encode(event) + b"\n" for event in re_deals(name)["events"]))


def encode(told: object) -> bytes:
    """JSON without spaces."""
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode(
        errors="backslashreplace"
    )  # a half character as its escape


def changes() -> Iterator[Change]:
    """Every change of every published bundle."""
    for name, files in published():
        made = (_presence, _noted, _registers, documents, _lines, _committed, _recommitted)
        yield from (replace(one, name=f"{name}: {one.name}") for kind in made for one in kind(files))
    yield from (replace(one, name=f"replace: {one.name}") for one in _lines(followed("replace")))


def _presence(files: Files) -> Iterator[Change]:
    for name, content in files.items():
        gone = {other: held for other, held in files.items() if other != name}
        # without a note of it nobody can tell what stood in after.jsonl: each verifier says that it lacks (test_one_mind)
        empty, means = content == b"", Means.MOOT if name.endswith("after.jsonl") else Means.OTHER
        yield Change(name=f"{name} gone", means=Means.SAME if empty else means, draft=gone)
        if name.endswith(".json"):
            yield from (
                _with(files, name, b"", "empty"),
                _with(files, name, b"[]", "a list"),
                _with(files, name, b"null", "null"),
            )
        yield _with(files, name, b"\xef\xbb\xbf" + content, "with a mark")
        yield _with(files, name, content + b"\xff", "with a byte that is no UTF-8")
    if "scjg.objects.tsv" in files and "yjj.objects.tsv" not in files:
        yield _with(files, "objects.tsv", files["scjg.objects.tsv"], "a second register")
        yield (
            _with(files, "after.jsonl", b"", "a second log")
            if "scjg.after.jsonl" in files
            else _with(files, "after.jsonl", b"", "no re-deals", Means.SAME)
        )
    yield _with(files, "notes.txt", b"x", "a note", Means.SAME)
    yield _with(files, "witness/record.json", b'{"draw":"another"}', "of another draw")
    yield _with(files, "witness/record.json", b'{"receipt":1,"receipt":2}', "a key twice")
    yield _with(files, "witness/record.json", b'{"receipt":"n-1"}', "a receipt", Means.SAME)


def _noted(files: Files) -> Iterator[Change]:
    """after.jsonl beside the house's note of it: nothing is taken out unseen, nor behind another file of such a name (7.8)."""
    name = next((one for one in files if one.endswith("after.jsonl")), "after.jsonl")
    rest, content = {other: held for other, held in files.items() if other != name}, files.get(name, b"")
    note: dict[str, Any] = {"lines": content.count(b"\n"), "sha256": hashlib.sha256(content).hexdigest()}
    decoys = {"": {}, "and rows beside": {"zz.drawn.jsonl": b""}, "and another": {"zz.after.jsonl": content}}

    def of(held: Files, told: object, kind: str, means: Means) -> Change:
        return Change(name=f"noted: {kind}", means=means, draft={**held, "witness/record.json": encode({"after": told})})

    for how, others_ in decoys.items():
        yield of({**files, **others_}, note, f"as it is {how}", Means.SAME)
        for kind, left in {"gone": rest, "emptied": {**rest, name: b""}}.items():
            yield of({**left, **others_}, note, f"{kind} {how}", Means.OTHER if content else Means.SAME)
    yield of(files, None, "nothing", Means.SAME)
    for wrong in ({}, [], "", 0, False, {**note, "more": 1}, *({field: one} for field, one in note.items())):
        yield of(files, wrong, f"as {wrong}", Means.OTHER)
    for field, value in note.items():
        for kind, other in others(value):
            yield of(files, {**note, field: other}, f"{field} {kind}", Means.OTHER)


TEXTS: Mapping[str, Callable[[str], str]] = {
    "longer": lambda text: text + "0",
    "empty": lambda text: "" if text else "0",
    "with a space before": lambda text: " " + text,
    "with a wide space behind": lambda text: text + "\u3000",
    "in NFD": lambda text: unicodedata.normalize("NFD", text + "é"),
    "full width": lambda text: (
        chr(0xFEE0 + ord(text[0])) + text[1:] if text[:1].isascii() and text[:1].isalnum() else text + "Ａ"
    ),
    "with a control character": lambda text: text + "\x7f",
    "with a column more": lambda text: text + "\t",
    "other case": lambda text: text.swapcase() if text.swapcase() != text else text + "x",
    "with a zero before": lambda text: "0" + text,
}


def _registers(files: Files) -> Iterator[Change]:
    for name in (one for one in files if one.endswith(".tsv")):
        rows = files[name].split(b"\n")[:-1]
        for kind, content in {
            "reversed": b"".join(row + b"\n" for row in reversed(rows)),
            "without its last line feed": files[name][:-1],
            "with CRLF": files[name].replace(b"\n", b"\r\n"),
            "with an empty row": files[name] + b"\n",
            "with spaces for tabs": files[name].replace(b"\t", b" "),
        }.items():
            if content != files[name]:
                yield _with(files, name, content, kind)
        for number, row in enumerate(rows):
            for kind, others in {"gone": [], "twice": [row, row]}.items():
                content = b"".join(one + b"\n" for one in (*rows[:number], *others, *rows[number + 1 :]))
                yield _with(files, name, content, f"row {number} {kind}")
            fields = row.decode().split("\t")
            for column in range(len(fields)):
                for kind, change in TEXTS.items():
                    changed = "\t".join((*fields[:column], change(fields[column]), *fields[column + 1 :])).encode()
                    content = b"".join(one + b"\n" for one in (*rows[:number], changed, *rows[number + 1 :]))
                    yield _with(files, name, content, f"row {number} column {column} {kind}")


def documents(files: Files) -> Iterator[Change]:
    """result.json and seed.json: each value, and the form."""
    for name in ("result.json", "seed.json"):
        told = json.loads(files[name])
        yield _with(files, name, json.dumps(told, indent=2).encode(), "laid out and escaped", Means.SAME)
        yield _with(files, name, encode(turned(told)), "its keys in another order", Means.SAME)
        yield _with(files, name, files[name].replace(b"{", b"{ \n", 1), "with spaces", Means.SAME)
        yield _with(files, name, b"{" + files[name][1:-1] + b"," + files[name][1:], "every field twice")
        for path, value in leaves(told):
            if name == "seed.json" and not _counts(path):
                continue
            for kind, other in others(value):
                same = path[-1] == "outputValue" and kind == "other case"  # it counts in lower case
                means = Means.SAME if same else Means.OTHER
                yield _with(files, name, encode(changed(told, path, other)), f"{path} {kind}", means)
            yield _with(files, name, encode(without(told, path)), f"{path} gone")
    told = json.loads(files["result.json"])
    yield _with(files, "result.json", encode({**told, "note": 1}), "a field more")
    yield _with(files, "result.json", encode({**told, "lists": told["lists"][::-1] * 2}), "lists twice")
    yield _with(
        files, "result.json", files["result.json"].replace(b'"k":1', b'"k":1.0').replace(b'"k":2', b'"k":2e0'), "fractions"
    )
    for n, listed in enumerate(told["lists"]):
        for code, one in listed["strata"].items():
            path = ("lists", n, "strata", code, "wanted")
            right = one.get("wanted", one["k"])
            yield _with(files, "result.json", encode(changed(told, path, right)), f"{path} told", Means.SAME)
            yield _with(files, "result.json", encode(changed(told, path, right + 1)), f"{path} one more")
            yield _with(files, "result.json", encode(changed(told, path, True)), f"{path} true")


def _counts(path: tuple[str | int, ...]) -> bool:
    """Whether a field of seed.json says something to a verifier; the others are kept for who has the beacon's key."""
    return path[-1] not in ("pulseIndex", "chainIndex")


def _lines(files: Files) -> Iterator[Change]:
    """after.jsonl: each value of each line, and the order."""
    name = next((one for one in files if one.endswith("after.jsonl")), None)
    if name is None:
        return
    events = [json.loads(line) for line in files[name].splitlines()]

    def of(told: list[Any], kind: str, means: Means = Means.OTHER) -> Change:
        return _with(files, name, b"".join(encode(one) + b"\n" for one in told), kind, means)

    seen = Means.OTHER if events[-1]["kind"] == "deal" else Means.SAME  # a seat that no line deals is missed
    yield of(events[:-1], "its last line gone", seen)  # nobody can see any other; who counts on it asks for a later copy
    yield _with(files, name, files[name] + b"\n", "an empty line")
    yield _with(files, name, files[name][:-1], "cut short")
    for number, event in enumerate(events):
        if number < len(events) - 1:
            yield of([*events[:number], *events[number + 1 :]], f"line {number} gone")
            yield of([*events[:number], events[number + 1], event, *events[number + 2 :]], f"line {number} and the next turned")
        yield of([*events[: number + 1], *events[number:]], f"line {number} twice")
        bare = {field: value for field, value in event.items() if value is not None or field == "in"}
        yield of([*events[:number], bare, *events[number + 1 :]], f"line {number} without nulls", Means.SAME)
        for field, value in event.items():
            for kind, other in others(value):
                free = field in ("reason", "evidence") and (
                    other is None or (isinstance(other, str) and other == str(other).strip() != "")
                )
                means = Means.MOOT if free else Means.OTHER
                yield of(
                    [*events[:number], {**event, field: other}, *events[number + 1 :]], f"line {number} {field} {kind}", means
                )


def _committed(files: Files) -> Iterator[Change]:
    """commit.json: each value, with the result still that of the old one."""
    told = json.loads(files["commit.json"])
    yield _with(files, "commit.json", json.dumps(told, ensure_ascii=False).encode(), "with spaces")
    yield _with(files, "commit.json", files["commit.json"] + b"\n", "with a line feed")
    for path, value in leaves(told):
        yield _with(files, "commit.json", encode(changed(told, path, next(others(value))[1])), f"{path} changed")


def _recommitted(files: Files) -> Iterator[Change]:
    """commit.json or a register changed, and everything made to fit: a draw that somebody else might have made so."""
    told = json.loads(files["commit.json"])
    for path, value in leaves(told):
        for kind, other in others(value):
            yield _fitted({**files, "commit.json": encode(changed(told, path, other))}, f"{path} {kind}")
        yield _fitted({**files, "commit.json": encode(without(told, path))}, f"{path} gone")
    for raw in (b'"ppm":1e5', b'"ppm":-0', b'"ppm":1,"ppm":1', b'"ppm":9007199254740993', b'"ppm":0,"min":9007199254740993'):
        content = files["commit.json"].replace(b'"ppm":', raw + b',"was":', 1)
        yield _fitted({**files, "commit.json": content}, f"{raw.decode()}")
    for made in (
        "2099-01-01T00:00:00Z",
        "2026-02-30T09:00:00Z",
        "2099-01-01T00:00:00",
        "9999-12-31T23:59:59-23:59",
        "0000-01-01T00:00:00Z",
    ):
        yield _fitted({**files, "commit.json": encode(changed(told, ("made",), made))}, f"made {made}")
    for path, codes in ((("lists", 0, "rules", "codes"), held) for held in (["cap", "leave"], [], None, ["cap", 1], "cap")):
        yield _fitted({**files, "commit.json": encode(changed(told, path, codes))}, f"codes {codes}")
    for (n, listed), kind in product(enumerate(told["lists"]), KINDS):
        yield from _rerowed(files, told, n, f"{listed['name']}.{kind}.tsv", kind)


def _rerowed(files: Files, told: Any, n: int, name: str, kind: str) -> Iterator[Change]:
    """The first rows of a register changed, and committed to so."""
    rows, suite = files[name].split(b"\n")[:-1], commitment.read(files["commit.json"]).suite
    for number, row in enumerate(rows[:3]):
        fields = row.decode().split("\t")
        for column, (how, change) in product(range(len(fields)), TEXTS.items()):
            held = "\t".join((*fields[:column], change(fields[column]), *fields[column + 1 :])).encode()
            fresh = sorted((*rows[:number], held, *rows[number + 1 :]))
            body = changed(told, ("lists", n, kind, "root"), root(suite, fresh))
            content = b"".join(one + b"\n" for one in fresh)
            made = {**files, name: content, "commit.json": encode(body)}
            yield _fitted(made, f"{name} row {number} column {column} {how}")


def _fitted(files: Files, name: str) -> Change:
    return Change(name=f"fitted: {name}", means=Means.MOOT, draft=files, fit=True)


def fitted(files: Files) -> Files:
    """With the result that these inputs give, where they give one."""
    suite = Suite(name="sm3" if b'"sm3"' in files["commit.json"] else "sha256")
    c = suite.digest(files["commit.json"]).hex()
    seed, result = (json.loads(files[name]) for name in ("seed.json", "result.json"))
    try:
        made = commitment.read(files["commit.json"])
        frames = {held.name: read(*(files.get(f"{held.name}.{kind}.tsv", b"") for kind in KINDS)) for held in made.lists}
        content = carry_out(made, frames, seed["parts"]).content()
    except Invalid:
        content = encode({**result, "commit": c})
    return {**files, "seed.json": encode({**seed, "commit": c}), "result.json": content}


def _with(files: Files, name: str, content: bytes, kind: str, means: Means = Means.OTHER) -> Change:
    return Change(name=f"{name} {kind}", means=means, draft={**files, name: content})


def leaves(told: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Every value with its path, the whole apart."""
    pairs = told.items() if isinstance(told, dict) else enumerate(told) if isinstance(told, list) else ()
    for name, value in pairs:
        yield (*path, name), value
        yield from leaves(value, (*path, name))


def others(value: Any) -> Iterator[tuple[str, Any]]:
    """Values that are not this one."""
    if isinstance(value, str):
        yield "another", value + "0"
        yield from (
            (kind, change(value))
            for kind, change in TEXTS.items()
            if kind in ("empty", "in NFD", "other case", "with a space before")
        )
        yield "half a character", "\ud800"
        yield "an object", {"of": value}
    elif isinstance(value, int):
        yield from (
            ("one more", value + 1),
            ("negative", -1 - value),
            ("a text", str(value)),
            ("huge", 2**60 + value),
            ("true", True),
        )
        yield "a fraction", value + 0.5
        yield "an object", {}
    elif isinstance(value, list):
        yield "longer", [*value, value[-1] if value else "0"]
        yield from [("shorter", value[1:]), ("turned", value[::-1])] if len(value) > 1 and value != value[::-1] else []
        yield "an object", {"0": value}
    elif isinstance(value, dict):
        yield "in a list", [value]
        yield from [("empty", {})] if value else []
    if value is None:
        yield "a text", "0"
        yield "zero", 0
        yield "false", False
        yield "an object", {}
    else:
        yield "null", None


def changed(told: Any, path: tuple[str | int, ...], value: Any) -> Any:
    """A copy with one value set."""
    if not path:
        return value
    name, *rest = path
    if isinstance(told, list):
        return [changed(one, tuple(rest), value) if n == name else one for n, one in enumerate(told)]
    return {**told, name: changed(told.get(name), tuple(rest), value)}


def without(told: Any, path: tuple[str | int, ...]) -> Any:
    """A copy with one value taken away."""
    name, *rest = path
    if isinstance(told, list):
        return [without(one, tuple(rest)) if n == name else one for n, one in enumerate(told) if rest or n != name]
    return {field: without(one, tuple(rest)) if field == name else one for field, one in told.items() if rest or field != name}


def turned(told: Any) -> Any:
    """The same with the keys of every object in another order."""
    if isinstance(told, dict):
        return {name: turned(value) for name, value in reversed(told.items())}
    return [turned(one) for one in told] if isinstance(told, list) else told
