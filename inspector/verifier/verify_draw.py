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
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

Place = tuple[int, int]  # visit, seat


class Differs(Exception):
    """Something that was recomputed is not what the files say."""


def must(holds: object, what: str) -> None:
    """Go on only if this holds."""
    if not holds:
        raise Differs(what)


def load(data: bytes) -> Any:
    """JSON in which no key stands twice: two readers must not see two things in one file (ruling 4)."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
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


class Draw:
    """A folder with its commitment, the hash of its suite, C, and the key that comes of C and the seed B (7.4, 7.5)."""

    def __init__(self, folder: Path) -> None:
        data, seed = (folder / "commit.json").read_bytes(), load((folder / "seed.json").read_bytes())
        self.folder, self.commit = folder, load(data)
        must(self.commit["v"] == "ssj1" and self.commit["hash"] in ("sha256", "sm3"), "commit.json: not the protocol ssj1")
        self.c, promised, parts = self.digest(data).hex(), self.commit["seed"], seed["parts"]
        self.w = self.hex(f"ssj1/witness\n{self.c}\n")
        must(seed["commit"] == self.c and len(parts) == len(promised), "seed.json: not the sources that were committed to")
        self.b = "+".join(self.value(source, part) for source, part in zip(promised, parts, strict=True))

    def digest(self, content: bytes) -> bytes:
        """The suite's hash."""
        return hashlib.new(self.commit["hash"], content).digest()

    def hex(self, text: str) -> str:
        """The suite's hash of a text, as hex."""
        return self.digest(text.encode()).hex()

    def key(self, tag: str) -> str:
        """32 hex characters for one purpose."""
        return self.hex(f"ssj1/{tag}\n{self.c}\n{self.b}\n")[:32]

    def value(self, source: Any, part: Any) -> str:
        """The text one source adds to the seed, if its part is the one promised."""
        kind, text = source["kind"], part.get("text")
        must(part["kind"] == kind, "seed: another kind of source than the one committed to")
        if kind == "drand":
            must(part["round"] == source["round"], "seed: another round than the one committed to")
            must(set(part["signature"]) <= set("0123456789abcdef"), "seed: the signature is not written in small hex digits")
            return hashlib.sha256(bytes.fromhex(part["signature"])).hexdigest()
        if kind == "nist":
            must(part["pulse"]["timeStamp"] == source["time"], "seed: another pulse than the one committed to")
            return str(part["pulse"]["outputValue"]).lower()
        if kind == "reveal":
            must(self.hex(f"ssj1/nonce\n{part['nonce']}") == source["hash"], "seed: a nonce is not the one promised")
            return str(part["nonce"])
        must(plain(text) and text == " ".join(text.split()) and "+" not in text, "seed: figures are not plain text")
        return str(text)

    def lines(self, name: str, kind: str) -> list[bytes]:
        """A list's file; a list alone may leave its name out of it, but then there is one such file and not two."""
        names = [f"{name}.{kind}", kind] if len(self.commit["lists"]) == 1 else [f"{name}.{kind}"]
        found = [(self.folder / one).read_bytes() for one in names if (self.folder / one).exists()]
        must(len(found) < 2, f"{kind}: there are two of them")
        data = found[0] if found else b""
        must(not data or data.endswith(b"\n"), f"{name}.{kind}: the last line is not ended")
        return data.split(b"\n")[:-1]

    def register(self, held: Any, kind: str, columns: int, keys: int) -> list[list[str]]:
        """The rows of one register (7.2), against the number and the Merkle root committed to (7.3)."""
        lines, where = self.lines(held["name"], f"{kind}.tsv"), f"{held['name']}.{kind}.tsv"
        rows = [line.decode().split("\t") for line in lines]
        for number, row in enumerate(rows, 1):
            must(len(row) == columns and all(row[:keys]), f"{where}, row {number}: fields are missing or too many")
            must(all(map(plain, row)), f"{where}, row {number}: {row!r} is not plain text")
        order = ["\t".join(row[:keys]).encode() for row in rows]
        must(all(one < other for one, other in pairwise(order)), f"{where}: the rows do not strictly ascend")
        level = [self.digest(b"\0" + line) for line in lines] or [self.digest(b"")]
        while len(level) > 1:  # an odd last node moves up unchanged
            pairs = [self.digest(b"\1" + left + right) for left, right in zip(level[::2], level[1::2], strict=False)]
            level = pairs + level[2 * len(pairs) :]
        told = held.get(kind) or {"n": 0, "root": self.digest(b"").hex()}
        must(told == {"n": len(rows), "root": level[0].hex()}, f"{where}: not the rows that were committed to")
        return rows

    def select(self, held: Any, objects: list[list[str]]) -> dict[str, Any]:
        """Quota, selection and reserve of every stratum: the k smallest tickets (section 3, 7.6, ruling 5)."""
        rules, key, told, total = held["rules"], self.key("draw"), {}, 0
        for number, row in enumerate(objects, 1):
            known = row[1] in rules["strata"] and (row[2] == "1" or row[2] in rules.get("codes", [row[2]]))
            must(known, f"{held['name']}.objects.tsv, row {number}: its stratum or its code is not declared")
        offset = int(self.hex(self.key(f"round/{held['name']}"))[:12], 16) % 10**6
        for code in sorted(rules["strata"], key=str.encode):
            rows = [row for row in objects if row[1] == code]
            able = sorted((self.hex(key + row[0]), row[0].encode(), row[0]) for row in rows if row[2] == "1")
            x = (len(rows) if rules["base"] == "all" else len(able)) * rules["strata"][code]["ppm"]
            before, total = total, total + x
            systematic = (total + offset) // 10**6 - (before + offset) // 10**6
            wanted = max(-(-x // 10**6) if rules["round"] == "ceil" else systematic, rules["strata"][code].get("min", 0))
            k, names = min(wanted, len(able)), [name for _, _, name in able]
            told[code] = {"n": len(rows), "eligible": len(able), "wanted": wanted, "k": k, "limit": able[k - 1][0] if k else None}
            told[code] |= {"selected": names[:k], "reserve": names[k : k + rules["reserve"]]}
        return told


class Table:
    """Seats dealt to inspectors: whoever has had fewest, ties by the shuffled cards; repair where that gets stuck (section 4)."""

    def __init__(self, draw: Draw, held: Any, drawn: list[list[str]], inspectors: list[list[str]], bans: list[list[str]]) -> None:
        self.draw, self.key = draw, draw.key(f"deal/{held['name']}")
        self.visits = sorted(drawn, key=lambda row: (self.hash("v\t" + row[0]), row[0].encode()))
        self.staff = sorted(inspectors, key=lambda row: (self.hash("i\t" + row[0]), row[0].encode()))
        self.room = {row[0]: int(row[3]) for row in inspectors}
        self.bans = {(row[0], row[1]) for row in bans}
        self.load: Counter[str | None] = Counter()
        self.seats: list[list[str | None]] = [[None] * held["rules"]["team"] for _ in drawn]
        self.gone: list[set[str | None]] = [set() for _ in drawn]
        for place in [(v, s) for v, team in enumerate(self.seats) for s in range(len(team))]:
            if (chosen := self.best(place)) is not None:
                self.sit(place, chosen)
            else:
                self.repair(place)

    def hash(self, text: str) -> str:
        """A card of the shuffled deck."""
        return self.draw.hex(self.key + text)

    def may(self, place: Place) -> Iterator[str]:
        """Who could ever sit there, in the order of the shuffled list; seat 0 needs the qualification."""
        name, _, _, pool, qual, _ = self.visits[place[0]]
        for who, pools, quals, _, status, _ in self.staff:
            fit = status == "1" and pool and pool in pools.split(",") and (place[1] > 0 or not qual or qual in quals.split(","))
            if fit and (name, who) not in self.bans:
                yield who

    def best(self, place: Place) -> str | None:
        """The eligible inspector with the smallest (load, card, id); whoever has left this visit is out of it."""
        barred = {*self.seats[place[0]], *self.gone[place[0]]}
        able = [who for who in self.may(place) if who not in barred and self.load[who] < self.room[who]]
        return min(able, key=lambda who: (self.load[who], self.hash(f"c\t{self.load[who]}\t{who}"), who.encode()), default=None)

    def sit(self, place: Place, who: str | None) -> None:
        """Let an inspector take a seat; whoever held it leaves."""
        v, s = place
        self.load[self.seats[v][s]] -= 1
        self.load[who] += 1
        self.seats[v][s] = who

    def repair(self, start: Place) -> None:
        """Breadth-first: move others along until somebody has room, or nobody can (then the seat stays empty)."""
        came: dict[Place, tuple[Place, str] | None] = {start: None}
        waiting, met = [start], set[str]()
        for place in waiting:
            for who in self.may(place):
                step: tuple[Place, str] | None = (place, who)
                team = self.seats[place[0]]
                if who not in team and who not in met and self.load[who] < self.room[who]:
                    while step is not None:  # there is room: shift everybody along the path
                        self.sit(*step)
                        step = came[step[0]]
                    return
                found = [(place[0], team.index(who))] if who in team else [] if who in met else self.held(who)
                met |= {who} - set(team)
                waiting += [other for other in found if other not in came]
                came |= {other: step for other in found if other not in came}

    def held(self, who: str) -> list[Place]:
        """The seats somebody holds, in order."""
        return [(v, s) for v, team in enumerate(self.seats) for s, holder in enumerate(team) if holder == who]

    def replay(self, events: list[Any], strata: dict[str, Any], objects: list[list[str]], team: int) -> None:
        """What happened afterwards: every line must be what the rule gives (ruling 15)."""
        visit_of, reserve = (
            {row[0]: v for v, row in enumerate(self.visits)},
            {code: [*strata[code]["reserve"]] for code in strata},
        )
        for number, event in enumerate(events, 1):
            where, name, s = f"after.jsonl, line {number}", event["object"], event.get("seat")
            must(same(event["seq"], number) and name in visit_of, f"{where}: not the next number, or no visit of this draw")
            notes = [event[told] for told in ("reason", "evidence") if event.get(told) is not None]
            must(all(note and plain(note) for note in notes), f"{where}: not plain text")
            v = visit_of[name]
            if event["kind"] == "withdrawn":  # called off as a whole; its seats no longer count as load
                must(s is event.get("out") is event.get("in") is None, f"{where}: a visit is called off as a whole")
                for t in range(len(self.seats[v])):
                    self.sit((v, t), None)
                del visit_of[name]
                continue
            if event["kind"] == "replace":  # the next of its stratum's reserve comes in; its seats have lines of their own
                left = reserve[self.visits[v][1]]
                must(s is None and event.get("out") == name, f"{where}: an object leaves as a whole")
                must(left and event["in"] == left[0], f"{where}: the reserve does not name {event['in']}")
                for t in range(len(self.seats[v])):
                    self.sit((v, t), None)
                del visit_of[name]
                visit_of[left[0]] = len(self.visits)
                self.visits += [row for row in objects if row[0] == left[0]]
                self.seats, self.gone, left[:1] = [*self.seats, []], [*self.gone, set()], []
                continue
            if event["kind"] == "deal":  # whom the rule names at the loads in force; nobody else is moved
                t, chosen = len(self.seats[v]), self.best((v, len(self.seats[v])))
                must(same(s, t) and t < team and event.get("out") is None, f"{where}: not the next seat of one that came in")
                must(event["in"] == chosen, f"{where}: the rule names {chosen}, not {event['in']}")
                self.seats[v].append(None)
                self.sit((v, t), chosen)
                continue
            must(
                event["kind"] == "redeal" and any(same(s, t) for t in range(len(self.seats[v]))), f"{where}: no such seat or kind"
            )
            holder = self.seats[v][s]
            must(holder is not None and event["out"] == holder, f"{where}: {event['out']} did not hold that seat")
            self.gone[v].add(holder)
            self.sit((v, s), None)
            chosen = self.best((v, s))
            must(event["in"] == chosen, f"{where}: the rule names {chosen}, not {event['in']}")
            self.sit((v, s), chosen)
        whole = all(len(self.seats[v]) == team for v in visit_of.values())
        must(whole, "after.jsonl: one that came in has seats that nobody was dealt to")


def verify(folder: Path) -> Any:
    """Recompute one bundle; returns its commitment. Raises Differs."""
    draw, result = Draw(folder), load((folder / "result.json").read_bytes())
    lists, events = draw.commit["lists"], 0
    fits = same(result, {"commit": draw.c, "lists": result["lists"]}) and len(result["lists"]) == len(lists)
    must(fits, "result.json: the result of another commitment")
    for held, told in zip(lists, result["lists"], strict=True):
        objects, inspectors = draw.register(held, "objects", 6, 1), draw.register(held, "inspectors", 6, 1)
        bans, strata = draw.register(held, "bans", 4, 2), draw.select(held, objects)
        for code, one in strata.items():
            if one["wanted"] == one["k"] and "wanted" not in told["strata"].get(code, {}):
                del one["wanted"]  # the number before clipping stands only where it says something
        must(same(told["strata"], strata), f"{held['name']}: quota, selection, reserve or limit are not those the rules give")
        drawn = {chosen for one in strata.values() for chosen in one["selected"]}
        table = Table(draw, held, [row for row in objects if row[0] in drawn and "inspectors" in held], inspectors, bans)
        teams = {row[0]: team for row, team in zip(table.visits, table.seats, strict=True)}
        right = {"name": held["name"], "strata": strata, "teams": teams}
        must(same(told, right), f"{held['name']}: the teams are not those the rule deals")
        after = [load(line) for line in draw.lines(held["name"], "after.jsonl")]
        table.replay(after, strata, objects, held["rules"]["team"])
        events += len(after)
    if (
        record := folder / "witness" / "record.json"
    ).exists():  # the house's own word proves nothing, but it may not be of another
        note = load(record.read_bytes())
        own = {"w": draw.w, "draw": draw.commit["draw"]}
        must(all(note.get(name, value) == value for name, value in own.items()), "witness/record.json: of another draw")
    print(f"{folder}: agrees 一致: draw {draw.commit['draw']}, {events} lines of after.jsonl replayed")
    print(f"  C = {draw.c}\n  W = {draw.w}")
    return draw.commit


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
