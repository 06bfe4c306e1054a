"""Whether for each area and qualification there is a team: after a public ceremony it would be too late to find out (ruling 13)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from inspector.cli.offline.rosters import Roster
from inspector.domain.frame import ELIGIBLE, Ban, InspectorRow, ObjectRow
from inspector.sheets.flaw import RowFlaw


def weigh(things: Roster[ObjectRow], staff: Roster[InspectorRow], team: int, *, uncovered: bool) -> None:
    """Fewer free inspectors than a team: in all, or for an area and qualification of free objects. A fault, or a remark if `uncovered`.

    Whether teams can be found for all that are drawn, with caps and recusals, only the draw itself tells.
    """
    if things.faults or staff.faults:
        return
    told = staff.told.warnings if uncovered else staff.told.flaws
    if staff.free < team:
        told.append(RowFlaw(row=0, column="team", code="team_larger", facts={"count": staff.free, "team": team}))
        return
    free = _free(staff)
    for (pool, qual), count in sorted(things.needs.items()):
        able = [row for row in free if pool in row.pools]
        if (few := _lacking(able, qual, team)) is not None:
            facts = {"pool": pool, "qual": qual or "-", "objects": count, "count": few, "team": team}
            told.append(RowFlaw(row=0, column="pools", code="area_unmanned", facts=facts))
    staff.trim()


def barred(
    things: Roster[ObjectRow], staff: Roster[InspectorRow], bans: Roster[Ban], team: int, crowd: int, *, uncovered: bool
) -> None:
    """Objects that bans leave without a team, each by its row of the bans: a fault, or a remark if `uncovered`.

    Where they leave a team and so few besides that anybody can guess who goes, that is a remark, as the daemon tells a head; of a pool
    that is small anyway it is one where more than a team are kept away. `crowd`: so few for each seat are too few (draw-protocol 4).
    """
    if things.faults or staff.faults or bans.faults or not bans.rows:
        return
    free = _free(staff)
    names, kept, first = {row.id for row in free}, dict[str, set[str]](), dict[str, int]()
    for ban, number in zip(bans.rows, bans.numbers, strict=True):
        if ban.inspector in names:
            kept.setdefault(ban.object, set()).add(ban.inspector)
            first.setdefault(ban.object, number)
    found, few = list[RowFlaw](), list[ObjectRow]()
    for row in sorted(_rows(things, {*kept}), key=lambda one: first[one.id]):
        may = [one for one in free if row.pool in one.pools]
        left = [one for one in may if one.id not in kept[row.id]]
        if row.status != ELIGIBLE or _lacking(may, row.qual, team) is not None:
            continue  # of an area without a team `weigh` tells
        if _lacking(left, row.qual, team) is not None:
            facts: dict[str, object] = {"object": row.id, "stratum": row.stratum, "pool": row.pool, "qual": row.qual or "-"}
            facts |= {"barred": len(may) - len(left), "count": len(left), "team": team}
            found.append(RowFlaw(row=first[row.id], column="object", code="object_barred", facts=facts))
        elif len(left) < crowd * team and (len(may) >= crowd * team or len(may) - len(left) > team):
            few.append(row)
    (bans.told.warnings if uncovered else bans.told.flaws).extend(found)
    if few:
        strata = ", ".join(f"{code} ({count})" for code, count in sorted(Counter(row.stratum for row in few).items()))
        told: dict[str, object] = {"count": len(few), "each": crowd, "strata": strata, "first": few[0].id}
        bans.told.warnings.insert(0, RowFlaw(row=0, column="object", code="few_may_go", facts=told))
    bans.trim()


def _free(staff: Roster[InspectorRow]) -> list[InspectorRow]:
    """Whoever may be dealt: one at the cap has no visit left and is in nobody's team."""
    return [row for row in staff.rows if row.status == ELIGIBLE and row.cap]


def _lacking(able: Sequence[InspectorRow], qual: str, team: int) -> int | None:
    """How many there are where they make no team; None where they make one. The first seat alone binds the qualification (ruling 14)."""
    qualified = len(able) if not qual else sum(qual in row.quals for row in able)
    return len(able) if len(able) < team else None if qualified else 0


def _rows(things: Roster[ObjectRow], ids: set[str]) -> Iterable[ObjectRow]:
    return things.spool.told(ids) if things.spool is not None else (row for row in things.rows if row.id in ids)
