"""Who was drawn, withdrew the commitment, so that the visit was called off, and commits to the same item again: a person is told.

To withdraw is everybody's right until the matter is concluded, and to apply again too (handbook 1.1.5): nothing adverse follows, and no
visit comes back by itself. The place in the draw stays empty (draw-protocol 7.10); the new case stands in the next frame with the chance
of its class and no rest, for nobody was there (scenario 26). But whoever heard that a visit is coming could escape the lot so: an officer
looks, with the facts, and has the ways that an officer has in any case (decision 165).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from inspector.domain.calendar import nominal_last_day
from inspector.domain.case import Case, CaseState, Route
from inspector.domain.plan import DrawState
from inspector.domain.visit import Visit
from inspector.flows import enrolment, same
from inspector.flows.history import names
from inspector.flows.members import object_id
from inspector.flows.office import Office
from inspector.store.tx import Tx

ANEW = "drawn_and_anew"
"""The matter of a case whose subject was drawn for an earlier one about the same item, and withdrew that."""
_CANCEL, _WITHDRAWN = "visit.cancel", "withdrawn"


def look_at(office: Office, tx: Tx, case: Case, now: datetime) -> None:
    """Tell a person of a case whose subject a draw has named for one that was withdrawn. Who brings the certificate proves it all."""
    if (
        case.route is not Route.COMMITMENT
        or case.state.gone
        or tx.consequences.nobody_withdrew(case.subject.kind, case.subject.code)
    ):
        return
    codes = same.codes(tx, case.subject)
    former = dict(tx.consequences.framed_and_withdrawn(case.agency, case.subject.kind, codes, case.item))
    if not former:
        return
    today = office.calendar.local_date(now)
    code = enrolment.code_of(tx, case.agency, case.subject.kind, case.subject.code, today)
    for held in map(tx.visits.get, tx.visits.called_off(names(tx, object_id(office.secret, case.subject.kind, code)))):
        left = [one for one, draw in former.items() if one in held.case_ids or (not held.case_ids and draw == held.draw)]
        if left and _by_lot(held, case.agency) and _by_withdrawal(tx, held) and not _over(office, tx, held, case.agency, now):
            facts = {"case": case.id, "withdrawn": sorted(left), "draw": held.draw, "visit": held.id}
            tx.attention.open(ANEW, case.agency, case.id, facts, now)


def drawn_late(office: Office, tx: Tx, cases: Iterable[Case], now: datetime) -> None:
    """The lot has named somebody whose cases were all withdrawn since the frame: who has applied again by then is looked at now."""
    for former in cases:
        if former.state is CaseState.WITHDRAWN:
            codes = same.codes(tx, former.subject)
            for one in tx.consequences.cases_about(former.subject.kind, codes, former.item, former.id):
                later = tx.cases.get(one)
                if later.agency == former.agency and former.ended_at is not None and later.opened_at >= former.ended_at:
                    look_at(office, tx, later, now)


def _by_lot(held: Visit, agency: str) -> bool:
    """Whether an agency was to go, and chance had a part in it: who is visited since a case needs it is visited for the next one, too."""
    return agency in held.agencies and any(one.sampled for one in held.stakes)


def _by_withdrawal(tx: Tx, held: Visit) -> bool:
    """Whether it was called off since the last case behind it was withdrawn, or given to nobody for that, in a draw that stands."""
    if tx.draws.get(held.draw).state is not DrawState.DRAWN or held.pooled:
        return False
    return not held.case_ids or any(facts.get("reason") == _WITHDRAWN for _, facts in tx.ledger.facts((_CANCEL,), held.id))


def _over(office: Office, tx: Tx, held: Visit, agency: str, now: datetime) -> bool:
    """Whether the rest that a visit made would have brought is over by now: then nothing was escaped."""
    policy = office.book.get(tx.draws.pack_of(held.draw, agency))
    stratum = next(one.stratum for one in held.stakes if one.sampled)
    row = policy.limits.frequencies.get(policy.sampling(stratum).level or policy.unrated)
    rest = row.cool_down if row is not None else None
    last = office.calendar.local_date(held.due_at)
    return rest is not None and nominal_last_day(last, rest) < office.calendar.local_date(now)
