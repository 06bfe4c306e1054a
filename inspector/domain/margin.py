"""A frame beside the published annual plan: so many objects were announced to the public, so many stand in it (draw-protocol threat 3).

A register that is smaller on the day of a draw than on the day of its plan may be so for good reasons, and nothing is stopped for it.
But it is counted, committed with the frame, and a person looks where the two are further apart than the pack's row allows.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from fractions import Fraction

from inspector.domain.sampling import MUST


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """`n` objects of a frame beside those of the published plan, `planned`; and how many of each are of the register.

    Intake is told and not compared, for nobody knows beforehand who will apply. `off`: the registers' numbers differ by more than
    `margin` of the plan's, all together or in one of their strata. `strata`: such strata, with both numbers. `edition`: which one of the
    plan is meant.
    """

    n: int
    planned: int
    rows: int
    planned_rows: int
    margin: str
    off: bool
    edition: int
    strata: Mapping[str, Sequence[int]] = field(default_factory=dict)

    def value(self) -> dict[str, object]:
        """For the derivation."""
        return asdict(self)


def beside(
    counts: Mapping[str, int], planned: Mapping[str, int], register: Collection[str], margin: Fraction, edition: int
) -> Beside:
    """The objects of a frame and of a plan by stratum; `register` are the strata that come of the register alone.

    Strata follow the level, so that a stratum may be far from the plan where the whole is not: somebody has stated other levels. What
    required coverage has taken out of a stratum, or left in one, is no change of levels, and a single object is none to look at.
    """
    rows, told = (sum(count for code, count in held.items() if code in register) for held in (counts, planned))
    due = abs(counts.get(MUST, 0) - planned.get(MUST, 0))
    pairs = {code: (counts.get(code, 0), planned.get(code, 0)) for code in sorted({*counts, *planned} & {*register} - {MUST})}
    far = {code: pair for code, pair in pairs.items() if abs(pair[0] - pair[1]) - due > max(margin * pair[1], Fraction(1))}
    return Beside(
        n=sum(counts.values()),
        planned=sum(planned.values()),
        rows=rows,
        planned_rows=told,
        margin=str(margin),
        off=bool(far) or abs(rows - told) > margin * told,
        edition=edition,
        strata=far,
    )
