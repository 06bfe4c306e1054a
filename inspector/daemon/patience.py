"""Patience: until when work is worth a call to the outside."""

from __future__ import annotations

from inspector.domain.decision import OrderKind
from inspector.flows.office import Office
from inspector.store.tables import EPOCH
from inspector.store.work import Work


def too_late(work: Work, office: Office) -> bool:
    """Whether patience is over and a call would serve nobody.

    What was never tried is called once even then, for an answer is worth more than a date; but not on a connector that a person
    has paused or that is known to be down, and nobody is pushed or reminded about a date that has passed.
    """
    if work.expires_at is None or office.now() < work.expires_at:
        return False
    if work.attempts > 1 or work.kind == OrderKind.PUSH or work.payload.get("letter") == "reminder":
        return True
    with office.store.read() as tx:
        return any(lane.name == work.lane and (lane.paused or lane.open_until > EPOCH) for lane in tx.lanes.all())
