#!/usr/bin/env python3
"""Recompute a double-random draw of the protocol ssj1 from its files alone.  用公布的文件重新计算一次“双随机”抽查。

    python3 verify_draw.py FOLDER...

Written from the protocol's text, with Python's standard library only and with nothing of the program that drew. Read it before you
run it: that is what it is for. Exit code 0: everything that can be recomputed agrees; 1: something does not, and is named; 2: a file
cannot be read. Lines that begin with "!" say what a recomputation alone cannot prove.
"""

from __future__ import annotations

import hashlib
import json
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

Json = dict[str, Any]
Row = list[str]


class Differs(Exception):
    """Something that was recomputed is not what the files say."""


def must(holds: object, what: str) -> None:
    """Go on only if this holds."""
    if not holds:
        raise Differs(what)


def load(data: bytes) -> Any:
    """JSON in which no key stands twice: two readers must not see two things in one file (ruling 4)."""

    def unique(pairs: list[tuple[str, Any]]) -> Json:
        must(len(dict(pairs)) == len(pairs), "a key stands twice in one JSON object")
        return dict(pairs)

    return json.loads(data.decode(), object_pairs_hook=unique)


def same(one: object, other: object) -> bool:
    """Whether two JSON values are the same; the order of keys says nothing, but true is not 1."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def plain(text: object) -> bool:
    """Whether this is a text in normal form, without control characters or white space around it (7.1, ruling 2)."""
    normal = isinstance(text, str) and text == unicodedata.normalize("NFC", text) == text.strip()
    return normal and not any(c < " " or c == "\x7f" for c in str(text))


def keyed(hexed: Callable[[str], str], key: str, text: str) -> str:
    """A card of the shuffled deck: hex H(key || text)."""
    return hexed(key + text)


def file_of(folder: Path, name: str, kind: str, alone: bool) -> Path:
    """A list's file; a list alone may leave its name out of it, but then there is one such file and not two."""
    full, short = folder / f"{name}.{kind}", folder / kind
    must(not (alone and full.exists() and short.exists()), f"{kind}: there are two of them")
    return short if alone and short.exists() else full


def registers(
    folder: Path, name: str, alone: bool, kind: str, columns: int, keys: int, told: Json, digest: Callable[[bytes], bytes]
) -> list[Row]:
    """The rows of one register (7.2), against the number and the Merkle root committed to (7.3)."""
    file = file_of(folder, name, f"{kind}.tsv", alone)
    data = file.read_bytes() if file.exists() else b""
    must(not data or data.endswith(b"\n"), f"{file.name}: the last row is not ended")
    lines = data.split(b"\n")[:-1]
    rows = [line.decode().split("\t") for line in lines]
    for number, row in enumerate(rows, 1):
        must(len(row) == columns and all(row[:keys]), f"{file.name}, row {number}: fields are missing or too many")
        must(all(map(plain, row)), f"{file.name}, row {number}: {row!r} is not plain text")
    order = ["\t".join(row[:keys]).encode() for row in rows]
    must(all(one < other for one, other in pairwise(order)), f"{file.name}: the rows do not strictly ascend")
    level = [digest(b"\0" + line) for line in lines] or [digest(b"")]
    while len(level) > 1:
        pairs = [digest(b"\1" + left + right) for left, right in zip(level[::2], level[1::2], strict=False)]
        level = pairs + level[2 * len(pairs) :]
    must(told == {"n": len(rows), "root": level[0].hex()}, f"{file.name}: not the rows that were committed to")
    return rows


def seed_value(source: Json, part: Json, hexed: Callable[[str], str]) -> str:
    """The text one source adds to the seed (7.5)."""
    must(part["kind"] == source["kind"], "seed: another kind of source than the one committed to")
    if source["kind"] == "drand":
        must(part["round"] == source["round"], "seed: another round than the one committed to")
        must(set(part["signature"]) <= set("0123456789abcdef"), "seed: the signature is not written in small hex digits")
        return hashlib.sha256(bytes.fromhex(part["signature"])).hexdigest()
    if source["kind"] == "nist":
        must(part["pulse"]["timeStamp"] == source["time"], "seed: another pulse than the one committed to")
        return str(part["pulse"]["outputValue"]).lower()
    if source["kind"] == "reveal":
        must(hexed(f"ssj1/nonce\n{part['nonce']}") == source["hash"], f"seed: not the nonce that {source['party']} promised")
        return str(part["nonce"])
    return str(part["text"])


def select(rules: Json, objects: list[Row], draw_key: str, round_key: str, hexed: Callable[[str], str]) -> dict[str, Json]:
    """Quota, selection and reserve of every stratum (section 3, 7.6, ruling 5)."""
    codes = rules.get("codes")
    for number, row in enumerate(objects, 1):
        must(row[1] in rules["strata"], f"objects, row {number}: stratum {row[1]!r} is not declared")
        must(row[2] == "1" or codes is None or row[2] in codes, f"objects, row {number}: code {row[2]!r} is not declared")
    told: dict[str, Json] = {}
    total, offset = 0, int(hexed(round_key)[:12], 16) % 10**6
    for code in sorted(rules["strata"], key=str.encode):
        share = rules["strata"][code]
        rows = [row for row in objects if row[1] == code]
        able = [row[0] for row in rows if row[2] == "1"]
        x = (len(rows) if rules["base"] == "all" else len(able)) * share["ppm"]
        before, total = total, total + x
        ceil, systematic = -(-x // 10**6), (total + offset) // 10**6 - (before + offset) // 10**6
        wanted = max(ceil if rules["round"] == "ceil" else systematic, share.get("min", 0))
        k = min(wanted, len(able))
        order = sorted((hexed(draw_key + name), name.encode(), name) for name in able)
        names = [name for _, _, name in order]
        told[code] = {
            "n": len(rows), "eligible": len(able), "wanted": wanted, "k": k, "selected": names[:k],
            "reserve": names[k:k + rules["reserve"]], "limit": order[k - 1][0] if k else None,
        }  # fmt: skip
    return told


class Deal:
    """Seats dealt to inspectors: whoever has had fewest, ties by the shuffled cards; repair where that gets stuck (section 4)."""

    def __init__(self, team: int, drawn: list[Row], inspectors: list[Row], bans: list[Row], hashed: Callable[[str], str]) -> None:
        self.hashed = hashed
        self.visits = sorted(drawn, key=lambda row: (hashed("v\t" + row[0]), row[0].encode()))
        present = [row for row in inspectors if row[4] == "1"]
        self.staff = sorted(present, key=lambda row: (hashed("i\t" + row[0]), row[0].encode()))
        self.cap = {row[0]: int(row[3]) for row in present}
        self.bans = {(row[0], row[1]) for row in bans}
        self.seats: list[list[str | None]] = [[None] * team for _ in self.visits]
        self.load: Counter[str | None] = Counter()
        for v in range(len(self.visits)):
            for s in range(team):
                if (chosen := self.best(v, s)) is not None:
                    self.sit(v, s, chosen)
                else:
                    self.repair(v, s)

    def may(self, v: int, s: int) -> Iterator[str]:
        """Who could ever sit there, in the order of the shuffled list; seat 0 needs the qualification."""
        name, _, _, pool, qual, _ = self.visits[v]
        for row in self.staff:
            fit = pool and pool in row[1].split(",") and (s > 0 or not qual or qual in row[2].split(","))
            if fit and (name, row[0]) not in self.bans:
                yield row[0]

    def best(self, v: int, s: int, out: Collection[str] = ()) -> str | None:
        """The eligible inspector with the smallest (load, card, id)."""
        able = [i for i in self.may(v, s) if i not in self.seats[v] and i not in out and self.load[i] < self.cap[i]]
        return min(able, key=lambda i: (self.load[i], self.hashed(f"c\t{self.load[i]}\t{i}"), i.encode()), default=None)

    def sit(self, v: int, s: int, inspector: str | None) -> None:
        """Let an inspector take a seat; whoever held it leaves."""
        self.load[self.seats[v][s]] -= 1
        self.load[inspector] += 1
        self.seats[v][s] = inspector

    def repair(self, v: int, s: int) -> None:
        """Breadth-first: move others along until somebody has room, or nobody can (then the seat stays empty)."""
        came: dict[tuple[int, int], tuple[tuple[int, int], str] | None] = {(v, s): None}
        waiting, met = [(v, s)], set[str]()
        for place in waiting:
            for i in self.may(*place):
                team = self.seats[place[0]]
                if i in team:
                    found = [(place[0], team.index(i))]
                elif i in met:
                    continue
                elif self.load[i] < self.cap[i]:
                    step: tuple[tuple[int, int], str] | None = (place, i)
                    while step:  # shift everybody along the path
                        (w, t), who = step
                        self.sit(w, t, who)
                        step = came[w, t]
                    return
                else:
                    met.add(i)
                    found = [(w, t) for w, held in enumerate(self.seats) for t, who in enumerate(held) if who == i]
                for seat in found:
                    if seat not in came:
                        came[seat] = (place, i)
                        waiting.append(seat)

    def redeal(self, v: int, s: int, gone: Collection[str]) -> None:
        """The seat passes on by the same rule; whoever has held a seat of this visit and left is out of it (ruling 15)."""
        self.sit(v, s, None)
        if (chosen := self.best(v, s, gone)) is not None:
            self.sit(v, s, chosen)


def replay(dealt: Deal, events: Sequence[Json], strata: dict[str, Json], objects: list[Row], team: int) -> None:
    """What happened afterwards: every line must be what the rule gives (ruling 15)."""
    place, gone = {row[0]: v for v, row in enumerate(dealt.visits)}, {row[0]: set[str]() for row in objects}
    reserve = {code: list(one["reserve"]) for code, one in strata.items()}
    for number, event in enumerate(events, 1):
        where, name = f"after.jsonl, line {number}", event["object"]
        must(
            same(event["seq"], number) and name in place,
            f"{where}: its number is not the next, or its visit is none of this draw",
        )
        must(
            all(event.get(told) is None or (event[told] and plain(event[told])) for told in ("reason", "evidence")),
            f"{where}: not plain text",
        )
        v: int = place[name]
        s: Any = event.get("seat")
        if event["kind"] == "withdrawn":  # the visit is called off as a whole; its seats no longer count as load
            must(s is event.get("out") is event.get("in") is None, f"{where}: a visit is called off as a whole")
            for t in range(len(dealt.seats[v])):
                dealt.sit(v, t, None)
            del place[name]
            continue
        if (
            event["kind"] == "replace"
        ):  # the next of the same stratum's reserve comes in; its seats are dealt by the lines that follow
            left = reserve[dealt.visits[v][1]]
            must(s is None and event["out"] == name, f"{where}: an object leaves as a whole")
            must(bool(left) and event["in"] == left[0], f"{where}: the reserve does not name {event['in']}")
            for t in range(len(dealt.seats[v])):
                dealt.sit(v, t, None)
            del place[name]
            place[left[0]] = len(dealt.visits)
            dealt.visits.append(next(row for row in objects if row[0] == left[0]))
            dealt.seats.append([])
            del left[0]
            continue
        if event["kind"] == "deal":
            t = len(dealt.seats[v])
            must(same(s, t) and t < team and event.get("out") is None, f"{where}: not the next seat of a visit that came in")
            chosen = dealt.best(v, t)
            dealt.seats[v].append(None)
            dealt.sit(v, t, chosen)
            must(event["in"] == chosen, f"{where}: the rule names {chosen}, not {event['in']}")
            continue
        must(event["kind"] == "redeal" and any(same(s, t) for t in range(len(dealt.seats[v]))), f"{where}: no such seat or kind")
        holder = dealt.seats[v][s]
        must(holder is not None and event["out"] == holder, f"{where}: {event['out']} did not hold that seat")
        gone[name].add(str(holder))
        dealt.redeal(v, s, gone[name])
        must(event["in"] == dealt.seats[v][s], f"{where}: the rule names {dealt.seats[v][s]}, not {event['in']}")
    must(
        all(len(dealt.seats[v]) == team for v in place.values()),
        "after.jsonl: a visit that came in has seats nobody was dealt to",
    )


def verify(folder: Path) -> Json:
    """Recompute one bundle; returns what no recomputation can prove. Raises Differs."""
    data = (folder / "commit.json").read_bytes()
    commit, seed, result = load(data), load((folder / "seed.json").read_bytes()), load((folder / "result.json").read_bytes())
    must(commit["v"] == "ssj1" and commit["hash"] in ("sha256", "sm3"), "commit.json: not the protocol ssj1")

    def digest(content: bytes) -> bytes:
        """The suite's hash."""
        return hashlib.new(commit["hash"], content).digest()

    def hexed(text: str) -> str:
        """The suite's hash of a text, as hex."""
        return digest(text.encode()).hex()

    c = digest(data).hex()
    parts = seed["parts"]
    must(seed["commit"] == c and len(parts) == len(commit["seed"]), "seed.json: not the sources that were committed to")
    b = "+".join(seed_value(source, part, hexed) for source, part in zip(commit["seed"], parts, strict=True))

    def key(tag: str) -> str:
        """32 hex characters for one purpose (7.5)."""
        return hexed(f"ssj1/{tag}\n{c}\n{b}\n")[:32]

    must(same(result, {"commit": c, "lists": result["lists"]}), "result.json: the result of another commitment")
    must(len(result["lists"]) == len(commit["lists"]), "result.json: other lists")
    w, events = hexed(f"ssj1/witness\n{c}\n"), 0
    for held, told in zip(commit["lists"], result["lists"], strict=True):
        name, nothing = held["name"], {"n": 0, "root": digest(b"").hex()}
        alone = len(commit["lists"]) == 1
        objects = registers(folder, name, alone, "objects", 6, 1, held["objects"], digest)
        inspectors = registers(folder, name, alone, "inspectors", 6, 1, held.get("inspectors") or nothing, digest)
        bans = registers(folder, name, alone, "bans", 4, 2, held.get("bans") or nothing, digest)
        strata = select(held["rules"], objects, key("draw"), key(f"round/{name}"), hexed)
        for code, one in strata.items():
            if one["wanted"] == one["k"] and "wanted" not in told["strata"].get(code, {}):
                del one["wanted"]  # the number before clipping stands only where it says something
        drawn = {chosen for one in strata.values() for chosen in one["selected"]}
        shuffle = partial(keyed, hexed, key(f"deal/{name}"))
        drawn_rows = [row for row in objects if row[0] in drawn] if "inspectors" in held else []
        dealt = Deal(held["rules"]["team"], drawn_rows, inspectors, bans, shuffle)
        teams = {row[0]: team for row, team in zip(dealt.visits, dealt.seats, strict=True)}
        must(same(told["strata"], strata), f"{name}: quota, selection, reserve or limit are not those the rules give")
        must(same(told, {"name": name, "strata": strata, "teams": teams}), f"{name}: the teams are not those the rule deals")
        after = file_of(folder, name, "after.jsonl", alone)
        text = after.read_bytes() if after.exists() else b""
        must(not text or text.endswith(b"\n"), "after.jsonl: the last line is not ended")
        lines = text.split(b"\n")[:-1]
        replay(dealt, [load(line) for line in lines], strata, objects, held["rules"]["team"])
        events += len(lines)
    print(f"{folder}: agrees 一致: draw {commit['draw']}, {events} lines of after.jsonl replayed")
    print(f"  C = {c}\n  W = {w}")
    record = folder / "witness" / "record.json"
    if record.exists():  # the house's own word proves nothing, but it may not speak of another draw
        told = load(record.read_bytes())
        must(told.get("w", w) == w and told.get("draw", commit["draw"]) == commit["draw"], "witness/record.json: of another draw")
    return dict(commit)


def main(folders: list[str]) -> int:
    """Judge every folder; the worst exit code counts."""
    worst = 0
    for folder in folders:
        try:
            commit = verify(Path(folder))
            print("! Ask the witness when it got W: only a date before the seed proves that nobody chose the outcome.")
            for kind in sorted({source["kind"] for source in commit["seed"]} & {"drand", "nist"}):
                print(f"! The signature of the {kind} source was not checked: it needs the source's public key.")
        except Differs as error:
            print(f"{folder}: DIFFERS 不一致: {error}")
            worst = max(worst, 1)
        except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
            print(f"{folder}: CANNOT BE READ 无法读取: {type(error).__name__}: {error}")
            worst = 2
    return worst


if __name__ == "__main__":
    if len(sys.argv) < 2:
        print(__doc__)
        sys.exit(2)
    sys.exit(main(sys.argv[1:]))
