"""The verifiable draw `ssj1`: from a commitment, a frame and the parts of a seed to the one possible result.

Anybody with the same bytes gets the same result; `verify` is that anybody (draw-protocol 7.7-7.9, rulings 5, 6, 15, 17).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from inspector.domain.commitment import Commitment, DrawList, join, key
from inspector.domain.dealing import Deal, deal, substitute
from inspector.domain.errors import Invalid
from inspector.domain.frame import Frame, lines
from inspector.domain.selection import Stratum, select
from inspector.domain.strict import is_count
from inspector.domain.suite import Suite, included, path, root

_NOBODY = Frame(objects=(), inspectors=(), bans=())


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
    """What a recomputation found. `time_proven` is False without an outside witness: consistent, but time not proven.

    `remarks` are loud lines that are no failure: shortages, ignored bans, signatures that nobody checked here.
    """

    holds: bool
    time_proven: bool
    problems: tuple[str, ...]
    remarks: tuple[str, ...] = ()


def carry_out(commitment: Commitment, frames: Mapping[str, Frame], parts: Sequence[Mapping[str, object]]) -> Result:
    """The draw.

    Raises Invalid when a frame's bytes are not those committed to (`REGISTER_CHANGED`) or the seed is not the promised one.
    """
    for held in commitment.lists:
        _unchanged(commitment.suite, held, frames.get(held.name))
    seed = join(commitment, parts)
    lists = tuple(_draw_list(commitment, held, frames[held.name], seed) for held in commitment.lists)
    return Result(c=commitment.c, seed=seed, lists=lists)


def receipt(commitment: Commitment, frame: Frame, object_id: str, name: str, result: Result | None = None) -> dict[str, object]:
    """What one object needs to check that its row was in the frame: line, index, n and path; and with the result its own fate.

    Then B and the limit of its stratum are told too: it was drawn if and only if its ticket is not above the limit. Raises
    Invalid.
    """
    n, _ = commitment.list_named(name).objects
    index = next((i for i, row in enumerate(frame.objects) if row.id == object_id), None)
    if index is None:
        raise Invalid("draw_object_unknown", object=object_id)
    rows = list(lines(frame.objects))
    steps = list(path(commitment.suite, rows, index))
    told: dict[str, object] = {"line": rows[index].decode(), "index": index, "n": n, "path": steps, "c": commitment.c}
    if result is not None:
        strata = next(held.strata for held in result.lists if held.name == name)
        told |= {"seed": result.seed, "limit": strata[frame.objects[index].stratum].limit}
    return told


def receipt_holds(commitment: Commitment, told: Mapping[str, object], name: str) -> bool:
    """Whether a receipt leads to the committed root. Never raises for what a receipt may hold."""
    n, expected = commitment.list_named(name).objects
    steps, index, line = told.get("path"), told.get("index"), told.get("line")
    if not isinstance(steps, list) or not is_count(index) or not isinstance(line, str):
        return False
    given = line.encode(errors="replace")
    return (told.get("n"), told.get("c")) == (n, commitment.c) and included(commitment.suite, given, index, n, steps, expected)


def verify(
    commitment: Commitment,
    frames: Mapping[str, Frame],
    parts: Sequence[Mapping[str, object]],
    result: Mapping[str, object],
    witness: str | None,
    after: Mapping[str, Sequence[Mapping[str, object]]] | None = None,
) -> Verdict:
    """Recompute everything and compare with a published result. `witness` is the value found in outside hands, None for none.

    `after` holds the lines of after.jsonl by list: each is replayed by the rule of ruling 15.
    """
    problems: list[str] = []
    remarks: tuple[str, ...] = ()
    try:
        recomputed = carry_out(commitment, frames, parts)
        remarks = _remarks(commitment, recomputed)
        if _plain(recomputed.value()) != _plain(result):
            problems.append("the result is not the one these inputs give")
        for name, events in (after or {}).items():
            replay(commitment, frames.get(name, _NOBODY), recomputed, name, events)
    except Invalid as error:
        problems.append(str(error))
    if witness is not None and witness != commitment.w:
        problems.append("the witness holds another value")
    return Verdict(holds=not problems, time_proven=witness == commitment.w, problems=tuple(problems), remarks=remarks)


def replay(
    commitment: Commitment, frame: Frame, result: Result, name: str, events: Iterable[Mapping[str, object]]
) -> dict[str, tuple[str | None, ...]]:
    """The teams of a list after its re-deals, each checked against the rule (ruling 15).

    Kinds: `redeal` (a seat passes to whom the rule names) and `withdrawn` (a visit is called off: its seats no longer count as
    load). Raises Invalid (`draw_file_invalid`) at the first line that the rule does not give.
    """
    commitment.list_named(name)
    listed = next(held for held in result.lists if held.name == name)
    teams = {visit: list(team) for visit, team in listed.dealt.teams.items()} if listed.dealt else {}
    gone: dict[str, set[str]] = {visit: set() for visit in teams}
    deal_key = key(commitment, result.seed, f"deal/{name}")
    for number, event in enumerate(events, 1):
        visit, seat = str(event.get("object")), event.get("seat")
        team = teams.get(visit)
        if event.get("seq") != number or team is None:
            raise _unruly(number, f"line {number}: its number or its object is not the draw's")
        if event.get("kind") == "withdrawn":
            teams[visit] = [None] * len(team)
            continue
        if event.get("kind") != "redeal" or not is_count(seat) or seat >= len(team) or event.get("out") != team[seat]:
            raise _unruly(number, f"line {number}: nobody of that name held that seat")
        teams[visit][seat] = _next(commitment.suite, deal_key, frame, teams, gone, visit, seat)
        if event.get("in") != teams[visit][seat]:
            raise _unruly(number, f"line {number}: the rule names {teams[visit][seat]}, not {event.get('in')}")
    return {visit: tuple(team) for visit, team in teams.items()}


def _next(
    suite: Suite,
    deal_key: str,
    frame: Frame,
    teams: Mapping[str, Sequence[str | None]],
    gone: Mapping[str, set[str]],
    visit: str,
    seat: int,
) -> str | None:
    """Whom the rule names for a seat; its present holder is out for this visit from now on."""
    sitting = [staff for place, staff in enumerate(teams[visit]) if staff is not None and place != seat]
    holder = teams[visit][seat]
    if holder is not None:
        gone[visit].add(holder)
    loads = Counter(staff for team in teams.values() for staff in team if staff is not None)  # the one who leaves is out anyway
    row = next(row for row in frame.objects if row.id == visit)
    return substitute(suite, deal_key, row, seat, sitting, gone[visit], loads, frame.inspectors, frame.bans)


def _unruly(number: int, problem: str) -> Invalid:
    return Invalid("draw_file_invalid", file="after.jsonl", row=number, problem=problem)


def _draw_list(commitment: Commitment, held: DrawList, frame: Frame, seed: str) -> ListResult:
    suite = commitment.suite
    strata = select(held.rules, frame.objects, suite, key(commitment, seed, "draw"), key(commitment, seed, f"round/{held.name}"))
    drawn = {one for stratum in strata.values() for one in stratum.selected}
    known, staff = {row.id for row in frame.objects}, {row.id for row in frame.inspectors}
    unknown = sum(1 for ban in frame.bans if ban.object not in known or ban.inspector not in staff)
    dealt = None
    if held.inspectors is not None:
        visits = [row for row in frame.objects if row.id in drawn]
        dealt = deal(suite, key(commitment, seed, f"deal/{held.name}"), held.rules.team, visits, frame.inspectors, frame.bans)
    return ListResult(name=held.name, strata=strata, dealt=dealt, unknown_bans=unknown)


def _unchanged(suite: Suite, held: DrawList, frame: Frame | None) -> None:
    """Ruling 11: only altered frozen bytes stop a draw; a frame that is not there is an altered one."""
    if frame is None:
        raise Invalid("REGISTER_CHANGED", list=held.name, file="objects")
    nothing = (0, root(suite, []))
    for name, rows, expected in (
        ("objects", frame.objects, held.objects),
        ("inspectors", frame.inspectors, held.inspectors or nothing),
        ("bans", frame.bans, held.bans or nothing),
    ):
        if len(rows) != expected[0] or root(suite, lines(rows)) != expected[1]:
            raise Invalid("REGISTER_CHANGED", list=held.name, file=name)


def _remarks(commitment: Commitment, result: Result) -> tuple[str, ...]:
    """What a reader must hear although nothing is wrong (rulings 5, 6, 17)."""
    told = [
        f"seed: whether the {source['kind']} source signed its value was not checked here"
        for source in commitment.sources
        if source["kind"] in ("drand", "nist")
    ]
    for held in result.lists:
        reserve = commitment.list_named(held.name).rules.reserve
        for code, one in held.strata.items():
            if one.wanted > one.k:
                told.append(f"{held.name}/{code}: {one.wanted} objects wanted, {one.k} eligible")
            if len(one.reserve) < reserve:
                told.append(f"{held.name}/{code}: {reserve} reserves wanted, {len(one.reserve)} left")
        if held.dealt and held.dealt.shortages:
            told.append(f"{held.name}: {len(held.dealt.shortages)} seats that nobody can fill")
        if held.unknown_bans:
            told.append(f"{held.name}: {held.unknown_bans} bans name nobody in the frame and were ignored")
    return tuple(told)


def _plain(told: object) -> str:
    """A value as text: true is not 1, and the order of keys says nothing."""
    return json.dumps(told, sort_keys=True)


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
