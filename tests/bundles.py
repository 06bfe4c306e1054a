"""Bundles of draws: the published vectors, random ones, and folders of files a stranger can check."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inspector.domain import commitment, draw, frame
from inspector.domain.audit import Audit, Witness, problem
from inspector.domain.commitment import Commitment, Listing, Rules, Share, commit
from inspector.domain.errors import Invalid
from inspector.domain.frame import Ban, Frame, InspectorRow, ObjectRow, content, freeze
from inspector.domain.suite import Suite
from inspector.domain.verify import verify
from tests.needs import ROOT

VECTORS = ROOT / "tests" / "vectors"
NAMES = ("1", "2", "3", "sm3", "repair")
"""The published vectors."""
RE_DEALS = {"after": "1", "replace": "1", "repair": "repair"}
"""Files that say what happened after a vector's draw, and that vector."""
QUAL = "special-equipment"
Part = Mapping[str, Any]


def salt(name: str) -> str:
    """The salt of every vector (section 8)."""
    return hashlib.sha256(f"test-salt\n{name}".encode()).hexdigest()[:32]


def thing(name: str, *, stratum: str = "A", status: str = "1", pool: str = "P", qual: str = "") -> ObjectRow:
    """An object."""
    return ObjectRow(id=name, stratum=stratum, status=status, pool=pool, qual=qual, salt=salt(name))


def person(
    name: str, *, pools: tuple[str, ...] = ("P",), quals: tuple[str, ...] = (), cap: int = 99, status: str = "1"
) -> InspectorRow:
    """An inspector."""
    return InspectorRow(id=name, pools=pools, quals=quals, cap=cap, status=status, salt=salt(name))


def barred(name: str, staff: str, reason: str = "recusal") -> Ban:
    """A ban."""
    return Ban(object=name, inspector=staff, reason=reason, salt=salt(f"{name}/{staff}"))


def rules(ppm: int | Mapping[str, Share] = 1_000_000, **changes: Any) -> Rules:
    """Rules with one stratum A of that ratio, or with the given strata."""
    strata = {"A": Share(ppm=ppm)} if isinstance(ppm, int) else ppm
    told: dict[str, Any] = {"base": "all", "rounding": "ceil", "reserve": 0, "team": 2, "strata": strata}
    return Rules(**told | changes)


def nonce(party: str) -> str:
    """A party's secret."""
    return hashlib.sha256(party.encode()).hexdigest()


def promise(party: str, suite: Suite | None = None) -> dict[str, object]:
    """The hash of a party's secret."""
    return {"kind": "reveal", "party": party, "hash": (suite or Suite()).hex(f"ssj1/nonce\n{nonce(party)}")}


def reveal(party: str) -> dict[str, object]:
    """A party's secret as a part of the seed."""
    return {"kind": "reveal", "nonce": nonce(party)}


def committed(listings: Sequence[Listing], **changes: Any) -> Commitment:
    """A commitment whose one party is `one`."""
    body: dict[str, Any] = {"number": "demo", "prev": None, "blind": "0" * 32, "made": "2026-01-05T09:00:00+08:00"}
    return commit(**body | {"sources": [promise("one")], "listings": listings} | changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """Everything an auditor gets, and, of a vector, what must come out."""

    content: bytes
    frames: Mapping[str, tuple[bytes, ...]]
    parts: Sequence[Part]
    result: Mapping[str, Any]
    expected: Mapping[str, Any]

    @property
    def commitment(self) -> Commitment:
        """As it reads itself."""
        return commitment.read(self.content)

    def frame(self, name: str) -> Frame:
        """One list's registers."""
        return frame.read(*self.frames[name])

    def carry_out(self) -> draw.Result:
        """The draw."""
        return draw.carry_out(self.commitment, {name: self.frame(name) for name in self.frames}, self.parts)

    def verdict(self, witness: Witness | None = None, after: Mapping[str, Sequence[Part]] | None = None) -> Audit:
        """What a stranger finds; a bundle that cannot even be read does not hold."""
        try:
            frames = {name: self.frame(name) for name in self.frames}
            return verify(self.commitment, frames, self.parts, self.result, witness, after)
        except Invalid as error:
            return Audit(holds=False, time_proven=False, problems=(problem(error),))

    def write(self, folder: Path) -> Path:
        """The folder of files."""
        folder.mkdir(parents=True)
        (folder / "commit.json").write_bytes(self.content)
        seed = {"commit": self.commitment.c, "parts": list(self.parts)}
        (folder / "seed.json").write_text(json.dumps(seed, ensure_ascii=False), encoding="utf-8")
        (folder / "result.json").write_text(json.dumps(self.result, ensure_ascii=False), encoding="utf-8")
        for name, files in self.frames.items():
            for kind, held in zip(("objects", "inspectors", "bans"), files, strict=True):
                file = f"{kind}.tsv" if len(self.frames) == 1 else f"{name}.{kind}.tsv"
                (folder / file).write_bytes(held)
        return folder


def vector(name: str) -> Bundle:
    """A published vector: `ssj1-NAME.json` holds rows as lines without their line feeds, and commit.json as the text it is."""
    told = json.loads((VECTORS / f"ssj1-{name}.json").read_bytes())
    return Bundle(
        content=told["commit"].encode(),
        frames={
            name: tuple("".join(f"{line}\n" for line in held[kind]).encode() for kind in ("objects", "inspectors", "bans"))
            for name, held in told["lists"].items()
        },
        parts=told["parts"],
        result=told["result"],
        expected=told["expected"],
    )


def re_deals(name: str) -> Any:
    """What followed a vector's draw, by file: its list, its events, the teams they lead to."""
    told = json.loads((VECTORS / f"ssj1-{name}.json").read_bytes())
    return told.get("after", told)


def carried_out(made: Commitment, frames: Mapping[str, Frame], parts: Sequence[Part]) -> Bundle:
    """A bundle with its true result."""
    result = json.loads(draw.carry_out(made, frames, parts).content())
    files = {name: (content(held.objects), content(held.inspectors), content(held.bans)) for name, held in frames.items()}
    return Bundle(content=made.content, frames=files, parts=parts, result=result, expected={})


def random_frame(chance: random.Random, objects: int = 30, staff: int = 8) -> Frame:
    """A small frame with everything that can go wrong: tight caps, leave, bans, qualifications, signs beyond the basic plane."""
    pools, quals = ("P0", "P1", "杭州"), ("", "", "Q1", "Q2")
    names = [f"{chance.choice(['9133', '企业', '😀', 'ｱ', '￭'])}{k:03d}" for k in range(chance.randint(0, objects))]
    people = [f"{chance.choice(['Z', '甲', '🧑'])}{k}" for k in range(chance.randint(0, staff))]
    rows = [
        thing(
            name,
            stratum=chance.choice("ABC"),
            status=chance.choice(["1", "1", "1", "cap"]),
            pool=chance.choice(pools),
            qual=chance.choice(quals),
        )
        for name in names
    ]
    caps = chance.choice([[0, 1, 2, 3, 9], [1, 2], [2, 3, 4]])
    inspectors = [
        person(
            name,
            pools=tuple(chance.sample(pools, chance.randint(0, 3))),
            quals=tuple(chance.sample(("Q1", "Q2"), chance.randint(0, 2))),
            cap=chance.choice(caps),
            status=chance.choice(["1", "1", "1", "leave"]),
        )
        for name in people
    ]
    pairs = {(chance.choice(names), chance.choice(people)) for _ in range(chance.randint(0, 20)) if names and people}
    return freeze(rows, inspectors, [barred(*pair) for pair in pairs | {("unknown", "nobody")}])


def tight_frame(chance: random.Random, team: int) -> Frame:
    """A frame with about as many seats as its inspectors may take in all: dealing in order alone often ends too early."""
    pools = ("P0", "P1", "P2")
    staff = [
        person(
            f"Z{k}",
            pools=tuple(chance.sample(pools, chance.randint(1, 2))),
            quals=chance.choice([(), ("Q",)]),
            cap=chance.randint(1, 4),
        )
        for k in range(chance.randint(4, 10))
    ]
    count = sum(row.cap for row in staff) // team
    rows = [
        thing(f"o{k}", pool=chance.choice(chance.choice(staff).pools), qual=chance.choice(["", "", "Q"])) for k in range(count)
    ]
    pairs = {(chance.choice(rows).id, chance.choice(staff).id) for _ in range(count // 3)}
    return freeze(rows, staff, [barred(*pair) for pair in pairs])


def random_bundle(number: int, objects: int = 30, staff: int = 8) -> Bundle:
    """A bundle of one or two lists of at most so many; the same numbers are the same bundle."""
    chance = random.Random(number)
    suite = Suite(name=chance.choice(["sha256", "sha256", "sm3"]))
    frames = {name: random_frame(chance, objects, staff) for name in ("scjg", "yjj")[: chance.randint(1, 2)]}
    made = committed(
        [Listing(name=name, frame=held, rules=random_rules(chance)) for name, held in frames.items()],
        number=f"random-{number}",
        suite=suite,
        sources=[promise("one", suite), {"kind": "text", "what": "figures", "bits": 20}],
    )
    text = " ".join(str(chance.randint(1, 6)) for _ in range(8))
    return carried_out(made, frames, [reveal("one"), {"kind": "text", "text": text}])


def random_rules(chance: random.Random) -> Rules:
    """Rules for a random frame."""
    shares = {
        code: Share(ppm=chance.choice([0, 1, 50_000, 333_333, 1_000_000]), least=chance.choice([0, 0, 1, 40])) for code in "ABCD"
    }
    return rules(
        shares,
        base=chance.choice(["all", "eligible"]),
        rounding=chance.choice(["ceil", "systematic"]),
        reserve=chance.choice([0, 1, 5]),
        team=chance.choice([1, 2, 3]),
        codes=chance.choice([None, frozenset({"cap"})]),
    )
