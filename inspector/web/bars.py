"""Rather serious bad records of other authorities over HTTP: entered, listed, repaired."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import structlog
from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import JSONResponse

from inspector.domain.case import SubjectKind
from inspector.domain.gate import BarAnnulment, BarFault, OutsideBar
from inspector.domain.identity import identify, identity_kind
from inspector.flows import eligibility
from inspector.flows.bars import bar_id
from inspector.flows.office import agency_unknown
from inspector.store.tx import Tx
from inspector.web.answers import Shown
from inspector.web.body import JsonRoute
from inspector.web.caller import Asker, Officer, ResultReader
from inspector.web.desk import AtDesk, message
from inspector.web.errors import READS, WRITES
from inspector.web.fields import MAYBE_SIGNS, Day, Digest, Limit, Line, MaybeLine, MessageId, NamePath, Strict, Text

router = APIRouter(prefix="/v1", tags=["credit"], route_class=JsonRoute)
log = structlog.get_logger(__name__)
Reasons = Annotated[Text, Field(min_length=1, max_length=4_000)]


class OutsideBarShown(Shown):
    """A rather serious bad record of another authority."""

    id: str
    agency: str
    authority: str
    document: str
    ground: str
    since: date
    until: date | None
    repaired_on: date | None
    repaired_by: str
    annulled_on: date | None
    annulled_for: BarFault | None
    annulled_by: str
    annulled_document: str


class BarPage(Shown):
    """Bars by id. `next`: go on behind it; null: there is no more."""

    bars: tuple[OutsideBarShown, ...]
    next: str | None


class BarIn(Strict):
    """A rather serious bad record of another authority. `until`: its last day, where the document names one."""

    agency: Line
    kind: SubjectKind = SubjectKind.FIRM
    code: Line
    authority: Line
    document: Line
    ground: Annotated[Text, Field(min_length=1, max_length=400)]
    since: Day
    until: Day | None = None


class BarRepairIn(Strict):
    """That another authority has repaired it, on which day, by which document."""

    on: Day
    document: Line


class BarRepairUndoneIn(Strict):
    """That a repair was entered by mistake, with reasons."""

    reasons: Reasons


class BarAnnulmentIn(Strict):
    """That it never was one: why, with reasons; the document where its authority or a court has taken it back."""

    why: BarFault
    document: MaybeLine = ""
    reasons: Reasons


class BarAnnulmentUndoneIn(Strict):
    """That the annulment was the mistake, with reasons."""

    reasons: Reasons


class BarObjectionIn(Strict):
    """What its subject says against it. `digests`: SHA-256 of what was handed in with it."""

    words: Text = ""
    digests: Annotated[tuple[Digest, ...], Field(max_length=50)] = ()


class BarContestedShown(Shown):
    """Which agency hears it, and looks; the bar stands until then."""

    bar: str
    agency: str
    authority: str
    document: str


@router.get("/credit/bars", responses=READS)
def list_bars(
    desk: AtDesk,
    caller: ResultReader,
    after: Annotated[str, Query(max_length=64, pattern=MAYBE_SIGNS, description="Go on behind this bar")] = "",
    limit: Limit = 50,
) -> BarPage:
    """Rather serious bad records of other authorities, as the agencies of the token have entered them."""
    rows = desk.look(lambda tx: tx.records.bars(caller.sees, limit, after))
    log.info("credit.looked", by=caller.name, records=[one.id for one in rows])
    return BarPage(bars=tuple(map(bar_shown, rows)), next=rows[-1].id if len(rows) == limit else None)


@router.post("/credit/bars", response_model=OutsideBarShown, responses=WRITES)
def enter_bar(desk: AtDesk, caller: Officer, given: BarIn, message_id: MessageId = None) -> JSONResponse:
    """Enter a bad record of another authority, which bars from committing by its dates until it is repaired.

    The same again is one, and takes neither a repair nor an end away: the answer is the bar as it stands. Another agency's is not
    changed (409 `bar_of_another`), for it bars here, too.
    """

    def do(tx: Tx, now: datetime) -> OutsideBarShown:
        if given.agency not in caller.sees:
            raise agency_unknown(given.agency, caller.sees)
        code = identify(identity_kind(given.kind), given.code, today=now.date(), field="code").normal
        name = bar_id(given.kind, code, given.authority, given.document)
        made = OutsideBar(**(given.model_dump() | {"id": name, "code": code}))
        (held,) = eligibility.enter(desk.office, tx, [made], caller.name, now).held
        return bar_shown(held)

    return desk.once(message(caller.source, message_id, "bar", given), do)


@router.post("/credit/bars/{bar}/repair", response_model=OutsideBarShown, responses=WRITES)
def repair_bar(desk: AtDesk, caller: Officer, bar: NamePath, given: BarRepairIn, message_id: MessageId = None) -> JSONResponse:
    """Another authority has repaired it: commitments signed from that day on are accepted."""

    def do(tx: Tx, now: datetime) -> OutsideBarShown:
        return bar_shown(eligibility.repair(desk.office, tx, bar, caller.sees, given.on, given.document, caller.name, now))

    return desk.once(message(caller.source, message_id, f"bar repair {bar}", given), do)


@router.post("/credit/bars/{bar}/repair/undo", response_model=OutsideBarShown, responses=WRITES)
def undo_repair(
    desk: AtDesk, caller: Officer, bar: NamePath, given: BarRepairUndoneIn, message_id: MessageId = None
) -> JSONResponse:
    """Its repair was entered by mistake: it bars again. The ledger keeps who says so, why, and which repair it was."""

    def do(tx: Tx, now: datetime) -> OutsideBarShown:
        return bar_shown(eligibility.unrepair(desk.office, tx, bar, caller.sees, given.reasons, caller.name, now))

    return desk.once(message(caller.source, message_id, f"bar repair undone {bar}", given), do)


@router.post("/credit/bars/{bar}/annulment", response_model=OutsideBarShown, responses=WRITES)
def annul_bar(desk: AtDesk, caller: Officer, bar: NamePath, given: BarAnnulmentIn, message_id: MessageId = None) -> JSONResponse:
    """It never was one, for it was taken back by a document or entered of the wrong subject: no letter is refused by it, of before either.

    A file that is read again does not enter it anew.
    """

    def do(tx: Tx, now: datetime) -> OutsideBarShown:
        said = BarAnnulment(why=given.why, document=given.document, reasons=given.reasons, by=caller.name)
        return bar_shown(eligibility.annul(desk.office, tx, bar, caller.sees, said, now))

    return desk.once(message(caller.source, message_id, f"bar annulment {bar}", given), do)


@router.post("/credit/bars/{bar}/annulment/undo", response_model=OutsideBarShown, responses=WRITES)
def undo_annulment(
    desk: AtDesk, caller: Officer, bar: NamePath, given: BarAnnulmentUndoneIn, message_id: MessageId = None
) -> JSONResponse:
    """The annulment was the mistake: it bars again."""

    def do(tx: Tx, now: datetime) -> OutsideBarShown:
        return bar_shown(eligibility.reinstate(desk.office, tx, bar, caller.sees, given.reasons, caller.name, now))

    return desk.once(message(caller.source, message_id, f"bar annulment undone {bar}", given), do)


@router.post("/credit/bars/{bar}/objections", response_model=BarContestedShown, responses=WRITES)
def contest_bar(desk: AtDesk, caller: Asker, bar: NamePath, given: BarObjectionIn, message_id: MessageId = None) -> JSONResponse:
    """Its subject says that it does not exist, or is another's: whoever entered it hears so (`bar_contested`). It bars meanwhile."""

    def do(tx: Tx, now: datetime) -> BarContestedShown:
        held = eligibility.contest(desk.office, tx, bar, given.words, given.digests, caller.name, now)
        return BarContestedShown(bar=held.id, agency=held.agency, authority=held.authority, document=held.document)

    return desk.once(message(caller.source, message_id, f"bar objection {bar}", given), do)


def bar_shown(held: OutsideBar) -> OutsideBarShown:
    """A bar as it is shown; whose it is shows who asked."""
    return OutsideBarShown.model_validate(held)
