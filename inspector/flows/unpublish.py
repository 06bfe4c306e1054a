"""What falls is taken back: the published results that rest on a case which is opened again, withdrawn or annulled (scenario 61).

Nothing goes from the register by itself. Each result gets the pack's date and its clock, and a named person says that it is gone
(Penalties Law, art. 48; handbook 1.2.27).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from inspector.domain import publicationduty as domain
from inspector.domain.annulled import Annulled
from inspector.domain.case import Case, CaseState, Method
from inspector.domain.decision import Decision
from inspector.domain.disclosure import PenaltyLine
from inspector.domain.gazette import UNHARMING, Fallen, Line
from inspector.domain.publicationduty import PublicationDuty, PublicationState
from inspector.domain.publish import DisclosureRow, PublishRow
from inspector.flows import stopped
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.store.tx import Tx

MATTER = "publication_due"
"""The matter of a result that is to be published, or taken back, whose date is near or over; it ends when that has been done."""
PUSH = "penalty_push"
"""The matter of a penalty that is to be pushed to another province, or taken back there, likewise."""

WHY = {
    Annulled.COURT: Fallen.REVOKED,
    Annulled.REVIEW_BODY: Fallen.REVOKED,
    Annulled.OBJECTION: Fallen.OBJECTION,
    Annulled.CORRECTION: Fallen.CHANGED,
    Annulled.POLICE: Fallen.REVOKED,
    Annulled.PROCURATOR: Fallen.REVOKED,
}
"""Why what rests on something annulled is taken back."""
_VISIT = "visit:"
"""Begins the id of evidence that a visit brought; the visit's own follows."""


def annulled(office: Office, tx: Tx, case: Case, why: Annulled, document: str, by: str, now: datetime) -> None:
    """A decision about a case is annulled, with or without a credit entry: what is still owed of its results never becomes public."""
    for held in resting_on(tx, case):
        if held.state is PublicationState.OWED:
            settle(tx, held, domain.drop(held, WHY[why], document, by), now)
        else:
            recall(office, tx, held, WHY[why], "", document, by, now)


def reopened(office: Office, tx: Tx, case: Case, rule: str, now: datetime) -> None:
    """A case's outcome fell, by a rule. What is owed stays owed, for its result waits for the next decision (`gazette.found`).

    By a rule falls only what speaks against somebody. That nothing was found stays true of whoever wants the matter no more, and of whom
    it should not have been sent; and a lead that nobody has seen to takes nothing away: what an officer says may (`publication.decided`).
    """
    for held in resting_on(tx, case):
        fell(office, tx, held, case, rule, now)


def fell(office: Office, tx: Tx, held: PublicationDuty, case: Case, rule: str, now: datetime) -> None:
    """The outcome of a case that a result rests on fell, by a rule: where the result is public it is to be taken back."""
    why = {CaseState.WITHDRAWN: Fallen.WITHDRAWN, CaseState.SENT_BACK: Fallen.MISTAKE}.get(case.state, Fallen.REOPENED)
    if held.shown is None or held.shown.found not in UNHARMING:
        recall(office, tx, held, why, rule, "", "rule", now)


def overtaken(
    office: Office, tx: Tx, held: PublicationDuty, line: Line | PenaltyLine, on: date, reference: str, by: str, now: datetime
) -> None:
    """Files that are served show what fell while they were being posted: it is public, and is to be taken back as what was public before.

    Nothing for what somebody else has published, or taken back, meanwhile.
    """
    if held.posted is not None or held.state not in (PublicationState.REMOVED, PublicationState.NOT_PUBLIC):
        return
    settle(tx, held, domain.overtaken(held, line, on, reference, by, now, office.calendar), now)
    recall(office, tx, tx.publications.get(held.id), held.why or Fallen.MISTAKE, held.reason, held.document, "rule", now)


def recall(office: Office, tx: Tx, held: PublicationDuty, why: Fallen, note: str, document: str, by: str, now: datetime) -> None:
    """What is public does not stand any more."""
    row = terms(office, held)
    if held.state is PublicationState.PUBLISHED:
        settle(tx, held, domain.recall(held, why, note, document, by, row, now, office.calendar), now)


def terms(office: Office, held: PublicationDuty) -> PublishRow | DisclosureRow:
    """The row by whose days a duty goes: that of results, or of penalties."""
    policy = office.book.get(held.pack)
    return policy.disclosure if held.penalty is not None and policy.disclosure is not None else policy.publish


def settle(tx: Tx, before: PublicationDuty, decision: Decision[PublicationDuty], now: datetime) -> PublicationDuty:
    """Write a step of a duty: its former clocks and what a person heard of them are over, the new ones begin."""
    tx.publications.put(decision.state)
    stopped.end(tx, before.keys, now)
    tx.attention.close(f"{matter(before)}:{before.id}", now)
    return write(tx, decision, now)


def matter(held: PublicationDuty) -> str:
    """By which matter a person hears of the date of a duty."""
    return PUSH if held.province else MATTER


def write(tx: Tx, decision: Decision[PublicationDuty], now: datetime) -> PublicationDuty:
    """Write why, and order the clocks."""
    held = decision.state
    record(tx, held.about, decision, now, {"publication": held.id, "publication_state": held.state.value})
    tx.work.order(decision.orders, now)
    return held


def resting_on(tx: Tx, case: Case) -> Iterator[PublicationDuty]:
    """The duties of a case's agency about visits that served it, or that have found something about it though its item is exempt."""
    visits = {one.id for one in tx.visits.of_case(case.id)}
    seen = (one.id for one in tx.cases.evidence(case.id) if one.method is Method.ON_SITE and one.id.startswith(_VISIT))
    visits.update(one.removeprefix(_VISIT).partition(":")[0] for one in seen)
    for visit in sorted(visits):
        yield from tx.publications.of_visit(visit, case.agency, lock=True)
