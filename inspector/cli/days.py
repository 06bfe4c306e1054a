"""Days as they are typed on a command line."""

from __future__ import annotations

from datetime import date

from inspector.domain.day import refuse_beyond
from inspector.domain.errors import Invalid


def typed(text: str, option: str) -> date:
    """A day as it was typed behind an option. Raises Invalid (`day_unreadable`, `day_beyond`)."""
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise Invalid("day_unreadable", option=option, value=text) from error
    refuse_beyond(day, option)
    return day


def day_of(text: str | None, option: str = "--on") -> date | None:
    """The same of an option that may be left out."""
    return typed(text, option) if text is not None else None
