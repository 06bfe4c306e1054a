#!/usr/bin/env python3
"""Recompute a double-random draw of the protocol ssj1 from its files alone.  用公布的文件重新计算一次“双随机”抽查。

Written from the protocol's text alone, with Python's standard library (3.11 or newer); read it first. "!": unproven; "!!": fails --strict.
`python3 -I verify_draw.py [--strict] [--after SHA256] [FOLDER...]` ends with 0 (agrees), 1 (differs), 2 (unreadable).
"""

import hashlib
import json
import math
import re
import signal
import sys
import unicodedata
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

LATE = "\u0892-\u0897\u1acf-\u1aff\U000105bd-\U000105ff\U00010d3a-\U00010e5f\U00010eb2-\U00010eff\U00011375-\U000113ff"
LATE += "\U00011ef9-\U00011faf\U00014647-\U000167ff\U00016b90-\U00016e3f\U0001e02b-\U0001e0ff\U0001e300-\U0001e7df"  # 7.1
HEX, PART, WORD = "[0-9a-f]{64}", r"[^\s,]([^\t,]*[^\s,])?", rf"[^+\s\0-\x1f\x7f-\x9f\ud800-\udfff{LATE}]+"
TIME = r"(?a)(?!0000)\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)"
CHAINS: dict[str, Any] = {  # of drand: when a round comes, in Unix seconds (section 2)
    "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971": lambda number: 1692803367 + 3 * (number - 1),
    "8990e7a9aaed2ffed73dbd7092123d6f289930540d7651336225dc172e51b2ce": lambda number: 1595431050 + 30 * (number - 1),
}
SPEAKS: Any = {"drand": lambda one: CHAINS.get(one["chain"], moment)(one["round"]), "nist": lambda one: moment(one["time"])}
ROWS = {  # 7.2: how many columns are a row's key, and the columns: which may be empty, where commas part names, how a cap is written
    "objects": (1, r"(?!\ufeff)[^\t]+\t[^\t]+\t[^\t]*\t[^\t,]*\t[^\t,]*\t[^\t]*"),
    "inspectors": (1, rf"(?!\ufeff)[^\t]+(\t|\t{PART}(,{PART})*){{2}}\t(0|[1-9][0-9]{{0,17}})\t[^\t]*\t[^\t]*"),
    "bans": (2, r"(?!\ufeff)[^\t]+\t(?!\ufeff)[^\t]+\t[^\t]*\t[^\t]*"),
}
SEEDS: dict[str, Any] = {  # 7.4, 7.5: what a source promises, by its kind; the name and the form of what then comes
    "drand": (lambda one: text(one["chain"], HEX) and count(one["round"], 1), "signature", "[0-9a-f]{96}|[0-9a-f]{192}"),
    "nist": (lambda one: text(one["time"]) and count(one.get("chain", 0)), "outputValue", "[0-9a-fA-F]{128}"),
    "reveal": (lambda one: text(one["hash"], HEX) and text(one.get("party", "?")), "nonce", HEX),
    "text": (lambda one: text(one["what"]), "text", rf"{WORD}( {WORD})*"),
}


def must(holds: object, what: str) -> Any:
    """Go on only if this holds; true."""
    if not holds:
        raise ValueError(what)
    return True


def text(told: Any, form: str = rf"[^\0-\x1f\x7f\ud800-\udfff{LATE}]+") -> bool:
    """Text of a form from end to end, in NFC, no white space at an end; any form: no control, half or late character (7.1)."""
    return isinstance(told, str) and bool(re.fullmatch(form, told)) and told == told.strip() == unicodedata.normalize("NFC", told)


def count(told: Any, least: int = 0, most: float = math.inf) -> bool:
    """Whether this is an integer within bounds; true is none."""
    return type(told) is int and least <= told <= most


def moment(told: Any) -> float:
    """A time with its offset (RFC 3339) in Unix seconds; NaN, which is neither before nor after anything, for any other text."""
    try:
        return datetime.fromisoformat(told).timestamp() if text(told, TIME) else math.nan
    except ValueError:  # a day that no month has
        return math.nan


def parse(content: bytes) -> Any:
    """A JSON object in which no key stands twice and every number is a plain integer (ruling 4): `int` takes no 1.0, 1e3 or NaN."""
    keys: Any = {"object_pairs_hook": lambda pairs: must(len(dict(pairs)) == len(pairs), "a key stands twice") and dict(pairs)}
    whole: Any = {"parse_int": lambda n: int(n if n != "-0" else "minus zero"), "parse_float": int, "parse_constant": int}
    must(isinstance(told := json.loads(content.decode(), **keys, **whole), dict), "no JSON object")
    return must("\n" + " " * 501 not in json.dumps(told, indent=1), "nested deeper than 500, which no verifier reads") and told


def compare(told: Any, own: Any, at: str) -> None:
    """Refuse what is published otherwise than recomputed; the order of keys says nothing, and true is not 1."""
    both = [dict(enumerate(one)) if isinstance(one, list) else one for one in (told, own)]
    for name in {**both[1], **both[0]} if (inner := type(told) is type(own) and isinstance(both[0], dict)) else ():
        compare(both[0].get(name, ()), both[1].get(name, ()), f"{at}.{name}")  # (): it is not there; no JSON gives that
    must(inner or (type(told) is type(own) and told == own), f"{at} is {told!r:.200}, recomputed {own!r:.200}")


def fields(kind: str, line: str) -> list[str]:
    """The fields of a register's row (7.2)."""
    must(re.fullmatch(ROWS[kind][1], line) and all(map(text, filter(None, line.split("\t")))), f"{line!r:.200} is no such row")
    return line.split("\t")


def hold(source: Any, figures: str) -> None:
    """Hold figures, and the bits of chance declared, to the form that the ceremony states if it is one known here (ruling 7)."""
    groups, left, outcomes = list[Any](), figures.split(), 1  # of balls: how many, the lowest, of how many; a die is one
    match source.get("form"):
        case {"dice": dice, "sides": sides, **rest} if rest.keys() <= {"lowest"} and count(dice, 1, 1000):
            groups = [(1, rest.get("lowest", 1), sides)] * dice
        case {"balls": [*told], **rest} if not rest and all(isinstance(one, list) and len(one) == 2 for one in told):
            groups = [(many, 1, of) for many, of in told]
    if groups and all(count(low, 0, 1000) and count(of, 2, 1000) and count(many, 1, of - 1) for many, low, of in groups):
        for many, low, of in groups:
            group, left = left[:many], left[many:]
            must(len(group) == many and group == [one for one in map(str, range(low, low + of)) if one in group], "other figures")
            outcomes *= math.comb(of, many)
        must(not left and source.get("bits", 0) < outcomes.bit_length(), "more figures or bits than the form holds")


class Draw:
    """The files of one draw, with H of its suite, C and W (7.4), B and the keys that come of it (7.5)."""

    def read(self, given: Path | dict[str, bytes], after: str | None) -> None:
        """Everything that has to be there, in its form; nothing is compared yet."""
        self.at, self.remarks, self.events, told = "the folder", list[str](), dict[str, list[Any]](), dict[str, Any]()
        if isinstance(given, Path):
            fine = str(given)[:1] != "-" and (after is None or text(after, HEX))
            must(fine, "unknown option or hash 选项有误; usage 用法: verify_draw.py [--strict] [--after SHA256] [FOLDER...]")
            held, tables = (*given.iterdir(), given / "witness" / "record.json"), (".tsv", ".jsonl")  # what is named so is a file
            given = {one.relative_to(given).as_posix(): one.read_bytes() for one in held if one.is_file() or one.suffix in tables}
        self.files, self.say, self.used = {"witness/record.json": b"{}", **given}, self.remarks.append, set[str]()
        self.stopped = not {"seed.json", "result.json"} & given.keys()  # void before its seed; only then may both be missing
        for self.at in ("witness/record.json", "result.json", "seed.json", "commit.json"):
            told[self.at] = must(self.at in self.files, "missing 缺失 (not carried out? 或未抽取)") and parse(self.files[self.at])
            if self.stopped and text(told["witness/record.json"].get("void")):
                self.files |= {"seed.json": b'{"parts": []}', "result.json": b"{}"}
        self.record, self.result, self.seed, self.commit = told.values()
        must(type(self.seed["parts"]) is list and all(isinstance(part, dict) for part in self.seed["parts"]), "the seed's parts")
        self.check_commit()
        self.digest: Any = lambda content: hashlib.new(self.commit["hash"], content).digest()
        self.hash: Any = lambda told: self.digest(told.encode()).hex()
        self.c, self.w = (c := str(self.digest(self.files["commit.json"]).hex())), self.hash(f"ssj1/witness\n{c}\n")
        self.key: Any = lambda tag: self.hash(f"ssj1/{tag}\n{c}\n{self.b}\n")[:32]
        registers = [name for name in given if name.endswith(tuple(f"{kind}.tsv" for kind in ROWS))]
        self.public = not registers and (self.stopped or any(name.endswith("drawn.jsonl") for name in given))
        for held in self.commit["lists"]:
            *lines, rest = self.lines(held, "drawn.jsonl" if self.public else "after.jsonl")
            self.events[held["name"]] = must(rest == b"", "the last line is not ended") and [parse(line) for line in lines]
            for kind in () if self.public else ROWS:
                self.lines(held, f"{kind}.tsv", needed=held.get(kind, {"n": 0})["n"] > 0)

    def check_commit(self) -> None:
        """commit.json as 7.4 and rulings 3 to 7 want it; fields that are not named here say nothing."""
        self.at, told, names = "commit.json", self.commit, [held["name"] for held in self.commit["lists"]]
        must(all(SEEDS[it["kind"]][0](it) and count(it.get("bits", 0)) for it in told["seed"]) and self.bits() >= 64, "seed")
        must(text(told["v"], "ssj1") and text(told["hash"], "sha256|sm3"), "not the protocol ssj1")
        must(text(told["draw"]) and moment(told["made"]) < math.inf and text(told["blind"], "[0-9a-f]{32}"), "draw, made, blind")
        must(told.get("prev") is None or text(told["prev"], HEX), "prev")
        must(0 < len({*names}) == len(names) and all(text(name, "[a-z0-9][a-z0-9-]{0,31}") for name in names), "names of lists")
        for held, rules in [(held, held["rules"]) for held in told["lists"]]:
            must(all(count(held[it]["n"]) and text(held[it]["root"], HEX) for it in ROWS.keys() & {"objects", *held}), "a root")
            must(text(rules["base"], "all|eligible") and text(rules["round"], "ceil|systematic"), "base or round")
            must(count(rules["reserve"]) and count(rules["team"], 1, 1000), "reserve or team")
            must(isinstance(codes := rules.get("codes", []), list) and all(map(text, [*codes, *rules["strata"]])), "codes")
            must(all(count(one["ppm"], 0, 10**6) and count(one.get("min", 0)) for one in rules["strata"].values()), "strata")

    def bits(self, without: Any = ()) -> int:
        """The bits of chance that the sources declare; those that somebody without a party's secrets still did not know."""
        kept = [one for one in self.commit["seed"] if one["kind"] != "reveal" or one.get("party", "") not in without]
        return sum(one.get("bits", 0 if one["kind"] == "text" else 256) for one in kept)

    def lines(self, held: Any, kind: str, *, needed: bool = False) -> list[bytes]:
        """A list's file; a list alone may leave its name out of it, but then there is one such file and not two."""
        self.at = f"{held['name']}.{kind}"
        self.used |= (found := {self.at, kind if len(self.commit["lists"]) == 1 else self.at} & self.files.keys())
        must(len(found) < 2 and (found or not needed), "it is missing, or there are two of it")
        return b"".join(self.files[name] for name in found).split(b"\n")

    def value(self, source: Any, part: Any) -> str:
        """The text that a part adds to the seed, if it is the one that its source promised (7.5, ruling 7)."""
        _, field, form = SEEDS[kind := source["kind"]]
        value: str = (told := part["pulse"] if kind == "nist" else part).get(field)
        must(part.get("kind") == kind and text(value, form), f"no part of the kind {kind} in the place of one")
        must(kind != "reveal" or self.hash(f"ssj1/nonce\n{value}") == source["hash"], "the nonce is not the one promised")
        if kind == "drand":
            compare([told["round"], told.get("chain", source["chain"])], [source["round"], source["chain"]], kind)
            value = hashlib.sha256(bytes.fromhex(value)).hexdigest()
        elif kind == "nist":
            compare([told["timeStamp"], (no := told.get("chainIndex"))], [source["time"], source.get("chain", no)], kind)
        elif kind == "text":
            hold(source, value)
        return value.lower() if kind == "nist" else value

    def register(self, held: Any, kind: str) -> list[list[str]]:
        """The rows of a register, strictly ascending, against the number and the Merkle root committed to (7.2, 7.3)."""
        *lines, rest = self.lines(held, f"{kind}.tsv")
        rows = [fields(kind, line.decode(errors="surrogateescape")) for line in lines]  # what is no UTF-8 is no text either
        keys = [tuple(row[: ROWS[kind][0]]) for row in rows]  # Python orders by code points, so as UTF-8 bytes are ordered
        must(rest == b"" and keys == sorted({*keys}), "the rows do not strictly ascend, or the last is not ended")
        level = [self.digest(b"\0" + line) for line in lines] or [self.digest(b"")]
        while len(level) > 1:  # an odd last node moves up unchanged
            pairs = [self.digest(b"\1" + left + right) for left, right in zip(level[::2], level[1::2], strict=False)]
            level = pairs + level[2 * len(pairs) :]
        told = held.get(kind, {"n": 0, "root": self.digest(b"").hex()})
        return must((len(rows), level[0].hex()) == (told["n"], told["root"]), "not the rows that were committed to") and rows

    def proven(self, held: Any, told: Any) -> list[str]:
        """A drawn row that its path shows to be of the register (7.3, 7.8, ruling 17)."""
        row, index, n, path = fields("objects", told["line"]), told["index"], held["objects"]["n"], [*told["path"]]
        must(count(told["n"], n, n) and count(index, 0, n - 1) and all(text(one, HEX) for one in path), "n, index or path")
        node = self.digest(b"\0" + told["line"].encode())
        while n > 1:
            if index ^ 1 < n:
                node = self.digest(b"\1" + b"".join([bytes.fromhex(path.pop(0)), node][:: 1 if index % 2 else -1]))
            index, n = index // 2, (n + 1) // 2
        return must(not path and node.hex() == held["objects"]["root"], "the path does not lead to the root committed to") and row

    def tickets(self, held: Any, objects: list[list[str]]) -> dict[str, Any]:
        """Of every stratum the number of its rows and of the eligible, and these as (ticket, name) in order (7.6)."""
        codes, key, rows = held["rules"].get("codes"), self.key("draw"), Counter(row[1] for row in objects)
        order: dict[str, list[Any]] = {code: [] for code in held["rules"]["strata"]}
        for name, code, status, *_ in objects:
            must(code in order and (status == "1" or codes is None or status in codes), f"{name}: stratum or code undeclared")
            order[code] += [(self.hash(key + name), name)] if status == "1" else []
        return {code: (rows[code], len(able), sorted(able)) for code, able in order.items()}

    def shown(self, held: Any, told: Any) -> dict[str, Any]:
        """The same as a public bundle has it: whoever is named has a row, whoever is not a ticket, nobody stands twice (ruling 17)."""
        rows = {row[0]: row for row in (self.proven(held, one) for one in self.events.pop(held["name"]))}
        self.at, found = "result.json", dict[str, Any]()
        for code, one in told.items():
            names, n = [*one["selected"], *one["reserve"]], one["n"]
            named, hidden = (list[Any](name for name in names if isinstance(name, kind)) for kind in (str, dict))
            right = rows.keys() >= {*named} and all([*name] == ["ticket"] and text(name["ticket"], HEX) for name in hidden)
            must(right and count(n) and count(one["eligible"], 0, n), f"{code}: n, eligible, or one with neither row nor ticket")
            order = self.tickets(held, [rows[name] for name in named])[code][2] + [(name["ticket"], name) for name in hidden]
            found[code] = (n, one["eligible"], sorted(order, key=lambda pair: pair[0]))
        must(max(Counter(one[0] for _, _, order in found.values() for one in order).values(), default=1) < 2, "a ticket twice")
        return must(sum(n for n, _, _ in found.values()) == held["objects"]["n"], "the strata do not add up to it") and found

    def strata(self, held: Any, told: Any, found: dict[str, Any]) -> dict[str, Any]:
        """Quota, selection, reserve and limit of every stratum (section 3, ruling 5: `wanted` may be left out)."""
        rules, strata, total = held["rules"], {}, int(self.hash(self.key(f"round/{held['name']}"))[:12], 16) % 10**6
        for code, share in sorted(rules["strata"].items()):
            n, able, order = found[code]
            total += (x := (n if rules["base"] == "all" else able) * share["ppm"])
            wanted = -(-x // 10**6) if rules["round"] == "ceil" else total // 10**6 - (total - x) // 10**6
            k = min(able, wanted := max(wanted, share.get("min", 0)))
            if (spare := min(able - k, rules["reserve"])) < rules["reserve"] or wanted > k:
                self.say(f"! {held['name']}, {code}: {wanted} wanted, {able} eligible, {spare} in reserve.")
            must(len(order) >= k + spare, f"{code}: {len(order)} are told, {k + spare} are due")
            names, limit = [name for _, name in order[: k + spare]], order[k - 1][0] if k else None
            strata[code] = {"n": n, "eligible": able, "k": k, "limit": limit, "selected": names[:k], "reserve": names[k:]}
            strata[code] |= {"wanted": wanted} if "wanted" in told.get(code, {}) else {}
        return strata

    def judge(self, held: Any, told: Any, at: str) -> None:
        """Recompute one list, compare it with what is published of it, and replay what happened afterwards."""
        objects, inspectors, bans = ([], [], []) if self.public else (self.register(held, kind) for kind in ROWS)
        found = self.shown(held, told["strata"]) if self.public else self.tickets(held, objects)
        strata, rows = self.strata(held, told["strata"], found), {row[0]: row for row in objects}
        drawn, staff = [name for one in strata.values() for name in one["selected"]], {row[0] for row in inspectors}
        table = Table(self, held, [rows[name] for name in drawn if rows and "inspectors" in held], inspectors, bans)
        teams, self.at = {row[0]: team for row, team in zip(table.visits, table.teams, strict=True)}, "result.json"
        if self.public and (teams := told["teams"]) != {}:  # who should sit there cannot be recomputed; that they are teams can
            must("inspectors" in held and sorted(teams) == sorted(drawn), f"{at}: the teams are not those of the drawn objects")
            must(all(type(team) is list and len(team) == table.size for team in teams.values()), f"{at}: a team of another size")
            must(all(it is None or (text(it) and team.count(it) < 2) for team in teams.values() for it in team), f"{at}: team")
        compare(told, {"name": held["name"], "strata": strata, "teams": teams}, at)
        if unknown := sum(row[0] not in rows or row[1] not in staff for row in bans):
            self.say(f"! {at}: {unknown} bans name nobody of the registers and were ignored.")
        if not self.public and (unmanned := sum(not any(teams.get(name, ())) for name in drawn)):
            self.say(f"! {held['name']}: {unmanned} visits have no team, nobody is sent.")
        table.replay(held["name"], self.events.get(held["name"], []), strata, rows)

    def verify(self, after: str | None) -> None:
        """Steps 3 to 6 of 7.9, and of 1 and 2 what files alone allow; then what has to be heard although nothing is wrong."""
        self.at, logs = "witness/record.json", [self.files[name] for name in sorted(self.used) if name.endswith("after.jsonl")]
        must(all(self.record.get(it, at) == at for it, at in [("draw", self.commit["draw"]), ("w", self.w)]), "of another draw")
        note = {"lines": b"".join(logs).count(b"\n"), "sha256": hashlib.sha256(b"".join(logs)).hexdigest()}
        compare(note if self.public or (told := self.record.get("after")) is None else told, note, "what is noted of after.jsonl")
        must(after is None or after == (self.record["after"] if self.public else note)["sha256"], "after.jsonl: not of that hash")
        self.at, spoken = "commit.json", [SPEAKS.get(one["kind"], moment)(one) for one in self.commit["seed"]]
        made, now = moment(self.commit["made"]), math.inf if self.stopped else datetime.now(UTC).timestamp()
        must(not any(at <= made or at > now for at in spoken), "a beacon that spoke before `made`, or is to speak, by this clock")
        for held, kind in [(held, kind) for held in self.commit["lists"] for kind in ROWS if self.stopped and not self.public]:
            self.register(held, kind)
        if not self.stopped:
            self.drawn(self.commit["seed"])
        self.say("!! The time is not proven 时间未证明: ask the witness since when it has held W, and when the seed was known.")
        first = not self.commit.get("prev") and re.fullmatch("(?s:.*[^0-9])?0*1", self.commit["draw"])
        before = "!! NUMBERS BEFORE IT UNACCOUNTED FOR 此前编号去向不明: it may be one of several 可择一出示. Ask for all."
        self.say("! It says that it is the agency's first draw 自称首次抽取: ask whether it is 请核实." if first else before)
        lacks = " (it lacks an after.jsonl 缺失)" * (len(logs) < len(self.commit["lists"]))
        word = f"{lacks}: the house's word alone 仅凭机关自述, but for --after; its hash here is {note['sha256']}" * (not after)
        which, more = ("public", ", who else has a small ticket, who should go") if self.public else ("full", word)
        more = ", whether anything was drawn 是否抽取过" if self.stopped else f", what followed{more}"
        self.say(f"! The {which} bundle cannot prove who lacks in its registers{more}.")
        if text(self.record.get("void")):
            self.void(self.record, spoken)

    def void(self, told: Any, spoken: list[float]) -> None:
        """What the record of a void must hold (7.12), and of a draw that was stopped what no file can rule out."""
        self.say(f"! THIS DRAW WAS MADE VOID 本次抽查已作废: {told['void']} {told.get('signed', '')}")
        at, known = moment(told.get("voided_at")), [*spoken, moment(told.get("seeded_at"))]
        signed, lacked = (it if isinstance(it := told.get(name), list) else [] for name in ("signed", "lacked"))
        two = len(signed) == 2 == len({"".join(name.split()).lower() for name in signed if text(name)})
        rule = self.stopped and lacked != [] and all(count(place, 0, len(spoken) - 1) for place in lacked)  # nobody signs
        right = {"draw": "draw" in told, "w": "w" in told, "voided_at": at >= moment(self.commit["made"]), "signed": two or rule}
        if lacks := ", ".join(name for name, holds in right.items() if not holds):
            self.say(f"!! THE VOID'S RECORD LACKS 作废记录缺少 {lacks}: one such line throws any result away 可借此丢弃任何结果.")
        if rule:
            self.say("! A PART OF THE SEED LACKED 种子缺少一部分: whoever held it may know the outcome 不能排除其已知结果.")
        elif self.stopped and any(one <= at for one in known):
            self.say("!! STOPPED WHEN ITS SEED COULD BE KNOWN 种子可能已知后中止: a result may be thrown away 不能排除丢弃结果.")
        elif self.stopped and not (at < math.inf and any(one < math.inf for one in spoken)):
            self.say("!! WHO STOPPED IT MAY KNOW THE OUTCOME 不能排除中止者已知结果: ask witness, parties, minutes 请向外部核实.")
        elif self.stopped:
            self.say("! Stopped before its seed, by the house's word 中止时间仅凭机关自述: ask for its register of draws.")

    def drawn(self, sources: list[Any]) -> None:
        """The seed, the result and what followed; then what of the sources has to be heard."""
        self.at = "seed.json"
        compare([self.seed["commit"], len(self.seed["parts"])], [self.c, len(sources)], "commit, number of parts")
        values = [self.value(*pair) for pair in zip(sources, self.seed["parts"], strict=True)]
        self.at, told, self.b = "result.json", self.result["lists"], "+".join(values)
        compare({**self.result, "lists": len(told)}, {"commit": self.c, "lists": len(self.commit["lists"])}, "number of")
        for number, pair in enumerate(zip(self.commit["lists"], told, strict=True)):
            self.judge(*pair, f"lists[{number}]")
        if any(self.bits([one.get("party", "")]) < 64 for one in sources if one["kind"] == "reveal"):
            self.say("!! THE SEED MAY BE ONE PARTY'S SECRET 种子可能出自一方: it could announce until the outcome pleased.")
        if len({*values}) < len(values):
            self.say("!! ONE VALUE STANDS FOR TWO SOURCES 一值充作两个种子来源: its chance counts once.")
        for told in [part["text"] for part in self.seed["parts"] if part["kind"] == "text"]:
            self.say(f"!! Whoever drew typed the figures 数字系抽取者录入; compare with the signed minutes 请与记录核对: {told}")
        for kind in sorted({one["kind"] for one in sources} & {"drand", "nist"}):
            self.say(f"!! The signature of the {kind} source was not checked 签名未核验: that needs its public key.")


class Table:
    """Seats, as (visit, seat), dealt to whoever has had fewest, ties by the shuffled cards; repair where that sticks (section 4)."""

    def __init__(self, draw: Draw, held: Any, drawn: list[list[str]], inspectors: list[list[str]], bans: list[list[str]]) -> None:
        deck, self.draw, self.size = draw.key(f"deal/{held['name']}"), draw, held["rules"]["team"]
        self.card: Any = lambda told: draw.hash(deck + told)
        self.staff = sorted((row for row in inspectors if row[4] == "1"), key=lambda row: (self.card(f"i\t{row[0]}"), row[0]))
        self.room, self.barred = {row[0]: int(row[3]) for row in self.staff}, {(row[0], row[1]) for row in bans}
        self.visits = sorted(drawn, key=lambda row: (self.card(f"v\t{row[0]}"), row[0]))
        self.teams, self.load, lacks = [list[Any]([None] * self.size) for _ in drawn], Counter[Any](), dict[Any, list[str]]()
        for v, s in [it for v in range(len(drawn)) for s in range(self.size) if not self.fill(it := (v, s)) and self.repair(it)]:
            n, may = len(seats := self.repair((v, s))) - 1, sorted({who for seat in seats for who in self.may(seat)})
            cause = f"for them and {n} filled seats there are {may}, who can take {n}"
            lacks.setdefault((cause, *sorted(seats[1:])), []).append(f"{self.visits[v][0]}:{s}")
        for (cause, *_), empty in lacks.items():  # equal Hall sets are told once (section 4)
            draw.say(f"! {held['name']}: {len(empty)} seats are empty, the first {empty[0]}: {cause}.")

    def may(self, place: Any) -> list[str]:
        """Who could ever sit there, in the order of the shuffled list; seat 0 needs the qualification."""
        name, _, _, pool, qual, _ = self.visits[place[0]]
        able = [row for row in self.staff if pool and pool in row[1].split(",") and (name, row[0]) not in self.barred]
        return [row[0] for row in able if place[1] > 0 or not qual or qual in row[2].split(",")]

    def sit(self, place: Any, who: Any) -> Any:
        """Let somebody take a seat, or nobody; whoever held it leaves."""
        team, s = self.teams[place[0]], place[1]
        self.load[team[s]], team[s] = self.load[team[s]] - 1, who
        self.load[who] += 1
        return who

    def fill(self, place: Any) -> Any:
        """Deal a seat, or deal it anew: to the eligible inspector with the smallest (load, card, id)."""
        self.sit(place, None)
        able = [(self.load[who], who) for who in self.may(place) if who not in self.teams[place[0]]]
        cards = [(load, self.card(f"c\t{load}\t{who}"), who) for load, who in able if load < self.room[who]]
        return self.sit(place, min(cards)[2] if cards else None)

    def repair(self, start: Any) -> list[Any]:
        """Breadth first: move others along until somebody has room. If nobody can: these seats are one too many (a Hall set)."""
        came, met = dict[Any, Any]({start: None}), set[str]()
        for place in (waiting := [start]):
            for who in self.may(place):
                step: Any = (place, who)
                found = [(place[0], self.teams[place[0]].index(who))] if who in self.teams[place[0]] else []
                if not found and who not in met:
                    if self.load[who] < self.room[who]:
                        while step:  # there is room: shift everybody along the path
                            self.sit(*step)
                            step = came[step[0]]
                        return []
                    met.add(who)
                    found = [(v, s) for v, team in enumerate(self.teams) for s, one in enumerate(team) if one == who]
                waiting += (fresh := [other for other in found if other not in came])
                came |= dict.fromkeys(fresh, step)
        return waiting

    def replay(self, at: str, events: list[Any], strata: dict[str, Any], objects: dict[str, list[str]]) -> None:
        """What happened afterwards: every line must be what the rule gives (ruling 15)."""
        standing = {row[0]: v for v, row in enumerate(self.visits)}
        for number, event in enumerate(events, 1):
            name, kind, seat, self.draw.at = *map(event.get, ("object", "kind", "seat")), f"{at}.after.jsonl, line {number}"
            must(name in standing and all(map(text, {event.get("reason"), event.get("evidence")} - {None})), "visit or reason")
            team = self.teams[v := standing[name]]
            rule: dict[str, Any] = {"seq": number, "seat": None, "out": None, "in": None}
            if kind in ("withdrawn", "replace"):  # called off as a whole: its seats no longer count as load
                self.load.subtract(self.teams[standing.pop(name)])
                if kind == "replace":  # the next of its stratum's reserve comes in; its seats have lines of their own
                    rule |= {"out": name, "in": strata[objects[name][1]]["reserve"].pop(0)}
                    standing[rule["in"]] = len(self.visits)
                    self.visits, self.teams = [*self.visits, objects[rule["in"]]], [*self.teams, []]
            else:  # a seat of one that came in is dealt, or one passes on, who is out of this visit
                right = kind == "deal" if seat == len(team) else kind == "redeal" and team[seat] is not None
                must(count(seat, 0, self.size - 1) and right, "no such seat or kind, or nobody sits there who could pass on")
                team += [None] if kind == "deal" else []
                self.barred.add((name, team[seat]))
                rule |= {"seat": seat, "out": team[seat], "in": self.fill((v, seat))}
            compare({it: event[it] if it == "in" and kind != "withdrawn" else event.get(it) for it in rule}, rule, "the rule")
        must(all(len(self.teams[v]) == self.size for v in standing.values()), "a seat of one that came in is not dealt")


def opinion(given: Path | dict[str, bytes], *, strict: bool = False, after: str | None = None) -> tuple[int, list[str]]:
    """The exit code for one bundle, and what is to be said of it. What has not even its form when it is compared does not agree."""
    draw, code, said = Draw(), 2, "CANNOT BE READ 无法读取"
    try:
        draw.read(given, after)
        code, said = 1, "DIFFERS 不一致"
        draw.verify(after)
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
        return code, [f"{said}: {draw.at}: {error}{'' if type(error) is ValueError else ': missing, or of another form'}"]
    code = int(strict and any(line.startswith("!!") for line in draw.remarks))
    return code, [f"agrees 一致: {draw.commit['draw']}", f"  C = {draw.c}", f"  W = {draw.w}", *draw.remarks]


def main(arguments: list[str]) -> int:
    """Judge every folder; the worst exit code counts."""
    after = arguments[arguments.index("--after") + 1] if "--after" in arguments[:-1] else None
    folders = [one for one in arguments if one not in ("--strict", after and "--after", after)] or ["."]
    told = {one: opinion(Path(one), strict="--strict" in arguments, after=after and after.lower()) for one in folders}
    for folder, (_, lines) in told.items():
        print(f"{folder}: " + "\n".join("".join(one if one.isprintable() else "·" for one in line) for line in lines))
    return max(code for code, _ in told.values())


if __name__ == "__main__":
    signal.signal(getattr(signal, "SIGPIPE", signal.SIGTERM), signal.SIG_DFL)  # who reads on no more (`| head`) has read enough
    sys.exit(main(sys.argv[1:]))
