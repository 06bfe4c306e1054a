"""What must hold of draws: one commitment and one result each, numbers without gaps, one chain, nobody in two frames at once."""

from __future__ import annotations

import itertools
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from inspector.cli.bundle import Bundle, frames_of, judge, registers
from inspector.domain.commitment import Commitment, read
from inspector.domain.draw import carry_out
from inspector.domain.errors import Invalid
from inspector.domain.plan import Draw, DrawState
from inspector.domain.replay import replay
from inspector.domain.visit import SeatState, VisitState
from inspector.flows.lists import bundle
from inspector.flows.members import unpacked
from tests.fault import lodgings
from tests.fault.inside import Inside, told

if TYPE_CHECKING:
    from tests.fault.judge import Outside


def problems(inside: Inside, outside: Outside) -> Iterator[str]:
    """Everything that must not be about draws."""
    yield from told(
        "draws stand still", [one.number for one in inside.draws.values() if one.state not in (DrawState.DRAWN, DrawState.VOID)]
    )
    yield from _numbers(inside)
    yield from _chain(inside)
    yield from _frames(inside)
    yield from _witness(inside, outside)
    wrong = [one for one, said in outside.typed.items() if Counter(said) - _typed(inside.draws.get(one))]
    yield from told("figures typed that the draw does not have", wrong)
    for held in inside.draws.values():
        if held.state is DrawState.DRAWN:
            yield from _result(held, inside)
        elif "result.json" in inside.files[held.number]:
            yield f"draw {held.number} is {held.state} and has a result"


def _typed(held: Draw | None) -> Counter[str]:
    """The figures of a draw's ceremonies, by how many persons have typed them."""
    return Counter(figures for ceremony in (held.typed.values() if held else ()) for figures in ceremony.values())


def _numbers(inside: Inside) -> Iterator[str]:
    """Running numbers without gaps, which go on when the year turns, and one draw a slot."""
    runs: dict[str, list[int]] = defaultdict(list)
    for number in inside.draws:
        agency, _, run = number.rsplit("-", 2)
        runs[agency].append(int(run))
    yield from told(
        "series of draws with gaps", [one for one, run in runs.items() if sorted(run) != list(range(1, len(run) + 1))]
    )
    slots = Counter((one.plan, one.slot) for one in inside.draws.values())
    yield from told("slots with two draws", [slot for slot, count in slots.items() if count > 1])


def _chain(inside: Inside) -> Iterator[str]:
    """Each commitment names the one before it: one beginning, no fork, every one reached."""
    committed = [one for one in inside.draws.values() if one.c is not None]
    after = {one.prev: one.c for one in committed}
    length, at = 0, None
    while at in after and length <= len(committed):
        length, at = length + 1, after[at]
    if len(after) != len(committed) or length != len(committed):
        yield f"the chain of commitments holds {length} of {len(committed)} draws"
    files = inside.files
    other = [
        one.number
        for one in committed
        if "commit.json" not in files[one.number] or _other(one, read(files[one.number]["commit.json"]))
    ]
    yield from told("draws whose commitment is not the one on file", other)


def _other(held: Draw, commitment: Commitment) -> bool:
    return (held.number, held.c, held.w, held.prev) != (commitment.number, commitment.c, commitment.w, commitment.prev)


def _frames(inside: Inside) -> Iterator[str]:
    """A case is in one frame at a time: it comes into the next one only when the draw before is over."""
    frames: dict[str, list[Draw]] = defaultdict(list)
    for held in sorted(inside.draws.values(), key=lambda one: inside.begun.get(one.number, "")):
        members = json.loads(inside.files[held.number]["members.json"] or b"{}")
        for fields in members.values():
            for case_id in unpacked(json.dumps(fields)).cases:
                frames[case_id].append(held)
    both = [one for one, held in frames.items() if any(_overlap(*pair, inside) for pair in itertools.pairwise(held))]
    yield from told("cases in two frames at once", both)
    visits = Counter(case_id for one in inside.visits.values() if one.state.open for case_id in one.case_ids)
    yield from told("cases with two open visits", [one for one, count in visits.items() if count > 1])
    if not inside.draws:  # a load that only asks sources has no plan, so nobody draws
        return
    along = {case_id for one in inside.visits.values() for case_id in one.case_ids}  # with a visit that was to come anyhow
    drawable = {one for one, case in inside.cases.items() if case.strategy is not None and case.strategy.stratum}
    left = [one for one in drawable - set(frames) - along if inside.cases[one].state.value != "WITHDRAWN"]
    yield from told("cases that no frame has taken in", left)


def _overlap(first: Draw, second: Draw, inside: Inside) -> bool:
    """Whether the second was made while the first was still open: by the order of their entries, which are made under the turn of draws.

    Not by their hours: who has waited for the turn of another daemon enters the hour when the waiting began.
    """
    return first.number not in inside.over or inside.begun.get(second.number, "") < inside.over[first.number]


def _witness(inside: Inside, outside: Outside) -> Iterator[str]:
    """The notary holds the witness value of every draw that says so, and no other value."""
    kept = {one.number: one.w for one in inside.draws.values() if one.w is not None}
    held = lodgings.committed(outside.witnessed)
    yield from told("values at the notary of no such commitment", [one for one, value in held.items() if kept.get(one) != value])
    yield from lodgings.problems(inside, outside.witnessed)
    lodged = {one.number for one in inside.draws.values() if one.witness is not None}
    yield from told("draws said to be witnessed that the notary does not know", lodged - set(held))


def _result(held: Draw, inside: Inside) -> Iterator[str]:
    """The result recomputes, as a stranger would, and its visits are those of the result, with the teams that the rule names."""
    again = _recomputed(tuple(bundle(held, inside.files[held.number]).items()))
    if isinstance(again, str):
        yield f"draw {held.number} does not recompute: {again}"
    elif again.w != held.w:
        yield f"draw {held.number} recomputes to another commitment"
    else:
        yield from _visits(held, again.teams, inside)


@dataclass(frozen=True, kw_only=True)
class Again:
    """What a stranger finds: the commitment's witness value, and who sits in each drawn object's team after the re-deals."""

    w: str
    teams: Mapping[str, tuple[str | None, ...]]


@cache
def _recomputed(published: tuple[tuple[str, bytes], ...]) -> Again | str:
    """A draw from its published bytes alone, or why not. Remembered: planted faults ask for the same bytes again and again."""
    files = dict(published)
    try:
        bundled = Bundle(files=files)
        opinion = judge(bundled, None)
        if not opinion.verdict.holds:
            return "; ".join(map(str, opinion.verdict.problems))
        commitment = opinion.commitment
        frames = frames_of(commitment, registers(bundled, commitment, set()))
        result = carry_out(commitment, frames, json.loads(files["seed.json"])["parts"])
        teams: dict[str, tuple[str | None, ...]] = {}
        for name, frame in frames.items():  # a visit's places are those of the lead's team, then each partner's
            after = files.get("after.jsonl" if len(frames) == 1 else f"{name}.after.jsonl", b"")
            for one, team in replay(commitment, frame, result, name, list(map(json.loads, after.splitlines()))).items():
                teams[one] = (*teams.get(one, ()), *team)
        if set(teams) != {one for listed in result.lists for one in listed.selected}:
            return "its teams are not of the selected"
        return Again(w=commitment.w, teams=teams)
    except (Invalid, KeyError) as error:
        return repr(error)


def _visits(held: Draw, teams: Mapping[str, tuple[str | None, ...]], inside: Inside) -> Iterator[str]:
    """One visit for each drawn object, and in each that was not called off the team that the replay gives."""
    visits = [one for one in inside.visits.values() if one.draw == held.number]
    if sorted(one.object_id for one in visits) != sorted(teams):
        yield f"draw {held.number} has other visits than its result"
        return
    seats: dict[str, dict[int, str]] = defaultdict(dict)
    for seat in inside.seats.values():
        if seat.state.open or seat.state is SeatState.DONE:
            seats[seat.visit][seat.place] = seat.inspector
    live = [one for one in visits if one.state is not VisitState.CANCELLED]
    wrong = [one.id for one in live if tuple(seats[one.id].get(place) for place in (0, 1)) != teams[one.object_id]]
    yield from told("visits with another team than the rule names", wrong)
    off = [one.id for one in visits if one.state is VisitState.CANCELLED and teams[one.object_id] != (None, None)]
    yield from told("visits called off that the record does not call off", off)
