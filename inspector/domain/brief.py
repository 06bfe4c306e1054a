"""What an inspector is told of an assignment before it is accepted: what is asked and what is not, and never whom the visit is to.

It stands in the visit as it was when the visit was given, until the release: would it follow the case, whoever corrects a promise and
watches an inspector's page would see whom the visit is to (handbook 1.2.18). So a promise is told of only where its value names nobody.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from inspector.domain.policy import Fact
from inspector.domain.value import listed, writings, yes


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A fact in question, by the names of the pack; `promised` is empty where its words may name somebody: they stand there released.

    `case`: which of several cases of the visit it is of, from 1, in the visit's own order; 0 where there is but one.
    """

    item: str
    fact: str
    promised: str = ""
    case: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A fact that is proven and is not asked again (the plan, item 5); `case` as of `Asked`."""

    item: str
    fact: str
    case: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """How many checks of the subject count towards caps this calendar year, this one among them where its kind counts.

    `own`: those of the agency, `together`: those of all that the pack's row counts together; `cap` and `stop` are what there may be of
    each, None where the row says nothing; `basis` is that row's. `nth`: which of the agency's this check is, by those that were made
    before it; None where its kind uses up no cap, by `kind_basis`.
    """

    own: int
    together: int
    cap: int | None
    stop: int | None
    basis: str
    nth: int | None
    kind_basis: str

    @property
    def left(self) -> int | None:
        """How many more of the agency's there may be this year; None where there is no cap."""
        return None if self.cap is None else max(self.cap - self.own, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What one agency's team is told: its items, what is asked and what is proven, and the checks of the year."""

    agency: str
    items: tuple[str, ...]
    asked: tuple[Asked, ...]
    settled: tuple[Settled, ...]
    checks: Checks


def plain_promise(fact: Fact, value: str) -> str:
    """A promise as far as it names nobody: what the pack lists, or yes and no. Addresses, names and numbers tell whose it is."""
    if fact.values:
        known = listed(value, fact.values)
        return writings(known)[0] if known is not None else ""
    try:
        yes(value)
    except ValueError:
        return ""
    return value


def difference(was: Brief, now: Brief) -> str:
    """What has become of what is asked: `added`, `spared` (less, or more is proven), `changed`; empty where it is the same.

    How many checks there were is no change of the case, nor is which number a case has among those that are left.
    """
    before, after = (Counter((one.item, one.fact, one.promised) for one in told.asked) for told in (was, now))
    if before != after:
        return "added" if after >= before else "spared" if after <= before else "changed"
    proven, shown = (Counter((one.item, one.fact) for one in told.settled) for told in (now, was))
    return "spared" if proven - shown else ""
