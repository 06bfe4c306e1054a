"""What an agency that is asked for assistance in the simulated year writes down for itself about each request."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from tests.longhand import Longhand

REPLY, URGENT, EXTEND, ACK, DISPUTE = 10, 2, 5, 2, 10
"""Working days: to answer, to answer what is urgent, how much longer, to say a first word, and to decide a dispute (the packs' rows)."""


@dataclass
class Noted:
    """What an agency wrote down about one request: its letters with their dates, and its own words.

    `knocked`: when it was last tried to bring the letter, which nobody took yet. `raised`: a dispute of the agency lies above, undecided.
    `named`: the other date that it has named, to which nobody has replied, and which no date that binds has reached since.
    `missed`: a letter that tells by when to answer was not taken yet. `hear_by`: by when its first word is due, whatever date is told
    later. `lain`: when a further letter came, and over how many working days it was on its way. `since` and `term`: from when on it
    counts how many days of which `unit`, and which are not counted (`stood`). `beside`: how many words it was told came too late to count;
    one that was here before the request was `over` has been its word all the same: what lay in our house is nobody's delay.
    """

    at: datetime
    wall: Longhand
    urgent: bool
    first_word: datetime | None = None
    answered: datetime | None = None
    ended: str = ""
    moved: int = 0
    partly: bool = False
    disputed: bool = False
    badly_put: bool = False
    calmed: bool = False
    contested: datetime | None = None
    said: str = ""
    echo: str = ""
    above: bool = False
    knocked: datetime | None = None
    raised: bool = False
    named: date | None = None
    missed: bool = False
    hear_by: datetime | None = None
    lain: list[tuple[datetime, int]] = field(default_factory=list)
    due: datetime = field(init=False)
    since: datetime = field(init=False)
    term: int = field(init=False)
    unit: str = field(init=False)
    stood: set[date] = field(default_factory=set)
    beside: int = 0
    over: datetime | None = None

    def __post_init__(self) -> None:
        self.count(self.at, URGENT if self.urgent else REPLY)
        self.hear_by = self.due if self.urgent else self.wall.end(self.at, ACK, "wd")

    def count(self, since: datetime, term: int, unit: str = "wd") -> None:
        """It has so many working days from then on, or days of the calendar."""
        self.since, self.term, self.unit = since, term, unit
        self.due = self.counted(since, term, unit)

    def counted(self, since: datetime, term: int, unit: str) -> datetime:
        """When a period ends, none of the days counted on which we were shut over a date of this clock."""
        if not self.stood:
            return self.wall.end(since, term, unit)
        return self.wall.stop_of(self.wall.without(self.wall.here(since), term, unit, self.stood))

    def shut(self, since: datetime, until: datetime) -> None:
        """We were shut, and nobody could speak: a date in between is counted without the days on which we were shut at their end."""
        if self.ended or self.raised or self.knocked is not None or self.missed:
            return
        days, day = set[date](), self.wall.here(since)
        while day <= self.wall.here(until):
            if since < self.wall.stop_of(day) <= until:
                days.add(day)
            day += timedelta(days=1)
        bound = self.hear_by if self.first_word is None else None
        same = bound == self.due
        if since < self.due <= until:
            self.stood |= days
            self.due = self.counted(self.since, self.term, self.unit)
            self.meet()
        if bound is not None and since < bound <= until:
            ack = self.wall.stop_of(self.wall.without(self.wall.here(self.at), ACK, "wd", days))
            self.hear_by = self.due if same else ack

    def begin(self, now: datetime) -> None:
        """A dispute was decided: it is to help, and counts from then; a later date that it has already stays."""
        before = self.due, self.since, self.term, self.unit, self.stood
        self.stood = set()
        self.count(now, URGENT if self.urgent else REPLY)
        if self.due < before[0]:
            self.due, self.since, self.term, self.unit, self.stood = before
        self.meet()

    def meet(self) -> None:
        """A date that binds now and reaches the one that it has named leaves nothing to reply to."""
        if self.named is not None and self.wall.stop_of(self.named) <= self.due:
            self.named = None

    def extend(self) -> None:
        """It has asked for more time, and takes it behind the time it had."""
        assert self.unit == "wd", "an agreed day is extended by nobody"
        self.count(self.since, self.term + EXTEND)
        self.moved += 1
        self.meet()

    def agree(self, now: datetime, day: date) -> None:
        """The day that it has named is agreed to."""
        self.stood, self.moved, self.named = set(), self.moved + 1, None
        self.count(now, (day - self.wall.here(now)).days, "d")

    def lie(self, now: datetime) -> None:
        """The letter that tells of the agreed day was on its way: from its coming on it has its whole time, if the day leaves it less."""
        term = URGENT if self.urgent else REPLY
        if self.wall.end(now, term, "wd") > self.due:
            self.stood = set()
            self.count(now, term)

    def calm(self) -> None:
        """It is urgent no more, and never was; a later date that it has already stays."""
        before = self.due, self.since, self.term, self.unit, self.stood
        self.stood = set()
        self.count(self.at, REPLY)
        if self.due < before[0]:
            self.due, self.since, self.term, self.unit, self.stood = before
        self.urgent, self.moved = False, self.moved + 1
        self.badly_put = self.calmed = True
        self.meet()

    def lay_beside(self, came: datetime | None, *, partly: bool = False) -> None:
        """It was told that its word, perhaps a part of its answer, came too late to count."""
        self.beside += 1
        if came is not None and self.over is not None and came < self.over:
            self.first_word = min(self.first_word or came, came)
            self.partly = self.partly or partly

    def end_at(self, now: datetime) -> None:
        """Whether, and since when, it has nothing more to say."""
        self.over = self.over or now if self.ended else None

    def call_off(self, now: datetime) -> None:
        """The case is withdrawn. A letter that has knocked to its last date was given up before, and has reached nobody all the same."""
        given_up = self.knocked is not None and self.knocked >= self.due
        self.ended = self.ended or ("unreached" if given_up else "cancelled")
        self.end_at(now)

    @property
    def end(self) -> str:
        """What became of the request at last, where nothing else was noted: nobody has decided, got it, replied, or said the rest."""
        if self.ended or self.knocked is not None or self.missed:
            return self.ended or "unreached"
        silent = "rest_unanswered" if self.partly else "unanswered"
        return "undecided" if self.raised else "unheeded" if self.named else silent
