"""The one-time link of an agency: for one request, called back by an officer, over some time after the request, and used up by nothing."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta

from inspector.domain.assistance import Request
from inspector.domain.decision import Because, Decision, Order
from inspector.domain.errors import Forbidden, Invalid
from inspector.domain.evidence import blank
from inspector.domain.letter import anew as further
from inspector.domain.letter import letter, until
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


def call_back(tx: Tx, request_id: str, by: str, reason: str, now: datetime, *, anew: bool) -> Request:
    """An officer calls the requested agency's link back: it opens nothing from now on. `anew`: the letter goes out with another one.

    Raises Invalid for a reason that says nothing.
    """
    if blank(reason):
        raise Invalid("reason_missing", field="reason")
    case, request = held(tx, request_id)
    edition = tx.replylinks.call_back(LINK, request_id, now)
    orders: tuple[Order, ...] = ()
    if anew and request.state.open:
        request, order = further(
            request, letter(request, "request", request.requested, now, until(request, now)), f"link{edition}"
        )
        orders = (order,)
    facts = {"by": by, "reason": reason, "to": request.requested}
    because = Because(rule="assistance.link", basis=(request.basis,), pack=case.pack, facts=facts)
    settle_request(tx, Decision(state=request, because=because, orders=orders), now)
    return request
