"""How the office's duties stand, in figures: periods that were to be drawn, requests nobody has answered, what became of assignments."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from inspector.domain.plan import DrawState
from inspector.domain.sampling import Window
from inspector.domain.scoreboard import days_between
from inspector.flows.office import Office, present
from inspector.flows.scoreboard import SPAN
from inspector.flows.windows import start
from inspector.store.tx import Tx

BECAME = ("drawn", "under_way", "void", "none")
"""What became of a plan's period: `none` where no draw was made of it, for there was nothing to draw, or it could not be announced."""

_BECAME = {DrawState.DRAWN: "drawn", DrawState.VOID: "void"}


def periods(office: Office, tx: Tx, now: datetime) -> list[tuple[str, str, int]]:
    """(plan, what became of them, count) of the periods that have begun in this calendar year; 0 is told too."""
    since, told = start(office.calendar.local(now), Window.YEAR), list[tuple[str, str, int]]()
    for plan in sorted(office.plans):
        slots = tx.schedules.taken(f"plan:{plan}", since)
        states = tx.draws.stand(plan, slots)
        held = Counter(_BECAME.get(states[slot], "under_way") if slot in states else "none" for slot in slots)
        told += [(plan, became, held[became]) for became in BECAME]
    return told


def oldest(office: Office, tx: Tx, now: datetime) -> list[tuple[str, int]]:
    """(agency, working days since its oldest open request was sent), counted as those to an answer are."""
    held: dict[str, int] = {}
    for via, sent_at in tx.assistance.oldest():
        agency, days = present(office.tree, via), days_between(sent_at, now, office.calendar)
        held[agency] = max(days, held.get(agency, 0))
    return sorted(held.items())


def answers(office: Office, tx: Tx, now: datetime) -> list[tuple[str, int]]:
    """(seat state, count) of the visits that were given lately."""
    return [(row[0], row[1]) for row in tx.visits.answers_since([*office.tree], now - SPAN)]
