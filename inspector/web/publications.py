"""Duties to publish results over HTTP: what is owed by when, where it was published, what is to be taken back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import JSONResponse

from inspector.domain.disclosure import PenaltyKind
from inspector.domain.errors import Missing
from inspector.domain.gazette import CheckResult, Fallen
from inspector.domain.publicationduty import PublicationDuty, PublicationState, wordless
from inspector.flows import publication
from inspector.store.tx import Tx
from inspector.web.answers import Shown
from inspector.web.body import JsonRoute
from inspector.web.caller import Caller, DrawDesk, DrawOfficial, Officer
from inspector.web.desk import AtDesk, message
from inspector.web.errors import READS, WRITES
from inspector.web.fields import Day, Limit, Line, MaybeLine, MessageId, NamePath, Strict, Text
from inspector.web.roles import Role

router = APIRouter(prefix="/v1/publications", tags=["publication"], route_class=JsonRoute)

_READ_REASONS = frozenset({Role.OFFICER, Role.AUDITOR})


class PostedIn(Strict):
    """On which day it was published, or was gone, and where that is seen: an address, the number of a notice."""

    on: Day
    reference: Line


class RecallIn(Strict):
    """Why what is public does not stand: a code, which becomes public; a note and a document's number, which do not."""

    why: Fallen
    note: Text = ""
    document: MaybeLine = ""


class RuleIn(Strict):
    """What a finding in words came to; the reasons stay in the house."""

    found: CheckResult
    reasons: Text


class PostedShown(Shown):
    """That it was published, or is gone."""

    on: date
    reference: str
    by: str
    at: datetime


class PenaltyRuledShown(Shown):
    """What an officer has said of a penalty: whether it is public, its kinds, an amount in fen."""

    public: bool
    kinds: tuple[PenaltyKind, ...]
    amount: int | None
    reasons: str
    by: str
    at: datetime


class RuledShown(Shown):
    """What an officer has said of a finding in words."""

    found: CheckResult
    reasons: str
    by: str
    at: datetime


class PenaltyShown(Shown):
    """The penalty that a duty is about. `ruled`: whether an officer has said what of it is public; `until`: the last day of its showing.

    `elsewhere`: the province (its two digits) in which its subject is registered, where it is another one: it is pushed there by a duty of
    its own (`province`), whose `ruled` is what was said of the penalty when it was pushed.
    """

    consequence: str
    case_id: str
    decided_on: date
    until: date
    elsewhere: str
    ruled: PenaltyRuledShown | None


class PublicationShown(Shown):
    """A duty to publish a result of a visit or of a check for cause (`lead`), or a `penalty`; of these `visit` and `draw` are empty.

    `due_at` is the date of what is to be done now.

    `province`: to which a penalty is to be pushed (two digits): then `posted` says that it was, and `removed` that it was taken back there.

    `why` is the reason that is published when it is taken back; `reason` is a note of the house.
    """

    id: str
    agency: str
    visit: str
    draw: str
    basis: str
    state: PublicationState
    formed_at: datetime
    due_at: datetime
    posted: PostedShown | None
    ruled: RuledShown | None
    why: Fallen | None
    reason: str
    document: str
    removed: PostedShown | None
    turn: int
    penalty: PenaltyShown | None
    lead: str
    province: str


class PublicationsShown(Shown):
    """Duties in order of id; `next` is where to go on, None at the end."""

    publications: tuple[PublicationShown, ...]
    next: str | None


@router.get("", responses=READS)
def list_publications(
    desk: AtDesk,
    caller: DrawOfficial,
    state: Annotated[PublicationState | None, Query(description="Only duties in this state")] = None,
    after: Annotated[MaybeLine, Query(description="Go on behind this one")] = "",
    limit: Limit = 50,
) -> PublicationsShown:
    """Duties to publish, of the agencies of the token. Reasons and notes of the house are read by who decides or oversees alone."""
    held = desk.look(lambda tx: tx.publications.page(caller.sees, state, after, limit))
    return PublicationsShown(
        publications=tuple(_shown(one, caller) for one in held), next=held[-1].id if len(held) == limit else None
    )


@router.post("/{duty}/published", response_model=PublicationShown, responses=WRITES)
def publish(desk: AtDesk, caller: DrawDesk, duty: NamePath, given: PostedIn, message_id: MessageId = None) -> JSONResponse:
    """Say since when and where a result is public. Whoever checks, publishes: only the agency that owes it.

    What no officer has decided about is a lead, and refused (`publication_undecided`).
    """

    def do(tx: Tx, now: datetime) -> PublicationShown:
        _own(tx, caller, duty)
        return _shown(publication.publish(desk.office, tx, duty, given.on, given.reference, caller.name, now), caller)

    return desk.once(message(caller.source, message_id, f"publish {duty}", given), do)


@router.post("/{duty}/recall", response_model=PublicationShown, responses=WRITES)
def recall(desk: AtDesk, caller: Officer, duty: NamePath, given: RecallIn, message_id: MessageId = None) -> JSONResponse:
    """Say that what is public does not stand: it is to be taken back by the pack's date."""

    def do(tx: Tx, now: datetime) -> PublicationShown:
        _own(tx, caller, duty)
        return PublicationShown.model_validate(
            publication.recall(desk.office, tx, duty, given.why, given.note, given.document, caller.name, now)
        )

    return desk.once(message(caller.source, message_id, f"recall {duty}", given), do)


@router.post("/{duty}/removed", response_model=PublicationShown, responses=WRITES)
def remove(desk: AtDesk, caller: DrawDesk, duty: NamePath, given: PostedIn, message_id: MessageId = None) -> JSONResponse:
    """Say since when it is gone, and by what that is seen."""

    def do(tx: Tx, now: datetime) -> PublicationShown:
        _own(tx, caller, duty)
        return _shown(publication.remove(desk.office, tx, duty, given.on, given.reference, caller.name, now), caller)

    return desk.once(message(caller.source, message_id, f"removed {duty}", given), do)


@router.post("/{duty}/ruled", response_model=PublicationShown, responses=WRITES)
def rule(desk: AtDesk, caller: Officer, duty: NamePath, given: RuleIn, message_id: MessageId = None) -> JSONResponse:
    """Say what a finding came to that the team told in words and no case says: until then it is a lead, and no result."""

    def do(tx: Tx, now: datetime) -> PublicationShown:
        _own(tx, caller, duty)
        return PublicationShown.model_validate(
            publication.rule(desk.office, tx, duty, given.found, given.reasons, caller.name, now)
        )

    return desk.once(message(caller.source, message_id, f"rule {duty}", given), do)


def _shown(held: PublicationDuty, caller: Caller) -> PublicationShown:
    """A duty as the caller reads it: by the doors of a case a clerk, and whoever runs the office, reads no reasons either."""
    return PublicationShown.model_validate(held if caller.role in _READ_REASONS else wordless(held))


def _own(tx: Tx, caller: Caller, duty: str) -> PublicationDuty:
    held = tx.publications.get(duty)
    if held.agency not in caller.sees:
        raise Missing("publication_unknown", publication=duty)
    return held
