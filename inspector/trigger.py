"""Triggers as text, parsed into APScheduler's, asked with office time. Days of the week are names: in APScheduler 1 is Tuesday."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, tzinfo

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from inspector.domain.errors import Invalid

_EVERY = re.compile(r"every ([1-9]\d{0,5})(s|min|h|d)")
_CRON = re.compile(r"cron (?P<when>[a-z0-9,=*/ -]+?) (?P<hour>\d{1,2}):(?P<minute>\d{2})")
_DAYS = re.compile(r"(mon|tue|wed|thu|fri|sat|sun)([,-](mon|tue|wed|thu|fri|sat|sun))*|\*")
_FIELD = re.compile(r"(day|month|week)=([a-z0-9,*/-]+)")
_UNIT = {"s": "seconds", "min": "minutes", "h": "hours", "d": "days"}
_FORMS = '"every 2h", "cron mon-fri 08:30", "cron day=1 month=*/3 09:00"'


def parse(text: str, zone: tzinfo, anchor: datetime, *, key: str = "trigger") -> BaseTrigger:
    """A trigger from its text, which stands in the settings under `key`. Intervals count from `anchor`.

    Raises Invalid (`trigger_unreadable`) with the key and the forms there are.
    """
    if found := _EVERY.fullmatch(text):
        return IntervalTrigger(**{_UNIT[found[2]]: int(found[1])}, start_date=anchor, timezone=zone)
    if found := _CRON.fullmatch(text):
        fields = {"hour": found["hour"], "minute": found["minute"]}
        for word in found["when"].split():
            pair = _FIELD.fullmatch(word)
            name, value = (pair[1], pair[2]) if pair else ("day_of_week", word)
            if name in fields or not (pair or _DAYS.fullmatch(word)):
                raise Invalid("trigger_unreadable", key=key, text=text, word=word, forms=_FORMS)
            fields[name] = value
        try:
            held = CronTrigger(**fields, second=0, timezone=zone)
        except ValueError as error:
            raise Invalid("trigger_unreadable", key=key, text=text, word=str(error), forms=_FORMS) from error
        if following(held, None, anchor) is None:
            raise Invalid("trigger_unreadable", key=key, text=text, word="no such day", forms=_FORMS)
        return held
    raise Invalid("trigger_unreadable", key=key, text=text, word=text, forms=_FORMS)


def following(trigger: BaseTrigger, previous: datetime | None, now: datetime) -> datetime | None:
    """The next time after `previous`, or the first one from `now` on; None when there is none."""
    found: datetime | None = trigger.get_next_fire_time(previous, now)
    return found


def following_now(trigger: BaseTrigger, slot: datetime, now: datetime) -> datetime | None:
    """The first time of the series of `slot` that lies after `now`: an interval keeps its phase however late a slot is taken."""
    if isinstance(trigger, IntervalTrigger) and now > slot:
        now = slot + (now - slot) // trigger.interval * trigger.interval
    return following(trigger, now, now)


def widest(trigger: BaseTrigger, since: datetime) -> timedelta:
    """The longest time between two times at which it fires, over the year from `since`, or the first hundred times of it."""
    if isinstance(trigger, IntervalTrigger):
        every: timedelta = trigger.interval
        return every
    gap, at, until = timedelta(0), following(trigger, None, since), since + timedelta(days=366)
    for _ in range(100):
        after = following(trigger, at, at) if at is not None else None
        if at is None or after is None or at > until:
            break
        gap, at = max(gap, after - at), after
    return gap


def times(trigger: BaseTrigger, since: datetime, until: datetime) -> int:
    """How often it fires from `since` on and before `until`; an interval is counted, not walked, as if it began at `since`."""
    if isinstance(trigger, IntervalTrigger):
        every: timedelta = trigger.interval
        return max(0, -((since - until) // every))
    count, at = 0, following(trigger, None, since)
    while at is not None and at < until:
        count, at = count + 1, following(trigger, at, at)
    return count
