"""Whether a penalty, or a letter, is public: an officer's word over HTTP, with reasons that stay in the house."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import JSONResponse

from inspector.domain import disclosure
from inspector.domain.disclosure import Disclosed, PenaltyKind
from inspector.domain.publicationduty import PublicationState
from inspector.flows import disclosing, pledges
from inspector.store.tx import Tx
from inspector.web.answers import Shown
from inspector.web.body import JsonRoute
from inspector.web.caller import Officer
from inspector.web.desk import AtDesk, message
from inspector.web.errors import WRITES
from inspector.web.fields import CasePath, MaybeLine, MessageId, NamePath, Strict, Text

router = APIRouter(prefix="/v1", tags=["publication"], route_class=JsonRoute)


class DisclosureIn(Strict):
    """Whether a penalty is of such an influence that it is public, and what it is by the kinds of the law; `fine`: in yuan, as digits."""

    public: bool
    kinds: Annotated[tuple[PenaltyKind, ...], Field(max_length=len(PenaltyKind))] = ()
    fine: MaybeLine = ""
    reasons: Text


class DisclosedShown(Shown):
    """What stands of a penalty's publication now: by when it is to be public, until when it would be shown."""

    consequence: str
    publication: str
    state: PublicationState
    due_at: datetime
    until: date


class LetterScopeIn(Strict):
    """Whether a letter's own words of publicity take in the public register; the reasons stay in the house."""

    site: bool
    reasons: Text


class LetterScopeShown(Shown):
    """What was said of a case's letter."""

    case: str
    site: bool


@router.post("/consequences/{consequence_id}/disclosure", response_model=DisclosedShown, responses=WRITES)
def disclose(
    desk: AtDesk, caller: Officer, consequence_id: NamePath, given: DisclosureIn, message_id: MessageId = None
) -> JSONResponse:
    """An officer says whether a penalty in force is to be public (Penalties Law, art. 48), and which kinds it is. The last word holds.

    What becomes public is made of kinds and an amount, of the pack's names for item and act, and of no word that anybody has typed.
    """

    def do(tx: Tx, now: datetime) -> DisclosedShown:
        caller.case(tx, tx.consequences.get(consequence_id).case_id)
        fine = disclosure.fen(given.fine)
        said = Disclosed(public=given.public, kinds=given.kinds, amount=fine, reasons=given.reasons, by=caller.name, at=now)
        held = disclosing.rule(desk.office, tx, consequence_id, said, now, caller.token)
        until = held.penalty.until if held.penalty is not None else now.date()
        return DisclosedShown(consequence=consequence_id, publication=held.id, state=held.state, due_at=held.due_at, until=until)

    return desk.once(message(caller.source, message_id, f"disclosure {consequence_id}", given), do)


@router.post("/cases/{case_id}/letter-publicity", response_model=LetterScopeShown, responses=WRITES)
def rule_letter(
    desk: AtDesk, caller: Officer, case_id: CasePath, given: LetterScopeIn, message_id: MessageId = None
) -> JSONResponse:
    """An officer says whether a letter's own words of publicity take in the register: of these words alone, and the last word holds.

    Refused where there is nothing to say (409 `pledge_understood`).
    """

    def do(tx: Tx, now: datetime) -> LetterScopeShown:
        caller.case(tx, case_id)
        pledges.rule(desk.office, tx, case_id, given.site, given.reasons, caller.name, now)
        return LetterScopeShown(case=case_id, site=given.site)

    return desk.once(message(caller.source, message_id, f"letter {case_id}", given), do)
