"""Whether for each area and qualification there is a team: after a public ceremony it would be too late to find out (ruling 13)."""

from __future__ import annotations

from inspector.cli.offline.rosters import Roster
from inspector.domain.frame import ELIGIBLE, InspectorRow, ObjectRow
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
    free = [row for row in staff.rows if row.status == ELIGIBLE]
    for (pool, qual), count in sorted(things.needs.items()):
        able = sum(1 for row in free if pool in row.pools and (not qual or qual in row.quals))
        if able < team:
            facts = {"pool": pool, "qual": qual or "-", "objects": count, "count": able, "team": team}
            told.append(RowFlaw(row=0, column="pools", code="area_unmanned", facts=facts))
    staff.trim()
