"""A proof of service that comes when most of the time for a defence is over: whose word it is, and how long that alone ends nothing."""

from __future__ import annotations

from datetime import datetime

from inspector.domain import ownword
from inspector.domain.consequence import Consequence, Signed
from inspector.domain.course import Setting, counted


def until(held: Consequence, setting: Setting) -> datetime | None:
    """Until when the time would run if it were counted from the entry of its proof, where most of it was over by then; else None.

    None, too, where the subject has waived it by its own door: then nobody else has ended it.
    """
    told = held.notice
    if told is None or told.proven_at is None or told.served_at is None or told.defend_by is None or setting.row.defend is None:
        return None
    passed = told.proven_at - told.served_at
    if passed * 2 <= told.defend_by - told.served_at or any(ownword.itself(one) for one in held.waivers):
        return None
    return counted(told.proven_at, setting.row.defend, setting.calendar)


def by(held: Consequence) -> Signed | None:
    """Who has entered it."""
    told = held.notice
    return Signed(by=told.served_by, token="", at=told.proven_at) if told is not None and told.proven_at is not None else None
