"""By which doors others reach us, and whether somebody looks: nobody is silent whose word may lie at a door that we have not looked at.

The house's own door (reply page, interface) is open while a daemon shows its signs of life; a mailbox while it can be read to its end;
that of signed answers while the secret that they are judged by can be used.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from inspector.domain.assistance import Request
from inspector.domain.doorway import Span
from inspector.domain.shut import put_off, put_off_proof
from inspector.flows import contacts
from inspector.flows.office import Office
from inspector.flows.requests import held, spread
from inspector.flows.settle import settle_proof, settle_request
from inspector.incoming import Believing, Mailbox, boxed
from inspector.ports import NotYet, Origin, PortError
from inspector.store.tx import Tx

HOUSE = ":house"
"""The name of the house's own door; no connector has such a one."""

PATIENCE = timedelta(minutes=5)
"""So long, in machine time, a door stays looked at: a restart is no outage, and a folder may fail once."""

MAILBOX_AWAY = "mailbox_away"
"""A mailbox that cannot be read to its end, or a secret of signed answers that cannot be used: over when it can."""

_TOGETHER = 100
"""Requests in one transaction, so that nobody waits."""

_SOON = 2 * 60.0
"""Seconds after which a step looks again whether somebody has looked."""


def boxes(office: Office) -> Mapping[str, Mailbox]:
    """The mailboxes by their connector."""
    return {name: one for name, one in office.connectors.agencies.items() if isinstance(one, Mailbox) and boxed(one)}


def signed(office: Office) -> Mapping[str, Believing]:
    """The connectors at whose door signed answers are believed; one whose secret cannot be used now is among them."""

    def stands(one: Believing) -> bool:
        try:
            return one.believes()
        except PortError:
            return True

    return {name: one for name, one in office.connectors.agencies.items() if isinstance(one, Believing) and stands(one)}


def look(office: Office) -> None:
    """Look at the doors of signed answers; of one at which nobody could be believed a person hears."""
    for name, one in signed(office).items():
        try:
            one.believes()
        except PortError as error:
            away(office, name, error.code, office.now())
        else:
            read(office, name, office.now())


def looked(office: Office, tx: Tx, name: str, now: datetime) -> None:
    """A door was looked at: its span goes on, or another one begins."""
    last = tx.doorways.last(name)
    if last is None or office.waited(last.until, now) > PATIENCE:
        tx.doorways.begin(name, now)
    else:
        tx.doorways.go_on(name, last.since, now)


def open_again(office: Office) -> None:
    """A sign of life of the house. Where there was none for a while every date that came meanwhile is put off first.

    Safe to repeat: a date that was put off lies no longer in the time in which we were shut; and until this is done no step is taken.
    """
    now = office.now()
    with office.store.read() as tx:
        last = tx.doorways.last(HOUSE)
    if last is not None and office.waited(last.until, now) > PATIENCE:
        shut = Span(since=last.until, until=now)
        for some in (_put_off, _put_off_proofs):
            after = some(office, shut, "")
            while after is not None:
                after = some(office, shut, after)
    with office.store.begin() as tx:
        looked(office, tx, HOUSE, now)


def _put_off(office: Office, shut: Span, after: str) -> str | None:
    """Some requests in one transaction, those behind an id; the last id, None where there are no more."""
    with office.store.begin() as tx:
        ids = tx.assistance.ids(after, _TOGETHER)
        for one in ids:
            case, request = held(tx, one)
            decision = put_off(request, shut, office.book.get(case.pack), office.now(), office.calendar)
            if decision is not None:
                settle_request(tx, decision, office.now())
                spread(tx, office, case, decision, office.now())
    return ids[-1] if ids else None


def _put_off_proofs(office: Office, shut: Span, after: str) -> str | None:
    """The same for self-proofs: no subject could show anything either."""
    with office.store.begin() as tx:
        ids = tx.selfproofs.asked_ids(after, _TOGETHER)
        for one in ids:
            case = tx.cases.get(tx.selfproofs.get(one).case_id, lock=True)  # the case first, as everywhere
            proof = tx.selfproofs.get(one, lock=True)
            decision = put_off_proof(proof, shut, office.book.get(case.pack), office.now(), office.calendar)
            if decision is not None:
                settle_proof(tx, decision, office.now())
    return ids[-1] if ids else None


def away(office: Office, name: str, error: str, now: datetime) -> None:
    """A door cannot be looked at. A person of the house hears of it once its requests stand still for it."""
    with office.store.begin() as tx:
        last = tx.doorways.last(name)
        if last is None or office.waited(last.until, now) > PATIENCE:
            since = last.until.isoformat() if last is not None else ""
            tx.attention.open(MAILBOX_AWAY, office.house, name, {"connector": name, "error": error, "since": since}, now)


def read(office: Office, name: str, now: datetime) -> None:
    """A door was looked at: all that lay there at this moment has been dealt with."""
    with office.store.begin() as tx:
        looked(office, tx, name, now)
        tx.attention.close(f"{MAILBOX_AWAY}:{name}", now)


def unread(office: Office, tx: Tx, now: datetime) -> list[tuple[str, float]]:
    """Machine seconds since each mailbox was last read to its end, and each signed door looked at; infinite for one that never was."""
    spans = {name: tx.doorways.last(name) for name in _watched(office)}
    return [(name, office.waited(one.until, now).total_seconds() if one else float("inf")) for name, one in spans.items()]


def wait(office: Office, tx: Tx, request: Request, now: datetime) -> None:
    """Raise NotYet while a door by which a request's agency, or its superior, may have spoken has not been looked at for a while."""
    told = {way for via in (request.requested, *request.superiors) for way in contacts.ways(office, via)}
    wait_for_house(office, tx, now)
    for name in sorted(told & _watched(office)):
        last = tx.doorways.last(name)
        if last is None or office.waited(last.until, now) > PATIENCE:
            raise NotYet("door_unwatched", origin=Origin.US, attempts=0, retry_after=_SOON)


def wait_for_house(office: Office, tx: Tx, now: datetime) -> None:
    """Raise NotYet while the house's own door has not been looked at for a while: whoever would have come to it was shut out."""
    last = tx.doorways.last(HOUSE)
    if last is not None and office.waited(last.until, now) > PATIENCE:
        raise NotYet("door_unwatched", origin=Origin.US, attempts=0, retry_after=_SOON)


def _watched(office: Office) -> set[str]:
    return {*boxes(office), *signed(office)}
