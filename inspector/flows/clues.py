"""What a visit's own papers say that no case tells: an officer has it by a date, as a tip-off (`tipoff`), and nothing follows by itself.

It is a lead and no finding: a named officer closes it with reasons, refers it, or proposes a check.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from inspector.domain.checkcode import CodeList
from inspector.domain.collated import Settled, collate, telling
from inspector.domain.decision import Because, Decision
from inspector.domain.finding import Seen
from inspector.domain.tipoff import TipSource
from inspector.domain.unmet import unmet
from inspector.domain.visit import Seat, Visit
from inspector.flows import attempts, leads, teamnotes
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.labels import Lang, label, of
from inspector.store.tx import Tx

_LANG: Lang = "zh-Hans"
"""Its words are kept as they are written, like those of anybody who tells of something."""


def look(office: Office, tx: Tx, held: Visit, by: Seat, now: datetime, *, entered: bool = False) -> None:
    """What a result (`entered`), or a sheet that came after it, says for an officer is his or hers to see to by a date; once for each code.

    A day on which what follows is to be done is that date.
    """
    policy = office.book.get(tx.draws.pack_of(held.draw, by.agency))
    if entered and (seen := unmet(held, by.agency)) is not None:
        _tell(office, tx, held, by, _unmet(office, tx, held, by, seen), {"seen": seen.value}, now)
    kept = tx.visits.get(held.id)
    notes = teamnotes.own(office, tx, held, by.agency)
    settled = [
        Settled(line=one.claim, said=one.said, over=one.over)
        for one in tx.fieldnotes.choices(held.id, by.agency)
        if not one.case_id
    ]
    fresh = [
        one for one in telling(collate(notes, policy.sheet, settled), policy.sheet) if (by.agency, one.code) not in kept.ticked
    ]
    if not fresh:
        return
    tx.visits.put(replace(kept, ticked=(*kept.ticked, *((by.agency, one.code) for one in fresh))))
    if unmet(held, by.agency) is not None:
        fresh = [one for one in fresh if one.list is CodeList.FOLLOW_UP]  # that nothing could be checked has been told
    if not fresh:
        return
    lines = [label("clue.ticked", _LANG, draw=held.draw, codes="；".join(f"{of(one.list, _LANG)}：{one.name}" for one in fresh))]
    lines += [row.words for note in notes for row in note.sheet.rows if row.words]
    days = [row.followed_on for note in notes for row in note.sheet.rows if row.followed_on is not None]
    day = min((one for one in days if one > office.calendar.local_date(now)), default=None)
    lines += [label("clue.day", _LANG, day=day)] if day is not None else []
    until = office.calendar.closing(day) if day is not None else None
    _tell(office, tx, held, by, lines, {"codes": [one.code for one in fresh]}, now, until)


def _unmet(office: Office, tx: Tx, held: Visit, by: Seat, seen: Seen) -> list[str]:
    """That a team could check nothing, with each attempt word for word, and that the register's keeper is told where nobody is found."""
    part = next(one for one in held.parts if one.agency == by.agency)
    lines = [label("clue.unmet", _LANG, draw=held.draw, seen=of(seen, _LANG)), part.remarks]
    if seen is Seen.UNREACHABLE:
        local = office.calendar.local
        lines += [
            label("clue.attempt", _LANG, at=f"{local(one.at):%Y-%m-%d %H:%M}", way=of(one.way, _LANG), words=one.words)
            for one in attempts.of_visit(tx, held, by.agency)
        ]
    return [*lines, label("clue.refer", _LANG)] if seen in (Seen.UNREACHABLE, Seen.CEASED) else lines


def _tell(
    office: Office,
    tx: Tx,
    held: Visit,
    by: Seat,
    lines: Iterable[str],
    facts: Mapping[str, object],
    now: datetime,
    until: datetime | None = None,
) -> None:
    pack = tx.draws.pack_of(held.draw, by.agency)
    given = leads.Given(
        agency=by.agency,
        source=TipSource.CHECK,
        kind=held.kind,
        code=held.code,
        name=held.name,
        words="\n".join(filter(None, lines)),
    )
    told = leads.keep(office, tx, given, office.book.get(pack), by.inspector, now, until)
    because = Because(rule="visit.clue", basis=(held.basis,), pack=pack, facts={"by": by.inspector, "tip_off": told.id, **facts})
    record(tx, held.id, Decision(state=None, because=because), now, {"agency": by.agency})
