"""Draws as the public gets them, and what somebody might change in such a bundle (draw-protocol ruling 17)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import permutations
from typing import Any

from inspector.domain import commitment
from inspector.domain.draw import receipt, shown
from inspector.domain.public import published
from inspector.domain.selection import ticket
from tests.bundles import Bundle, vector
from tests.tampering import Change, Means, documents, encode, leaves, others, packed
from tests.tampering import changed as with_value

Files = dict[str, bytes]
HIDDEN = "91330100MA00006702"
"""Of the first vector, who is drawn and not named in the house's form of it."""


def public(held: Bundle) -> Files:
    """The rows of all who are named, the reserve too, with their paths in the place of the registers."""
    files = {name: content for name, content in packed(held).items() if not name.endswith(".tsv")}
    for listed in held.carry_out().lists:
        named = [name for one in listed.strata.values() for name in (*one.selected, *one.reserve)]
        told = [receipt(held.commitment, held.frame(listed.name), one, listed.name) for one in named]
        files[f"{listed.name}.drawn.jsonl"] = b"".join(encode(one) + b"\n" for one in told)
    return files


def of_the_house(held: Bundle, *hidden: str) -> Files:
    """As the house publishes it: no reserve, no team and none of the `hidden` is named."""
    done, files = held.carry_out(), {name: content for name, content in packed(held).items() if not name.endswith(".tsv")}
    named = {one.name: {name for name in one.selected if name not in hidden} for one in done.lists}
    files["result.json"] = encode(published(held.commitment, done, named))
    for one in done.lists:
        told = shown(held.commitment, held.frame(one.name), named[one.name], one.name)
        files[f"{one.name}.drawn.jsonl"] = b"".join(encode(line) + b"\n" for line in told)
    return files


def bundles() -> Iterator[tuple[str, Files]]:
    """The vectors with everybody named, and the first as the house tells it."""
    yield from ((f"public {name}", public(vector(name))) for name in ("1", "2", "3", "sm3"))
    yield "house 1", of_the_house(vector("1"), HIDDEN)


def changes() -> Iterator[Change]:
    """Every change of public bundles: their documents, who stands in them, their rows, their files."""
    for name, files in bundles():
        for kind in (documents, doubles, strangers, _rows, _files):
            yield from (replace(one, name=f"{name}: {one.name}") for one in kind(files))


def doubles(files: Mapping[str, bytes]) -> Iterator[Change]:
    """One entry in the place of another, so that somebody drawn is hidden; order, limit and teams are made to fit.

    An entry stands in for one of its own stratum or of another, named, or by its ticket where nobody would see a name twice.
    """
    made, told = commitment.read(files["commit.json"]), json.loads(files["result.json"])
    draw = commitment.key(made, commitment.join(made, json.loads(files["seed.json"])["parts"]), "draw")

    def of(entry: Any) -> str:
        return str(entry["ticket"]) if isinstance(entry, dict) else ticket(made.suite, draw, entry)

    for n, listed in enumerate(told["lists"]):
        strata = listed["strata"]
        places = [(code, place) for code, one in strata.items() for place in range(len(one["selected"]) + len(one["reserve"]))]
        for (code, place), (other, there) in permutations(places, 2):
            one, entries = strata[other], [*strata[other]["selected"], *strata[other]["reserve"]]
            entry = [*strata[code]["selected"], *strata[code]["reserve"]][place]
            for kind, double in {"named": entry, "as a ticket": {"ticket": of(entry)}}.items():
                order, k = sorted([*entries[:there], double, *entries[there + 1 :]], key=of), one["k"]
                fresh = {**one, "selected": order[:k], "reserve": order[k:], "limit": of(order[k - 1]) if k else None}
                body = with_value(with_value(told, ("lists", n, "strata", other), fresh), ("lists", n, "teams"), {})
                name = f"{code}[{place}] {kind} for {other}[{there}]"
                yield Change(name=name, means=Means.OTHER, draft={**files, "result.json": encode(body)})


def strangers(files: Mapping[str, bytes]) -> Iterator[Change]:
    """Somebody invented, named in the reserve with a ticket that fits its place."""
    made, told = commitment.read(files["commit.json"]), json.loads(files["result.json"])
    draw = commitment.key(made, commitment.join(made, json.loads(files["seed.json"])["parts"]), "draw")
    for n, listed in enumerate(told["lists"]):
        for code, one in listed["strata"].items():
            if not one["reserve"]:
                continue
            last = one["reserve"][-2] if len(one["reserve"]) > 1 else one["selected"][-1] if one["selected"] else None
            least = "" if last is None else last["ticket"] if isinstance(last, dict) else ticket(made.suite, draw, last)
            name = next(name for name in map("INVENTED{}".format, range(10**6)) if ticket(made.suite, draw, name) > least)
            body = with_value(told, ("lists", n, "strata", code, "reserve"), [*one["reserve"][:-1], name])
            yield Change(name=f"{name} in reserve of {code}", means=Means.OTHER, draft={**files, "result.json": encode(body)})


def _files(files: Mapping[str, bytes]) -> Iterator[Change]:
    for name in files:
        gone = {other: content for other, content in files.items() if other != name}
        yield Change(name=f"{name} gone", means=Means.OTHER, draft=gone)
        yield Change(name=f"{name} cut short", means=Means.OTHER, draft={**files, name: files[name][:-1]})
    yield Change(name="a note", means=Means.SAME, draft={**files, "notes.txt": b"x"})
    yield Change(name="an empty register beside it", means=Means.OTHER, draft={**files, "scjg.objects.tsv": b""})


def _rows(files: Mapping[str, bytes]) -> Iterator[Change]:
    """drawn.jsonl: each value of each row, and rows that lack. A receipt's own C is a copy that nobody reads."""
    for name in (one for one in files if one.endswith("drawn.jsonl")):
        rows = [json.loads(line) for line in files[name].splitlines()]
        of = _writer(files, name)
        for number, row in enumerate(rows):
            yield of([*rows[:number], *rows[number + 1 :]], f"row {number} gone", Means.OTHER)
            yield of([*rows[: number + 1], *rows[number:]], f"row {number} twice", Means.SAME)
            for path, value in leaves(row):
                means = Means.SAME if path == ("c",) else Means.OTHER
                for kind, other in others(value):
                    changed = [*rows[:number], with_value(row, path, other), *rows[number + 1 :]]
                    yield of(changed, f"row {number} {path} {kind}", means)


def _writer(files: Mapping[str, bytes], name: str) -> Callable[[list[Any], str, Means], Change]:
    def of(rows: list[Any], kind: str, means: Means) -> Change:
        content = b"".join(encode(one) + b"\n" for one in rows)
        return Change(name=f"{name} {kind}", means=means, draft={**files, name: content})

    return of
