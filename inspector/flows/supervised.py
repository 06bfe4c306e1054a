"""By which day the act of an exempt promise has to be found for a penalty, once somebody is to look at it (Penalties Law art. 36).

Nobody verifies such a promise, and none is owed a look: whom daily supervision visits is drawn (the plan, item 7), and a list of all of
them by their last days would have somebody choose. So one has a day while a visit that may look at it has a later date than that, or has
missed its own, and while nobody has said what a visit has found there.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from inspector.domain.case import Case, CaseState
from inspector.domain.docket import PENALTY_LIMIT
from inspector.domain.errors import Missing
from inspector.domain.visit import Visit
from inspector.flows import limits, supervision
from inspector.flows.office import Office
from inspector.store.tx import Tx

_PAGE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """By when a visit looks at a promise, or somebody at what it has found."""

    by: datetime
    visit: str


def sweep(office: Office) -> None:
    """Each morning: exempt promises that are looked at too late are listed, and those that nobody is to look at any more are not."""
    now = office.now()
    with office.store.read() as tx:
        looks = _looks(tx, now)
        listed = {str(told["case"]) for told in tx.attention.standing(PENALTY_LIMIT)}
    for case_id in sorted({*looks, *listed}):
        with suppress(Missing), office.store.begin() as tx:
            _look(office, tx, tx.cases.get(case_id, lock=True), looks.get(case_id), now)


def made(tx: Tx, held: Visit, cases: Collection[str], now: datetime) -> None:
    """A visit has its result: a promise that stood there for it, and about which nothing was found, waits for nobody."""
    if held.state.open or held.found_by(held.agency):
        return
    for case_id in cases:
        if _listed_for(tx, case_id) == held.id and tx.cases.get(case_id).state is CaseState.POOLED:
            tx.attention.over(f"{PENALTY_LIMIT}:{case_id}", now)


def _look(office: Office, tx: Tx, case: Case, look: _Look | None, now: datetime) -> None:
    if case.state is not CaseState.POOLED:
        return
    if look is None:
        tx.attention.over(f"{PENALTY_LIMIT}:{case.id}", now)
        return
    row = limits.rule(office, case, now)
    if row is not None and _listed_for(tx, case.id) != look.visit:  # what an officer has closed is not told anew each morning
        limits.tell(office, tx, case, row, look.by, now, look.visit)


def _looks(tx: Tx, now: datetime) -> dict[str, _Look]:
    """By case who looks at an exempt promise next. To whom a visit is nobody learns by it before its team does (handbook 1.2.18)."""
    found = dict[str, _Look]()
    after: str | None = ""
    while after is not None:
        names = tx.visits.open_ids(after, _PAGE)
        for held in map(tx.visits.get, names):
            doubts = supervision.exempt(tx, held, held.agency) if held.released else ()
            for case_id in {one.case_id for one in doubts}:
                if case_id not in found or held.due_at < found[case_id].by:
                    found[case_id] = _Look(by=held.due_at, visit=held.id)
        after = names[-1] if len(names) == _PAGE else None
    for matter in tx.attention.of_kind(supervision.FOUND):
        told = matter.facts.get("cases")
        if matter.open and isinstance(told, list):
            found.update({str(case_id): _Look(by=now, visit=matter.about) for case_id in told})
    return found


def _listed_for(tx: Tx, case_id: str) -> str:
    """For which visit a promise stands on the list, or stood there last; empty: for none."""
    matter = tx.attention.get(f"{PENALTY_LIMIT}:{case_id}")
    return str(json.loads(matter["body"]).get("visit", "")) if matter is not None else ""
