"""Which objects are drawn: the k smallest tickets of each stratum (draw-protocol section 3, ruling 5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from inspector.domain.commitment import Rules, refuse_undeclared
from inspector.domain.frame import ELIGIBLE, ObjectRow
from inspector.domain.suite import Suite

_MILLION = 1_000_000
_SPARE = 1024
TICKET = 32
"""The bytes of a ticket."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """One stratum's result. `wanted` is k before clipping to the eligible; `limit` is the ticket of the last one selected."""

    n: int
    eligible: int
    wanted: int
    k: int
    selected: tuple[str, ...]
    reserve: tuple[str, ...]
    limit: str | None


def quotas(rules: Rules, counts: Mapping[str, tuple[int, int]], suite: Suite, round_key: str) -> dict[str, tuple[int, int]]:
    """(wanted, k) of each declared stratum from (rows, eligible rows), in whole numbers only."""
    held = {code: counts.get(code, (0, 0)) for code in rules.strata}
    shares = {code: (n if rules.base == "all" else able) * rules.strata[code].ppm for code, (n, able) in held.items()}
    rounded = _ceil(shares) if rules.rounding == "ceil" else _systematic(shares, suite, round_key)
    wanted = {code: max(rounded[code], share.least) for code, share in rules.strata.items()}
    return {code: (most, min(held[code][1], most)) for code, most in wanted.items()}


def ticket(suite: Suite, draw_key: str, object_id: str) -> str:
    """T(id) = hex H(key || id)."""
    return suite.hex(draw_key + object_id)


def select(rules: Rules, objects: Collection[ObjectRow], suite: Suite, draw_key: str, round_key: str) -> dict[str, Stratum]:
    """The drawn objects of every declared stratum. Raises Invalid for a row in an undeclared stratum or with an undeclared code.

    Beyond the rows it holds about twice the objects that are drawn, not one ticket for each row.
    """
    refuse_undeclared(rules, objects)
    rows = Counter(row.stratum for row in objects)
    able = Counter(row.stratum for row in objects if row.status == ELIGIBLE)
    counts = {code: (rows[code], able[code]) for code in rules.strata}
    sizes = quotas(rules, counts, suite, round_key)
    firsts = {code: _Firsts(size=k + rules.reserve) for code, (_, k) in sizes.items()}
    ticket_of = suite.behind(draw_key.encode())
    for row in objects:
        if row.status == ELIGIBLE:
            name = row.id.encode()
            drawn, first = ticket_of(name), firsts[row.stratum]
            if drawn <= first.bar:
                first.take(drawn + name)
    return {code: stratum(counts[code], sizes[code], firsts[code].all()) for code in rules.strata}


@dataclass(slots=True)
class _Firsts:
    """The `size` smallest of what is taken: each a ticket with its id behind it, for all tickets are of one length.

    A ticket above `bar` can never be among them. Most are, so they are not even taken.
    """

    size: int
    held: list[bytes] = field(default_factory=list)
    bar: bytes = b"\xff" * TICKET

    def take(self, one: bytes) -> None:
        self.held.append(one)
        if len(self.held) >= 2 * self.size + _SPARE:
            self.all()

    def all(self) -> list[bytes]:
        self.held.sort()
        del self.held[self.size :]
        if self.held and len(self.held) == self.size:
            self.bar = self.held[-1][:TICKET]
        return self.held


def stratum(counts: tuple[int, int], size: tuple[int, int], order: Sequence[bytes]) -> Stratum:
    """The result from (rows, eligible rows), (wanted, k) and the first k + reserve tickets, each with its id behind it, in order."""
    wanted, k = size
    return Stratum(
        n=counts[0],
        eligible=counts[1],
        wanted=wanted,
        k=k,
        selected=tuple(one[TICKET:].decode() for one in order[:k]),
        reserve=tuple(one[TICKET:].decode() for one in order[k:]),
        limit=order[k - 1][:TICKET].hex() if k else None,
    )


def _ceil(shares: Mapping[str, int]) -> dict[str, int]:
    """Never below the legal ratio."""
    return {code: (share + _MILLION - 1) // _MILLION for code, share in shares.items()}


def _systematic(shares: Mapping[str, int], suite: Suite, round_key: str) -> dict[str, int]:
    """Each floor or ceiling of its target, the total within one of its own: one chance start for the running sum."""
    offset = int(suite.digest(round_key.encode()).hex()[:12], 16) % _MILLION
    rounded, total = {}, 0
    for code in sorted(shares):
        before, total = total, total + shares[code]
        rounded[code] = (total + offset) // _MILLION - (before + offset) // _MILLION
    return rounded
