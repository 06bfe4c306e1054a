"""What a simulated year is made of: how many cases, which seed, how long, and whether things go wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from inspector.demo.habits import Chance
from inspector.domain.calendar import WorkingCalendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """`cases` come in within `days` from `first` on, and what is open then goes on for `after` days more.

    Of `floods` days each brings a tenth of them at once, as the last day of a term does: at most nine.
    With `faults` sources are away for hours, an agency's post is, and the daemon dies now and then in the middle of its work.
    """

    cases: int
    seed: str = "1"
    first: date = date(2025, 3, 3)
    days: int = 365
    after: int = 120
    faults: bool = True
    floods: int = 0

    def arrives(self, reference: str) -> date:
        """The day on which a case comes in: any of the year's, or one of the floods'."""
        flood = int(self.chance.of("flood", reference) * 10)
        about = ("flooded", str(flood)) if flood < self.floods else ("day", reference)
        return self.first + timedelta(days=int(self.chance.of(*about) * self.days))

    @property
    def chance(self) -> Chance:
        """Its dice."""
        return Chance(seed=f"simulation {self.seed}")

    @property
    def ends(self) -> date:
        """The day on which nobody looks any more."""
        return self.first + timedelta(days=self.days + self.after)


@dataclass(frozen=True, slots=True)
class Days:
    """When people are at work: opening hours, holidays, leave; and when something is away."""

    scene: Scene
    calendar: WorkingCalendar

    def at(self, day: date, working_days: int, *about: str) -> datetime:
        """Some full hour of a working day, so many from a day on; by what it is about always the same."""
        then = self.calendar.add_working_days(day, working_days) if working_days else day
        while not self.calendar.is_working_day(then):
            then += timedelta(days=1)
        return self.calendar.opening(then) + timedelta(hours=1 + int(self.scene.chance.of("hour", *about) * 7))

    def after(self, day: date) -> date:
        """The next working day."""
        return self.calendar.add_working_days(day, 1)

    def on_leave(self, who: str, day: date) -> bool:
        """Whether somebody is on leave: three weeks of a year or so."""
        year, week, _ = day.isocalendar()
        return self.scene.chance.of("leave", who, f"{year}-{week}") < 3 / 52

    def away(self, what: str, moment: datetime) -> bool:
        """Whether something outside is away: one day in thirty, from some hour on for up to six."""
        local = self.calendar.local(moment)
        day = local.date().isoformat()
        if not self.scene.faults or self.scene.chance.of("away", what, day) >= 1 / 30:
            return False
        since = 8 + self.scene.chance.of("since", what, day) * 8
        return since <= local.hour + local.minute / 60 < since + 1 + self.scene.chance.of("long", what, day) * 5
