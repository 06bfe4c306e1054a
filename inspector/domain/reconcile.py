"""What the house holds of one draw in several places, held against each other: files, record, sealed ledger, register, visits.

Whoever can write into the database can make one of them agree with himself. A stranger's recomputation (`verify`) sees that a result
follows from its seed, never whether that was the seed: the ledger knows, and so do the visits that were made. Nothing here mends
anything; what differs is named, and a person looks (draw-protocol threats 2 and 7).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from inspector.domain import entries, footing, trail
from inspector.domain.audit import AuditLine
from inspector.domain.commitment import Commitment, join, read
from inspector.domain.entries import Said
from inspector.domain.errors import Invalid
from inspector.domain.plan import Draw, DrawState
from inspector.domain.register import Entry, EntryKind
from inspector.domain.seed import mark
from inspector.domain.trail import Trail
from inspector.domain.visit import Seat, Visit, VisitState

Lines = Sequence[Mapping[str, object]]
"""Lines of after.jsonl."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Going:
    """A visit with its seats at every turn, and what the ledger tells of it.

    `known`: its row in the table, its body and the frame's key say the same.
    """

    visit: Visit
    team: tuple[Seat, ...]
    known: bool = True
    trail: Trail | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """All that the house holds of a draw but its registers. `visits` are by their place in the draw, from 1; by list `after` and `lines`.

    These are the same lines, read and as the bytes they are.
    `used`: by mark, the draw and the party that it belongs to. `broken`: seals over the ledger's entries about the draw and its visits
    that do not hold; `columns`: the columns of its row, which are asked by, say what its body does. `unreadable` are the visits whose
    bodies nobody can read, by their place.
    """

    draw: Draw
    files: Mapping[str, bytes]
    said: Sequence[Said]
    register: Sequence[Entry]
    after: Mapping[str, Lines] = field(default_factory=dict)
    lines: Mapping[str, Sequence[bytes]] = field(default_factory=dict)
    visits: Mapping[int, Going] = field(default_factory=dict)
    used: Mapping[str, tuple[str, str] | None] = field(default_factory=dict)
    broken: Collection[int] = ()
    columns: bool = True
    unreadable: Mapping[int, str] = field(default_factory=dict)


def reconcile(held: Held) -> tuple[AuditLine, ...]:
    """What differs, most telling first; nothing for a draw about which all records agree."""
    return tuple(_differing(held))


def marks(draw: Draw) -> dict[str, str]:
    """By party the mark under which the house must know its part as used: each promise once committed to, figures once they are a part."""
    told = {party: name for party, promise in draw.promises.items() if draw.c is not None and (name := mark(promise)) is not None}
    return told | {party: f"text:{part['text']}" for party, part in draw.parts.items() if part.get("kind") == "text"}


def marked(draw: Draw, used: Mapping[str, tuple[str, str] | None]) -> Iterator[AuditLine]:
    """The house knows each of these parts as used, by this draw."""
    for party, name in marks(draw).items():
        if used.get(name) != (draw.number, party):
            yield AuditLine(code="draw.records_mark", facts={"party": party})


def _differing(held: Held) -> Iterator[AuditLine]:
    yield from _entered(held)
    if held.draw.c is None:
        yield from footing.frozen(held.files, held.said)
        return
    try:
        made = read(held.files.get("commit.json", b""))
    except Invalid:
        yield AuditLine(code="draw.records_commitment")
        return
    yield from footing.committed(held.draw, made, held.said)
    yield from marked(held.draw, held.used)
    yield from footing.frozen(held.files, held.said)
    yield from footing.bound(made, held.said)
    yield from footing.revealed(held.draw, held.said)
    yield from _seeded(held, made)
    if held.draw.drawn_at is not None:
        yield from _drawn(held, made)


def _entered(held: Held) -> Iterator[AuditLine]:
    """Each draw and each void has its entry in the ledger and its line in the register, and no entry or seal was changed."""
    draw = held.draw
    yield from footing.written(held.said, held.broken)
    if not held.columns:
        yield AuditLine(code="draw.records_row")
    if not _of(held, "draw.prepare"):
        yield AuditLine(code="draw.records_unentered", facts={"rule": "draw.prepare"})
    kinds = [one.kind for one in held.register]
    void = draw.state is DrawState.VOID
    if sum(kind is not EntryKind.VOID for kind in kinds) != 1 or (EntryKind.VOID in kinds) is not void:
        yield AuditLine(code="draw.records_register")
    yield from entries.prepared(draw, held.said, held.register)
    yield from entries.voided(draw, held.said)
    yield from entries.timed(draw, held.said)
    yield from entries.witnessed(draw, held.said)
    for look in (footing.stands, footing.promised, footing.signed, footing.approved):
        yield from look(draw, held.said)


def _seeded(held: Held, made: Commitment) -> Iterator[AuditLine]:
    """The seed that was joined of its parts is the one that the draw was carried out from."""
    draw = held.draw
    if draw.drawn_at is None:
        if _of(held, "draw.carry_out"):
            yield AuditLine(code="draw.records_unentered", facts={"rule": "draw.carry_out"})
        return
    own = [dict(draw.parts.get(party, {})) for party in draw.parties]
    if _json(held.files.get("seed.json", b"")) != {"commit": made.c, "parts": own}:
        yield AuditLine(code="draw.records_seed_file")
    try:
        seed = join(made, own)
    except Invalid:
        seed = ""
    if [one.facts.get("seed") for one in _of(held, "draw.carry_out")] != [seed]:
        yield AuditLine(code="draw.records_seed")


def _drawn(held: Held, made: Commitment) -> Iterator[AuditLine]:
    """The result is the one that was written, and the visits and those who sit there are what came of it."""
    content = held.files.get("result.json", b"")
    yield from (odd := tuple(footing.resulted(content, held.said)))
    if (teams := _teams(_json(content))) is None:
        yield from () if odd else (AuditLine(code="draw.records_result"),)
        return
    for name, told in held.lines.items():
        yield from footing.followed(name, told, held.said)
    yield from _visited(held, list(dict.fromkeys(name for told in teams.values() for name in told)))
    for going in held.visits.values():
        if _seated(held, made, teams, going):
            yield AuditLine(code="draw.records_seat", facts={"visit": going.visit.id})


def _visited(held: Held, drawn: Sequence[str]) -> Iterator[AuditLine]:
    """Each drawn object has its visit, in its place; behind them come those that followed, and no other."""
    places, own = held.visits, held.draw.own
    lists = held.draw.lists if own else held.draw.lists[:1]
    came = [str(line.get("in")) for one in lists for line in held.after.get(one.name, ()) if line.get("kind") == "replace"]
    for place, name in enumerate(drawn, 1):
        if place not in places and place not in held.unreadable:
            yield AuditLine(code="draw.records_visit_gone", facts={"place": place})
        elif place in places and places[place].visit.object_id != name:
            yield AuditLine(code="draw.records_visit", facts={"visit": places[place].visit.id})
    behind = {place: going.visit for place, going in sorted(places.items()) if not 1 <= place <= len(drawn)}
    if own:  # what two lists name is one visit, and an agency may join one that stands already
        for name in came:
            if not any(going.visit.object_id == name for going in places.values()):
                yield AuditLine(code="draw.records_visit_gone", facts={"place": len(drawn) + 1})
        odd = [one.id for one in behind.values() if one.object_id not in came]
    else:
        wanted = dict(enumerate(came, len(drawn) + 1))
        for place in sorted(wanted.keys() - behind.keys() - held.unreadable.keys()):
            yield AuditLine(code="draw.records_visit_gone", facts={"place": place})
        odd = [one.id for place, one in behind.items() if wanted.get(place) != one.object_id]
    odd += [going.visit.id for going in places.values() if not going.known or _trailed(held, going)]
    odd += held.unreadable.values()
    for visit in dict.fromkeys(odd):
        yield AuditLine(code="draw.records_visit", facts={"visit": visit})


def _trailed(held: Held, going: Going) -> bool:
    """Whether a visit is not what the ledger and the lists' lines tell of it; once one of a draw has an opening, all have."""
    visit = going.visit
    opened = any(one.trail is not None and trail.OPEN in one.trail.rules for one in held.visits.values())
    if opened and (going.trail is None or trail.OPEN not in going.trail.rules):
        return True
    lines = (line for one in held.draw.lists if one.agency in visit.agencies for line in held.after.get(one.name, ()))
    struck = any(line.get("kind") == "withdrawn" and line.get("object") == visit.object_id for line in lines)
    return trail.differs(visit, going.trail, struck, bool(going.team))


def _seated(held: Held, made: Commitment, teams: Mapping[str, Mapping[str, Sequence[str | None]]], going: Going) -> bool:
    """Whether somebody sits or sat at a visit whom neither the dealing nor a line put there, or one whom they did does not."""
    visit, first, wanted = going.visit, 0, dict[int, list[str]]()
    if visit.state is VisitState.CANCELLED and not going.team:  # nothing was left to look at: nobody was ever asked
        return False
    if visit.state is VisitState.OWED and not going.team and trail.born_off(going.trail):  # struck off by a cap, and owed since
        return False
    for agency in visit.agencies:
        listed = next((one for one in held.draw.lists if one.agency == agency), None)
        if listed is None:
            return True
        lines = [line for line in held.after.get(listed.name, ()) if line.get("object") == visit.object_id]
        dealt: Sequence[object] = teams.get(listed.name, {}).get(visit.object_id, ())
        dealt = dealt or [line.get("in") for line in lines if line.get("kind") == "deal"]
        for seat, staff in enumerate(dealt):
            passed = [line.get("in") for line in lines if line.get("kind") == "redeal" and line.get("seat") == seat]
            wanted[first + seat] = [str(one) for one in (staff, *passed) if one is not None]
        first += made.list_named(listed.name).rules.team
    sat: dict[int, list[str]] = {}
    for one in going.team:
        sat.setdefault(one.place, []).append(one.inspector)
    return {place: staff for place, staff in wanted.items() if staff} != sat


def _teams(result: object) -> dict[str, Mapping[str, Sequence[str | None]]] | None:
    """Whom each list has dealt to whom, by its name; None for a result of another shape."""
    try:
        return {str(one["name"]): {name: [*team] for name, team in one["teams"].items()} for one in result["lists"]}  # type: ignore[index]
    except (KeyError, TypeError, AttributeError):
        return None


def _of(held: Held, rule: str) -> list[Said]:
    return [one for one in held.said if one.rule == rule]


def _json(content: bytes) -> object:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None
