"""By which door some agencies of the simulated year are reached and heard: a daily digest, mail that is read later, letters on paper."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from random import Random

from inspector.domain.assistance import Door
from inspector.domain.calendar import WorkingCalendar

DIGESTED, MAILED, PAPER = ("a12", "a13"), ("a14", "a16"), ("a17", "a18")
"""Whose letters go together, who answers by mail, and to whom a person posts letters; none of them is asked anything urgent."""

DIGEST = time(9)
_LAY = (0, 3, 20, 60)
"""Hours for which a mail, or a letter on paper, has lain in the requester's house until somebody enters what it says."""


def door(name: str, since: datetime, now: datetime, chance: Random, calendar: WorkingCalendar) -> Door:
    """The door by which a word comes in that is entered `now`, and when it came: mail to the minute, paper by the day."""
    if name not in (*MAILED, *PAPER):
        return Door()
    came = now - timedelta(hours=chance.choice(_LAY))
    if name in MAILED:
        return Door(by="mail", token=f"{name}@agency.example", came=came if since <= came < now else None)
    day = calendar.local_date(came)
    known = calendar.local_date(since) <= day < calendar.local_date(now)
    first = max(since, calendar.midnight(day)) if known else None
    return Door(by="paper", token="officer", written="来函所载", scan="0" * 64, came=first)
