"""The link of a seat: called back by the office, and bound to the phone by which its inspector has first acted.

Reading binds nothing, for mail and chat programs open links (decision 83). Who has said yes by it, or entered anything, is its
inspector, and from then on no other phone opens it: the object stands behind it, and a result that counts (handbook 1.2.18, 1.2.20). On
a further phone, or for one that was lost, the office calls the link back; the next one is bound anew. Whoever is signed in as the
inspector by other means needs no such phone.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

from inspector.domain.decision import Because, Decision
from inspector.domain.errors import Forbidden, Invalid, Refusal
from inspector.domain.evidence import blank
from inspector.domain.visit import Seat
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.flows.seated import LINK, by_name
from inspector.flows.seats import RENEWED, tell_seat
from inspector.store.tx import Tx


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

    `anew`: its inspector is sent the next one, where the push may have come. Raises Missing, Invalid, Refusal (`seat_closed`).
    """
    held, seat = by_name(tx, name, lock=True)
    if blank(reason):
        raise Invalid("reason_missing", field="reason")
    if anew and not (seat.state.open and held.state.open):
        raise Refusal("seat_closed", visit=seat.visit, place=seat.place, state=seat.state)
    edition = tx.replylinks.call_back(LINK, name, now)
    tx.sessions.end_on(name, by, tx.machine_now())
    because = Because(rule="seat.link", basis=(), pack="", facts={"by": by, "reason": reason, "link": edition, "anew": anew})
    record(tx, held.id, Decision(state=None, because=because), now, {"seat": name})
    if anew:
        tell_seat(office, tx, held, seat, RENEWED, f"link{edition}", now)
    return seat


def _digest(phone: str) -> str:
    return hashlib.sha256(phone.encode("utf-8", "replace")).hexdigest()
