"""A stored draw held against everything the house holds about it, before anything of it is published, and once a day.

What differs refuses publication and is a matter for a person; nothing is ever mended here. See `domain.reconcile`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from inspector.domain import reconcile as domain
from inspector.domain import register
from inspector.domain.audit import AuditLine
from inspector.domain.errors import Refusal
from inspector.domain.plan import Draw, DrawKind, DrawState
from inspector.domain.reconcile import Going, Held, marks
from inspector.domain.register import Entry, EntryKind
from inspector.domain.trail import RESTATED, RULES, Trail
from inspector.domain.visit import Seat, Visit
from inspector.flows import parties
from inspector.flows.footing import lines_of, named, said
from inspector.flows.lists import AFTER, kept, small
from inspector.flows.members import members_of, object_id, unswapped
from inspector.flows.office import Office
from inspector.store.draws import BROKEN, CONTRADICTED
from inspector.store.seals import Mark
from inspector.store.tx import Tx

MATTER = CONTRADICTED
"""The matter, and the refusal, of a draw or a register of draws about which the records contradict each other."""
LEDGER = "ledger"
"""What the matter of a ledger that does not hold is about."""
NEWEST = 50
"""So many draws, the newest, are looked at once a day and by `check`, with all that are open: more would take ever longer."""
_PLACE = re.compile(r"(?P<draw>.+)-(?P<place>[0-9]{4,})")


def differing(office: Office, tx: Tx, held: Draw, *, whole: bool = False) -> tuple[AuditLine, ...]:
    """What the records say differently of a draw: without its registers, which only a recomputation reads.

    `whole`: the keys of the frame are compared with those whom they stand for as well, all of which have to be read for it.
    """
    files = small(tx, held)
    after = {one.name: _lines(files.get(kept(held, one, AFTER), b"")) for one in held.lists}
    entries, broken = tx.ledger.checked(held.number)
    trails, torn = _trails(tx, held)
    visits, unreadable = {}, {}
    for place, name, visit, team, sound in _visits(tx, held):
        if visit is None:
            unreadable[place] = name
            continue
        whom = visit.looks_at if held.kind is DrawKind.SECOND_LOOK else object_id(office.secret, visit.kind, visit.code)
        known = sound and (whom == visit.object_id or _unnamed(tx, visit))
        visits[place] = Going(visit=visit, team=team, known=known, trail=trails.get(name))
    seen = Held(
        draw=held,
        files=files,
        said=[said(row, sound=sound) for row, sound in entries],
        register=tx.register.of_draw(held.agency, held.number),
        after=after,
        lines=lines_of(held, files),
        visits=visits,
        used={name: tx.draws.user(name) for name in marks(held).values()},
        broken=broken | torn,
        columns=tx.draws.checked(held.number),
        unreadable=unreadable,
    )
    found = (*domain.reconcile(seen), *parties.kept(tx, held, seen.said))
    if not whole or held.c is None:
        return found
    return (*found, *_standing_for(office, tx, held, files, [one.visit for one in visits.values()]))


def refuse(office: Office, tx: Tx, held: Draw, *, whole: bool = False) -> None:
    """Raise Refusal (`draw_contradicted`), naming what differs, where the records contradict each other about a draw.

    So too while a person is told that the ledger does not hold (`LEDGER`): what a draw is held to proves nothing then.
    """
    if (matter := tx.attention.get(f"{MATTER}:{LEDGER}")) is not None and matter["closed_at"] is None:
        raise Refusal(MATTER, draw=held.number, differs="ledger_broken")
    found = differing(office, tx, held, whole=whole)
    if found:  # where each question sees its own moment, a seat may have passed on between two of them
        found = differing(office, tx, tx.draws.get(held.number), whole=whole)
    if found:
        raise Refusal(MATTER, draw=held.number, differs=named(found))


@contextmanager
def telling(office: Office) -> Iterator[None]:
    """What refuses publication is a matter, written when the reading that found it is over. Raises what is raised within."""
    try:
        yield
    except Refusal as error:
        if error.code == MATTER:
            number = str(error.facts["draw"])
            with office.store.begin() as tx:
                note(tx, tx.draws.agency_of(number), number, str(error.facts["differs"]), office.now())
        raise


def note(tx: Tx, agency: str, about: str, differs: str, now: datetime) -> None:
    """A person of the agency is told."""
    tx.attention.open(MATTER, agency, about, {"differs": differs}, now)


def chain(tx: Tx, agency: str, now: datetime, *, whole: bool = False) -> tuple[AuditLine, ...]:
    """What is wrong with an agency's register of draws: in itself, beside the draws, beside the commitments and the ledger.

    The ledger is asked about the numbers that would come next; `whole`: about every draw that was ever prepared. Whether the ledger
    itself holds is `sealed`, or `intact`.
    """
    return tuple(_chain(tx, agency, now, whole=whole))


def watched(office: Office, tx: Tx, now: datetime) -> Iterator[tuple[str, str, tuple[AuditLine, ...]]]:
    """(agency, what, what differs) of each agency's register and each recent or open draw about which the records do not agree.

    Each is looked at by itself: what nobody can read is a finding of that one, and silences no other.
    """
    there = tx.draws.agencies().keys() | tx.register.agencies(None)
    without = sorted(office.tree.keys() - there)
    prepared = tx.ledger.prepared([name for agency in without for name in _next(agency, 0, now)])
    for agency in sorted(office.tree):
        # of one that has no draw and no line the ledger alone could say that it had some
        asked = agency in there or any(name in prepared for name in _next(agency, 0, now))
        if asked and (found := chain(tx, agency, now)):
            yield agency, f"register:{agency}", found
    for number, agency in tx.draws.watched(NEWEST):
        if found := _looked(office, tx, number):
            yield agency, number, found


def number(tx: Tx, agency: str, now: datetime, plan: str = "", slot: str = "") -> str:
    """The number of the draw that an agency makes next, of a plan's slot where that says when it is. The caller has the turn.

    Raises Refusal as `DrawRoom.next_number` does; `draw_records_broken` where the register of draws does not hold either;
    `draw_contradicted` where it has a draw of that slot already, though the table has none: it was moved or taken out.
    """
    following = tx.draws.next_number(agency, now.year)
    lines = tx.register.of_agency(agency)
    found = [
        one for one in (*_unbroken(lines, agency), *_unheld(tx, lines, agency)) if one.code != "draw.register_unreadable"
    ]  # for a draw that nobody can read no other has to wait
    if found:
        raise Refusal(BROKEN, draw=following, problem=named(found))
    if taken := next(
        (one.draw for one in lines if slot and (one.facts.get("plan"), one.facts.get("slot")) == (plan, slot)), None
    ):
        raise Refusal(MATTER, draw=taken, differs="records_period")
    return following


def intact(tx: Tx) -> tuple[AuditLine, ...]:
    """What is wrong with the ledger's whole chain of seals: it takes as long as the ledger is, without what was said."""
    problem = tx.ledger.verified(Mark(), bodies=False).problem
    return (AuditLine(code="draw.ledger_broken", facts={"problem": problem}),) if problem is not None else ()


def sealed(office: Office, tx: Tx) -> tuple[Mark, tuple[AuditLine, ...]]:
    """How far the ledger's chain holds, and what is wrong with it: from where the last daily look came to, and a part of what is older.

    Of the older seals so many are recomputed each time that `Office.again` entries are read, one part after the other, so that the cost has
    a bound however long the ledger grows. The mark is where the next look goes on; it stays where something does not hold.
    """
    mark = tx.ledger.mark()
    fresh = tx.ledger.verified(mark)
    start = mark.again if mark.again < mark.number else 0
    older = tx.ledger.verified(tx.ledger.mark_at(start), mark.number, entries=office.again)
    if (problem := fresh.problem or older.problem) is not None:
        return mark, (AuditLine(code="draw.ledger_broken", facts={"problem": problem}),)
    return Mark(number=fresh.last, head=fresh.head, again=older.last), ()


def _looked(office: Office, tx: Tx, number: str) -> tuple[AuditLine, ...]:
    def find(tx: Tx) -> tuple[AuditLine, ...]:
        return differing(office, tx, tx.draws.get(number))

    try:
        return office.store.rereads.look(tx, ("draw", number, office.secret), find)
    except Refusal as error:
        if error.code != MATTER:
            raise
        return (AuditLine(code="draw.records_unreadable"),)


def _standing_for(office: Office, tx: Tx, held: Draw, files: Mapping[str, bytes], visits: Sequence[Visit]) -> Iterator[AuditLine]:
    """Whom the frame's keys stand for is what was committed to, and those whom the visits are to."""
    made = _object(files.get("commit.json", b""))
    if made is None:
        return  # and `draw.records_commitment` has been said
    told = made.get("members")
    if told is not None and not unswapped(office.secret, tx, held.number, told):
        yield AuditLine(code="draw.records_members")
        return  # what stands there instead need not even be readable
    members = members_of(tx, held.number, {one.object_id for one in visits})
    for one in visits:
        member = members.get(one.object_id)
        if member is not None and _unnamed(tx, one):
            continue
        if member is None or (member.kind, member.code) != (one.kind, one.code) or member.name not in ("", one.name):
            yield AuditLine(code="draw.records_visit", facts={"visit": one.id})


def _unnamed(tx: Tx, visit: Visit) -> bool:
    """Whether a visit went nameless at the end of its days: blank is lawful only where the ledger says so."""
    return visit.nameless and tx.purging.unnamed(visit.id)


def _chain(tx: Tx, agency: str, now: datetime, *, whole: bool) -> Iterator[AuditLine]:
    lines = tx.register.of_agency(agency)
    yield from _unbroken(lines, agency)
    yield from _unheld(tx, lines, agency)
    states = tx.draws.states(agency)
    entered = {one.draw for one in lines if one.kind is not EntryKind.VOID}
    void = {one.draw for one in lines if one.kind is EntryKind.VOID}
    gone, unentered = (entered | void) - states.keys(), states.keys() - entered
    unentered |= {name for name, state in states.items() if (state == DrawState.VOID.value) is not (name in void)} - gone
    if whole:
        prepared = tx.ledger.prepared_by(agency)
        gone |= prepared - states.keys()
        unentered |= prepared - entered - gone
    else:
        gone |= tx.ledger.prepared(_next(agency, len(states), now))
    if gone:
        yield AuditLine(code="draw.register_gone", facts={"agency": agency, "draws": ", ".join(sorted(gone))})
    if unentered:
        yield AuditLine(code="draw.register_unentered", facts={"agency": agency, "draws": ", ".join(sorted(unentered))})


def _unbroken(lines: Sequence[Entry], agency: str) -> Iterator[AuditLine]:
    if (number := register.flaw(lines)) is not None:
        yield AuditLine(code="draw.register_broken", facts={"agency": agency, "number": number})


def _unheld(tx: Tx, lines: Sequence[Entry], agency: str) -> Iterator[AuditLine]:
    """What the commitments of an agency's draws name of its register, and it does not have."""
    made = {draw: _object(file) for draw, file in tx.draws.commitments(agency).items()}
    if unreadable := sorted(draw for draw, told in made.items() if told is None):
        yield AuditLine(code="draw.register_unreadable", facts={"agency": agency, "draws": ", ".join(unreadable)})
    ends = {draw: end for draw, told in made.items() if told is not None and isinstance(end := told.get("register"), dict)}
    if anew := register.unheld(lines, ends):
        yield AuditLine(code="draw.register_anew", facts={"agency": agency, "draws": ", ".join(anew)})


def _next(agency: str, count: int, now: datetime) -> list[str]:
    """The numbers one of which comes next: of this year and of as many before as a daemon may have slept."""
    return [f"{agency}-{year}-{count + 1:05d}" for year in range(now.year - 5, now.year + 1)]


def _visits(tx: Tx, held: Draw) -> Iterator[tuple[int, str, Visit | None, tuple[Seat, ...], bool]]:
    """A draw's visits by their place, with their teams, and whether the tables' columns say what the bodies do; None: unreadable."""
    teams = tx.visits.teams_of(held.number)
    for name, visit, sound in tx.visits.checked(held.number):
        told = _PLACE.fullmatch(name)
        place = int(told["place"]) if told and told["draw"] == held.number else 0
        team = teams.get(name, [])
        yield place, name, visit, tuple(seat for seat, _ in team if seat is not None), sound and all(same for _, same in team)


def _trails(tx: Tx, held: Draw) -> tuple[dict[str, Trail], set[int]]:
    """What the ledger tells of each of a draw's visits, and the seals over it that do not hold."""
    trails: dict[str, Trail] = {}
    entries, broken = tx.ledger.of_visits(held.number, RULES)
    for row, sound in entries:
        body = _object(str(row["body"])) or {}
        facts, standing = body.get("facts"), body.get("visit")
        whole = sound and isinstance(facts, dict) and (row["rule"] != RESTATED or tx.purging.partly(row["about"]))
        trails.setdefault(row["about"], Trail()).add(row["rule"], _dict(facts), _dict(standing), sound=whole)
    return trails, broken


def _lines(content: bytes) -> list[dict[str, object]]:
    return [_object(line) or {"kind": "unreadable"} for line in content.splitlines()]


def _object(text: bytes | str) -> dict[str, object] | None:
    """A JSON object; None for anything else."""
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None


def _dict(told: object) -> dict[str, object]:
    return told if isinstance(told, dict) else {}
