"""The link of a seat: called back by the office, and bound to the phone by which its inspector has first acted.

Reading binds nothing, for mail and chat programs open links (decision 83). Who has said yes by it, or entered anything, is its
inspector, and from then on no other phone opens it: the object stands behind it, and a result that counts (handbook 1.2.18, 1.2.20). On
a further phone, or for one that was lost, the office calls the link back; the next one is bound anew. Whoever is signed in as the
inspector by other means than a link needs no such phone. Whose link was called back before an answer cannot give one: that is no
silence, and no calling back moves a seat to whom the rule names next (decision 143).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime

from inspector.domain import push
from inspector.domain.decision import Because, Decision
from inspector.domain.errors import Forbidden, Invalid, Refusal
from inspector.domain.evidence import blank
from inspector.domain.visit import RECALLED, Seat, Visit
from inspector.flows import reaching, stopped
from inspector.flows.assign import owe
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.flows.seated import LINK, by_name, pack, settle_seat
from inspector.flows.seats import RENEWED, UNDELIVERED, put_seat, tell_seat
from inspector.store.tx import Tx

CALLED_BACK = "link_called_back"
"""Why a push is a matter whose link the office has called back without another one: nobody is silent meanwhile."""


def token(office: Office, tx: Tx, name: str) -> str:
    """The secret that counts now: another one after each calling back."""
    return office.link_token(LINK, name, tx.replylinks.edition(LINK, name))


def address(office: Office, tx: Tx, name: str) -> str:
    """The link that counts now."""
    return f"{office.base_url}/{LINK}/{name}/{token(office, tx, name)}"


def holds(office: Office, tx: Tx, name: str, shown: str) -> None:
    """Raise Forbidden (`link_unknown`) unless what is shown is the secret that counts now, compared in constant time."""
    if not hmac.compare_digest(token(office, tx, name).encode(), shown.encode("utf-8", "replace")):
        raise Forbidden("link_unknown")


def bound_elsewhere(tx: Tx, name: str, phone: str) -> bool:
    """Whether another phone than this one (its own secret; empty: none that we know) has acted by the link that counts now."""
    held = tx.replylinks.phone(name, tx.replylinks.edition(LINK, name))
    return held is not None and not hmac.compare_digest(held, _digest(phone))


def bound(tx: Tx, name: str) -> bool:
    """Whether any phone has the link that counts now."""
    return tx.replylinks.phone(name, tx.replylinks.edition(LINK, name)) is not None


def bind(tx: Tx, name: str, phone: str, now: datetime) -> None:
    """The phone is the link's from now on, where none is yet. Raises Forbidden (`link_elsewhere`) where another one was quicker."""
    edition = tx.replylinks.edition(LINK, name)
    if tx.replylinks.bind(name, edition, _digest(phone), now):
        because = Because(rule="seat.bound", basis=(), pack="", facts={"link": edition})
        record(tx, name.rpartition(":")[0].rpartition(":")[0], Decision(state=None, because=because), now, {"seat": name})
    elif bound_elsewhere(tx, name, phone):
        raise Forbidden("link_elsewhere")


def call_back(office: Office, tx: Tx, name: str, by: str, reason: str, now: datetime, *, anew: bool) -> Seat:
    """The office calls a link back: it opens nothing from now on, and sessions that stand on it are over.

    Nothing is pushed to the browser that its inspector has subscribed either, which may be the lost phone's.

    `anew`: its inspector is sent the next one, where the push may have come. Before an answer the seat begins anew with its next push;
    the second time at one place (`last`) the visit is owed by a supplementary draw. Raises Missing, Invalid, Refusal (`seat_closed`).
    """
    held, seat = by_name(tx, name, lock=True)
    if blank(reason):
        raise Invalid("reason_missing", field="reason")
    if anew and not (seat.state.open and held.state.open):
        raise Refusal("seat_closed", visit=seat.visit, place=seat.place, state=seat.state)
    edition = tx.replylinks.call_back(LINK, name, now)
    tx.sessions.end_on(name, by, tx.machine_now())
    reaching.turn_browser_off(tx, seat.agency, seat.inspector, now)
    told = {"by": by, "reason": reason, "link": edition, "anew": anew}
    if seat.state.awaited:
        return _unanswered(office, tx, held, seat, told, now)
    because = Because(rule="seat.link", basis=(), pack="", facts=told)
    record(tx, held.id, Decision(state=None, because=because), now, {"seat": name})
    if anew:
        tell_seat(office, tx, held, seat, RENEWED, f"link{edition}", now)
    return seat


def closed(tx: Tx, name: str) -> bool:
    """Whether a seat's link was called back and the next one is no phone's yet: nothing need have come in by it."""
    edition = tx.replylinks.edition(LINK, name)
    return edition > 0 and tx.replylinks.phone(name, edition) is None


def last(tx: Tx, held: Visit, seat: Seat) -> bool:
    """Whether calling its link back now sends the visit to a supplementary draw: the second time at one place, whoever held it then."""
    return (
        held.state.open and seat.state.pushed and any(one.recalled for one in tx.visits.team(held.id) if one.place == seat.place)
    )


def _unanswered(office: Office, tx: Tx, held: Visit, seat: Seat, told: Mapping[str, object], now: datetime) -> Seat:
    """Nobody can answer any more: the clocks end, and so do pushes that were under way with the link that was.

    Whom the rule names next can be foreseen, and who calls links back is one officer: the second one at a place that somebody had in hand
    sends the visit to a seed that nobody knows.
    """
    owed = last(tx, held, seat)
    decision = push.recalled(seat, told, pack(tx, held))
    changed = decision.state
    settle_seat(tx, held, seat, decision, now)
    stopped.end(tx, seat.work, now)
    if owed:
        owe(tx, office, held, seat.agency, RECALLED, now)
    elif told["anew"]:
        policy = office.book.get(tx.draws.pack_of(held.draw, seat.agency))
        found = reaching.ways(tx, seat.agency, seat.inspector)
        fresh, order = push.again(changed, held, policy, found, now, office.calendar, office.pushing)
        put_seat(tx, changed, fresh, now)
        tx.work.order([order, push.leaving(fresh, held)], now)
    else:
        tx.attention.open(UNDELIVERED, seat.agency, seat.push(0), {"seat": seat.name, "error": CALLED_BACK}, now)
    return tx.visits.seat(held.id, seat.place, seat.turn)


def _digest(phone: str) -> str:
    return hashlib.sha256(phone.encode("utf-8", "replace")).hexdigest()
