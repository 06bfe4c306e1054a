"""Quiet hours of the people who are pushed: by class of urgency, in office time; what would come too late by waiting is not held back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from inspector.domain.manners import Window
from inspector.domain.urgency import Urgency

_SEARCHED = 8
"""Windows that may follow one another without a gap; more would be no quiet hours but a silence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hush:
    """When nobody's phone is to ring: windows of the wall clock by class, and which words are urgent. Empty: at no time, and none."""

    windows: Mapping[Urgency, tuple[Window, ...]] = field(default_factory=dict)
    urgent: Collection[str] = ()

    def of(self, word: str) -> Urgency:
        """The class of a push by what it says."""
        return Urgency.URGENT if word in self.urgent else Urgency.NORMAL

    def until(self, urgency: Urgency, now: datetime, last: datetime) -> datetime:
        """The first moment from `now` on that is not quiet for a class; `now` itself where that would be the `last` moment or later.

        What is behind its last moment already loses nothing by waiting for the morning.
        """
        at = now
        for _ in range(_SEARCHED):
            ends = [end for one in self.windows.get(urgency, ()) if (end := _ends(one, at)) is not None]
            if not ends:
                return at
            at = max(ends)
            if now < last <= at:
                return now
        return now


def _ends(window: Window, at: datetime) -> datetime | None:
    """When the window ends that a moment lies in, begun that day or the day before; None: it lies in none."""
    for day in (at.date(), at.date() - timedelta(days=1)):
        begins, ends = window.on(day, at)
        if begins <= at < ends:
            return ends
    return None
