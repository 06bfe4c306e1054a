"""Handed over once, where the other side would show a message twice (decision 197): SMS gateways, mail and robots know no key of ours.

What may be on a phone already is not sent that way again. Nobody can say whether it came, so it counts as handed over and not confirmed:
no silence runs from it, it goes the next way as well, and with none left a person is told. So none is lost, and none shown twice.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from inspector.flows.holding import CALLED
from inspector.flows.office import Office
from inspector.ports import Channel, Message, Receipt, Unavailable
from inspector.store.work import Work

DOUBT = Receipt(reference="", attempts=0, unconfirmed=True)
"""Of a message of which nobody can say whether an earlier try has brought it: nobody was called for it now."""

_MARGIN = timedelta(minutes=5)
"""By how much a window in which the other side shows a message once is taken for shorter: its clock and the way there take some."""


def hand(office: Office, work: Work, channel: Channel, message: Message, *, key: str) -> Receipt:
    """Hand a message over, but for one that may be there already and would be shown once more: then `DOUBT`.

    Before a call that could be repeated by nobody the row says that it was made, so that whoever finds it after a kill knows. What surely
    did not arrive is tried again like any other. Raises what the channel raises, and Stale where the row is not ours any more.
    """
    once = channel.card.once_seconds
    if once is None:
        return channel.push(message, key=key)
    if perhaps(office, work, once):
        return DOUBT
    if not once:
        _note(office, work)
    try:
        return channel.push(message, key=key)
    except Unavailable as error:
        if once and (error.perhaps or error.attempts > 1):  # of several tries an earlier one may have brought it
            _note(office, work)
        if not once and not error.perhaps:
            with office.store.begin() as tx:
                tx.work.keep(work, {name: value for name, value in work.payload.items() if name != CALLED})
        raise


def claimed(office: Office, work: Work) -> bool:
    """Whether a row that is given up may have brought its message by a channel that would show another one beside it."""
    channel = office.connectors.channels.get(work.lane)
    once = channel.card.once_seconds if channel is not None else None
    return once is not None and (CALLED in work.payload or (once > 0 and work.unheard > 1))


def perhaps(office: Office, work: Work, once: float) -> bool:
    """Whether an earlier try of a row may have brought its message, and the other side would show it once more.

    `once`: the seconds for which it shows a message once (`Card.once_seconds`). Of a daemon that died with the row in hand it is not known
    when it called, but not before the row was due.
    """
    called = work.payload.get(CALLED)
    if not once:
        return called is not None
    window = timedelta(seconds=once) - _MARGIN
    if isinstance(called, str):
        with office.store.read() as tx:
            return tx.machine_now() - datetime.fromisoformat(called) >= window
    return work.unheard > 1 and office.waited(work.due_at, office.now()) >= window


def _note(office: Office, work: Work) -> None:
    """The row says since when its message may have arrived; the first such moment counts."""
    if isinstance(work.payload.get(CALLED), str):
        return
    office.store.notes.keep(work, lambda at: {**work.payload, CALLED: at.isoformat()})
