"""The one-time links of a request, the agency's and the superior's: called back by an officer, open for a time, used up by nothing."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta

from inspector.domain import sending, thread
from inspector.domain.assistance import AssistanceState, Request
from inspector.domain.decision import Because, Decision, Order
from inspector.domain.errors import Forbidden, Invalid
from inspector.domain.evidence import blank
from inspector.domain.letter import anew as further
from inspector.domain.letter import letter, until
from inspector.flows import unsettled
from inspector.flows.office import Office
from inspector.flows.requests import held
from inspector.flows.settle import settle_request
from inspector.store.tx import Tx

LINK = "assist"
"""The purpose of the requested agency's link: to answer, or to say why it cannot."""

OVERSEE = "oversee"
"""The purpose of the common superior's link: to see the request and urge the agency. Evidence comes from who holds the facts."""


def token(office: Office, tx: Tx, purpose: str, request_id: str) -> str:
    """The secret that counts now: another one after each calling back."""
    edition = tx.replylinks.edition(purpose, request_id)
    return office.link_token(purpose, f"{request_id}#{edition}" if edition else request_id)


def address(office: Office, tx: Tx, purpose: str, request_id: str, base: str) -> str:
    """The link, at the address of this house as the letter has it."""
    return f"{base}/{purpose}/{request_id}/{token(office, tx, purpose, request_id)}"


def opens(office: Office, tx: Tx, purpose: str, request_id: str, shown: str) -> bool:
    """Whether what is shown is the link's secret, compared in constant time. Raises Forbidden for one whose time is over."""
    if not hmac.compare_digest(token(office, tx, purpose, request_id).encode(), shown.encode("utf-8", "replace")):
        return False
    request = tx.assistance.get(request_id)
    if request.ended_at is not None and office.now() > request.ended_at + timedelta(days=office.link_days):
        raise Forbidden("link_over", days=office.link_days)
    return True


def answered(office: Office, tx: Tx, numbers: Iterable[str]) -> str:
    """The request whose agency has a letter by its present link, if one of these numbers is that letter's (`domain.thread`); else empty."""
    for request_id, sign in map(thread.told, numbers):
        if request_id and hmac.compare_digest(thread.sign(token(office, tx, LINK, request_id)), sign):
            return request_id
    return ""


def call_back(tx: Tx, request_id: str, by: str, reason: str, now: datetime, *, anew: bool) -> Request:
    """An officer calls every link of a request back, the agency's and the superior's: none that was sent opens anything from now on.

    `anew`: the letters go out with other ones, to the agency and to the superior who has to see to it or to decide. Without it a person
    is told of an agency that has no way to answer by link (`link_missing`); its silence says nothing meanwhile. Raises Invalid for a
    reason that says nothing.
    """
    if blank(reason):
        raise Invalid("reason_missing", field="reason")
    case, request = held(tx, request_id)
    orders: list[Order] = []
    facts: dict[str, object] = {"by": by, "reason": reason, "to": request.requested}
    for purpose, again in ((LINK, _asking(request, now)), (OVERSEE, _above(request, now))):
        edition = tx.replylinks.call_back(purpose, request_id, now)
        if purpose == LINK:
            request = sending.link_called_back(request, f"{_asking(request, now).key}:link{edition}", now)
        if again is not None and anew and request.state.open:
            request, order = further(request, again, f"link{edition}")
            orders.append(order)
            facts |= {"superior": again.lane} if purpose == OVERSEE else {}
    because = Because(rule="assistance.link", basis=(request.basis,), pack=case.pack, facts=facts)
    settle_request(tx, Decision(state=request, because=because, orders=tuple(orders)), now)
    tx.attention.close(f"{unsettled.LINK_MISSING}:{request.id}", now)
    if request.owed is not None and request.owed.link and not anew:
        told = {"requested": request.requested, "case": request.case_id}
        tx.attention.open(unsettled.LINK_MISSING, request.requester, request.id, told, now)
    return request


def _asking(request: Request, now: datetime) -> Order:
    return letter(request, "request", request.requested, now, until(request, now))


def _above(request: Request, now: datetime) -> Order | None:
    """The superior's present letter once more; None where no superior has one that still counts."""
    if request.state is AssistanceState.DISPUTED and request.dispute is not None and request.dispute.superior:
        return letter(request, "dispute", request.dispute.superior, now, until(request, now))
    if request.state is AssistanceState.ESCALATED and request.escalated_to:
        return letter(request, "escalation", request.escalated_to, now, until(request, now))
    return None
