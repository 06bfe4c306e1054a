"""A credit platform for tests, behind a real socket: it takes only what is rightly signed and well formed, once each, and accounts for it.

What is signed it checks by the words of RFC 9421 and with `hmac` of the standard library, not with the connector's own code.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from connectors.credit.http import HttpCredit, connect
from inspector.testing.peer import Heard, Peer, Step, answer, lost, peer, reset

SECRET = base64.b64encode(b"k" * 32).decode()
COVERED = '("@method" "@target-uri" "content-type" "content-digest")'
PATHS = ("/level", "/entry", "/retract", "/amend", "/held", "/statement")
WANTED: Mapping[str, frozenset[str]] = {
    "/level": frozenset({"kind", "code", "case", "basis"}),
    "/entry": frozenset({"id", "case", "subject", "grade", "outcome", "basis", "decided_by", "decided_at"}),
    "/retract": frozenset({"id", "case", "reason", "basis", "decided_at"}),
    "/amend": frozenset({"id", "case", "kind", "basis", "decided_at"}),
    "/held": frozenset({"id", "case", "basis"}),
    "/statement": frozenset({"after", "limit"}),
}


@dataclass
class CreditPlatform:
    """`mode`: ok, away (503), lost (taken, and the answer never arrives), reset (half an answer) or garbage.

    `entries` are what stands; `gone` the receipts of what was taken back, after which an entry cannot come any more. `made` counts
    how often each was entered anew: more than once is a duplicate `cut`: pages of the statement that are left out at its end, unsaid.
    """

    now: Callable[[], datetime]
    levels: dict[str, str] = field(default_factory=dict)
    entries: dict[str, dict[str, Any]] = field(default_factory=dict)
    gone: dict[str, str] = field(default_factory=dict)
    made: Counter[str] = field(default_factory=Counter)
    became: dict[str, list[str]] = field(default_factory=dict)
    """What was told of each later, in order; under one key once, however often it came."""
    keys: set[str] = field(default_factory=set)
    mode: str = "ok"
    pages: int = 2
    cut: int = 0
    refused: list[str] = field(default_factory=list)
    url: str = ""
    seen: set[str] = field(default_factory=set)
    taken: list[Heard] = field(default_factory=list)

    def paths(self) -> dict[str, Callable[[Heard], Step]]:
        return dict.fromkeys(PATHS, self.hear)

    def hear(self, heard: Heard) -> Step:
        if self.mode == "away":
            return answer(503, {"message": "维护"})
        if self.mode == "garbage":
            return answer(200, body=b"<html>502</html>")
        wrong = self.unsigned(heard)
        if wrong:
            self.refused.append(wrong)
            return answer(401, {"wrong": wrong})
        told = json.loads(heard.body)
        if not WANTED[heard.path] <= told.keys() or ("idempotency-key" not in heard.headers):
            self.refused.append("form")
            return answer(422, {"wrong": "form"})
        self.taken.append(heard)
        said = self.answers(heard.path, told, heard.headers["idempotency-key"])
        if self.mode == "lost":
            return lost
        return reset if self.mode == "reset" else said

    def unsigned(self, heard: Heard) -> str:
        """What is wrong with a request's signature (RFC 9421, 3.2); nothing where it holds."""
        given = re.fullmatch(r"sig1=(\(.*?\))(;.*)", heard.headers.get("signature-input", ""))
        signed = re.fullmatch(r"sig1=:(.+):", heard.headers.get("signature", ""))
        if given is None or signed is None or given[1] != COVERED or ';keyid="inspector"' not in given[2]:
            return "unsigned"
        digest = f"sha-256=:{base64.b64encode(hashlib.sha256(heard.body).digest()).decode()}:"
        if heard.headers.get("content-digest") != digest:
            return "digest"
        lines = [
            f'"@method": {heard.method}',
            f'"@target-uri": {self.url}{heard.path}',
            f'"content-type": {heard.headers["content-type"]}',
            f'"content-digest": {digest}',
            f'"@signature-params": {given[1]}{given[2]}',
        ]
        wanted = hmac.new(base64.b64decode(SECRET), "\n".join(lines).encode(), hashlib.sha256).digest()
        if not hmac.compare_digest(wanted, base64.b64decode(signed[1])):
            return "signature"
        if given[2] in self.seen:
            return "replayed"
        self.seen.add(given[2])
        return ""

    def answers(self, path: str, told: dict[str, Any], key: str) -> Step:
        if path == "/level":
            level = self.levels.get(told["code"])
            return answer(200, {"level": level, "as_of": self.now().isoformat()})
        if path == "/held":
            return answer(200, {"as_of": self.now().isoformat(), "entry": self.shown(told["id"])})
        if path == "/statement":
            return answer(200, self.page(told["after"], told["limit"]))
        entry = told["id"]
        if path == "/amend":
            if key not in self.keys:  # its row may be due anew while its call is under way: the same again, and no second word
                self.became.setdefault(entry, []).append(told["kind"])
            self.keys.add(key)
            return answer(200, {"receipt": "A"})
        if path == "/retract":
            self.entries.pop(entry, None)
            return answer(200, {"receipt": self.gone.setdefault(entry, f"X-{len(self.gone)}")})
        if entry in self.gone:
            return answer(410, {"message": "已撤销"})
        if entry not in self.entries:
            self.made[entry] += 1
            self.entries[entry] = {**told, "receipt": f"R-{sum(self.made.values())}"}
        return answer(200, {"receipt": self.entries[entry]["receipt"]})

    def shown(self, entry: str) -> dict[str, Any] | None:
        held = self.entries.get(entry)
        return None if held is None else {**held, "retracted": False, "amended": self.amended(entry)}

    def amended(self, entry: str) -> list[str]:
        """What is in force of what it was told, the newest of each line (contested or no more; shown no more, repaired)."""
        told = self.became.get(entry, [])
        marks, ends = [one for one in told if one.endswith("MARKED")], [one for one in told if not one.endswith("MARKED")]
        return [one for one in (*marks[-1:], *ends[-1:]) if one != "UNMARKED"]

    def page(self, after: str | None, limit: int) -> dict[str, Any]:
        """A page of at most `pages` rows; the last `cut` pages never come, though the statement says how many rows there are."""
        names = sorted(self.entries)
        start = 0 if after is None else int(after)
        size = min(limit, self.pages)
        ends = max(0, len(names) - self.cut * size)
        shown = names[start : min(start + size, ends)]
        further = str(start + size) if start + size < ends else None
        rows = [self.shown(name) for name in shown]
        as_of = self.now().replace(minute=0, second=0, microsecond=0)  # one moment for all pages
        return {"as_of": as_of.isoformat(), "total": len(names), "entries": rows, "next": further}


@contextmanager
def platform(now: Callable[[], datetime], folder: Path, **config: object) -> Iterator[tuple[CreditPlatform, HttpCredit, Peer]]:
    """A platform, the connector that is set up for it by settings alone, and the socket between them."""
    held = CreditPlatform(now=now)
    key = folder / "credit.key"
    key.write_text(SECRET, encoding="ascii")
    key.chmod(0o600)
    with peer(beside=held.paths()) as side:
        held.url = side.url
        told = {"owner": "示例信用平台", "url": side.url, "key_file": str(key), "key_id": "inspector", "tries": 1, "reuse": False}
        made = connect("platform", told | {"path_statement": "/statement", "path_held": "/held", "path_amend": "/amend"} | config)
        try:
            yield held, made, side
        finally:
            made.close()
