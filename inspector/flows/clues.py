"""What a visit's own papers say that no case tells: an officer has it by a date, as a tip-off (`tipoff`), and nothing follows by itself.

It is a lead and no finding: a named officer closes it with reasons, refers it, or proposes a check.
"""

from __future__ import annotations

from datetime import datetime

from inspector.domain.finding import Seen
from inspector.domain.tipoff import TipSource
from inspector.domain.visit import Seat, Visit
from inspector.flows import attempts, leads
from inspector.flows.office import Office
from inspector.labels import Lang, label, of
from inspector.store.tx import Tx

_LANG: Lang = "zh-Hans"
"""Its words are kept as they are written, like those of anybody who tells of something."""


def unmet(office: Office, tx: Tx, held: Visit, by: Seat, now: datetime) -> None:
    """A team could check nothing: an officer has the date by which that is seen to, and the register's keeper told where nobody is found.

    The attempts stand with it, word for word.
    """
    seen = held.unmet(by.agency)
    if seen is None:
        return
    part = next(one for one in held.parts if one.agency == by.agency)
    lines = [label("clue.unmet", _LANG, draw=held.draw, seen=of(seen, _LANG)), part.remarks]
    if seen is Seen.UNREACHABLE:
        local = office.calendar.local
        lines += [
            label("clue.attempt", _LANG, at=f"{local(one.at):%Y-%m-%d %H:%M}", way=of(one.way, _LANG), words=one.words)
            for one in attempts.of_visit(tx, held, by.agency)
        ]
    if seen in (Seen.UNREACHABLE, Seen.CEASED):
        lines.append(label("clue.refer", _LANG))
    _tell(office, tx, held, by, lines, now)


def _tell(office: Office, tx: Tx, held: Visit, by: Seat, lines: list[str], now: datetime, until: datetime | None = None) -> None:
    words = "\n".join(filter(None, lines))
    given = leads.Given(agency=by.agency, source=TipSource.CHECK, kind=held.kind, code=held.code, name=held.name, words=words)
    policy = office.book.get(tx.draws.pack_of(held.draw, by.agency))
    leads.keep(office, tx, given, policy, by.inspector, now, until)
