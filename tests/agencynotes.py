"""What an agency that is asked for assistance in the simulated year writes down for itself about each request."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from inspector.domain.assistance import Request


@dataclass
class Noted:
    """What an agency wrote down about one request: its letters with their dates, and its own words.

    `knocked`: when it was last tried to bring the letter, which nobody took yet. `raised`: a dispute of the agency lies above, undecided.
    `missed`: a letter that tells by when to answer was not taken yet. `hear_by`: by when its first word is due, whatever date is told
    later. `lain`: when a further letter came, and over how many working days it was on its way.
    """

    at: datetime
    due: datetime
    accept_by: datetime | None
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
    missed: bool = False
    hear_by: datetime | None = None
    lain: list[tuple[datetime, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.hear_by = self.hear_by or self.accept_by or self.due

    def move(self, told: Request) -> None:
        """The office has told another date, in its answer."""
        self.due, self.moved = told.due_at, self.moved + 1

    def call_off(self) -> None:
        """The case is withdrawn. A letter that has knocked to its last date was given up before, and has reached nobody all the same."""
        given_up = self.knocked is not None and self.knocked >= self.due
        self.ended = self.ended or ("unreached" if given_up else "cancelled")

    @property
    def end(self) -> str:
        """What became of the request at last, where nothing else was noted: nobody has decided, nobody got it, nobody said a word."""
        return self.ended or (
            "unreached" if self.knocked is not None or self.missed else "undecided" if self.raised else "unanswered"
        )
