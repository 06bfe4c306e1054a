"""Patience: until when work is worth a call to the outside."""

from __future__ import annotations

import re

from inspector.domain.decision import OrderKind
from inspector.flows.office import Office
from inspector.flows.posting import EARLY
from inspector.ports import Origin, Unavailable
from inspector.store.tables import EPOCH
from inspector.store.work import Work

_CODE = re.compile("[a-z][a-z0-9_]*")
"""An error's code; a fault of the program is kept by the name of its class."""


def too_late(work: Work, office: Office) -> bool:
    """Whether patience is over and a call would serve nobody.

    What was never tried is called once even then, for an answer is worth more than a date; but not on a connector that a person
    has paused or that is known to be down, and nobody is pushed or reminded about a date that has passed.
    """
    if work.expires_at is None or office.now() < work.expires_at:
        return False
    if work.attempts > 1 or work.kind == OrderKind.PUSH or work.payload.get("letter") in EARLY:
        return True
    with office.store.read() as tx:
        return any(lane.name == work.lane and (lane.paused or lane.open_until > EPOCH) for lane in tx.lanes.all())


def last_error(work: Work, office: Office) -> Unavailable | None:
    """Why the tries before were in vain, or why none was made, so that what is settled now can say it; None where nothing is known."""
    told = work.error
    if told is None:
        with office.store.read() as tx:
            told = next((lane.error for lane in tx.lanes.all() if lane.name == work.lane), None)
    return Unavailable(told, origin=Origin.WIRE, attempts=0) if told is not None and _CODE.fullmatch(told) else None
