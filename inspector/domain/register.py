"""The register of an agency's draws: each draw and each void has a number in one chain, so that none can be left out afterwards.

An entry's digest covers the one before it. A commitment names the register's end (`draw.commit`), so that what the witness holds
binds every void before it too (draw-protocol, threat 2).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from inspector.domain.canonical import fingerprint

GENESIS = "0" * 64


class EntryKind(StrEnum):
    """What an entry is about: a draw, one that extends another, a void."""

    DRAW = "DRAW"
    EXTENSION = "EXTENSION"
    VOID = "VOID"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the register. `number` runs from 1 without a gap within the agency; `prev` is the digest of the line before."""

    agency: str
    number: int
    kind: EntryKind
    draw: str
    at: datetime
    facts: Mapping[str, object]
    prev: str
    digest: str


def entry(last: Entry | None, agency: str, kind: EntryKind, draw: str, facts: Mapping[str, object], at: datetime) -> Entry:
    """The line that follows the last one."""
    number, prev = (last.number + 1, last.digest) if last is not None else (1, GENESIS)
    told = {"agency": agency, "number": number, "kind": kind, "draw": draw, "at": at, "facts": facts, "prev": prev}
    return Entry(**told, digest=_digest(told))  # type: ignore[arg-type]


def flaw(entries: Sequence[Entry]) -> int | None:
    """The number of the first line of an agency's register that does not hold: changed, left out or put in; None when all do."""
    last: Entry | None = None
    for held in entries:
        due = entry(last, held.agency, held.kind, held.draw, held.facts, held.at)
        if (held.number, held.prev, held.digest) != (due.number, due.prev, due.digest):
            return due.number
        last = held
    return None


def unheld(entries: Sequence[Entry], ends: Mapping[str, Mapping[str, object]]) -> list[str]:
    """The draws whose commitment names an end that the register does not have: it was written anew since.

    A register that is chained again from a changed line on agrees with itself; `ends` are what commitments, and with them their
    witnesses, hold of it, by draw: `number` and `digest`.
    """
    held = {one.number: one.digest for one in entries}
    told = {str(number): digest for number, digest in held.items()}
    return [draw for draw, end in ends.items() if told.get(str(end.get("number"))) != end.get("digest")]


def _digest(told: Mapping[str, object]) -> str:
    """SHA-256 over JSON: keys in order, no blanks, UTF-8, the time in UTC."""
    at = told["at"]
    assert isinstance(at, datetime)
    plain = {**told, "at": at.astimezone(UTC).isoformat(timespec="microseconds")}
    return fingerprint(plain)
