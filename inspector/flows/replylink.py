"""The one-time links of a request, the agency's and the superior's: called back by an officer, open for a time, used up by nothing."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from inspector.domain import sending, thread
from inspector.domain.assistance import AssistanceState, Request
from inspector.domain.decision import Because, Decision, Order
from inspector.domain.errors import Conflict, Forbidden, Invalid
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

DIGEST = "digest"
"""What an agency's digest is called by: by its number nothing opens, but a mail that answers it is known."""

_MARK = 16
"""Characters of a sign (`thread.sign`)."""


def token(office: Office, tx: Tx, purpose: str, request_id: str) -> str:
    """The secret that counts now: another one after each calling back."""
    return office.link_token(purpose, request_id, tx.replylinks.edition(purpose, request_id))


def address(office: Office, tx: Tx, purpose: str, request_id: str, base: str) -> str:
    """The link, at the address of this house as the letter has it."""
    return f"{base}/{purpose}/{request_id}/{token(office, tx, purpose, request_id)}"


def secrets(office: Office, tx: Tx, request_ids: Iterable[str]) -> tuple[str, ...]:
    """The secrets of these requests' links that ever counted: what is veiled in the words of others (`domain.veil`)."""
    return tuple(
        office.link_token(purpose, one, edition)
        for one in request_ids
        for purpose in (LINK, OVERSEE)
        for edition in range(tx.replylinks.edition(purpose, one) + 1)
    )


def opens(office: Office, tx: Tx, purpose: str, request_id: str, shown: str) -> bool:
    """Whether what is shown is the link's secret, compared in constant time. Raises Forbidden for one whose time is over."""
    if not hmac.compare_digest(token(office, tx, purpose, request_id).encode(), shown.encode("utf-8", "replace")):
        return False
    request = tx.assistance.get(request_id)
    if request.ended_at is not None and office.now() > request.ended_at + timedelta(days=office.link_days):
        raise Forbidden("link_over", days=office.link_days)
    return True


def by_link(office: Office, tx: Tx, request_id: str, token: str, *, reading: bool = False) -> None:
    """Raise Forbidden unless the link is the one we sent the requested agency for this request; to read, the superior's will do."""
    if opens(office, tx, LINK, request_id, token):
        return
    if not opens(office, tx, OVERSEE, request_id, token):
        raise Forbidden("link_unknown")
    if not reading:
        raise Forbidden("link_oversees")


def oversees(office: Office, tx: Tx, request_id: str, token: str) -> None:
    """Raise Forbidden unless the link is the one we sent the common superior for this request."""
    if not opens(office, tx, OVERSEE, request_id, token):
        raise Forbidden("link_unknown")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """Which requests' letter a mail answers, and whose letter it was."""

    requests: tuple[str, ...]
    purpose: str = LINK


def answered(office: Office, tx: Tx, numbers: Iterable[str]) -> Answered | None:
    """The requests whose letter one of these numbers is (`domain.thread`), by its present link: one, or those that a digest carried.

    `purpose`: whose letter, the requested agency's (`LINK`) or the common superior's (`OVERSEE`).
    """
    for named, sign in map(thread.told, numbers):
        if not named:
            continue
        for purpose in (LINK, OVERSEE):
            if hmac.compare_digest(thread.sign(token(office, tx, purpose, named)), sign):
                return Answered(requests=(named,), purpose=purpose)
        if carried := _carried(office, tx, named):
            return Answered(requests=carried)
    return None


def digest_number(office: Office, via: str, slot: datetime) -> str:
    """The number of an agency's digest; nobody else can make it."""
    mark = thread.sign(office.link_token(DIGEST, f"{via}/{slot.isoformat()}"))
    return f"{DIGEST}.{via}.{office.calendar.local(slot):%Y-%m-%d}.{mark}"


def carries(office: Office, tx: Tx, number: str, request_ids: Iterable[str], now: datetime) -> None:
    """Note what a digest carries, each by the sign of its present link: kept as long as messages are, so that an answer to it is known."""
    signs = {one: thread.sign(token(office, tx, LINK, one)) for one in request_ids}
    tx.inbox.keep(DIGEST, number[-_MARK:], thread.sign(number), signs, now)


def _carried(office: Office, tx: Tx, number: str) -> tuple[str, ...]:
    """The requests of a digest whose link is still the one of then: those that are open, or all where none is."""
    if not number.startswith(f"{DIGEST}."):
        return ()
    try:
        signs = tx.inbox.seen(DIGEST, number[-_MARK:], thread.sign(number)) or {}
    except Conflict:  # another's mark behind a number of the writer's own making
        return ()
    held = [tx.assistance.get(one) for one, sign in signs.items() if thread.sign(token(office, tx, LINK, one)) == sign]
    return tuple(sorted(one.id for one in [one for one in held if one.state.open] or held))


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
