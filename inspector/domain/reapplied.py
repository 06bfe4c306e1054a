"""Which bar on applying for an item again stands against somebody: what began it, and whether it keeps a new case out. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from inspector.domain.case import Case, CaseState, Outcome, Route
from inspector.domain.consequence import Consequence, ConsequenceState
from inspector.domain.errors import Refusal
from inspector.domain.proposal import Proposal
from inspector.domain.reapply import WHOLE, After, ReapplyRow

_DECIDED = {Proposal.REVOKE: After.DECEIT, Proposal.TERMINATE: After.FALSE_MATERIAL}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReapplyBar:
    """A bar as it stands: by which row of which pack, from which case, from and to which day."""

    row: ReapplyRow
    pack: str
    case_id: str
    since: date

    @property
    def until(self) -> date:
        """Its last day."""
        return self.row.last_day(self.since)

    def bars(self, case: Case, today: date) -> bool:
        """Whether it keeps a new case out: the same item, while it runs, by a route that it speaks of."""
        route = self.row.after in WHOLE or case.route is Route.COMMITMENT
        return route and case.item in self.row.items and self.since <= today <= self.until


def of_decision(held: Consequence) -> After | None:
    """What a decision in force against an earlier application has begun; None where it is not in force, or nobody knew."""
    return after(held) if held.state is ConsequenceState.IMPOSED else None


def after(held: Consequence) -> After | None:
    """What a decision begins where it takes effect, decided or not; None: nothing, or nobody knew."""
    return _DECIDED.get(held.proposal) if held.grading.outcome is Outcome.FALSE_KNOWING else None


def of_choice(former: Case) -> After | None:
    """What an earlier case begins by how its applicant chose."""
    if former.route is Route.CERTIFICATE:
        return None if former.state is CaseState.WITHDRAWN else After.NOT_CHOSEN
    return After.WITHDRAWN if former.state is CaseState.WITHDRAWN else None


def standing(bars: Iterable[ReapplyBar], case: Case, today: date) -> ReapplyBar | None:
    """Of the bars that keep a new case out, the one that ends last; None: there is none."""
    return max((one for one in bars if one.bars(case, today)), key=lambda one: (one.until, one.case_id), default=None)


def refuse(bar: ReapplyBar, case: Case) -> Refusal:
    """That the item may not be applied for again yet, by which article, since when and until when."""
    code = "reapplication_barred" if bar.row.after in WHOLE else "recommitment_barred"
    return Refusal(
        code,
        reference=case.reference,
        item=case.item,
        basis=bar.row.basis,
        row=bar.row.row,
        case=bar.case_id,
        since=bar.since.isoformat(),
        until=bar.until.isoformat(),
    )
