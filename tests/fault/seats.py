"""What must hold of visits, their seats and the pushes, and of what the inspectors said."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from inspector.domain.case import Method
from inspector.domain.decision import OrderKind
from inspector.domain.visit import LAPSED, Seat, SeatState, VisitState
from tests.fault.inside import Inside, first, order, told

if TYPE_CHECKING:
    from tests.fault.judge import Outside

PUSHED = (
    *(state for state in SeatState if state.pushed),
    *(SeatState.ACCEPTED, SeatState.DECLINED, SeatState.DONE),
)
"""Seats whose inspector has the push: the channel took it, or there was no other way to the link."""
AFTER_YES = (SeatState.ACCEPTED, SeatState.DONE, SeatState.RELIEVED, SeatState.CANCELLED)
"""Where a seat can stand whose inspector said yes."""


def must_be_pushed(seat: Seat) -> bool:
    """Whether the seat stands where it can only stand once its push has arrived."""
    return seat.state in PUSHED


def lapsed(seat: Seat) -> bool:
    """Whether its inspector said yes and nothing more was heard until the time for results was over, too."""
    return (seat.state, seat.reason) == (SeatState.EXPIRED, LAPSED)


def problems(inside: Inside, outside: Outside) -> Iterator[str]:
    """Everything that must not be about visits and seats."""
    yield from _teams(inside)
    yield from _pushes(inside, outside)
    yield from _said(inside, outside)
    yield from _results(inside, outside)


def _teams(inside: Inside) -> Iterator[str]:
    """Two officers or no visit: every place is held by one, by somebody else than the other; who is short is with a person."""
    held: dict[str, list[Seat]] = defaultdict(list)
    for seat in inside.seats.values():
        if seat.state.open or seat.state is SeatState.DONE:
            held[seat.visit].append(seat)
    full = [one for one in inside.visits.values() if one.state in (VisitState.ASSIGNED, VisitState.DONE)]
    blank = [one.id for one in full if sorted(seat.place for seat in held[one.id]) != [0, 1]]
    yield from told("visits with a blank seat", blank)
    alone = [one.id for one in full if len({seat.inspector for seat in held[one.id]}) < len(held[one.id])]
    yield from told("visits by one inspector twice", alone)
    short = [one.id for one in inside.visits.values() if one.state.short and f"team_short:{one.id}" not in inside.matters]
    yield from told("visits are short and nobody was told", short)
    due = {f"{OrderKind.VISIT_DUE.value}:{one.id}" for one in inside.visits.values() if one.state is VisitState.ASSIGNED}
    clocks = {key for key, row in inside.works.items() if row.kind == OrderKind.VISIT_DUE}
    yield from told("visits wait without a clock", due - clocks)
    running = {key for key, row in inside.works.items() if row.state != "done"}
    answers = [seat for seat in inside.seats.values() if seat.state.pushed]
    waits = [seat.name for seat in answers if seat.clock(OrderKind.ACCEPT_DUE) not in running]
    leaving = [seat for seat in inside.seats.values() if seat.state is SeatState.ORDERED]
    waits += [
        seat.name for seat in leaving if not running & {*seat.pushes} and f"push_undelivered:{seat.push(0)}" not in inside.told
    ]
    yield from told("seats wait for an answer without a clock", waits)


def _pushes(inside: Inside, outside: Outside) -> Iterator[str]:
    """Each seat was ordered to be pushed under its own key, and that key brought the phone of its inspector its own link."""
    keys = {key: seat for seat in inside.seats.values() for key in seat.pushes}
    ordered = {key for key, row in inside.works.items() if row.kind == OrderKind.PUSH}
    yield from told("seats whose push was never ordered, or pushes of no seat", ordered ^ set(keys))
    phones: dict[str, set[tuple[str, str]]] = defaultdict(set)
    off: dict[str, set[tuple[str, str]]] = defaultdict(set)
    words: dict[str, set[tuple[str, str]]] = defaultdict(set)
    about = {key for key, row in inside.works.items() if "word" in json.loads(row.payload)}
    for key, (address, seat) in outside.pushes.items():
        said = words if order(key) in about else off if key.startswith(f"{OrderKind.PUSH_OFF.value}:") else phones
        said[first(order(key))].add((address, seat))
    nowhere = [name for name, one in inside.seats.items() if must_be_pushed(one) and not phones.keys() & {*one.pushes}]
    yield from told("seats stand as pushed and no phone has it", nowhere)
    yield from told("pushes of no seat reached a phone", set(phones) - set(keys))
    due = {key: {(inside.addresses.get(keys[key].inspector), keys[key].name)} for key in phones if key in keys}
    yield from told("pushes reached another phone or named another seat", [key for key, one in due.items() if phones[key] != one])
    yield from _off(inside, outside, off)
    theirs = {key: inside.seats.get(":".join(key.split(":")[1:4])) for key in words}
    other = [key for key, one in theirs.items() if one is None or words[key] != {(inside.addresses.get(one.inspector), one.name)}]
    yield from told("words about a seat reached another phone", other)


def _off(inside: Inside, outside: Outside, phones: Mapping[str, set[tuple[str, str]]]) -> Iterator[str]:
    """Whoever had said yes and was stood down is told so, and nobody else, on his or her own phone."""
    ended = (SeatState.CANCELLED, SeatState.RELIEVED)
    gone = {name: seat for name, seat in inside.seats.items() if seat.state in ended or lapsed(seat)}
    keys = {f"{OrderKind.PUSH_OFF.value}:{name}": seat for name, seat in gone.items()}
    ordered = {
        first(key)
        for key, row in inside.works.items()
        if row.kind == OrderKind.PUSH_OFF and "word" not in json.loads(row.payload)
    }
    yield from told("inspectors are called off whose seats are still theirs", ordered - set(keys))
    due = {key for key, seat in keys.items() if outside.seats.get(seat.name, {}).get("accept")}
    yield from told("inspectors had said yes and were never called off", due - ordered)
    wrong = [
        key
        for key, seen in phones.items()
        if key in keys and seen != {(inside.addresses.get(keys[key].inspector), keys[key].name)}
    ]
    yield from told("inspectors were called off on another phone", [*wrong, *(set(phones) - set(keys))])


def _said(inside: Inside, outside: Outside) -> Iterator[str]:
    """What the office took from an inspector is where the seat stands."""
    yield from told("inspectors were heard whose seats are not there", set(outside.seats) - set(inside.seats))
    yes = [
        name
        for name, said in outside.seats.items()
        if said.get("accept") and (seat := inside.seats.get(name)) and not (seat.state in AFTER_YES or lapsed(seat))
    ]
    yield from told("inspectors said yes and their seats do not know", yes)
    no = {name for name, said in outside.seats.items() if said.get("decline")}
    declined = {name for name, seat in inside.seats.items() if seat.state is SeatState.DECLINED}
    yield from told("refusals of seats do not agree with what the inspectors said", no ^ declined)
    never = [
        name
        for name, seat in inside.seats.items()
        if seat.state is SeatState.ACCEPTED and not outside.seats.get(name, {}).get("accept")
    ]
    yield from told("seats are accepted and nobody said yes", never)
    wrote = [name for name, said in outside.seats.items() if "note" in said]
    yield from told("inspectors wrote down what is not kept", set(wrote) - inside.noted)


def _results(inside: Inside, outside: Outside) -> Iterator[str]:
    """Each visit made has the result that one of its team entered, once, and each finding is evidence of its case, once."""
    entered = [(name.rsplit(":", 2)[0], said["result"]) for name, said in outside.seats.items() if "result" in said]
    times = Counter(visit for visit, _ in entered)
    made = {one.id for one in inside.visits.values() if one.state is VisitState.DONE}
    yield from told("visits without exactly one result", [one for one in {*made, *times} if times[one] != 1 or one not in made])
    told_of = {visit: {(one["case_id"], one["claim"], one["verdict"]) for one in findings} for visit, findings in entered}
    kept = {one: {(f.case_id, f.claim, f.verdict.value) for f in inside.visits[one].findings} for one in made}
    yield from told("results other than entered", [one for one in made & set(told_of) if kept[one] != told_of[one]])
    seen = [(body["id"], body["verdict"]) for _, body in inside.evidence if body["method"] == Method.ON_SITE]
    wanted = {(f"visit:{one}:{case}:{claim}", verdict) for one in made for case, claim, verdict in kept[one]}
    yield from told("findings without their evidence, or evidence of no finding", wanted ^ set(seen))
