"""A natural person's number goes from what the keys of a frame stand for, with the last that it stood there for (decision 224).

The frame itself names persons by pseudonym, and stays: strangers recompute the draw from it as before. What is left of the private file is
held to the ledger: its keyed digest before and after stand in the entry of the purge, about the draw (`members.unswapped`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from inspector.domain.case import Case, SubjectKind
from inspector.domain.plan import Draw, DrawKind, DrawState
from inspector.domain.visit import Visit
from inspector.flows.members import members_digest, members_of, object_id, without_number
from inspector.flows.office import Office
from inspector.store.drawtables import MEMBERS, draw_file
from inspector.store.tx import Tx

_OVER = frozenset({DrawState.DRAWN, DrawState.VOID})


@dataclass(frozen=True, slots=True, kw_only=True)
class Framed:
    """By which keys a natural person may stand in the frames of which draws: by its pseudonym, and each result of its by its visit."""

    keys: frozenset[str]
    draws: tuple[str, ...]


def of_case(office: Office, tx: Tx, held: Case) -> Framed | None:
    """Where a case's subject may stand: the draws made while the case was open, and those of its visits. A firm's code is public."""
    if held.subject.kind is not SubjectKind.PERSON:
        return None
    made = tx.draws.made_within(held.opened_at, held.ended_at or office.now())
    return _framed(office, tx, held.subject.code, tx.visits.of_case(held.id), made, held.opened_at)


def of_visit(office: Office, tx: Tx, held: Visit) -> Framed | None:
    """The same of a visit that no case is about."""
    return _framed(office, tx, held.code, [held], (), held.opened_at) if held.kind is SubjectKind.PERSON else None


def _framed(office: Office, tx: Tx, code: str, visits: Collection[Visit], draws: Iterable[str], since: datetime) -> Framed:
    looks = (one for agency in {one.agency for one in visits} for one in tx.secondlooks.drawn(agency) if one.made_at >= since)
    numbers = {*draws, *(one.draw for one in visits), *(one.number for one in looks)}
    key = object_id(office.secret, SubjectKind.PERSON, code)
    return Framed(keys=frozenset({key, *(one.id for one in visits)}), draws=tuple(sorted(numbers)))


def let_go(office: Office, tx: Tx, one: Framed | None) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Take the number out wherever nothing is left that it served: each draw that has had it, with the facts of its purge."""
    if one is not None:
        found = ((number, bare(office, tx, number, one.keys)) for number in one.draws)
        yield from ((number, facts) for number, facts in found if facts is not None)


def bare(office: Office, tx: Tx, number: str, keys: Collection[str] | None = None) -> Mapping[str, object] | None:
    """Take the numbers of natural persons (behind these keys; None: behind all) out of a draw's frame for whom nothing is left.

    The facts by which the purge proves it; None where nothing goes.
    """
    if not (spent := idle(tx, tx.draws.get(number), keys)):
        return None
    tx.draws.hold_file(number, MEMBERS)
    before = members_digest(office.secret, tx, number)
    for part in tx.draws.parts_with(number, MEMBERS, (name.encode() for name in spent)):
        tx.draws.rewrite(number, MEMBERS, part.number, without_number(part.content, spent))
    return {"rows": {draw_file.name: len(spent)}, "members": [before, members_digest(office.secret, tx, number)]}


def idle(tx: Tx, held: Draw, keys: Collection[str] | None = None) -> frozenset[str]:
    """The keys behind which a draw that is over has no use for a natural person's number: no case is there, and no visit that names it.

    A draw that goes on keeps all of them: whom its reserve names may still be visited.
    """
    if held.state not in _OVER:
        return frozenset()
    members = {
        name: one for name, one in members_of(tx, held.number, keys).items() if one.kind is SubjectKind.PERSON and one.code
    }
    visits = tx.visits.of_draw(held.number) if members else []
    if any(one.state.open for one in visits):
        return frozenset()
    named = {one.object_id for one in visits if not one.nameless}
    if held.kind is DrawKind.SECOND_LOOK:
        named |= {name for name in members if tx.purging.visit_there(name) and not tx.visits.get(name).nameless}
    there = tx.purging.cases_there({case for one in members.values() for case in one.cases})
    return frozenset(name for name, one in members.items() if name not in named and there.isdisjoint(one.cases))


def back(office: Office, tx: Tx, number: str, facts: Mapping[str, object]) -> bool:
    """Whether the numbers that a purge has taken out of a draw's frame are there again."""
    told = facts.get("members")
    return isinstance(told, list) and bool(told) and told[0] == members_digest(office.secret, tx, number)
