"""Rows that go out of a register of objects before a frame is frozen, and come back behind it: counted, committed, told.

Nobody is hindered: a firm that has closed goes, and one that was taken out by mistake comes back. But whoever takes rows out for a draw,
to have them free of it, finds them counted in its commitment, their return in its report and in the next commitment, and the frame beside
the number that the published plan has told (draw-protocol threats 3 and 7).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from inspector.domain.annual import AnnualState
from inspector.domain.decision import Because, Decision
from inspector.domain.footing import RULES
from inspector.domain.margin import Beside, beside
from inspector.domain.plan import Draw
from inspector.domain.policy import Policy
from inspector.domain.sampling import MUST
from inspector.flows.office import Plan
from inspector.flows.record import record
from inspector.store.tx import Tx

OFF = "frame_off_plan"
"""The matter of a frame that counts far more or fewer objects of the register than the published plan."""
IMPORTED, RETURNED = "operator.roster.import.objects", "register.returned"
"""The rules of the entries that say how many rows an import has taken out or brought back, and that a case has brought one back."""
MISNAMED = "operator.roster.misnamed"
"""The rule of the entry that two people have taken one out (`misnaming`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """How often rows of a register were taken out by an import, and how often rows that had been out came back, within a time."""

    removed: int
    returned: int

    def beyond(self, before: Moved) -> Moved:
        """What these are more than former ones."""
        return Moved(removed=max(0, self.removed - before.removed), returned=max(0, self.returned - before.returned))


def between(tx: Tx, agency: str, since: datetime | None, until: datetime | None = None) -> Moved:
    """The moves of an agency's register after `since` (None: ever), until a moment or now, by the ledger.

    A row that goes twice counts twice. Entries of a release that did not tell of returns have none.
    """
    told = [facts for _, facts in tx.ledger.facts((IMPORTED, RETURNED, MISNAMED), f"roster:{agency}", since, until)]
    return Moved(
        removed=sum(int(one.get("removed", 0)) for one in told), returned=sum(int(one.get("returned", 0)) for one in told)
    )


def _seen(tx: Tx, held: Draw, agency: str) -> Moved:
    """All moves of a register that a draw's frame had behind it: what is more now is what it has not seen.

    Not by the hour, which an entry has from before it is written: one that was under way while the frame was frozen would be in neither
    count, or in both. A draw of a release that did not keep this has those until its hour.
    """
    if kept := tx.draws.file(held.number, RULES):
        rules = json.loads(kept)
        of = rules["own"][held.list_of(agency).name] if "own" in rules else rules if agency == held.agency else {}
        if (seen := of.get("derivation", {}).get("moves_seen")) is not None:
            return Moved(removed=int(seen["removed"]), returned=int(seen["returned"]))
    return between(tx, agency, None, held.made_at)


def derived(tx: Tx, plan: Plan, policy: Policy, counts: Mapping[str, int], now: datetime) -> dict[str, object]:
    """What a list's derivation says of it: the moves since the plan's former draw, and the published plan's numbers.

    The former draw is the last one that was carried out: what moved for one that became void counts for the one that follows.
    """
    last = tx.draws.last_drawn(plan.name)
    ever = between(tx, plan.agency, None)
    before = _seen(tx, last, plan.agency) if last is not None and plan.agency in last.agencies else Moved(removed=0, returned=0)
    moves = {"since": last.number if last is not None else None, **_moves(ever.beyond(before))}
    told: dict[str, object] = {"moved": moves, "moves_seen": _moves(ever)}
    held = _beside(tx, plan, policy, counts, now)
    return told | ({"published_plan": held.value()} if held is not None else {})


def tell(tx: Tx, held: Draw, derivations: Mapping[str, Mapping[str, Any]], now: datetime) -> None:
    """A person of each agency whose frame is far from the published plan looks at it; the draw goes on. `derivations` by agency."""
    for agency, told in derivations.items():
        beside_it = told.get("published_plan", {})
        if beside_it.get("off"):
            about = held.number if agency == held.agency else f"{held.number}:{agency}"
            facts = {"draw": held.number, "plan": held.plan, **beside_it, **told["moved"]}
            tx.attention.open(OFF, agency, about, facts, now)


def after(tx: Tx, held: Draw, agency: str) -> int:
    """How often rows came back behind a draw's frame, until the next frame of its plan counts them."""
    following = tx.draws.next_made(held)
    until = _seen(tx, following, agency) if following is not None and agency in following.agencies else between(tx, agency, None)
    return until.beyond(_seen(tx, held, agency)).returned


def returned(tx: Tx, agency: str, case: str, now: datetime) -> None:
    """A case has brought a row back into force that had been taken out."""
    because = Because(rule="register.returned", basis=(), pack="", facts={"case": case, "returned": 1})
    record(tx, f"roster:{agency}", Decision(state=None, because=because), now, {})


def _moves(moves: Moved) -> dict[str, object]:
    return {"removed": moves.removed, "returned": moves.returned}


def _beside(tx: Tx, plan: Plan, policy: Policy, counts: Mapping[str, int], now: datetime) -> Beside | None:
    """None where no plan of this year is published, or the agency draws nothing by it."""
    annual = tx.annual.last(plan.name, now.year)
    if annual is None or annual.state is not AnnualState.PUBLISHED:
        return None
    content = annual.content
    own = next((one.strata for one in content.partners if one.agency == plan.agency), ())
    strata = content.strata if plan.agency == content.agency else own
    register = {row.stratum for row in policy.samplings if row.register} | {MUST}
    planned = {one.stratum: one.objects for one in strata}
    return beside(counts, planned, register, policy.report.margin, content.edition)
