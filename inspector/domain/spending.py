"""How much of the chance of a false alarm each of a year's looks may use up, so that all of them together keep to what is stated.

Who looks at growing figures twelve times a year, each time at 5 %, calls in one fair year of six: each look is another chance to be taken
in. So the looks share one level by a plan that is fixed before the first (group-sequential tests: Pocock, Biometrika 64, 1977;
O'Brien and Fleming, Biometrics 35, 1979), told as a spending function of calendar time (Lan and DeMets, Biometrika 70, 1983, 659). A look
tests by what the function gives it alone, and the shares are added up (Bonferroni): so the whole is kept whatever the looks have in
common, also where strata come in late or a month has no look, and somewhat fewer fair offices are called in than stated, never more.
"""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction
from math import e, log
from statistics import NormalDist

LOOKS = 12
"""So many looks a year, one a month."""
_NORMAL = NormalDist()


class Spending(StrEnum):
    """The plans. `EVEN`: each look the same. `POCOCK`: more at first. `OBRIEN_FLEMING`: hardly any at first, most at the year's end."""

    EVEN = "EVEN"
    POCOCK = "POCOCK"
    OBRIEN_FLEMING = "OBRIEN_FLEMING"


def level(plan: Spending, alpha: Fraction, look: int) -> Fraction:
    """By which level a look of the year is to test, `look` from 1 to 12. All twelve together are `alpha`. Raises ValueError."""
    if not 1 <= look <= LOOKS:
        raise ValueError(f"look {look} of {LOOKS}")
    return _spent(plan, alpha, look) - _spent(plan, alpha, look - 1)


def _spent(plan: Spending, alpha: Fraction, looks: int) -> Fraction:
    """How much is used up by so many looks."""
    if looks in (0, LOOKS):
        return alpha if looks else Fraction(0)
    past = looks / LOOKS
    match plan:
        case Spending.EVEN:
            return alpha * Fraction(looks, LOOKS)
        case Spending.POCOCK:
            return alpha * Fraction(log(1 + (e - 1) * past))
        case Spending.OBRIEN_FLEMING:
            return 2 * Fraction(_NORMAL.cdf(_NORMAL.inv_cdf(float(alpha) / 2) / past**0.5))
