"""The push of a penalty to the province where its firm is registered: owed beside one's own register, and following it (`province`)."""

from __future__ import annotations

from datetime import datetime

from inspector.domain import disclosing as own_register
from inspector.domain import province as domain
from inspector.domain.disclosure import Penalty
from inspector.domain.publicationduty import PublicationDuty, PublicationState
from inspector.domain.publish import DisclosureRow
from inspector.flows import unpublish
from inspector.flows.office import Office
from inspector.store.tx import Tx

_STANDS = (PublicationState.OWED, PublicationState.PUBLISHED)


def owe(office: Office, tx: Tx, own: PublicationDuty, now: datetime) -> PublicationDuty | None:
    """The push is owed, where the firm is registered in another province; None where it is not, or is owed already."""
    row = unpublish.terms(office, own)
    decision = domain.owe(own, row, now, office.calendar) if isinstance(row, DisclosureRow) else None
    if decision is None or not tx.publications.add(decision.state):
        return None
    return unpublish.write(tx, decision, now)


def follow(office: Office, tx: Tx, own: PublicationDuty, now: datetime) -> None:
    """What became of one's own register becomes of the push; a duty of before there were any gets one. The caller holds its lock.

    One that the ledger says to be owed, and whose row is gone, is not made anew, as if nobody had pushed it: it is told (`printed`).
    """
    penalty, row = own_register.of(own), unpublish.terms(office, own)
    if not penalty.elsewhere or not isinstance(row, DisclosureRow):
        return
    held = tx.publications.find(domain.name(penalty.consequence), lock=True)
    if held is None and own.state in _STANDS and not _said(tx, penalty):
        held = owe(office, tx, own, now)
    decision = domain.follow(held, own, row, now, office.calendar) if held is not None else None
    if held is not None and decision is not None:
        unpublish.settle(tx, held, decision, now)


def _said(tx: Tx, penalty: Penalty) -> bool:
    """Whether an entry says that the push of a penalty is owed, or one that was altered or purged may have said so."""
    mine = domain.name(penalty.consequence)
    return any(one == mine or not one.startswith(domain.PREFIX) for one in tx.publications.pushes(penalty.case_id))


def locked(tx: Tx, duty: str) -> tuple[PublicationDuty, PublicationDuty | None]:
    """A duty under its lock; of a push also that of one's own register, which is locked first, as by everybody. Raises Missing."""
    own = None
    if duty.startswith(domain.PREFIX):
        own = tx.publications.get(own_register.name(duty.removeprefix(domain.PREFIX)), lock=True)
    return tx.publications.get(duty, lock=True), own
