"""Counting by the articles, one day after the other: slow, and independent of the program. It shares no code with it.

Civil Code art. 201: the day of the event is not counted; hours run at once. Art. 202: months and years end on the same-numbered day,
without one on the month's last. Art. 203: a last day off moves to the next working day, and the period ends when business stops.
The days off and worked are read from the year files themselves, as bare dates.
"""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

DAY = timedelta(days=1)
EIGHT_HOURS = timedelta(hours=8)
BY_LAW = ("0101", "0501", "0502", "1001", "1002", "1003")
"""New Year's Day, Labour Day and the day after, National Day and two more: Regulations on Public Holidays as of 2025, art. 2."""


class Longhand:
    """A person with the notices, a wall calendar and a pencil; business stops at `stops` past midnight in China."""

    def __init__(self, folder: Path, stops: timedelta = timedelta(hours=17, minutes=30)) -> None:
        self.off: set[date] = set()
        self.worked: set[date] = set()
        self.known: set[int] = set()
        self.stops = stops
        for file in folder.iterdir():
            told = tomllib.loads(file.read_text(encoding="utf-8"))
            self.known.add(told["year"])
            for holiday in told["holiday"]:
                self.off.update(holiday["days_off"])
                self.worked.update(holiday.get("days_worked", []))

    def works(self, day: date) -> bool:
        """Whether the office works: the notices first, else Monday to Friday; in years to come, too, not on what is a holiday by law."""
        if day in self.off or (day.year > max(self.known) and day.strftime("%m%d") in BY_LAW):
            return False
        return day in self.worked or day.strftime("%a") not in ("Sat", "Sun")

    def certain(self, day: date) -> bool:
        """Whether no notice still to come can change a day: the next one may reach back to 29 December."""
        return day.year in self.known and (day.year + 1 in self.known or day.strftime("%m-%d") < "12-29")

    def here(self, moment: datetime) -> date:
        """The day in China, by eight hours on Greenwich."""
        ahead = moment.astimezone(UTC) + EIGHT_HOURS
        return date(ahead.year, ahead.month, ahead.day)

    def end(self, start: datetime, amount: int, unit: str) -> datetime:
        """When a period ends that an event at `start` began, in UTC."""
        if unit in ("h", "min"):
            end = start.astimezone(UTC)
            for _ in range(amount):
                end += timedelta(minutes=60 if unit == "h" else 1)
            return end
        return self.stop_of(self.last(self.here(start), amount, unit))

    def last(self, event: date, amount: int, unit: str) -> date:
        """The last day of a period of days, weeks of work, months or years."""
        return self.looked_at(event, amount, unit)[-1]

    def looked_at(self, event: date, amount: int, unit: str) -> list[date]:
        """The days whose state decides the last one, that one at the end: all days counted, or the nominal end and what follows."""
        if unit == "wd":
            days = [event + DAY]
            counted = int(self.works(days[0]))
            while counted < amount:
                days.append(days[-1] + DAY)
                counted += self.works(days[-1])
            return days
        days = [self.same_number(event, amount * (12 if unit == "y" else 1)) if unit in ("mo", "y") else self.on(event, amount)]
        while not self.works(days[-1]):
            days.append(days[-1] + DAY)
        return days

    def without(self, event: date, amount: int, unit: str, stood: set[date]) -> date:
        """The last day of a period whose clock stood still on some days: none of them is counted, each puts the end off by itself."""
        day = event
        if unit == "wd":
            counted = 0
            while counted < amount:
                day += DAY
                counted += self.works(day) and day not in stood
            return day
        left = (self.looked_at(event, amount, unit)[0] - event).days
        while left:
            day += DAY
            left -= day not in stood
        while not self.works(day) or day in stood:
            day += DAY
        return day

    def on(self, event: date, amount: int) -> date:
        """So many calendar days on."""
        day = event
        for _ in range(amount):
            day += DAY
        return day

    def same_number(self, event: date, months: int) -> date:
        """The same-numbered day that many months on, else the last of that month."""
        day = event
        for _ in range(months):  # to the first of each next month
            day += DAY
            while day.day != 1:
                day += DAY
        while day.day != event.day and (day + DAY).day != 1:
            day += DAY
        return day

    def before(self, day: date, amount: int) -> date:
        """The working day that many ahead of a day."""
        while amount:
            day -= DAY
            amount -= self.works(day)
        return day

    def stop_of(self, day: date) -> datetime:
        """When business stops on a day, in UTC."""
        return datetime(day.year, day.month, day.day, tzinfo=UTC) - EIGHT_HOURS + self.stops
