"""Who is put to the tests: the engine, and draws and dealings as offices have made them, which must fail."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from inspector.domain.commitment import Rules, Share
from inspector.domain.dealing import deal
from inspector.domain.frame import InspectorRow, ObjectRow
from inspector.domain.selection import select
from inspector.domain.suite import Suite

Drawer = Callable[[str, Sequence[str], int], list[int]]
"""(key, ids in the order of the register, how many) to positions in the register."""
Dealer = Callable[[str, int, int], list[list[int]]]
"""(key, visits, inspectors) to the team of two of each visit."""


def keys(name: str, count: int) -> list[str]:
    """Keys of that many draws, the same ones every time."""
    return [hashlib.sha256(f"statistics {name} {number}".encode()).hexdigest()[:32] for number in range(count)]


def number(key: str, tag: str = "") -> int:
    """A large number of a key."""
    return int.from_bytes(hashlib.sha256(f"{key}{tag}".encode()).digest())


@cache
def register(ids: tuple[str, ...]) -> list[ObjectRow]:
    """Objects of one stratum."""
    return [ObjectRow(id=name, stratum="A", pool="P", salt="") for name in ids]


def exactly(k: int, reserve: int = 0) -> Rules:
    """Rules that draw so many of stratum A."""
    return Rules(base="all", rounding="ceil", reserve=reserve, team=2, strata={"A": Share(ppm=0, least=k)})


def engine(key: str, ids: Sequence[str], k: int) -> list[int]:
    """Ours."""
    place = {name: position for position, name in enumerate(ids)}
    return [place[name] for name in select(exactly(k), register(tuple(ids)), Suite(), key, key)["A"].selected]


def skip_count(key: str, ids: Sequence[str], k: int) -> list[int]:
    """Every n-th row of the register, from a thrown one of the first n."""
    step = len(ids) // k
    return [number(key) % step + step * one for one in range(k)]


def offset(key: str, ids: Sequence[str], k: int) -> list[int]:
    """From a row anywhere, thrown, in equal steps round the register."""
    return [(number(key) + 7 * one) % len(ids) for one in range(k)]


def modulo(key: str, ids: Sequence[str], k: int) -> list[int]:
    """One byte after another modulo the number of rows: 256 is no multiple of it, so the first rows come more often."""
    drawn: dict[int, None] = {}
    throw = 0
    while len(drawn) < k:
        drawn[number(key, str(throw)) % 256 % len(ids)] = None
        throw += 1
    return list(drawn)


RIVALS: Mapping[str, Drawer] = {"skip count": skip_count, "offset": offset, "modulo": modulo}


def engine_deals(key: str, visits: int, staff: int) -> list[list[int]]:
    """Ours, in one pool of equals."""
    objects = [ObjectRow(id=f"{n}", stratum="A", pool="P", salt="") for n in range(visits)]
    people = [InspectorRow(id=f"{n}", pools=("P",), cap=99, salt="") for n in range(staff)]
    teams = deal(Suite(), key, 2, objects, people, []).teams
    return [[int(who) for who in teams[row.id] if who is not None] for row in objects]


def round_robin(key: str, visits: int, staff: int) -> list[list[int]]:
    """In turn through the list of inspectors, from a thrown one: loads are equal, the partner is always the neighbour."""
    return [[(number(key) + 2 * visit + seat) % staff for seat in (0, 1)] for visit in range(visits)]


def first_come(key: str, visits: int, staff: int) -> list[list[int]]:
    """In turn from the first: whoever knows the list knows who comes."""
    return [[(2 * visit + seat) % staff for seat in (0, 1)] for visit in range(visits)]


@dataclass(frozen=True, kw_only=True)
class Prescribed(Suite):
    """H replaced by a table, so that every order of tickets and cards can be laid out; all that the engine does with them stays.

    What is counted over all orders holds for any hash under which all orders are equally likely. That SHA-256 behaves so is what
    the tests on seeded draws look at.
    """

    order: Mapping[str, int]

    def behind(self, prefix: bytes) -> Callable[[bytes], bytes]:
        return lambda content: self.order[content.decode()].to_bytes(32)

    def hex(self, text: str) -> str:
        return f"{self.order[text]:064x}"
