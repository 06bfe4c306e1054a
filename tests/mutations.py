"""Bundles changed at random, several times over: what no list of changes thought of. A number gives the same bundle every time."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from typing import Any

from inspector.domain.commitment import read
from inspector.domain.suite import Suite, root
from tests import published
from tests.bundles import random_bundle, vector
from tests.tampering import KINDS, encode, fitted, followed, leaves, packed

Files = dict[str, bytes]
RECORD = "witness/record.json"
TEXTS = (
    *(
        "",
        "x",
        " x",
        "x\u3000",
        "\u00a0x",
        "\ufeffx",
        "x\u200b",
        "e\u0301",
        "\ud800",
        "\U0001f600",
        "x\ty",
        "a\nb",
        "\x7f",
        "\u0085",
    ),
    *("\u2028", "01", "１", "a+b", "\u212b", "\u1100\u1161", "toString", "__proto__", "f" * 64),
)
VALUES: tuple[Any, ...] = (None, True, False, 0, 1, -1, 10**25, [], {}, [None], {"ticket": "0" * 64}, {"toString": 1}, *TEXTS)
VOID = ("voided_at", "lacked", "signed", "seeded_at")
FIELDS = (
    "min",
    "codes",
    "bits",
    "party",
    "form",
    "chain",
    "wanted",
    "seat",
    "inspectors",
    "bans",
    "prev",
    "__proto__",
    "new",
    *VOID,
)
SIGNS = b' \t\n\r\x00"{}[],:0e-.\xc3\xff'
DECOYS = ("zz.drawn.jsonl", "zz.after.jsonl", "after.jsonl", "drawn.jsonl", "objects.tsv", "zz.objects.tsv", "seed.json")


@cache
def bases() -> tuple[Files, ...]:
    """Full and public bundles, some with what followed, some with a record of it, some void before their seed."""
    plain = [packed(vector(name)) for name in ("1", "2", "3", "sm3", "joint")] + [followed("after"), followed("replace")]
    plain += [published.public(vector("3")), published.of_the_house(vector("1"), published.HIDDEN), packed(random_bundle(7))]
    noted = [{**files, RECORD: encode({"void": "why", "after": {"lines": 0, "sha256": Suite().hex("")}})} for files in plain]
    void = [{name: held for name, held in files.items() if name not in ("seed.json", "result.json")} for files in noted]
    lawful = [{**files, RECORD: encode(voided(files, rule=number % 2 > 0))} for number, files in enumerate(void)]
    return (*plain, *noted, *void, *lawful)


def voided(files: Mapping[str, bytes], *, rule: bool = False) -> dict[str, Any]:
    """The record of a lawful void: by two persons at the time of the commitment, or by the `rule` because its first part lacked."""
    held = read(files["commit.json"])
    by = {"lacked": [0], "signed": []} if rule else {"lacked": [], "signed": ["李科长", "王主任"]}
    return {"draw": held.number, "w": held.w, "void": "why", "voided_at": held.made, **by}


def mutated(number: int) -> Files:
    """A base with up to three changes, and in half of the cases with roots and a result that fit."""
    chance = random.Random(number)
    files = dict(chance.choice(bases()))
    for _ in range(chance.choice([1, 1, 2, 3])):
        _change(files, chance)
    if chance.random() < 0.5:
        with suppress(ValueError, KeyError, TypeError, AttributeError, IndexError):  # what has no form stays as it is
            files = dict(fitted(_rooted(files)))
    return files


def _change(files: Files, chance: random.Random) -> None:
    name = chance.choice(sorted(files))
    content, kind = files[name], chance.random()
    if kind < 0.05 and len(files) > 1:
        del files[name]
    elif kind < 0.1:
        files[chance.choice(DECOYS)] = chance.choice([b"", content])
    elif kind < 0.2 or not content:
        at = chance.randrange(len(content) + 1)
        files[name] = content[:at] + bytes([chance.choice(SIGNS)]) + content[at + chance.randrange(2) :]
    else:
        with suppress(ValueError):  # a former change has left no JSON there
            files[name] = _rows(content, chance) if name.endswith(".tsv") else _values(name, content, chance)


def _rows(content: bytes, chance: random.Random) -> bytes:
    rows = content.split(b"\n")[:-1]
    if not rows:
        return b"x\n"
    at = chance.randrange(len(rows))
    fields = rows[at].split(b"\t")
    place, text = chance.randrange(len(fields)), chance.choice(TEXTS).encode(errors="surrogatepass")
    fields[place] = chance.choice([text, fields[place] + text])
    rows[at] = b"\t".join(fields)
    return b"".join(row + b"\n" for row in (rows if chance.random() < 0.2 else sorted(rows)))


def _values(name: str, content: bytes, chance: random.Random) -> bytes:
    told = [json.loads(line) for line in (content.splitlines() if name.endswith(".jsonl") else [content])]
    path, value = chance.choice([*leaves(told)])
    held: Any = told
    for step in path[:-1]:
        held = held[step]
    match chance.randrange(5):
        case 0:
            held.pop(path[-1])
        case 1 if isinstance(held, dict):
            held[chance.choice(FIELDS)] = chance.choice(VALUES)
        case 2 if isinstance(value, str | int) and not isinstance(value, bool):
            held[path[-1]] = value + (chance.choice(TEXTS) if isinstance(value, str) else chance.choice([-1, 1]))  # type: ignore[operator]
        case 3:
            held[path[-1]] = chance.choice([*leaves(told)])[1]
        case _:
            held[path[-1]] = chance.choice(VALUES)
    return b"".join(encode(one) + (b"\n" if name.endswith(".jsonl") else b"") for one in told)


def _rooted(files: Mapping[str, bytes]) -> Files:
    told = json.loads(files["commit.json"])
    suite = Suite(name="sm3" if told["hash"] == "sm3" else "sha256")
    for held in told["lists"]:
        for kind in KINDS:
            if kind in held and (content := files.get(f"{held['name']}.{kind}.tsv")) is not None:
                rows = content.split(b"\n")[:-1]
                held[kind] = {"n": len(rows), "root": root(suite, rows)}
    return {**files, "commit.json": encode(told)}


def bundles(numbers: range) -> Iterator[Files]:
    """One for each number."""
    return map(mutated, numbers)
