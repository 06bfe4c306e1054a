"""Declining as a pattern (issue 6): who declines again and again is a matter for the office, and no rule follows from it.

To decline is a right, and with a conflict of interest a duty (Administrative Penalties Law art. 43); so nobody is counted against
another, and there is no list of persons (国办发〔2024〕54号: no ranking; handbook 1.4.15). But who declines whenever the object is known
chooses whom he or she visits, and a draw in which people choose is none. A person asks, and sees what was said each time.
"""

from __future__ import annotations

from datetime import datetime

from inspector.domain.visit import Seat
from inspector.flows.office import Office
from inspector.store.tx import Tx

REPEATED = "declines_repeated"
"""The matter of an inspector who has declined so often that a person asks why: one for each, told anew with each further time."""


def look_at(office: Office, tx: Tx, seat: Seat, now: datetime) -> None:
    """A seat was declined: with the number that the settings say, within their days, its agency is told."""
    how, since = office.pushing, now - office.pushing.declines_within
    declined, given = tx.visits.declined(seat.agency, seat.inspector, since)
    if len(declined) < how.declines:
        return
    facts = {
        "inspector": seat.inspector,
        "declines": len(declined),
        "knowing": sum(one.knowing for one in declined),
        "assignments": given,
        "since": since.isoformat(),
        "seats": [one.name for one in declined],
    }
    tx.attention.open(REPEATED, seat.agency, f"{seat.agency}:{seat.inspector}", facts, now)
