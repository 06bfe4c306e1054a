"""What followed a draw by area: how often a seat passed on and an object was replaced there. Of areas, never of a person.

It is where cheating moves to once the draw is closed (draw-protocol section 3, "Replacement"): an area in which far more is declined,
recused or replaced than elsewhere is to be looked at. Where few officers could go, an area's figure would be somebody's: such areas are
told together, and not at all while even together they have too few.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from inspector.domain.frame import ELIGIBLE, Frame
from inspector.domain.rowfile import picked

LEAST_STAFF = 5
"""With fewer officers an area's figure tells of single persons."""
_SEATS, _VISITS = "redeal", "replace"


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """How often something followed in an area, of its seats (`redeal`) or its visits (`replace`); `pool` "": small areas together."""

    pool: str
    kind: str
    reason: str
    count: int
    of: int

    @property
    def rate(self) -> Fraction:
        """The share; an area without a visit is not told."""
        return Fraction(self.count, self.of)


def areas(
    frames: Sequence[Frame], seats: int, drawn: Collection[str], events: Iterable[Mapping[str, object]]
) -> tuple[Area, ...]:
    """By area, kind and reason. `frames` are those of the lists that share the objects, `seats` those of one visit in all of them.

    `drawn` are the objects that were drawn; those that came in for them are among the events.
    """
    told = [one for one in events if one["kind"] in (_SEATS, _VISITS)]
    visited = {*drawn, *(str(one["in"]) for one in told if one["kind"] == _VISITS and one["in"] is not None)}
    pools = {row.id: row.pool for _, _, row in picked(frames[0].objects, visited)}
    staff: dict[str, set[tuple[int, str]]] = {}
    for number, frame in enumerate(frames):
        for row in (one for one in frame.inspectors if one.status == ELIGIBLE):
            for pool in row.pools:
                staff.setdefault(pool, set()).add((number, row.id))
    small = {pool for pool in pools.values() if len(staff.get(pool, ())) < LEAST_STAFF}
    few = len({who for pool in small for who in staff.get(pool, ())}) < LEAST_STAFF
    named = {name: "" if pool in small else pool for name, pool in pools.items() if not (few and pool in small)}
    visits = Counter(named.values())
    counts = Counter(
        (named[name], str(one["kind"]), str(one.get("reason") or "")) for one in told if (name := str(one["object"])) in named
    )
    return tuple(
        Area(pool=pool, kind=kind, reason=reason, count=count, of=visits[pool] * (seats if kind == _SEATS else 1))
        for (pool, kind, reason), count in sorted(counts.items())
    )
