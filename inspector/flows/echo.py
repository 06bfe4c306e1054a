"""When a case is over those who answered for it, if only in part, hear what came of their answer (domain.echo)."""

from __future__ import annotations

from datetime import datetime

from inspector.domain.case import Case
from inspector.domain.decision import Order
from inspector.domain.echo import echo, helped
from inspector.domain.verification import asked_others
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.flows.unsettled import ANSWER_UNREAD
from inspector.store.tx import Tx

REVIEW = "officer.review"
"""The rule by which a named officer decides a case."""


def echoes(tx: Tx, office: Office, case: Case, now: datetime) -> list[Order]:
    """The letters that say so, the least that can be said; where no letter reaches the agency, its link shows it.

    What an agency meant by an answer that nobody has read decides nothing any more.
    """
    orders: list[Order] = []
    requests = tx.assistance.of_case(case.id, lock=True) if asked_others(case) else []
    cited = _cited(tx, case.id) if any(map(helped, requests)) else frozenset[str]()
    for request in requests:
        tx.attention.over(f"{ANSWER_UNREAD}:{request.id}", now)
        told = echo(request, case, now, cited)
        if told is not None:
            tx.assistance.put(told.state)
            record(tx, case.id, told, now, {"request": request.id}, kept=case.pack)
            orders += [order for order in told.orders if order.lane in office.connectors.agencies]
    return orders


def _cited(tx: Tx, case_id: str) -> frozenset[str]:
    """The evidence that the last review of a case names; none where nobody has reviewed it, or its entry is erased."""
    reviews = tx.ledger.facts((REVIEW,), case_id)
    return frozenset(map(str, reviews[-1][1].get("evidence", ()))) if reviews else frozenset()
