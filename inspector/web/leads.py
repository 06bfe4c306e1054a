"""Findings of other systems, tip-offs and lead checks over HTTP: leads all of them, which only an officer makes an outcome."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import Field
from starlette.responses import JSONResponse

from inspector.domain.case import CaseState, SubjectKind
from inspector.domain.errors import Missing, Refusal
from inspector.domain.evidence import Verdict
from inspector.domain.identity import identify, identity_kind
from inspector.domain.leadcheck import LeadCheck, LeadState, Report
from inspector.domain.outside import OutsideFinding
from inspector.domain.tipoff import Informant, TipOff, TipSource, TipState
from inspector.domain.viewing import Shown as What
from inspector.flows import leads, outside
from inspector.flows.leads import Given
from inspector.store.tx import Tx
from inspector.web.answers import Shown
from inspector.web.body import JsonRoute
from inspector.web.caller import Caller, Officer, ResultReader, allow
from inspector.web.desk import AtDesk, Desk, message
from inspector.web.errors import READS, WRITES
from inspector.web.fields import CaseId, ClaimName, Day, Digest, Limit, Line, MaybeLine, MessageId, NamePath, Strict, Text
from inspector.web.roles import Role
from inspector.web.viewings import shown_of

router = APIRouter(prefix="/v1", tags=["leads"], route_class=JsonRoute)
Telling = Annotated[Caller, Depends(allow(Role.SYSTEM, Role.OFFICER))]
Said = Annotated[Text, Field(min_length=1)]


class AboutIn(Strict):
    """Whom it is about."""

    kind: SubjectKind = SubjectKind.FIRM
    code: Annotated[Line, Field(max_length=64)]
    name: MaybeLine = ""


class FindingFromIn(Strict):
    """A finding of daily supervision or of another system, told once by its `number` there.

    Of a claim of a case (`case_id`, `claim`), or of a `subject` without one. A mismatch needs the `value` there or `words`. `system` is
    the caller's own name unless an officer enters it; `digest` the SHA-256 of the evidence there.
    """

    system: MaybeLine = ""
    number: Line
    agency: Line
    case_id: CaseId | None = None
    claim: ClaimName | None = None
    subject: AboutIn | None = None
    verdict: Literal["match", "mismatch", "cannot_say"]
    value: MaybeLine = ""
    words: Text = ""
    on: Day
    digest: Digest | None = None


class FindingFromShown(Shown):
    """What became of it: whether it was new, and how its case stands (null: it is about none)."""

    new: bool
    state: CaseState | None


class InformantIn(Strict):
    """Who told, as far as that is known."""

    name: MaybeLine = ""
    contact: MaybeLine = ""


class TipOffIn(Strict):
    """What somebody says of somebody."""

    agency: Line
    source: TipSource
    subject: AboutIn
    words: Said
    case_id: CaseId | None = None
    informant: InformantIn = InformantIn()


class TipOffShown(Shown):
    """A tip-off, without who told it."""

    id: str
    agency: str
    source: TipSource
    kind: SubjectKind
    code: str
    name: str
    words: str
    case_id: str
    by: str
    at: datetime
    due_at: datetime
    state: TipState
    checks: tuple[str, ...]
    closed_by: str
    closed_for: str


class TipOffTaken(Shown):
    """That it is kept: what a sending system hears."""

    id: str
    state: TipState


class TipOffsShown(Shown):
    """Those that nobody has closed."""

    tip_offs: tuple[TipOffShown, ...]


class InformantShown(Shown):
    """Who told."""

    name: str
    contact: str


class ReasonsIn(Strict):
    """Why."""

    reasons: Said


class LeadCheckIn(Strict):
    """A lead check to be made. `scope`: what is looked at, in words that do not tell who told."""

    scope: Said
    reasons: Said


class LeadDecisionIn(Strict):
    """A head's decision: `document` is the approval's number, or why not."""

    approved: bool
    document: Said


class LeadResultIn(Strict):
    """What was found by whom on which day; two at least have gone."""

    visited_on: Day
    inspectors: Annotated[tuple[Line, ...], Field(min_length=1, max_length=20)]
    found: bool
    words: Text = ""


class LeadCheckShown(Shown):
    """A lead check. `counts`: it uses up the cap, by the pack."""

    id: str
    tip_off: str
    agency: str
    kind: SubjectKind
    code: str
    name: str
    scope: str
    reasons: str
    proposed_by: str
    made_at: datetime
    due_at: datetime
    state: LeadState
    decided_by: str
    document: str
    counts: bool
    inspectors: tuple[str, ...]
    visited_on: date | None
    found: bool | None
    words: str
    entered_by: str


class LeadChecksShown(Shown):
    """Those that wait for a head, or for those who go."""

    lead_checks: tuple[LeadCheckShown, ...]


@router.post("/findings", response_model=FindingFromShown, responses=WRITES)
def take_finding(desk: AtDesk, caller: Telling, given: FindingFromIn, message_id: MessageId = None) -> JSONResponse:
    """A finding comes in, once by its system and number: a contradiction puts its case before an officer, and decides nothing.

    One of a subject without a case is a matter for a person. The same again changes nothing; with other content it is a conflict.
    """
    caller.within(given.agency)
    typed = caller.role is Role.OFFICER
    about = given.subject
    found = OutsideFinding(
        system=(given.system.strip() if typed else "") or caller.name,
        number=given.number.strip(),
        agency=given.agency,
        case_id=given.case_id or "",
        claim=given.claim or "",
        kind=about.kind if about is not None else None,
        code=_normal(about, desk.office.now().date()) if about is not None else "",
        verdict=Verdict(given.verdict),
        value=given.value.strip(),
        words=given.words,
        on=given.on,
        digest=given.digest or "",
    )

    def do(tx: Tx, now: datetime) -> FindingFromShown:
        if found.case_id:
            case = tx.cases.get(found.case_id)
            if case.agency not in caller.sees:
                raise Missing("case_unknown", case=found.case_id)
        return FindingFromShown.model_validate(outside.take(desk.office, tx, found, caller.name, now, typed=typed))

    return desk.once(message(caller.source, message_id, "finding", given), do)


@router.post("/tip-offs", status_code=201, response_model=TipOffTaken, responses=WRITES)
def take_tip_off(desk: AtDesk, caller: Telling, given: TipOffIn, message_id: MessageId = None) -> JSONResponse:
    """A tip-off is kept and never an outcome; an officer opens a lead check from it, or closes it with reasons, by a date."""
    caller.within(given.agency)
    told = Given(
        agency=given.agency,
        source=given.source,
        kind=given.subject.kind,
        code=given.subject.code,
        name=given.subject.name,
        words=given.words,
        informant=Informant(name=given.informant.name, contact=given.informant.contact),
        case_id=given.case_id or "",
    )
    said = message(caller.source, message_id, "tip-off", given)
    return desk.once(
        said, lambda tx, now: TipOffTaken.model_validate(leads.take(desk.office, tx, told, caller.name, now)), status=201
    )


@router.get("/tip-offs", responses=READS)
def list_tip_offs(desk: AtDesk, caller: ResultReader, limit: Limit = 50) -> TipOffsShown:
    """Tip-offs that nobody has closed, the oldest first. Who told is not among it."""
    held = desk.look(lambda tx: tx.tips.open_of(caller.sees, limit))
    seen(desk, caller, held, What.LIST)
    return TipOffsShown(tip_offs=tuple(TipOffShown.model_validate(one) for one in held))


@router.get("/tip-offs/{tip_id}", responses=READS)
def show_tip_off(desk: AtDesk, caller: ResultReader, tip_id: NamePath) -> TipOffShown:
    """A tip-off, without who told it."""
    held = desk.look(lambda tx: tip_of(tx, caller, tip_id))
    seen(desk, caller, (held,), What.CASE)
    return TipOffShown.model_validate(held)


@router.post("/tip-offs/{tip_id}/informant", responses=WRITES)
def show_informant(desk: AtDesk, caller: Officer, tip_id: NamePath) -> InformantShown:
    """Who told, for an officer who must ask back; that it was read is an entry of the ledger."""

    def do(tx: Tx, now: datetime) -> InformantShown:
        tip_of(tx, caller, tip_id)
        return InformantShown.model_validate(leads.informant(tx, tip_id, caller.name, now))

    return desk.act(do)


@router.post("/tip-offs/{tip_id}/close", response_model=TipOffShown, responses=WRITES)
def close_tip_off(
    desk: AtDesk, caller: Officer, tip_id: NamePath, given: ReasonsIn, message_id: MessageId = None
) -> JSONResponse:
    """A named officer closes a tip-off, with reasons."""

    def do(tx: Tx, now: datetime) -> TipOffShown:
        tip_of(tx, caller, tip_id)
        return TipOffShown.model_validate(leads.close(desk.office, tx, tip_id, caller.name, given.reasons, now))

    return desk.once(message(caller.source, message_id, f"close {tip_id}", given), do)


@router.post("/tip-offs/{tip_id}/lead-checks", status_code=201, response_model=LeadCheckShown, responses=WRITES)
def propose_lead_check(
    desk: AtDesk, caller: Officer, tip_id: NamePath, given: LeadCheckIn, message_id: MessageId = None
) -> JSONResponse:
    """A named officer proposes a lead check; nobody goes before a head has approved it."""

    def do(tx: Tx, now: datetime) -> LeadCheckShown:
        tip_of(tx, caller, tip_id)
        made = leads.propose(desk.office, tx, tip_id, given.scope, given.reasons, caller.name, now)
        return LeadCheckShown.model_validate(made)

    return desk.once(message(caller.source, message_id, f"lead {tip_id}", given), do, status=201)


@router.get("/lead-checks", responses=READS)
def list_lead_checks(desk: AtDesk, caller: ResultReader, limit: Limit = 50) -> LeadChecksShown:
    """Lead checks that wait for a head, or for those who go; the nearest date first."""
    held = desk.look(lambda tx: tx.tips.open_checks(caller.sees, limit))
    seen(desk, caller, _opened_from(desk, held), What.LIST)
    return LeadChecksShown(lead_checks=tuple(LeadCheckShown.model_validate(one) for one in held))


@router.get("/lead-checks/{check_id}", responses=READS)
def show_lead_check(desk: AtDesk, caller: ResultReader, check_id: NamePath) -> LeadCheckShown:
    """A lead check."""
    held = desk.look(lambda tx: check_of(tx, caller, check_id))
    seen(desk, caller, _opened_from(desk, (held,)), What.CASE)
    return LeadCheckShown.model_validate(held)


@router.post("/lead-checks/{check_id}/decision", response_model=LeadCheckShown, responses=WRITES)
def decide_lead_check(
    desk: AtDesk, caller: Officer, check_id: NamePath, given: LeadDecisionIn, message_id: MessageId = None
) -> JSONResponse:
    """A named head approves a lead check by a document, or refuses it with reasons: never who has proposed it."""

    def do(tx: Tx, now: datetime) -> LeadCheckShown | Refusal:
        check_of(tx, caller, check_id)
        made = leads.decide(desk.office, tx, check_id, caller.name, given.document, now, approved=given.approved)
        return made if isinstance(made, Refusal) else LeadCheckShown.model_validate(made)

    return desk.once(message(caller.source, message_id, f"decide {check_id}", given), do)


@router.post("/lead-checks/{check_id}/result", response_model=LeadCheckShown, responses=WRITES)
def report_lead_check(
    desk: AtDesk, caller: Officer, check_id: NamePath, given: LeadResultIn, message_id: MessageId = None
) -> JSONResponse:
    """What a lead check found. It stands among the subject's checks and in no draw; what was found is a matter for a person."""
    told = Report(inspectors=given.inspectors, on=given.visited_on, found=given.found, words=given.words, by=caller.name)

    def do(tx: Tx, now: datetime) -> LeadCheckShown:
        check_of(tx, caller, check_id)
        return LeadCheckShown.model_validate(leads.report(desk.office, tx, check_id, told, now))

    return desk.once(message(caller.source, message_id, f"result {check_id}", given), do)


def tip_of(tx: Tx, caller: Caller, tip_id: str) -> TipOff:
    """A tip-off of the caller's agencies. Raises Missing."""
    held = tx.tips.get(tip_id)
    if held.agency not in caller.sees:
        raise Missing("tip_off_unknown", tip_off=tip_id)
    return held


def check_of(tx: Tx, caller: Caller, check_id: str) -> LeadCheck:
    """A lead check of the caller's agencies. Raises Missing."""
    held = tx.tips.check(check_id)
    if held.agency not in caller.sees:
        raise Missing("lead_unknown", lead_check=check_id)
    return held


def seen(desk: Desk, caller: Caller, tips: Iterable[TipOff], what: What, door: str = "api") -> None:
    """Write down that whoever these are about is shown, as the case to which they are tied.

    As a case or a list and nothing else: from who has looked a subject learns neither that there is a tip-off nor what is looked into.
    """
    shown_of(desk, caller, what, (one.case_id for one in tips if one.case_id), door)


def _opened_from(desk: Desk, checks: Iterable[LeadCheck]) -> list[TipOff]:
    names = sorted({one.tip_off for one in checks})
    return desk.look(lambda tx: [tx.tips.get(one) for one in names])


def _normal(about: AboutIn, today: date) -> str:
    return identify(identity_kind(about.kind), about.code, today=today, field="code").normal
