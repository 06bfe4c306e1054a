"""Which objects are drawn: the k smallest tickets of each stratum (draw-protocol section 3, ruling 5)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import isqrt

from inspector.domain.commitment import DrawList, Rules, refuse_undeclared
from inspector.domain.errors import Invalid
from inspector.domain.frame import ELIGIBLE, ObjectRow
from inspector.domain.rowfile import Tally, Tickets, eligible, tally
from inspector.domain.suite import Suite

SPARE = 6
_MILLION = 1_000_000
_ROOM = 1024
_EVERY = "g"
"""A bar above every ticket: no hex digit is as high."""
TICKET = 32
"""The bytes of a ticket."""
_DIGITS = 2 * TICKET


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


def part(held: DrawList, suite: Suite, tallied: Callable[[], Tally]) -> Fraction:
    """Which part of a frame's rows is drawn: what one knows of a firm's fate who knows only that it is in there.

    `tallied` reads the rows, if it has to: where numbers are committed to (ruling 9) no row need be read.
    """
    rules = held.rules
    if not any(one.ppm for one in rules.strata.values()):
        return Fraction(sum(one.least for one in rules.strata.values()), max(1, held.objects[0]))
    counts = counted(rules, tallied())
    every = quotas(rules, counts, suite, "")
    return Fraction(sum(k for _, k in every.values()), max(1, sum(n for n, _ in counts.values())))


def ticket(suite: Suite, draw_key: str, object_id: str) -> str:
    """T(id) = hex H(key || id)."""
    return suite.hex(draw_key + object_id)


def select(rules: Rules, objects: Collection[ObjectRow], suite: Suite, draw_key: str, round_key: str) -> dict[str, Stratum]:
    """The drawn objects of every declared stratum. Raises Invalid for a row in an undeclared stratum or with an undeclared code.

    Beyond the rows it holds about twice the objects that are drawn, not one ticket for each row.
    """
    refuse_undeclared(rules, objects)
    counts = counted(rules, tally(objects))
    sizes = quotas(rules, counts, suite, round_key)
    firsts = {code: _Firsts(size=k + rules.reserve) for code, (_, k) in sizes.items()}
    ticket_of = suite.behind(draw_key.encode())
    for code, name in eligible(objects):
        drawn, first = ticket_of(name), firsts[code]
        if drawn <= first.bar:
            first.take(drawn + name)
    order = {code: [one[:TICKET].hex() + one[TICKET:].decode() for one in held.all()] for code, held in firsts.items()}
    return {code: stratum(counts[code], sizes[code], order[code]) for code in rules.strata}


def select_by(
    rules: Rules,
    objects: Collection[ObjectRow],
    tickets: Tickets,
    suite: Suite,
    draw_key: str,
    round_key: str,
    *,
    spare: int = SPARE,
) -> dict[str, Stratum]:
    """As `select`, with tickets that are computed beside the rows. Raises Invalid as it does.

    Also (`REGISTER_CHANGED`) when those who compute do not see the rows that were read. Only tickets below a bar come over: k of E,
    and `spare` standard deviations more. Should a stratum fall short, which happens once in a thousand million, it is done again
    without a bar: the bar saves time and decides nothing.
    """
    refuse_undeclared(rules, objects)
    seen = tally(objects)
    counts = counted(rules, seen)
    sizes = quotas(rules, counts, suite, round_key)
    firsts = {code: min(k + rules.reserve, counts[code][1]) for code, (_, k) in sizes.items()}
    order = _ordered(tickets, draw_key, {code: bar(size, counts[code][1], spare) for code, size in firsts.items()}, seen)
    if short := [code for code, size in firsts.items() if len(order[code]) < size]:
        order |= _ordered(tickets, draw_key, dict.fromkeys(short, _EVERY), seen)
    return {code: stratum(counts[code], sizes[code], order[code][:size]) for code, size in firsts.items()}


def counted(rules: Rules, seen: Tally) -> dict[str, tuple[int, int]]:
    """(rows, eligible rows) of each declared stratum."""
    counts = dict.fromkeys(rules.strata, (0, 0))
    for (code, status), count in seen.items():
        n, able = counts[code]
        counts[code] = (n + count, able + count if status == ELIGIBLE else able)
    return counts


def bar(size: int, able: int, spare: int) -> str:
    """The first 16 hex digits above which hardly any of the `size` smallest of so many tickets can lie."""
    most = size + spare * (isqrt(size) + 1)
    return f"{(most << 64) // able:016x}" if 0 <= most < able else _EVERY


def _ordered(tickets: Tickets, draw_key: str, bars: Mapping[str, str], read: Tally) -> dict[str, list[str]]:
    order: dict[str, list[str]] = {code: [] for code in bars}
    seen, below = tickets.below(draw_key, bars)
    if seen != read:
        raise Invalid("REGISTER_CHANGED", list="", file="objects")
    for code, one in below:
        order[code].append(one)
    return order


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
        if len(self.held) >= 2 * self.size + _ROOM:
            self.all()

    def all(self) -> list[bytes]:
        self.held.sort()
        del self.held[self.size :]
        if self.held and len(self.held) == self.size:
            self.bar = self.held[-1][:TICKET]
        return self.held


def stratum(counts: tuple[int, int], size: tuple[int, int], order: Sequence[str]) -> Stratum:
    """The result from (rows, eligible rows), (wanted, k) and the first k + reserve tickets in hex, each with its id behind it, in order."""
    wanted, k = size
    return Stratum(
        n=counts[0],
        eligible=counts[1],
        wanted=wanted,
        k=k,
        selected=tuple(one[_DIGITS:] for one in order[:k]),
        reserve=tuple(one[_DIGITS:] for one in order[k:]),
        limit=order[k - 1][:_DIGITS] if k else None,
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
