"""Who behaves how. Pure and repeatable: everything follows from the world's seed and what is asked, never from chance or order.

So the same question asked twice has one answer, and a run with the same seed meets the same people.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import accumulate
from typing import TypeVar

T = TypeVar("T")


class Say(StrEnum):
    """What a source says of one fact of one subject."""

    MATCH = "match"
    MISMATCH = "mismatch"
    NOT_FOUND = "not_found"
    STALE = "stale"


class Temper(StrEnum):
    """A source's passing troubles with one subject."""

    WELL = "well"
    SLOW = "slow"
    STUMBLES = "stumbles"
    NOT_GRANTED = "not_granted"


class Manner(StrEnum):
    """How an agency takes a request."""

    ANSWERS = "answers"
    CANNOT_SAY = "cannot_say"
    LATE = "late"
    REFUSES = "refuses"
    REFUSES_BADLY = "refuses_badly"
    SILENT = "silent"


class Reaction(StrEnum):
    """What an inspector makes of a push."""

    ACCEPTS = "accepts"
    DECLINES = "declines"
    SILENT = "silent"


SAYS = {Say.MATCH: 77, Say.MISMATCH: 8, Say.NOT_FOUND: 10, Say.STALE: 5}
TEMPERS = {Temper.WELL: 91, Temper.SLOW: 3, Temper.STUMBLES: 5, Temper.NOT_GRANTED: 1}
MANNERS: Mapping[str, Mapping[Manner, int]] = {
    "civil-affairs": {Manner.ANSWERS: 88, Manner.CANNOT_SAY: 12},
    "housing": {
        Manner.ANSWERS: 33,
        Manner.LATE: 25,
        Manner.REFUSES: 12,
        Manner.REFUSES_BADLY: 10,
        Manner.SILENT: 20,
    },
}
REACTIONS = {Reaction.ACCEPTS: 82, Reaction.DECLINES: 9, Reaction.SILENT: 9}
LEVELS: Mapping[str | None, int] = {"A": 61, "B": 23, "C": 8, "D": 2, None: 6}
FINDINGS = {"match": 72, "mismatch": 18, "cannot_say": 10}
MENDED = {"UNTRUE_CURABLE": 50, "UNTRUE_INCURABLE": 15, "FALSE_KNOWING": 5, "DATA_ERROR": 18, "IMMATERIAL": 12}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """The world's dice, thrown once for everything by its seed."""

    seed: str

    def of(self, *about: str) -> float:
        """A number in [0, 1) for a thing."""
        digest = hashlib.sha256("\0".join((self.seed, *about)).encode()).digest()
        return int.from_bytes(digest[:6], "big") / (1 << 48)

    def pick(self, weights: Mapping[T, int], *about: str) -> T:
        """One of the weighted ways for a thing."""
        at = self.of(*about) * sum(weights.values())
        return next(way for way, upper in zip(weights, accumulate(weights.values()), strict=True) if at < upper)

    def secret(self, *about: str) -> str:
        """64 hex that nobody without the seed can tell: a party's nonce."""
        return hashlib.sha256("\0".join((self.seed, "secret", *about)).encode()).hexdigest()

    def dice(self, draw: str, count: int = 26) -> str:
        """What the dice of a draw's public ceremony showed: figures 1 to 6, single spaces (26 of them hold 67 bits)."""
        return " ".join(str(1 + int(self.of("dice", draw, str(throw)) * 6)) for throw in range(count))

    def lottery(self, draw: str) -> str:
        """The seven balls of the lottery's draw: six of 33, one of 16, each group ascending."""
        red = sorted(range(1, 34), key=lambda ball: self.of("red", draw, str(ball)))[:6]
        return " ".join(map(str, (*sorted(red), 1 + int(self.of("blue", draw) * 16))))


def other(value: str) -> str:
    """A value that contradicts the claimed one and still looks like one."""
    if value.isdecimal():
        return str(max(0, int(value) - 3))
    try:
        return (date.fromisoformat(value) - timedelta(days=200)).isoformat()
    except ValueError:
        return {"存续": "注销", "是": "否"}.get(value, f"{value}（登记有误之处：已变更）")
