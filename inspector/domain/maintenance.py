"""Maintenance: for a while nothing leaves the house, by an operator's word. Legal clocks go on, and nothing is given up by it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from inspector.domain.errors import Invalid, Refusal

MOST = timedelta(hours=24)
"""So long one word holds at most: what is forgotten ends by itself, and whoever needs longer says so anew."""


def allow(until: datetime, now: datetime, moments: Mapping[str, datetime]) -> None:
    """Raise what keeps an operator from a maintenance up to a moment.

    `moments`: the last moment for the parts of each draw's seed that are still wanted. A party that nobody has asked by then is left out of
    its draw: no maintenance of ours may bring that about, so none reaches beyond such a moment.
    """
    if not now < until <= now + MOST:
        raise Invalid("maintenance_until", until=_minutes(until), latest=_minutes(now + MOST), field="--until")
    over = {number: at for number, at in moments.items() if at <= until}
    if over:
        number = min(over, key=lambda one: (over[one], one))
        raise Refusal("maintenance_over_draw", draw=number, at=_minutes(over[number]))


def _minutes(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes")
