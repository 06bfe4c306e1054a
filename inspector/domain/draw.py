"""The verifiable draw `ssj1`: from a commitment, a frame and the parts of a seed to the one possible result.

Anybody with the same bytes gets the same result (draw-protocol 7.7, 7.8, rulings 5, 6); `verify.verify` is that anybody.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from inspector.domain.commitment import Commitment, DrawList, join, key
from inspector.domain.dealing import Deal, deal
from inspector.domain.errors import Invalid
from inspector.domain.frame import ELIGIBLE, Frame, lines
from inspector.domain.rowfile import RowFile, Tickets, picked, rooted
from inspector.domain.selection import Stratum, select, select_by, ticket
from inspector.domain.suite import Suite, leaf, paths


@dataclass(frozen=True, slots=True, kw_only=True)
class ListResult:
    """One list's outcome; `unknown_bans` counts bans that name nobody in the frame (ruling 6)."""

    name: str
    strata: Mapping[str, Stratum]
    dealt: Deal | None
    unknown_bans: int

    @property
    def unmanned(self) -> int:
        """How many visits have nobody in their team: all of a list that deals no inspectors."""
        teams = self.dealt.teams if self.dealt else {}
        return sum(not any(teams.get(one, ())) for one in self.selected)

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


def quietly(_step: str) -> None:
    """Nobody watches."""


def carry_out(
    commitment: Commitment,
    frames: Mapping[str, Frame],
    parts: Sequence[Mapping[str, object]],
    begins: Callable[[str], object] = quietly,
    tickets: Mapping[str, Tickets] | None = None,
) -> Result:
    """The draw. `begins` hears the name of each long step (comparing, selecting, dealing) as it begins, and decides nothing.

    `tickets`: by list, who computes the tickets of a large register beside its rows. The result is the same.

    Raises Invalid when a frame's bytes are not those committed to (`REGISTER_CHANGED`) or the seed is not the promised one.
    """
    unaltered(commitment, frames, begins)
    seed = join(commitment, parts)
    beside = tickets or {}
    lists = tuple(
        _draw_list(commitment, held, frames[held.name], seed, begins, beside.get(held.name)) for held in commitment.lists
    )
    return Result(c=commitment.c, seed=seed, lists=lists)


def unaltered(commitment: Commitment, frames: Mapping[str, Frame], begins: Callable[[str], object] = quietly) -> None:
    """See that the frames are those committed to. Raises Invalid (`REGISTER_CHANGED`)."""
    begins("comparing")
    for held in commitment.lists:
        _unchanged(commitment.suite, held, frames.get(held.name))


def shown(commitment: Commitment, frame: Frame, ids: Collection[str], name: str) -> list[dict[str, object]]:
    """Rows of the frame with what shows that they are in it: line, index, n and path. The tree is built once for all of them.

    In the order of the frame. Raises Invalid (`draw_object_unknown`).
    """
    found = list(picked(frame.objects, ids))
    if unknown := set(ids).difference(row.id for _, _, row in found):
        raise Invalid("draw_object_unknown", object=min(unknown))
    n, _ = commitment.list_named(name).objects
    given = frame.objects.lines() if isinstance(frame.objects, RowFile) else lines(frame.objects)
    told = paths(commitment.suite, given, [index for index, _, _ in found])
    return [
        {"line": line.decode(), "index": index, "n": n, "path": list(steps)}
        for (index, line, _), steps in zip(found, told, strict=True)
    ]


def receipt(commitment: Commitment, frame: Frame, object_id: str, name: str, result: Result | None = None) -> dict[str, object]:
    """What one object needs to check that its row was in the frame: line, index, n and path; and with the result its own fate.

    Raises Invalid (`draw_object_unknown`).
    """
    (told,) = shown(commitment, frame, [object_id], name)
    if result is None:
        return {**told, "c": commitment.c}
    strata = next(_listed(held)["strata"] for held in result.lists if held.name == name)
    return fate(commitment, told, cast("Mapping[str, Mapping[str, object]]", strata), result.seed)


def veiled(suite: Suite, told: Mapping[str, object]) -> dict[str, object]:
    """A row that was shown, without its text: its leaf, the hash of row and salt, proves as well that it is in the frame.

    The text says the row's class and status, and so may say who is certain to be visited (ruling 18).
    """
    return {"leaf": leaf(suite, str(told["line"]).encode()).hex(), **{name: one for name, one in told.items() if name != "line"}}


def fate(
    commitment: Commitment, told: Mapping[str, object], strata: Mapping[str, Mapping[str, object]], seed: str
) -> dict[str, object]:
    """A row that was shown, with what became of it by its list's strata as result.json has them.

    Its ticket, B and the limit of its stratum: it was drawn if and only if its ticket is not above the limit. `chance` is the exact
    probability k/E, unreduced; an object that was excluded has none.
    """
    object_id, stratum, status, *_ = str(told["line"]).split("\t")
    one = strata[stratum]
    return {
        **told,
        "c": commitment.c,
        "seed": seed,
        "limit": one["limit"],
        "chance": f"{one['k']}/{one['eligible']}" if status == ELIGIBLE else "0",
        "ticket": ticket(commitment.suite, key(commitment, seed, "draw"), object_id),
    }


def _draw_list(
    commitment: Commitment, held: DrawList, frame: Frame, seed: str, begins: Callable[[str], object], tickets: Tickets | None
) -> ListResult:
    suite = commitment.suite
    begins("selecting")
    keys = key(commitment, seed, "draw"), key(commitment, seed, f"round/{held.name}")
    if tickets is None:
        strata = select(held.rules, frame.objects, suite, *keys)
    else:
        strata = select_by(held.rules, frame.objects, tickets, suite, *keys)
    drawn = {one for stratum in strata.values() for one in stratum.selected}
    barred, staff = {ban.object for ban in frame.bans}, {row.id for row in frame.inspectors}
    named = [row for _, _, row in picked(frame.objects, drawn | barred)] if drawn or barred else []
    known = {row.id for row in named} & barred
    unknown = sum(1 for ban in frame.bans if ban.object not in known or ban.inspector not in staff)
    dealt = None
    if held.inspectors is not None:
        begins("dealing")
        visits = [row for row in named if row.id in drawn]
        dealt = deal(suite, key(commitment, seed, f"deal/{held.name}"), held.rules.team, visits, frame.inspectors, frame.bans)
    return ListResult(name=held.name, strata=strata, dealt=dealt, unknown_bans=unknown)


def _unchanged(suite: Suite, held: DrawList, frame: Frame | None) -> None:
    """Ruling 11: only altered frozen bytes stop a draw; a frame that is not there is an altered one."""
    if frame is None:
        raise Invalid("REGISTER_CHANGED", list=held.name, file="objects")
    nothing = rooted(suite, ())
    for name, rows, expected in (
        ("objects", frame.objects, held.objects),
        ("inspectors", frame.inspectors, held.inspectors or nothing),
        ("bans", frame.bans, held.bans or nothing),
    ):
        if (found := rooted(suite, rows)) != expected:
            told = {"rows": expected[0], "root": expected[1], "found_rows": found[0], "found_root": found[1]}
            raise Invalid("REGISTER_CHANGED", list=held.name, file=name, **told)


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
