"""A frame beside the published annual plan: so many objects were announced to the public, so many stand in it (draw-protocol threat 3).

A register that is smaller on the day of a draw than on the day of its plan may be so for good reasons, and nothing is stopped for it.
But it is counted, committed with the frame, and a person looks where the two are further apart than the pack's row allows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass, field
from datetime import date
from fractions import Fraction

from inspector.domain.roster import RosterObject
from inspector.domain.sampling import MUST


@dataclass(slots=True, kw_only=True)
class Entered:
    """Rows of a frame that cases have entered since a plan was made on `day` (None: there is none), by stratum: on that day, and later.

    And what else moves rows from one stratum to another: `rows` of the register by the stratum in which they stand, for who has a case
    stands in the stratum of that; how many rows hands have `moved` since the plan (None: nobody has counted), `came` among them; and
    how many of the frame's firms have a level that a hand has `restated`, of those `by_hand`, found by their `names`.
    """

    day: date | None
    moved: int | None = None
    came: int = 0
    by_hand: AbstractSet[str] = frozenset()
    names: Callable[[str], AbstractSet[str]] = lambda code: frozenset({code})
    restated: int = 0
    rows: Counter[str] = field(default_factory=Counter)
    on: Counter[str] = field(default_factory=Counter)
    later: Counter[str] = field(default_factory=Counter)

    @property
    def hands(self) -> int | None:
        """So many rows may stand in another stratum than the plan told by what somebody has typed; None: nobody knows."""
        return None if self.moved is None else self.moved + self.restated

    def add(self, row: RosterObject | None, stratum: str) -> None:
        """Count a row of the frame; None is no row of the register."""
        if row is not None:
            self.rows[stratum] += 1
            self.restated += bool(self.by_hand) and not self.by_hand.isdisjoint(self.names(row.code))
        if row is not None and row.enrolled and self.day is not None and row.since is not None and row.since >= self.day:
            (self.on if row.since == self.day else self.later)[stratum] += 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """`n` objects of a frame beside those of the published plan, `planned`; and how many of each are of the register.

    Intake is told and not compared, for nobody knows beforehand who will apply. `off`: the registers' numbers differ by more than
    `margin` of the plan's, all together or in one of their strata. `strata`: such strata, with both numbers. `edition`: which one of the
    plan is meant. `entered`: how many of `rows` cases have entered since the day of the plan. The plan could not know of them, and they
    neither stand for growth nor hide that others went: they are left out of the comparison, those of that day itself in its favour.
    """

    n: int
    planned: int
    rows: int
    planned_rows: int
    margin: str
    off: bool
    edition: int
    strata: Mapping[str, Sequence[int]] = field(default_factory=dict)
    entered: int = 0

    def value(self) -> dict[str, object]:
        """For the derivation."""
        return asdict(self)


def beside(
    counts: Mapping[str, int],
    planned: Mapping[str, int],
    register: Collection[str],
    margin: Fraction,
    edition: int,
    entered: Entered | None = None,
) -> Beside:
    """The objects of a frame and of a plan by stratum; `register` are the strata that come of the register alone.

    Strata follow the level, so that a stratum may be far from the plan where the whole is not: somebody has stated other levels. What
    required coverage has taken out of a stratum, or left in one, is no change of levels, and a single object is none to look at.
    What cases have `entered` since the plan is neither. Nor is a row that stands in the stratum of its case, or did when the plan was
    made, and a level that a platform has stated or that became stale: strata are told apart no further than hands have moved rows.
    """
    new = entered or Entered(day=None)

    def apart(code: str) -> int:
        count, told = counts.get(code, 0), planned.get(code, 0)
        most = count - new.later[code]
        return max(0, most - new.on[code] - told, told - most)

    def whole() -> int:
        count, told = (sum(held.get(code, 0) for code in register) for held in (counts, planned))
        most, known = count - sum(new.later[code] for code in register), new.hands is not None
        grown = max(0, most - sum(new.on[code] for code in register) - told)
        waiting = sum(rows for code, rows in new.rows.items() if code not in register)
        waited = sum(planned.values()) - told
        return max(grown - waited, min(grown, new.came), told - most - waiting) if known else max(grown, told - most)

    def typed(code: str) -> int:
        return apart(code) - due if new.hands is None else min(apart(code) - due, new.hands)

    rows, told = (sum(count for code, count in held.items() if code in register) for held in (counts, planned))
    due = abs(counts.get(MUST, 0) - planned.get(MUST, 0))
    pairs = {code: (counts.get(code, 0), planned.get(code, 0)) for code in sorted({*counts, *planned} & {*register} - {MUST})}
    far = {code: pair for code, pair in pairs.items() if typed(code) > max(margin * pair[1], Fraction(1))}
    return Beside(
        n=sum(counts.values()),
        planned=sum(planned.values()),
        rows=rows,
        planned_rows=told,
        margin=str(margin),
        off=bool(far) or whole() > margin * told,
        edition=edition,
        strata=far,
        entered=sum(new.on[code] + new.later[code] for code in register),
    )
