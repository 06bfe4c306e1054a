"""The catalogue of items over HTTP: each step by a token of somebody's own; repeals, and what answers them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from datetime import date, datetime

from fastapi import APIRouter
from starlette.responses import JSONResponse

from inspector.domain.catalogue import (
    Content,
    Duty,
    Entry,
    EntryState,
    Exit,
    Filed,
    Publication,
    Review,
    Standing,
    Withdrawal,
)
from inspector.domain.errors import Missing
from inspector.domain.policy import Excluded
from inspector.domain.repeal import Ended, Rereview, Word
from inspector.flows import catalogue, repeals
from inspector.store.tx import Tx
from inspector.web.answers import Shown
from inspector.web.body import JsonRoute
from inspector.web.caller import Caller, DrawDesk, DrawReader, Officer
from inspector.web.cataloguemessages import (
    ApplicationIn,
    ConfirmationIn,
    ExitIn,
    FilingIn,
    MistakenRepealIn,
    OpinionIn,
    PublicationIn,
    RepealIn,
)
from inspector.web.desk import AtDesk, Desk, Message, message
from inspector.web.errors import READS, WRITES
from inspector.web.fields import MessageId, NamePath

router = APIRouter(prefix="/v1/catalogue", tags=["catalogue"], route_class=JsonRoute)


class EntryShown(Shown):
    """One edition of an item with those who stand for it. `duty`: the filing that is asked for, with each day counted."""

    agency: str
    item: str
    edition: int
    name: str
    basis: str
    sources: dict[str, str]
    pack: str
    excluded: tuple[Excluded, ...]
    override_basis: str | None
    technical: bool
    reason: str
    digest: str
    state: EntryState
    applied_at: datetime
    applied_by: str
    applied_on: date
    review: Review | None
    publication: Publication | None
    duty: Duty | None
    filed: Filed | None
    withdrawal: Withdrawal | None


class RereviewShown(Shown):
    """An item that rests on a repealed document, and what has ended the re-review; TAKEN_BACK: the document was not repealed."""

    agency: str
    item: str
    title: str
    repealed_on: date
    document: str
    opened_at: datetime
    opened_by: str
    ended: Ended | None
    ended_at: datetime | None
    ended_by: str | None
    edition: int | None
    confirmation: str | None
    reason: str | None


class StepShown(EntryShown):
    """An edition after a step, and the open re-reviews of its item: documents that it rested on and that are repealed."""

    rereviews: tuple[RereviewShown, ...]


class CataloguePage(Shown):
    """Every edition, by agency, item and edition."""

    editions: tuple[EntryShown, ...]


class ItemShown(Shown):
    """What the catalogue says of an item today, its editions, and what is to be looked at again."""

    standing: Standing
    editions: tuple[EntryShown, ...]
    rereviews: tuple[RereviewShown, ...]


class RepealShown(Shown):
    """The document by its whole title, the items that are to be looked at again, and the re-reviews whose day was mended."""

    title: str
    rereviews: tuple[RereviewShown, ...]
    mended: tuple[RereviewShown, ...]


class RepealTakenBack(Shown):
    """The document by its whole title, and the re-reviews that are over since it is not repealed."""

    title: str
    rereviews: tuple[RereviewShown, ...]


class Confirmed(Shown):
    """The re-reviews that a word has ended."""

    rereviews: tuple[RereviewShown, ...]


@router.get("", responses=READS)
def list_catalogue(desk: AtDesk, caller: DrawReader) -> CataloguePage:
    """The catalogues within the agencies of the token, every edition."""
    return CataloguePage(editions=tuple(map(_shown, desk.look(lambda tx: tx.catalogue.page(caller.sees)))))


@router.get("/{agency}/{item}", responses=READS)
def show_item(desk: AtDesk, caller: DrawReader, agency: NamePath, item: NamePath) -> ItemShown:
    """An item of an agency's catalogue: what is said of it today, its editions, its open re-reviews."""
    _within(caller, agency, item)

    def ask(tx: Tx) -> ItemShown:
        return ItemShown(
            standing=catalogue.listed(desk.office, tx, agency, item).standing,
            editions=tuple(map(_shown, catalogue.editions(tx, agency, item))),
            rereviews=tuple(map(_rereview, tx.catalogue.rereviews(agency, item, pending=True))),
        )

    return desk.look(ask)


@router.post("/{agency}/{item}", status_code=201, response_model=StepShown, responses=WRITES)
def apply_for_item(
    desk: AtDesk, caller: DrawDesk, agency: NamePath, item: NamePath, given: ApplicationIn, message_id: MessageId = None
) -> JSONResponse:
    """Apply for an item, or for its next edition: one is on its way at a time. Another person reviews it."""
    _within(caller, agency, item)
    return _step(
        desk,
        message(caller.source, message_id, f"catalogue {agency} {item}", given),
        lambda tx, now: catalogue.apply(desk.office, tx, given.proposal(agency, item, caller.name), now),
        status=201,
    )


@router.post("/{agency}/{item}/review", response_model=StepShown, responses=WRITES)
def review_item(
    desk: AtDesk, caller: Officer, agency: NamePath, item: NamePath, given: OpinionIn, message_id: MessageId = None
) -> JSONResponse:
    """Enter the legality review: an officer, and never who has applied. Of a technical item with the experts' meeting."""
    _within(caller, agency, item)
    return _step(
        desk,
        message(caller.source, message_id, f"catalogue review {agency} {item}", given),
        lambda tx, now: catalogue.review(desk.office, tx, agency, item, given.opinion(caller.name), now),
    )


@router.post("/{agency}/{item}/publish", response_model=StepShown, responses=WRITES)
def publish_item(
    desk: AtDesk, caller: DrawDesk, agency: NamePath, item: NamePath, given: PublicationIn, message_id: MessageId = None
) -> JSONResponse:
    """Say that the reviewed edition is public: the former one is replaced, and its filing is due by the pack's term."""
    _within(caller, agency, item)
    by, reference, on = caller.name, given.reference, given.on
    return _step(
        desk,
        message(caller.source, message_id, f"catalogue publish {agency} {item}", given),
        lambda tx, now: catalogue.publish(desk.office, tx, agency, item, by=by, reference=reference, on=on, now=now),
    )


@router.post("/{agency}/{item}/file", response_model=StepShown, responses=WRITES)
def file_item(
    desk: AtDesk, caller: DrawDesk, agency: NamePath, item: NamePath, given: FilingIn, message_id: MessageId = None
) -> JSONResponse:
    """Enter the proof that a publication, or a withdrawal, was filed."""
    _within(caller, agency, item)
    by, receipt, on = caller.name, given.receipt, given.on
    return _step(
        desk,
        message(caller.source, message_id, f"catalogue file {agency} {item}", given),
        lambda tx, now: catalogue.file(desk.office, tx, agency, item, by=by, receipt=receipt, on=on, now=now),
    )


@router.post("/{agency}/{item}/withdraw", response_model=StepShown, responses=WRITES)
def withdraw_item(
    desk: AtDesk, caller: Officer, agency: NamePath, item: NamePath, given: ExitIn, message_id: MessageId = None
) -> JSONResponse:
    """Take an item out of the catalogue, or end an application: no new commitment is taken in, cases under way go on."""
    _within(caller, agency, item)
    told = Exit(by=caller.name, reason=given.reason, document=given.document, on=given.on)
    return _step(
        desk,
        message(caller.source, message_id, f"catalogue withdraw {agency} {item}", given),
        lambda tx, now: catalogue.withdraw(desk.office, tx, agency, item, told, now, given.edition),
    )


@router.post("/{agency}/{item}/confirm", response_model=Confirmed, responses=WRITES)
def confirm_item(
    desk: AtDesk, caller: Officer, agency: NamePath, item: NamePath, given: ConfirmationIn, message_id: MessageId = None
) -> JSONResponse:
    """State that an item stands although a document it rests on is repealed."""
    _within(caller, agency, item)
    told = Word(by=caller.name, document=given.document, reason=given.reason)

    def do(tx: Tx, now: datetime) -> Confirmed:
        held = repeals.confirm(desk.office, tx, agency, item, told, now, given.source)
        return Confirmed(rereviews=tuple(map(_rereview, held)))

    return desk.once(message(caller.source, message_id, f"catalogue confirm {agency} {item}", given), do)


@router.post("/repeals", status_code=201, response_model=RepealShown, responses=WRITES)
def enter_repeal(desk: AtDesk, caller: Officer, given: RepealIn, message_id: MessageId = None) -> JSONResponse:
    """Say that a cited document is repealed: each item within the token's agencies that rests on it is to be looked at again."""

    def do(tx: Tx, now: datetime) -> RepealShown:
        told = repeals.enter(
            desk.office, tx, given.source, on=given.on, by=caller.name, document=given.document, now=now, within=caller.sees
        )
        opened, mended = (tuple(map(_rereview, held)) for held in (told.opened, told.mended))
        return RepealShown(title=told.title, rereviews=opened, mended=mended)

    return desk.once(message(caller.source, message_id, "catalogue repeal", given), do, status=201)


@router.post("/mistaken-repeals", response_model=RepealTakenBack, responses=WRITES)
def take_back_repeal(desk: AtDesk, caller: Officer, given: MistakenRepealIn, message_id: MessageId = None) -> JSONResponse:
    """Say that a repeal was entered by mistake: its re-reviews within the token's agencies end, and all of it stays on record."""

    def do(tx: Tx, now: datetime) -> RepealTakenBack:
        word = Word(by=caller.name, document=given.document, reason=given.reason)
        told = repeals.take_back(desk.office, tx, given.source, word, now, within=caller.sees)
        return RepealTakenBack(title=told.title, rereviews=tuple(map(_rereview, told.mended)))

    return desk.once(message(caller.source, message_id, "catalogue unrepeal", given), do)


def _within(caller: Caller, agency: str, item: str) -> None:
    """Raise Missing for a catalogue the caller may not know of."""
    if agency not in caller.sees:
        raise Missing("catalogue_item_unknown", agency=agency, item=item)


def _step(desk: Desk, said: Message, do: Callable[[Tx, datetime], Entry], *, status: int = 200) -> JSONResponse:
    def step(tx: Tx, now: datetime) -> StepShown:
        held = do(tx, now)
        waits = tx.catalogue.rereviews(held.content.agency, held.content.item, pending=True)
        return StepShown.model_validate(_told(held) | {"rereviews": tuple(map(_rereview, waits))})

    return desk.once(said, step, status=status)


def _shown(held: Entry) -> EntryShown:
    return EntryShown.model_validate(_told(held))


def _told(held: Entry) -> dict[str, object]:
    told = {field.name: getattr(held.content, field.name) for field in fields(Content)}
    return told | {field.name: getattr(held, field.name) for field in fields(held) if field.name != "content"}


def _rereview(held: Rereview) -> RereviewShown:
    return RereviewShown.model_validate({name: getattr(held, name) for name in RereviewShown.model_fields})
