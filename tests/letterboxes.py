"""The letter boxes of the simulated year's agencies: away for some days, and now and then one letter that asks is not taken."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from inspector.domain.letter import LetterKind
from inspector.ports import Card, Letter, Origin, Receipt, Refused, Unavailable
from tests.agencydoors import PAPER
from tests.agencytree import NAMES
from tests.correspondents import Correspondents
from tests.house import START, ZONE

UPPER = (LetterKind.LIAISON, LetterKind.HEAD, LetterKind.ESCALATION)
"""The letters after the date, in their order."""


@dataclass
class Box:
    """The letter box of one of them, or our post tray for it (`PAPER`).

    It is away for some days in spring and in autumn, and one letter in eighty that asks is refused.
    """

    name: str
    all: list[Correspondents] = field(default_factory=list)
    letters: int = 0
    steps: dict[str, dict[str, tuple[datetime, LetterKind]]] = field(default_factory=dict)
    """When each letter of the upper steps first came to the door of whomever it is for, by request; one book for all boxes."""

    def __post_init__(self) -> None:
        self.card = Card(name=self.name, port="agency", kind="table", owner="test", version="1")

    def send(self, letter: Letter, *, key: str) -> Receipt:
        """Take a letter, or raise Unavailable, or Refused."""
        everybody = self.all[0]
        if letter.kind in UPPER:
            self.steps.setdefault(letter.request_id, {}).setdefault(key, (everybody.office.now(), letter.kind))
        if self.name in PAPER:
            everybody.lay(self.name, letter)
            self.letters += 1
            return Receipt(reference=f"{self.letters}.html", by_hand=True)
        day = (everybody.office.now() - START).days
        if self.name in NAMES and NAMES.index(self.name) % 5 == day // 5 % 5 and day // 25 % 5 == 1:
            for one in letter.enclosed or (letter,):
                everybody.knock(self.name, one)
            raise Unavailable("unreachable", origin=Origin.THEM)
        if letter.kind is LetterKind.REQUEST and everybody.chance.random() < 1 / 80:
            everybody.knock(self.name, letter, "unreached")
            raise Refused("http_422", origin=Origin.THEM, attempts=1)
        self.letters += 1
        for one in letter.enclosed or (letter,):
            everybody.take(self.name, one)
        return Receipt(reference=f"{key[:20]}{self.letters}", at=datetime.now(ZONE))
