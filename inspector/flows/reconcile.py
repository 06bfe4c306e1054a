"""A stored draw held against everything the house holds about it, before anything of it is published, and once a day.

What differs refuses publication and is a matter for a person; nothing is ever mended here. See `domain.reconcile`.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from inspector.domain import reconcile as domain
from inspector.domain import register
from inspector.domain.audit import AuditLine
from inspector.domain.errors import Refusal
from inspector.domain.plan import Draw, DrawState
from inspector.domain.reconcile import Going, Held, Said, marks
from inspector.domain.register import EntryKind
from inspector.domain.visit import Seat, Visit
from inspector.flows.lists import AFTER, kept, small
from inspector.flows.members import members_of, object_id
from inspector.flows.office import Office
from inspector.flows.voiding import members_digest
from inspector.store.tx import Tx

MATTER = "draw_contradicted"
"""The matter, and the refusal, of a draw or a register of draws about which the records contradict each other."""
NEWEST = 50
"""So many draws, the newest, are looked at once a day and by `check`, with all that are open: more would take ever longer."""
_PLACE = re.compile(r"(?P<draw>.+)-(?P<place>[0-9]{4,})")


def differing(office: Office, tx: Tx, held: Draw, *, whole: bool = False) -> tuple[AuditLine, ...]:
    """What the records say differently of a draw: without its registers, which only a recomputation reads.

    `whole`: the keys of the frame are compared with those whom they stand for as well, all of which have to be read for it.
    """
    files = small(tx, held)
    after = {one.name: _lines(files.get(kept(held, one, AFTER), b"")) for one in held.lists}
    visits = {}
    for place, visit, team, sound in _visits(tx, held):
        known = sound and object_id(office.secret, visit.kind, visit.code) == visit.object_id
        visits[place] = Going(visit=visit, team=team, known=known)
    seen = Held(
        draw=held,
        files=files,
        said=[_said(row, sound=sound) for row, sound in tx.ledger.checked(held.number)],
        register=tx.register.of_draw(held.agency, held.number),
        after=after,
        visits=visits,
        used={name: tx.draws.user(name) for name in marks(held).values()},
    )
    found = domain.reconcile(seen)
    if not whole or held.c is None:
        return found
    return (*found, *_standing_for(office, tx, held, files, [one.visit for one in visits.values()]))


def refuse(office: Office, tx: Tx, held: Draw, *, whole: bool = False) -> None:
    """Raise Refusal (`draw_contradicted`), naming what differs, where the records contradict each other about a draw."""
    found = differing(office, tx, held, whole=whole)
    if found:  # where each question sees its own moment, a seat may have passed on between two of them
        found = differing(office, tx, tx.draws.get(held.number), whole=whole)
    if found:
        raise Refusal(MATTER, draw=held.number, differs=named(found))


def named(found: Sequence[AuditLine]) -> str:
    """What differs in a line: codes, and by which visit or party; no object, for a matter is read by more people than the list."""
    return ", ".join(" ".join([one.code.split(".", 1)[1], *map(str, one.facts.values())]) for one in found)


@contextmanager
def telling(office: Office) -> Iterator[None]:
    """What refuses publication is a matter, written when the reading that found it is over. Raises what is raised within."""
    try:
        yield
    except Refusal as error:
        if error.code == MATTER:
            number = str(error.facts["draw"])
            with office.store.begin() as tx:
                note(tx, tx.draws.get(number).agency, number, str(error.facts["differs"]), office.now())
        raise


def note(tx: Tx, agency: str, about: str, differs: str, now: datetime) -> None:
    """A person of the agency is told."""
    tx.attention.open(MATTER, agency, about, {"differs": differs}, now)


def chain(tx: Tx, agency: str, now: datetime, *, whole: bool = False) -> tuple[AuditLine, ...]:
    """What is wrong with an agency's register of draws: in itself, beside the draws, beside the commitments and the ledger.

    The ledger is asked about the numbers that would come next; `whole`: about every draw that was ever prepared.
    """
    return tuple(_chain(tx, agency, now, whole=whole))


def watched(office: Office, tx: Tx, now: datetime) -> Iterator[tuple[str, str, tuple[AuditLine, ...]]]:
    """(agency, what, what differs) of each agency's register and each recent or open draw about which the records do not agree."""
    for agency in sorted(office.tree):
        if found := chain(tx, agency, now):
            yield agency, f"register:{agency}", found
    recent = {held.number: held for held in (*tx.draws.last(None, limit=NEWEST), *tx.draws.unfinished())}
    for number, held in sorted(recent.items()):
        if found := differing(office, tx, held):
            yield held.agency, number, found


def _standing_for(office: Office, tx: Tx, held: Draw, files: Mapping[str, bytes], visits: Sequence[Visit]) -> Iterator[AuditLine]:
    """Whom the frame's keys stand for is what was committed to, and those whom the visits are to."""
    told = json.loads(files["commit.json"]).get("members")
    if told is not None and not hmac.compare_digest(str(told), members_digest(office, tx, held.number)):
        yield AuditLine(code="draw.records_members")
    members = members_of(tx, held.number, {one.object_id for one in visits})
    for one in visits:
        member = members.get(one.object_id)
        if member is None or (member.kind, member.code) != (one.kind, one.code) or member.name not in ("", one.name):
            yield AuditLine(code="draw.records_visit", facts={"visit": one.id})


def _chain(tx: Tx, agency: str, now: datetime, *, whole: bool) -> Iterator[AuditLine]:
    lines = tx.register.of_agency(agency)
    if (number := register.flaw(lines)) is not None:
        yield AuditLine(code="draw.register_broken", facts={"agency": agency, "number": number})
    ends = {draw: end for draw, file in tx.draws.commitments(agency).items() if (end := json.loads(file).get("register"))}
    if anew := register.unheld(lines, ends):
        yield AuditLine(code="draw.register_anew", facts={"agency": agency, "draws": ", ".join(anew)})
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


def _next(agency: str, count: int, now: datetime) -> list[str]:
    """The numbers one of which comes next: of this year and of as many before as a daemon may have slept."""
    return [f"{agency}-{year}-{count + 1:05d}" for year in range(now.year - 5, now.year + 1)]


def _visits(tx: Tx, held: Draw) -> Iterator[tuple[int, Visit, tuple[Seat, ...], bool]]:
    """A draw's visits by their place, with their teams, and whether the tables' columns say what the bodies do."""
    teams = tx.visits.teams_of(held.number)
    for visit, sound in tx.visits.checked(held.number):
        told = _PLACE.fullmatch(visit.id)
        place = int(told["place"]) if told and told["draw"] == held.number else 0
        team = teams.get(visit.id, [])
        yield place, visit, tuple(seat for seat, _ in team), sound and all(same for _, same in team)


def _lines(content: bytes) -> list[dict[str, object]]:
    try:
        return [json.loads(line) for line in content.splitlines()]
    except ValueError:
        return [{"kind": "unreadable"}]


def _said(row: Mapping[str, object], *, sound: bool) -> Said:
    try:
        body = json.loads(str(row["body"]))
    except ValueError:
        body = {}
    return Said(
        rule=str(row["rule"]), facts=body.get("facts", {}), state=str(body.get("draw_state", "")), sound=sound and bool(body)
    )
