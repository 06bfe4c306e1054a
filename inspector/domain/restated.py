"""Credit levels that were stated anew around a draw: who came to another level before a frame, and back behind it (draw-protocol threat 7).

A stratum follows the level, so whoever states levels for a moment could move a firm into one with a small share. Nobody is hindered:
a level that changes counts from then on. But each change has its words in the ledger, and draws count them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from inspector.domain.decision import Because, Decision

Class = Callable[[str | None, datetime | None, datetime], str]
"""The level of a pack's scale that a stated one with its date is worth at a moment; the unrated where there is none, or it is stale."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restated:
    """A firm's level that was changed `at` a moment: `who` by pseudonym, level and date before (None: none) and after, `by` whom.

    `party`: the pseudonym of its organisation, where its code holds one: the level counts for each code of that.
    Both letters are the same where one that had become stale was stated anew: it was worth nothing before.
    """

    who: str
    old: str | None
    old_as_of: datetime | None
    new: str
    new_as_of: datetime
    at: datetime
    by: str = ""
    party: str = ""

    @property
    def names(self) -> frozenset[str]:
        """By which pseudonyms a frame may have whom it is about."""
        return frozenset({self.who, self.party or self.who})

    def was(self, of: Class) -> str:
        """What the firm stood at until then."""
        return of(self.old, self.old_as_of, self.at)

    def becomes(self, of: Class) -> str:
        """What the firm stands at from then on."""
        return of(self.new, self.new_as_of, self.at)

    def value(self) -> list[str | None]:
        """For an entry of the ledger, which says when and by whom once for all of its rows."""
        dated = self.old_as_of.isoformat() if self.old_as_of is not None else None
        return [self.who, self.old, dated, self.new, self.new_as_of.isoformat(), *([self.party] if self.party else [])]

    @classmethod
    def of(cls, told: Sequence[str | None], at: datetime, by: str) -> Restated:
        """What `value` gives, back, and what it gave before it knew of organisations."""
        who, old, dated, new, as_of, *party = told
        old_as_of = datetime.fromisoformat(dated) if dated is not None else None
        new_as_of = datetime.fromisoformat(str(as_of))
        return cls(who=str(who), old=old, old_as_of=old_as_of, new=str(new), new_as_of=new_as_of, at=at, by=by, party=str(*party))


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """How changes came: `by` whom, in whose name (`source`), in which `file` or delivery, and the `digest` of that or of the message."""

    by: str
    source: str
    file: str = ""
    digest: str = ""

    def noted(self, some: Sequence[Restated], changed: int, part: int, parts: int) -> Decision[None]:
        """One of the `parts` in which all that were `changed` are written down; the plan, item 7, has levels counted by their dates."""
        facts = {
            "by": self.by,
            "source": self.source,
            **({"file": self.file} if self.file else {}),
            **({"digest": self.digest} if self.digest else {}),
            "changed": changed,
            "part": [part, parts],
            "levels": [one.value() for one in some],
        }
        return Decision(state=None, because=Because(rule="credit.restated", basis=("S0:7",), pack="", facts=facts))


@dataclass(frozen=True, slots=True, kw_only=True)
class Restatements:
    """For a draw's report: how many levels were `changed` since the former draw, and how many firms are `back` at theirs behind it.

    `other`: cases that keep the class of their intake, though their firm's level gives another one when the frame is frozen.
    """

    changed: int
    back: int
    other: int = 0


def changed(some: Iterable[Restated], of: Class) -> list[Restated]:
    """The changes that come to another level of the pack, by what each was worth then; a firm that was changed twice has two."""
    return [one for one in some if one.was(of) != one.becomes(of)]


def turned(before: Iterable[Restated], after: Iterable[Restated], of: Class) -> set[str]:
    """Who stood in a frame with another level than before it, and has come back to that behind it.

    `before` is what was changed since the former frame and before this one, `after` what was behind it. A newer statement alone takes
    a level's place, so that the dates of a firm's levels are their order.
    """
    held: dict[str, list[Restated]] = {}
    for one in sorted(before, key=lambda told: told.new_as_of):
        held.setdefault(one.who, []).append(one)
    return {
        one.who
        for one in after
        if (told := held.get(one.who)) and one.becomes(of) in {former.was(of) for former in told} - {told[-1].becomes(of)}
    }
