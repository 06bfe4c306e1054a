"""The form of a public ceremony: how many dice of how many sides, or which balls of a lottery, and how much chance they hold.

A commitment carries it beside a text's `what` and `bits` (`form`, one of the further fields of ruling 4), so that anybody can see
that the declared bits are no more than the figures can hold, and that the figures fit what was to be thrown (ruling 7, threat 5).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeGuard

from inspector.domain.errors import Invalid
from inspector.domain.signs import composed
from inspector.domain.strict import is_count

_MOST = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """Either `dice` dice with `sides` sides, counted from `lowest`; or groups of `balls`: (how many are drawn, of how many).

    Balls are drawn without return and told in ascending order, group by group: their order is no chance.
    """

    dice: int = 0
    sides: int = 0
    lowest: int = 1
    balls: tuple[tuple[int, int], ...] = ()

    @property
    def outcomes(self) -> int:
        """How many results there are, all equally likely."""
        return math.prod(math.comb(of, drawn) for drawn, of in self.balls) if self.balls else self.sides**self.dice

    @property
    def bits(self) -> int:
        """How many whole bits of chance the figures can hold: 26 six-sided dice 67, a double-colour ball 24."""
        return self.outcomes.bit_length() - 1

    def value(self) -> dict[str, object]:
        """As the commitment tells it."""
        if self.balls:
            return {"balls": [list(group) for group in self.balls]}
        return {"dice": self.dice, "sides": self.sides, "lowest": self.lowest}

    def figures(self, typed: str) -> str:
        """What somebody typed, in the one form that counts: plain decimals, single spaces, balls ascending within their group.

        Full-width figures and leading zeros are forgiven. Raises Invalid (`ceremony_figures_unfit`): wrong count or range, a ball
        that was drawn twice.
        """
        words = composed(typed).split()
        numbers = [int(word) if word.isascii() and word.isdigit() and len(word) <= 6 else -1 for word in words]
        told: list[int] = []
        place = 0
        for count, least, most, apart in self._groups():
            group, seen = numbers[place : place + count], set[int]()
            for number in group:
                place += 1
                if not least <= number <= most or (apart and number in seen):
                    raise self._unfit(len(words), place)
                seen.add(number)
            told += sorted(group) if apart else group
            if len(group) < count:
                raise self._unfit(len(words), place + 1)
        if place < len(numbers):
            raise self._unfit(len(words), place + 1)
        return " ".join(map(str, told))

    def _groups(self) -> Iterator[tuple[int, int, int, bool]]:
        """(how many, least, most, whether each differs from the others)."""
        if not self.balls:
            yield self.dice, self.lowest, self.lowest + self.sides - 1, False
        for drawn, of in self.balls:
            yield drawn, 1, of, True

    def _unfit(self, given: int, place: int) -> Invalid:
        return Invalid("ceremony_figures_unfit", field="figures", wanted=self.wanted, given=given, place=place)

    @property
    def wanted(self) -> str:
        """What is to be thrown or drawn, without words: so many × from..to."""
        return ", ".join(f"{count} × {least}..{most}" for count, least, most, _ in self._groups())


def read(told: object) -> Form:
    """The form in a commitment or a configuration. Raises Invalid (`ceremony_form_invalid`) for what is none."""
    match told:
        case {"dice": dice, "sides": sides, **rest} if rest.keys() <= {"lowest"}:
            lowest = rest.get("lowest", 1)
            if _count(dice, 1) and _count(sides, 2) and _count(lowest, 0):
                return Form(dice=dice, sides=sides, lowest=lowest)
        case {"balls": [*groups], **rest} if groups and not rest and all(map(_group, groups)):
            return Form(balls=tuple((group[0], group[1]) for group in groups))
        case _:
            pass
    raise Invalid("ceremony_form_invalid", form=str(told)[:200])


def alike(typed: Mapping[str, str]) -> str | None:
    """The figures that two persons at least, and more than half of all who typed, have typed alike; None where there are none such.

    Two who differ need a third, who sees neither's: nobody alone stops a ceremony, and nobody chooses between figures (decision 165).
    """
    figures, count = Counter(typed.values()).most_common(1)[0] if typed else ("", 0)
    return figures if count > 1 and 2 * count > len(typed) else None


def form_of(source: Mapping[str, object]) -> Form | None:
    """The form that a text source states; None for other sources, and for a text that states none. Raises Invalid."""
    return read(source["form"]) if source.get("kind") == "text" and "form" in source else None


def _group(told: object) -> bool:
    if not isinstance(told, Sequence) or isinstance(told, str) or len(told) != 2:
        return False
    drawn, of = told
    return _count(drawn, 1) and _count(of, 2) and drawn < of


def _count(told: object, least: int) -> TypeGuard[int]:
    return is_count(told) and least <= told <= _MOST
