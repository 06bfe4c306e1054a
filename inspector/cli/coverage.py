"""`policy check --office`: whether everything that can come up has somebody to see to it, over the office's real set-up."""

from __future__ import annotations

from inspector.cli import holes, pacing
from inspector.cli.command import Exit
from inspector.cli.terminal import Terminal
from inspector.labels import label


def check(terminal: Terminal) -> Exit | None:
    """List each hole with what would close it. Nothing outside is called. Exit code 1 with any."""
    from inspector.domain.coverage import holes as prove
    from inspector.flows.coverage import Names, set_up

    office, told = terminal.office, terminal.settings
    names = Names(sources=frozenset(told.sources), agencies=frozenset(told.assistance))
    office_now = office.now()
    held = terminal.look(lambda tx: set_up(office, tx, names, office.calendar.local_date(office_now)))
    found = prove(held)
    span = {"since": held.months[0].name, "until": held.months[-1].name}
    slow = list(pacing.plans(told, office.book, office.tree, office.calendar.local_date(office_now)))
    place = 0 if terminal.lang == "en" else 1
    terminal.value(
        {**span, "holes": [holes.value(one) for one in found], "warnings": [f"{one.name}: {one.told(0)}" for one in slow]}
    )
    for warned in slow:
        terminal.line(f"{warned.name}: {warned.told(place)}")
    for one in found:
        terminal.line(holes.line(one, terminal.lang))
    if found:
        terminal.line(label("coverage.some", terminal.lang, count=len(found), **span))
        return Exit.WRONG
    counts = {
        "agencies": len({*(desk.agency for desk in held.desks), *(duty.agency for duty in held.duties)}),
        "towns": len({spot.town for duty in held.duties for spot in duty.spots}),
        "officers": len({(crew.agency, one.record.id) for duty in held.duties for crew in duty.crews for one in crew.officers}),
    }
    terminal.line(label("coverage.none", terminal.lang, **span, **counts))
    return None
