#!/usr/bin/env python3
"""Recompute a double-random draw of the protocol ssj1 from its files alone.  用公布的文件重新计算一次“双随机”抽查。

Written from the protocol's text, with Python's standard library and nothing of the program that drew. Read it before you run it, that
is what it is for: `python3 verify_draw.py [--strict] [FOLDER...]`. It ends with 0 when all that can be recomputed agrees, 1 when not,
naming it, 2 when a file cannot be read. "!": what these files cannot prove, or nobody looked at; "!!": with --strict a failure.
"""

import hashlib
import json
import re
import sys
import unicodedata
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

HEX = re.compile("[0-9a-f]{64}")
PART = r"[^\s,]([^\t,]*[^\s,])?"
ROWS = {  # 7.2: how many columns are a row's key, and the columns: which may be empty, where commas part names, how a cap is written
    "objects": (1, r"(?!\ufeff)[^\t]+\t[^\t]+\t[^\t]*\t[^\t,]*\t[^\t,]*\t[^\t]*"),
    "inspectors": (1, rf"(?!\ufeff)[^\t]+(\t|\t{PART}(,{PART})*){{2}}\t(0|[1-9][0-9]{{0,17}})\t[^\t]*\t[^\t]*"),
    "bans": (2, r"(?!\ufeff)[^\t]+\t(?!\ufeff)[^\t]+\t[^\t]*\t[^\t]*"),
}


def must(holds: object, what: str) -> None:
    """Go on only if this holds."""
    if not holds:
        raise ValueError(what)


def parse(content: bytes) -> Any:
    """A JSON object in which no key stands twice and every number is a plain integer (ruling 4)."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        must(len(dict(pairs)) == len(pairs), "a key stands twice")
        return dict(pairs)

    def whole(number: str) -> int:
        must(re.fullmatch("0|-?[1-9][0-9]*", number), f"{number} is no plain integer")
        return int(number)

    told = json.loads(content.decode(), object_pairs_hook=unique, parse_int=whole, parse_float=whole, parse_constant=whole)
    must(isinstance(told, dict), "no JSON object")
    return told


def compare(told: Any, own: Any, at: str) -> None:
    """Refuse what is published otherwise than recomputed; the order of keys says nothing, and true is not 1."""
    if isinstance(told, list) and isinstance(own, list):
        told, own = dict(enumerate(told)), dict(enumerate(own))
    if isinstance(told, dict) and isinstance(own, dict) and told.keys() == own.keys():
        for name in own:
            compare(told[name], own[name], f"{at}.{name}")
    else:
        must(type(told) is type(own) and told == own, f"{at} is {told!r:.200}, recomputed {own!r:.200}")


def text(told: Any) -> bool:
    """Normal form NFC, no control character, no half of a character, no white space at an end (7.1, ruling 2); not empty."""
    clean = told and not re.search("[\0-\x1f\x7f\ud800-\udfff]", told)
    return bool(clean) and told == told.strip() == unicodedata.normalize("NFC", told)


def count(told: Any, least: int = 0, most: float = float("inf")) -> bool:
    """Whether this is an integer within bounds; true is none."""
    return type(told) is int and least <= told <= most


def fields(kind: str, line: str) -> list[str]:
    """The fields of a register's row (7.2)."""
    row = line.split("\t")
    must(re.fullmatch(ROWS[kind][1], line) and all(text(one) for one in row if one), f"{line!r:.200} is no such row")
    return row


def check_commit(commit: Any) -> None:
    """commit.json as 7.4 and rulings 3 to 7 want it; fields that are not named here say nothing."""
    promises: dict[str, Callable[[Any], Any]] = {
        "drand": lambda source: HEX.fullmatch(source["chain"]) and count(source["round"], 1),
        "nist": lambda source: text(source["time"]) and count(source.get("chain", 0)),
        "reveal": lambda source: HEX.fullmatch(source["hash"]),
        "text": lambda source: text(source["what"]),
    }
    bits = [source.get("bits", 0 if source["kind"] == "text" else 256) for source in commit["seed"]]
    must(all(promises[source["kind"]](source) for source in commit["seed"]), "a source of the seed")
    must(all(map(count, bits)) and sum(bits) >= 64, "less than 64 bits of chance are declared")
    must(commit["v"] == "ssj1" and commit["hash"] in ("sha256", "sm3"), "not the protocol ssj1")
    must(text(commit["draw"]) and text(commit["made"]) and re.fullmatch("[0-9a-f]{32}", commit["blind"]), "draw, made or blind")
    must(commit.get("prev") is None or HEX.fullmatch(commit["prev"]), "prev")
    must(0 < len({held["name"] for held in commit["lists"]}) == len(commit["lists"]), "no list, or two of one name")
    for held in commit["lists"]:
        rules, roots = held["rules"], [held[kind] for kind in ROWS if kind == "objects" or kind in held]
        must(re.fullmatch("[a-z0-9][a-z0-9-]{0,31}", held["name"]), "the name of a list")
        must(all(count(one["n"]) and HEX.fullmatch(one["root"]) for one in roots), "n or root")
        must(rules["base"] in ("all", "eligible") and rules["round"] in ("ceil", "systematic"), "base or round")
        must(count(rules["reserve"]) and count(rules["team"], 1, 1000), "reserve or team")
        must(isinstance(rules.get("codes", []), list) and all(map(text, rules.get("codes", []))), "codes")
        for code, one in rules["strata"].items():
            must(text(code) and count(one["ppm"], 0, 10**6) and count(one.get("min", 0)), "strata")


class Draw:
    """The files of one draw, with H of its suite, C and W (7.4), B and the keys that come of it (7.5)."""

    def read(self, given: Path | dict[str, bytes]) -> None:
        """Everything that has to be there, in its form; nothing is compared yet."""
        self.at, self.remarks = "the folder", list[str]()
        self.say = self.remarks.append
        if isinstance(given, Path):
            paths = [path for path in (*given.iterdir(), given / "witness" / "record.json") if path.is_file()]
            given = {path.relative_to(given).as_posix(): path.read_bytes() for path in paths}
        self.files, self.at = (files := given), "commit.json"
        self.commit = parse(files["commit.json"])
        check_commit(self.commit)
        self.at = "seed.json, result.json or witness/record.json"
        self.seed, self.result = parse(files["seed.json"]), parse(files["result.json"])
        self.record = parse(files.get("witness/record.json", b"{}"))
        must(isinstance(self.seed["parts"], list) and all(isinstance(part, dict) for part in self.seed["parts"]), "parts")
        registers = [name for name in files if name.endswith(tuple(f"{kind}.tsv" for kind in ROWS))]
        self.public = not registers and any(name.endswith("drawn.jsonl") for name in files)
        self.events = dict[str, list[Any]]()
        for held in self.commit["lists"]:
            *lines, rest = self.lines(held, "drawn.jsonl" if self.public else "after.jsonl")
            must(rest == b"", "the last line is not ended")
            self.events[held["name"]] = [parse(line) for line in lines]
            for kind in () if self.public else ROWS:
                self.lines(held, f"{kind}.tsv", needed=held.get(kind, {"n": 0})["n"] > 0)
        self.digest: Callable[[bytes], bytes] = lambda content: hashlib.new(self.commit["hash"], content).digest()
        self.hash: Callable[[str], str] = lambda told: self.digest(told.encode()).hex()
        self.key: Callable[[str], str] = lambda tag: self.hash(f"ssj1/{tag}\n{self.c}\n{self.b}\n")[:32]
        self.c = self.digest(files["commit.json"]).hex()
        self.w = self.hash(f"ssj1/witness\n{self.c}\n")

    def lines(self, held: Any, kind: str, *, needed: bool = False) -> list[bytes]:
        """A list's file; a list alone may leave its name out of it, but then there is one such file and not two."""
        self.at = f"{held['name']}.{kind}"
        short = kind if len(self.commit["lists"]) == 1 else self.at
        found = [self.files[name] for name in {self.at, short} & self.files.keys()]
        must(len(found) < 2 and (found or not needed), "it is missing, or there are two of it")
        return b"".join(found).split(b"\n")

    def value(self, source: Any, part: Any) -> str:
        """The text that a part adds to the seed, if it is the one that its source promised (7.5, ruling 7)."""
        kind, pulse = source["kind"], part.get("pulse", {})
        if kind == "drand":
            compare([part["round"], part.get("chain", source["chain"])], [source["round"], source["chain"]], "drand")
            right = re.fullmatch("[0-9a-f]{96}|[0-9a-f]{192}", part["signature"]) is not None
            value = hashlib.sha256(bytes.fromhex(part["signature"])).hexdigest()
        elif kind == "nist":
            compare(pulse["timeStamp"], source["time"], "nist: the time")
            compare(pulse["chainIndex"] if "chain" in source else None, source.get("chain"), "nist: the chain")
            right = re.fullmatch("[0-9a-fA-F]{128}", pulse["outputValue"]) is not None
            value = pulse["outputValue"].lower()
        elif kind == "reveal":
            value = part["nonce"]
            right = HEX.fullmatch(value) is not None and self.hash(f"ssj1/nonce\n{value}") == source["hash"]
        else:
            value = part["text"]
            right = text(value) and value == " ".join(value.split()) and not re.search("[+\x80-\x9f]", value)
        must(right and part["kind"] == kind, f"the {kind} part is not the one promised")
        return str(value)

    def register(self, held: Any, kind: str) -> list[list[str]]:
        """The rows of a register, strictly ascending, against the number and the Merkle root committed to (7.2, 7.3)."""
        *lines, rest = self.lines(held, f"{kind}.tsv")
        must(rest == b"", "the last row is not ended")
        rows = [fields(kind, line.decode(errors="surrogateescape")) for line in lines]  # what is no UTF-8 is no text either
        keys = pairwise(row[: ROWS[kind][0]] for row in rows)  # Python orders by code points, so as UTF-8 bytes are ordered
        must(all(one < other for one, other in keys), "the rows do not strictly ascend")
        level = [self.digest(b"\0" + line) for line in lines] or [self.digest(b"")]
        while len(level) > 1:  # an odd last node moves up unchanged
            pairs = [self.digest(b"\1" + left + right) for left, right in zip(level[::2], level[1::2], strict=False)]
            level = pairs + level[2 * len(pairs) :]
        told = held.get(kind, {"n": 0, "root": self.digest(b"").hex()})
        must((len(rows), level[0].hex()) == (told["n"], told["root"]), "not the rows that were committed to")
        return rows

    def proven(self, held: Any, told: Any) -> list[str]:
        """A drawn row that its path shows to be of the register (7.3, 7.8, ruling 17)."""
        row, index, n, path = fields("objects", told["line"]), told["index"], held["objects"]["n"], [*told["path"]]
        must(count(told["n"], n, n) and count(index, 0, n - 1) and all(map(HEX.fullmatch, path)), "n, index or path")
        node = self.digest(b"\0" + told["line"].encode())
        while n > 1:
            if index ^ 1 < n:
                other = bytes.fromhex(path.pop(0))
                node = self.digest(b"\1" + (other + node if index % 2 else node + other))
            index, n = index // 2, (n + 1) // 2
        must(not path and node.hex() == held["objects"]["root"], "the path does not lead to the root committed to")
        return row

    def tickets(self, held: Any, objects: list[list[str]]) -> dict[str, Any]:
        """Of every stratum the number of its rows and of the eligible, and these as (ticket, name) in order (7.6)."""
        rows: dict[str, list[list[str]]] = {code: [] for code in held["rules"]["strata"]}
        codes, key = held["rules"].get("codes"), self.key("draw")
        for row in objects:
            must(row[1] in rows and (row[2] == "1" or codes is None or row[2] in codes), f"{row[0]}: stratum or code undeclared")
            rows[row[1]].append(row)
        order = {code: sorted((self.hash(key + row[0]), row[0]) for row in rows[code] if row[2] == "1") for code in rows}
        return {code: (len(rows[code]), len(order[code]), order[code]) for code in rows}

    def shown(self, held: Any, told: Any) -> dict[str, Any]:
        """The same as a public bundle has it: the drawn rows are of the register, and who is not named shows a ticket (ruling 17)."""
        rows, key, found = [self.proven(held, one) for one in self.events[held["name"]]], self.key("draw"), dict[str, Any]()
        able = {(row[0], row[1]) for row in rows if row[2] == "1"}
        self.at = "result.json"
        for code, one in told["strata"].items():
            names = [*one["selected"], *one["reserve"]]
            hidden = [name for name in names if isinstance(name, dict)]
            must(all(len(name) == 1 and HEX.fullmatch(name["ticket"]) for name in hidden), f"{code}: {hidden}")
            must(all(text(name) for name in names if name not in hidden), f"{code}: {names}")
            order = [(name["ticket"] if name in hidden else self.hash(key + name), name) for name in names]
            must(all(one[0] < other[0] for one, other in pairwise(order)), f"{code}: the tickets do not ascend")
            must(all(name in hidden or (name, code) in able for name in one["selected"]), f"{code}: a drawn row is not shown")
            must(count(one["n"]) and count(one["eligible"], 0, one["n"]), f"{code}: n or eligible")
            found[code] = (one["n"], one["eligible"], order)
        must(sum(n for n, _, _ in found.values()) == held["objects"]["n"], "the strata do not add up to the register")
        return found

    def strata(self, held: Any, told: Any, found: dict[str, Any]) -> dict[str, Any]:
        """Quota, selection, reserve and limit of every stratum (section 3, ruling 5: `wanted` may be left out)."""
        rules, strata, total = held["rules"], {}, 0
        offset = int(self.hash(self.key(f"round/{held['name']}"))[:12], 16) % 10**6
        for code, share in sorted(rules["strata"].items()):
            n, able, order = found[code]
            x = (n if rules["base"] == "all" else able) * share["ppm"]
            total += x
            systematic = (total + offset) // 10**6 - (total - x + offset) // 10**6
            wanted = max(-(-x // 10**6) if rules["round"] == "ceil" else systematic, share.get("min", 0))
            k = min(wanted, able)
            spare = min(able - k, rules["reserve"])
            if wanted > k or spare < rules["reserve"]:
                self.say(f"! {held['name']}, {code}: {wanted} wanted, {able} eligible, {spare} in reserve.")
            must(len(order) >= k + spare, f"{code}: {len(order)} are told, {k + spare} are due")
            names, limit = [name for _, name in order[: k + spare]], order[k - 1][0] if k else None
            strata[code] = {"n": n, "eligible": able, "k": k, "limit": limit, "selected": names[:k], "reserve": names[k:]}
            strata[code] |= {"wanted": wanted} if "wanted" in told.get(code, {}) else {}
        return strata

    def judge(self, held: Any, told: Any, at: str) -> None:
        """Recompute one list, compare it with what is published of it, and replay what happened afterwards."""
        objects, inspectors, bans = ([], [], []) if self.public else (self.register(held, kind) for kind in ROWS)
        strata = self.strata(held, told["strata"], self.shown(held, told) if self.public else self.tickets(held, objects))
        rows, drawn = {row[0]: row for row in objects}, [name for one in strata.values() for name in one["selected"]]
        table = Table(self, held, [rows[name] for name in drawn if rows and "inspectors" in held], inspectors, bans)
        teams, self.at = {row[0]: team for row, team, _ in table.visits}, "result.json"
        if self.public and (teams := told["teams"]) != {}:  # who should sit there cannot be recomputed; that they are teams can
            must("inspectors" in held and sorted(teams) == sorted(drawn), f"{at}: the teams are not those of the drawn objects")
            for team in teams.values():
                right = type(team) is list and len(team) == table.size == len({*team} - {None}) + team.count(None)
                must(right and all(map(text, {*team} - {None})), f"{at}: {team} is no team")
        compare(told, {"name": held["name"], "strata": strata, "teams": teams}, at)
        staff = {row[0] for row in inspectors}
        if unknown := sum(row[0] not in rows or row[1] not in staff for row in bans):
            self.say(f"! {at}: {unknown} bans name nobody of the registers and were ignored.")
        for v, s in table.empty:
            seats = table.repair((v, s))
            may, n = sorted({who for seat in seats for who in table.may(seat)}), len(seats) - 1
            self.say(f"! Seat {s} of {table.visits[v][0][0]} is empty: for it and {n} more there are {may}, who can take {n}.")
        if not self.public:
            table.replay(held["name"], self.events[held["name"]], {code: one["reserve"] for code, one in strata.items()}, rows)

    def verify(self) -> None:
        """Steps 3 to 6 of 7.9, and of 1 and 2 what files alone allow; then what has to be heard although nothing is wrong."""
        own, self.at = {"draw": self.commit["draw"], "w": self.w}, "witness/record.json"
        must(own.items() <= {**own, **self.record}.items(), "of another draw")
        self.at = "seed.json"
        compare(self.seed["commit"], self.c, "commit")
        self.b = "+".join(self.value(*pair) for pair in zip(self.commit["seed"], self.seed["parts"], strict=True))
        self.at, told = "result.json", self.result["lists"]
        compare(self.result, {"commit": self.c, "lists": told}, "all of it")
        for number, pair in enumerate(zip(self.commit["lists"], told, strict=True)):
            self.judge(*pair, f"lists[{number}]")
        self.say("!! The time is not proven 时间未证明: ask the witness since when it has held W, and when the seed was known.")
        self.say("! Not looked at: beacons' times and `made`, the chance in figures, the draw before, the note of after.jsonl.")
        which, more = ("public", ", who else has a small ticket, who should go, what followed") if self.public else ("full", "")
        self.say(f"! The {which} bundle: it cannot prove that everybody is in the registers who belongs there{more}.")
        sources = self.commit["seed"]
        bits = [source.get("bits", 0 if source["kind"] == "text" else 256) for source in sources]
        whose = [source.get("party", "") if source["kind"] == "reveal" else None for source in sources]
        if min(sum(n for n, who in zip(bits, whose, strict=True) if who is None or who != one) for one in [None, *whose]) < 64:
            self.say(
                "!! THE SEED MAY BE ONE PARTY'S SECRET 种子可能出自一方: whoever held it could announce until the outcome pleased."
            )
        for kind in sorted({source["kind"] for source in self.commit["seed"]} & {"drand", "nist"}):
            self.say(f"!! The signature of the {kind} source was not checked 签名未核验: that needs its public key.")
        if self.record.get("void"):
            self.say(f"! THIS DRAW WAS MADE VOID 本次抽查已作废: {self.record['void']}")


class Table:
    """Seats, as (visit, seat), dealt to whoever has had fewest, ties by the shuffled cards; repair where that sticks (section 4)."""

    def __init__(self, draw: Draw, held: Any, drawn: list[list[str]], inspectors: list[list[str]], bans: list[list[str]]) -> None:
        self.draw, self.size, self.empty = draw, held["rules"]["team"], list[tuple[int, int]]()
        deck = draw.key(f"deal/{held['name']}")
        self.card: Callable[[str], str] = lambda told: draw.hash(deck + told)
        self.staff = sorted((row for row in inspectors if row[4] == "1"), key=lambda row: (self.card(f"i\t{row[0]}"), row[0]))
        self.bans, self.room = {(row[0], row[1]) for row in bans}, {row[0]: int(row[3]) for row in self.staff}
        self.holds: dict[str | None, set[tuple[int, int]]] = {who: set() for who in (*self.room, None)}
        drawn = sorted(drawn, key=lambda row: (self.card(f"v\t{row[0]}"), row[0]))
        self.visits: list[tuple[list[str], list[str | None], set[str]]] = [(row, [None] * self.size, set()) for row in drawn]
        for place in [(v, s) for v in range(len(drawn)) for s in range(self.size)]:
            if (chosen := self.best(place)) is not None:
                self.sit(place, chosen)
            elif self.repair(place):
                self.empty.append(place)

    def may(self, place: tuple[int, int]) -> list[str]:
        """Who could ever sit there, in the order of the shuffled list; seat 0 needs the qualification."""
        name, _, _, pool, qual, _ = self.visits[place[0]][0]
        able = [row for row in self.staff if pool and pool in row[1].split(",") and (name, row[0]) not in self.bans]
        return [row[0] for row in able if place[1] > 0 or not qual or qual in row[2].split(",")]

    def best(self, place: tuple[int, int]) -> str | None:
        """The eligible inspector with the smallest (load, card, id)."""
        _, team, out = self.visits[place[0]]
        able = [(len(self.holds[who]), who) for who in self.may(place) if who not in team and who not in out]
        cards = [(load, self.card(f"c\t{load}\t{who}"), who) for load, who in able if load < self.room[who]]
        return min(cards)[2] if cards else None

    def sit(self, place: tuple[int, int], who: str | None) -> None:
        """Let somebody take a seat, or nobody; whoever held it leaves."""
        team, seat = self.visits[place[0]][1], place[1]
        self.holds[team[seat]].discard(place)
        self.holds[who].add(place)
        team[seat] = who

    def repair(self, start: tuple[int, int]) -> list[tuple[int, int]]:
        """Breadth first: move others along until somebody has room. If nobody can: these seats are one too many (a Hall set)."""
        came: dict[tuple[int, int], Any] = {start: None}
        met = set[str]()
        for place in (waiting := [start]):
            team = self.visits[place[0]][1]
            for who in self.may(place):
                step: Any = (place, who)
                if who not in team and who not in met and len(self.holds[who]) < self.room[who]:
                    while step is not None:  # there is room: shift everybody along the path
                        self.sit(*step)
                        step = came[step[0]]
                    return []
                found = [(place[0], team.index(who))] if who in team else [] if who in met else sorted(self.holds[who])
                met |= {who} - {*team}
                waiting += [other for other in found if other not in came]
                came |= {other: step for other in found if other not in came}
        return waiting

    def replay(self, at: str, events: list[Any], reserves: dict[str, list[str]], objects: dict[str, list[str]]) -> None:
        """What happened afterwards: every line must be what the rule gives (ruling 15)."""
        standing = {row[0]: v for v, (row, _, _) in enumerate(self.visits)}
        for number, event in enumerate(events, 1):
            self.draw.at = f"{at}.after.jsonl, line {number}"
            name, kind, seat = event["object"], event["kind"], event.get("seat")
            notes = {event.get("reason"), event.get("evidence")} - {None}
            must(name in standing and all(map(text, notes)), f"{name} is no visit that stands, or a reason no plain text")
            (_, team, out), v = self.visits[standing[name]], standing[name]
            rule: dict[str, Any] = {"seq": number, "seat": None, "out": None, "in": None}
            if kind in ("withdrawn", "replace"):  # called off as a whole: its seats no longer count as load
                for place in range(len(team)):
                    self.sit((v, place), None)
                del standing[name]
                if kind == "replace":  # the next of its stratum's reserve comes in; its seats have lines of their own
                    rule |= {"out": name, "in": reserves[objects[name][1]].pop(0)}
                    standing[rule["in"]] = len(self.visits)
                    self.visits.append((objects[rule["in"]], [], set()))
            else:  # a seat of one that came in is dealt, or one passes on, and whoever left it is out of this visit
                if kind == "deal":
                    must(len(team) < self.size, "all its seats are dealt")
                    rule["seat"] = len(team)
                    team.append(None)
                else:
                    must(kind == "redeal" and count(seat, 0, len(team) - 1) and team[seat] is not None, "no such kind or seat")
                    rule |= {"seat": seat, "out": team[seat]}
                    out.add(team[seat])
                self.sit((v, rule["seat"]), None)
                rule["in"] = self.best((v, rule["seat"]))
                self.sit((v, rule["seat"]), rule["in"])
            given = {field: event[field] if field == "in" and kind != "withdrawn" else event.get(field) for field in rule}
            compare(given, rule, "the rule")
        must(all(len(self.visits[v][1]) == self.size for v in standing.values()), "a seat of one that came in is not dealt")


def opinion(given: Path | dict[str, bytes], *, strict: bool = False) -> tuple[int, list[str]]:
    """The exit code for one bundle, and what is to be said of it. What has not even its form when it is compared does not agree."""
    draw, code, said = Draw(), 2, "CANNOT BE READ 无法读取"
    try:
        draw.read(given)
        code, said = 1, "DIFFERS 不一致"
        draw.verify()
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
        return code, [f"{said}: {draw.at}: {error if type(error) is ValueError else repr(error)}"]
    code = int(strict and any(line.startswith("!!") for line in draw.remarks))
    return code, [f"agrees 一致: {draw.commit['draw']}", f"  C = {draw.c}", f"  W = {draw.w}", *draw.remarks]


def main(arguments: list[str]) -> int:
    """Judge every folder; the worst exit code counts."""
    told = {one: opinion(Path(one), strict="--strict" in arguments) for one in [a for a in arguments if a != "--strict"] or ["."]}
    for folder, (_, lines) in told.items():
        print(f"{folder}: " + "\n".join(lines).encode(errors="backslashreplace").decode())
    return max(code for code, _ in told.values())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
