"""The list of a draw of files, for those who go: who is drawn in which order, who stands in reserve, and which team goes where."""

from __future__ import annotations

from inspector.cli.bundle import void_of
from inspector.cli.offline.drawn import Drawn
from inspector.cli.offline.opening import closed, opened
from inspector.domain.draw import ListResult
from inspector.domain.rowfile import picked

STANDS, WITHDRAWN, REPLACED, CAME = "stands", "withdrawn", "replace", "came"
"""What has become of a visit."""


def listed(drawn: Drawn) -> dict[str, object]:
    """The whole list as data. C is told once the draw is open, for with it and a public seed anybody computes who is drawn.

    Raises Refusal (`draw_folder_…`), Invalid and OSError.
    """
    result, commitment, record = drawn.finished, drawn.commitment, drawn.bundle.record
    waits, day = closed(drawn), opened(record)
    return {
        "draw": commitment.number,
        "made_at": commitment.made,
        "w": commitment.w,
        "c": None if waits else commitment.c,
        "waits": waits,
        "opened_on": day.on.isoformat() if day else None,
        "void_reason": drawn.void.reason if drawn.void else None,
        "signed": list(void_of(record)[1]),
        "lists": [_list(drawn, one) for one in result.lists],
    }


def _list(drawn: Drawn, held: ListResult) -> dict[str, object]:
    rows = {row.id: row for _, _, row in picked(drawn.frames[held.name].objects, _named(held))}
    came = {str(one["in"]): str(one["object"]) for one in drawn.events[held.name] if one["kind"] == "replace"}
    gone = {str(one["object"]): str(one["kind"]) for one in drawn.events[held.name] if one["kind"] in (WITHDRAWN, REPLACED)}
    teams = drawn.teams(held.name)
    places = {name: place for one in held.strata.values() for place, name in enumerate(one.selected, 1)}
    order = [*teams, *(name for name in held.selected if name not in teams)]

    def visit(number: int, name: str) -> dict[str, object]:
        row = rows[name]
        state = gone.get(name, CAME if name in came else STANDS)
        told: dict[str, object] = {"order": number, "object": name, "stratum": row.stratum, "place": places.get(name)}
        told |= {"area": row.pool, "qualification": row.qual, "state": state, "replaces": came.get(name)}
        return told | {"inspectors": [] if name in gone else list(teams.get(name, ()))}

    return {
        "list": held.name,
        "strata": [
            {"stratum": code, "n": one.n, "eligible": one.eligible, "k": one.k, "reserve": len(one.reserve)}
            for code, one in held.strata.items()
        ],
        "visits": [visit(number, name) for number, name in enumerate(order, 1)],
        "reserve": [
            {"stratum": code, "place": place, "object": name, "area": rows[name].pool, "came": name in came}
            for code, one in held.strata.items()
            for place, name in enumerate(one.reserve, 1)
        ],
    }


def _named(held: ListResult) -> set[str]:
    return {name for one in held.strata.values() for name in (*one.selected, *one.reserve)}
