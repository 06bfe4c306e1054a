"""Which objects are drawn: the k smallest tickets of each stratum (draw-protocol section 3, ruling 5)."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from heapq import nsmallest

from inspector.domain.commitment import Rules
from inspector.domain.errors import Invalid
from inspector.domain.frame import ELIGIBLE, ObjectRow
from inspector.domain.suite import Suite

_MILLION = 1_000_000


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
    shares = {
        code: (counts.get(code, (0, 0))[0] if rules.base == "all" else counts.get(code, (0, 0))[1]) * share.ppm
        for code, share in rules.strata.items()
    }
    drawn: dict[str, int] = {}
    if rules.rounding == "ceil":
        drawn = {code: (x + _MILLION - 1) // _MILLION for code, x in shares.items()}
    else:
        offset = int(suite.hex(round_key)[:12], 16) % _MILLION
        total = 0
        for code in sorted(shares, key=str.encode):
            before, total = total, total + shares[code]
            drawn[code] = (total + offset) // _MILLION - (before + offset) // _MILLION
    wanted = {code: max(k, rules.strata[code].least) for code, k in drawn.items()}
    return {code: (most, min(counts.get(code, (0, 0))[1], most)) for code, most in wanted.items()}


def ticket(suite: Suite, draw_key: str, object_id: str) -> str:
    """T(id) = hex H(key || id)."""
    return suite.hex(draw_key + object_id)


def select(rules: Rules, objects: Iterable[ObjectRow], suite: Suite, draw_key: str, round_key: str) -> dict[str, Stratum]:
    """The drawn objects of every declared stratum. Raises Invalid for a row in an undeclared stratum or with an undeclared code."""
    rows: dict[str, int] = defaultdict(int)
    tickets: dict[str, list[tuple[str, bytes]]] = defaultdict(list)
    start = hashlib.new(suite.name, draw_key.encode())
    for row in objects:
        if row.stratum not in rules.strata:
            raise Invalid("draw_stratum_undeclared", row=row.id, stratum=row.stratum)
        if rules.codes is not None and row.status != ELIGIBLE and row.status not in rules.codes:
            raise Invalid("draw_code_undeclared", row=row.id, status=row.status)
        rows[row.stratum] += 1
        if row.status == ELIGIBLE:
            hashed, name = start.copy(), row.id.encode()
            hashed.update(name)
            tickets[row.stratum].append((hashed.hexdigest(), name))
    counts = {code: (rows[code], len(tickets[code])) for code in rules.strata}
    sizes = quotas(rules, counts, suite, round_key)
    return {code: _stratum(counts[code], sizes[code], tickets[code], rules.reserve) for code in rules.strata}


def _stratum(counts: tuple[int, int], size: tuple[int, int], tickets: list[tuple[str, bytes]], reserve: int) -> Stratum:
    wanted, k = size
    order = nsmallest(k + reserve, tickets)
    return Stratum(
        n=counts[0],
        eligible=counts[1],
        wanted=wanted,
        k=k,
        selected=tuple(name.decode() for _, name in order[:k]),
        reserve=tuple(name.decode() for _, name in order[k:]),
        limit=order[k - 1][0] if k else None,
    )
