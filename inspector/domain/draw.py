"""The verifiable draw `ssj1`: from a commitment, a frame and the parts of a seed to the one possible result.

Anybody with the same bytes gets the same result; `verify` is that anybody (draw-protocol 7.7-7.9, rulings 5, 15, 17).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inspector.domain.commitment import Commitment, DrawList, join, key
from inspector.domain.dealing import Deal, deal
from inspector.domain.errors import Invalid
from inspector.domain.frame import Frame, lines
from inspector.domain.selection import Stratum, select
from inspector.domain.suite import Suite, included, path, root


@dataclass(frozen=True, slots=True, kw_only=True)
class ListResult:
    """One list's outcome; `unknown_bans` counts bans that name nobody in the frame (ruling 6)."""

    name: str
    strata: Mapping[str, Stratum]
    dealt: Deal | None
    unknown_bans: int

    @property
    def selected(self) -> tuple[str, ...]:
        """Every drawn object of the list."""
        return tuple(one for stratum in self.strata.values() for one in stratum.selected)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A draw's outcome with the seed it came from."""

    c: str
    seed: str
    lists: tuple[ListResult, ...]

    def value(self) -> dict[str, object]:
        """The value of result.json (7.8)."""
        return {"commit": self.c, "lists": [_listed(held) for held in self.lists]}

    def content(self) -> bytes:
        """result.json's bytes."""
        return json.dumps(self.value(), ensure_ascii=False, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a recomputation found. `time_proven` is False without an outside witness: consistent, but time not proven."""

    holds: bool
    time_proven: bool
    problems: tuple[str, ...]


def carry_out(commitment: Commitment, frames: Mapping[str, Frame], parts: Sequence[Mapping[str, object]]) -> Result:
    """The draw. Raises Invalid when the frame's bytes are not those committed to (`REGISTER_CHANGED`) or the seed is not the promised one."""
    seed = join(commitment, parts)
    lists = tuple(_draw_list(commitment, held, frames[held.name], seed) for held in commitment.lists)
    return Result(c=commitment.c, seed=seed, lists=lists)


def receipt(commitment: Commitment, frame: Frame, object_id: str, name: str) -> dict[str, object]:
    """What one object needs to check that its row was in the frame: line, index, n and path. Raises Invalid."""
    held = commitment.list_named(name)
    rows = lines(frame.objects)
    for index, row in enumerate(frame.objects):
        if row.id == object_id:
            steps = path(commitment.suite, rows, index)
            return {"line": rows[index].decode(), "index": index, "n": held.objects[0], "path": list(steps), "c": commitment.c}
    raise Invalid("draw_object_unknown", object=object_id)


def receipt_holds(commitment: Commitment, told: Mapping[str, object], name: str) -> bool:
    """Whether a receipt leads to the committed root."""
    n, expected = commitment.list_named(name).objects
    steps = told["path"]
    index = told["index"]
    if not isinstance(steps, list) or not isinstance(index, int) or told["n"] != n:
        return False
    return included(commitment.suite, str(told["line"]).encode(), index, n, steps, expected)


def verify(
    commitment: Commitment,
    frames: Mapping[str, Frame],
    parts: Sequence[Mapping[str, object]],
    result: Mapping[str, object],
    witness: str | None,
) -> Verdict:
    """Recompute everything and compare with a published result. `witness` is the value found in outside hands, None for none."""
    problems: list[str] = []
    try:
        recomputed = carry_out(commitment, frames, parts).value()
        if recomputed != result:
            problems.append("the result is not the one these inputs give")
    except (Invalid, KeyError, ValueError) as error:
        problems.append(str(error))
    if witness is not None and witness != commitment.w:
        problems.append("the witness holds another value")
    return Verdict(holds=not problems, time_proven=witness == commitment.w, problems=tuple(problems))


def _draw_list(commitment: Commitment, held: DrawList, frame: Frame, seed: str) -> ListResult:
    suite = commitment.suite
    _unchanged(suite, held, frame)
    strata = select(held.rules, frame.objects, suite, key(commitment, seed, "draw"), key(commitment, seed, f"round/{held.name}"))
    drawn = {one for stratum in strata.values() for one in stratum.selected}
    known, staff = {row.id for row in frame.objects}, {row.id for row in frame.inspectors}
    unknown = sum(1 for ban in frame.bans if ban.object not in known or ban.inspector not in staff)
    dealt = None
    if held.inspectors is not None:
        visits = [row for row in frame.objects if row.id in drawn]
        dealt = deal(suite, key(commitment, seed, f"deal/{held.name}"), held.rules.team, visits, frame.inspectors, frame.bans)
    return ListResult(name=held.name, strata=strata, dealt=dealt, unknown_bans=unknown)


def _unchanged(suite: Suite, held: DrawList, frame: Frame) -> None:
    """Ruling 11: only altered frozen bytes stop a draw."""
    for name, rows, expected in (
        ("objects", lines(frame.objects), held.objects),
        ("inspectors", lines(frame.inspectors), held.inspectors or (0, root(suite, []))),
        ("bans", lines(frame.bans), held.bans or (0, root(suite, []))),
    ):
        if (len(rows), root(suite, rows)) != expected:
            raise Invalid("REGISTER_CHANGED", list=held.name, file=name)


def _listed(held: ListResult) -> dict[str, object]:
    strata = {
        code: {
            "n": one.n,
            "eligible": one.eligible,
            **({"wanted": one.wanted} if one.wanted != one.k else {}),
            "k": one.k,
            "selected": list(one.selected),
            "reserve": list(one.reserve),
            "limit": one.limit,
        }
        for code, one in held.strata.items()
    }
    teams = {name: list(team) for name, team in held.dealt.teams.items()} if held.dealt else {}
    return {"name": held.name, "strata": strata, "teams": teams}
