"""How a draw is held, when its record may be shown, and what a report says: rows of a pack; the end of the embargo (ruling 17, 18)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction

from inspector.domain.calendar import Term, Unit, WorkingCalendar, due, nominal_last_day
from inspector.domain.creditlaw import PublicityRow


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawRow:
    """The form of a draw: team size, reserve, the first seat's qualification, seed parts and witness by connector name.

    `rotate`: whoever was there the last time does not go to the same object twice running. `plan`: whether a draw needs a
    published annual plan of its year (handbook 1.2.3), `plan_within`: by when that is public, from its approval. `further`: sources that
    join, one more each time, when a party has withheld its part (draw-protocol ruling 12). `replace_ceased`: whether an object that has
    ceased is followed by the next of the reserve, for so many of those drawn at random as `ceased_share` says; `replace_share`: how many
    of these may be replaced at discretion (handbook scenarios 29, 30).
    """

    row: str
    team: int
    reserve: int
    lead_qualification: str
    seeds: tuple[str, ...]
    witness: str | None
    min_bits: int
    rotate: bool
    basis: str
    plan: bool
    plan_basis: str
    replace_ceased: bool
    replace_share: Fraction
    replace_basis: str
    further: tuple[str, ...] = ()
    ceased_share: Fraction = Fraction(1)
    plan_within: Term | None = None
    plan_within_basis: str = ""


THREE_DAYS = Term(amount=3, unit=Unit.WORKING_DAY)
"""By when what was public and fell is taken back: Penalties Law art. 48; by its art. 85 they are working days."""
LEAST = 5
"""The smallest group in which a result that names nobody is told, where a pack does not say another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishRow:
    """What the public bundle may say. `firms`: whether drawn firms are named; persons never are.

    `after`: how long after the last day of a visit that was not made the record opens all the same. `within`: by when a result is
    published, counted from when it was formed; `withdraw`: by when one that does not stand is taken back. None: nothing is owed; of a kept
    pack that says the first alone the law's own days hold (`taken_back`).
    `least`: so many results that name nobody come into the register together, or they are only counted.
    """

    row: str
    firms: bool
    after: Term
    basis: str
    within: Term | None = None
    within_basis: str = ""
    withdraw: Term | None = None
    withdraw_basis: str = ""
    least: int = LEAST
    least_basis: str = ""

    @property
    def taken_back(self) -> tuple[Term, str]:
        """By when what does not stand is taken back, and by what."""
        return (
            (self.withdraw, self.withdraw_basis) if self.withdraw is not None else (THREE_DAYS, self.within_basis or self.basis)
        )


_CODE = 18
"""Signs of a unified social credit code: the third to the eighth are where it is registered (GB 32100)."""


class DisclosurePart(StrEnum):
    """What of a penalty a pack may let be shown beside whose it is, who decided it and since when it is public."""

    ITEM = "ITEM"
    ACT = "ACT"
    KINDS = "KINDS"
    AMOUNT = "AMOUNT"
    DECIDED_ON = "DECIDED_ON"


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureRow:
    """`[disclosure]`: by when a penalty is public, counted from its decision, by when one that fell is taken back, how long it is shown.

    `home`: the office's province, by the first two digits of its code; a penalty of a firm that is registered in another one is to be
    pushed there within `elsewhere`. `firms`: whether firms are named. `parts`: what is shown of it, and nothing else. `least`: so many
    penalties of natural persons are told as a number, or none are. `second`: that one is not public is said by another person than those
    who decided it. A pack without the row owes nothing of the kind.
    """

    row: str
    within: Term
    withdraw: Term
    most: Term
    firms: bool
    parts: tuple[DisclosurePart, ...]
    least: int
    basis: str
    within_basis: str
    withdraw_basis: str
    most_basis: str
    parts_basis: str
    home: str = ""
    elsewhere: Term | None = None
    elsewhere_basis: str = ""
    second: bool = False

    @property
    def taken_back(self) -> tuple[Term, str]:
        """The same of a penalty."""
        return self.withdraw, self.withdraw_basis

    def abroad(self, code: str) -> str:
        """The other province in which a firm of this unified code is registered, by its third and fourth sign; empty for the office's own.

        What is no code of that form is nowhere else: then the longer term holds, and nobody is sent astray.
        """
        there = code[2:4] if len(code) == _CODE and code[2:8].isdigit() else ""
        return there if self.elsewhere is not None and there not in ("", self.home) else ""

    def last(self, decided_on: date, grade: PublicityRow | None) -> date:
        """The last day on which it is shown: the row's, or that of its grade where it is the earlier one."""
        last = nominal_last_day(decided_on, self.most)
        return min(last, nominal_last_day(decided_on, grade.most)) if grade is not None else last


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondLookRow:
    """Which share of a frame's new results is looked at again by another team (`secondlook`)."""

    row: str
    share: Fraction
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Voided:
    """Why a draw is void, and the numbers under which the register of draws says so: one, or two where bytes were altered first."""

    reason: str
    numbers: tuple[int, ...]

    @property
    def facts(self) -> dict[str, object]:
        """As words tell it."""
        return {"reason": self.reason, "numbers": ", ".join(map(str, self.numbers))}


MARGIN = Fraction(1, 10)
"""By so much a frame may differ from the published plan where the pack does not say: what an import asks a second yes for, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRow:
    """What a report measures by. `rates`: shares of false cases for which the chance to meet one is told; `confidence` of intervals.

    `least`: with fewer random cases an estimate says "insufficient". `random_share`: of planned checks so many should be drawn by
    chance (handbook 1.2.38). `crowd`: so many eligible inspectors for each seat make a pool unpredictable. `certain`: from this
    probability on being drawn is no surprise. `visit_days`: so many working days of each officer a visit takes with its way and its record,
    on `days_basis`; None where the pack does not say, and then no replay tells person-days. `margin`: by more than this part of the
    published plan's number a frame may not differ without a person looking at it, on `margin_basis`; a tenth where the pack does not say.
    """

    row: str
    rates: tuple[Fraction, ...]
    confidence: Fraction
    least: int
    random_share: Fraction
    crowd: int
    certain: Fraction
    basis: str
    visit_days: Fraction | None = None
    days_basis: str = ""
    margin: Fraction = MARGIN
    margin_basis: str = ""


def opens(left: Collection[datetime], row: PublishRow, calendar: WorkingCalendar) -> datetime | None:
    """The moment from which the record is open, from the due dates of the visits still to be made; None: at once, all are over.

    By the clock it opens even where a visit was never made: an office cannot keep a draw secret by leaving one undone.
    """
    return due(max(left), row.after, calendar).at if left else None
