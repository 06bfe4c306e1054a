"""Notices to subjects over HTTP: an officer says something, whoever can reach the subject gets text and link, the proof comes in."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field
from starlette.responses import JSONResponse, Response

from inspector.domain.consequence import Signed
from inspector.domain.evidence import blank
from inspector.domain.serving import NoticeKind, NoticeState, SubjectNotice, SubjectWord
from inspector.domain.stamp import stamped
from inspector.domain.viewing import Shown as What
from inspector.domain.wayto import Announced, ServiceWay
from inspector.flows import announcing, consent, giving, reached, serving, spoken
from inspector.store.tx import Tx, new_id
from inspector.web.answers import Shown
from inspector.web.body import JsonRoute
from inspector.web.caller import Caller, Officer, allow
from inspector.web.contacts import ContactSaidIn
from inspector.web.desk import AtDesk, Desk, message
from inspector.web.errors import READS, WRITES
from inspector.web.fields import CaseId, CasePath, Day, Digest, Limit, Line, MaybeLine, MessageId, Moment, NamePath, Strict, Text
from inspector.web.links import By
from inspector.web.material import SANDBOX
from inspector.web.near import near
from inspector.web.roles import Role
from inspector.web.selfproofs import CallBackIn, MaterialIn
from inspector.web.viewings import shown_of

router = APIRouter(prefix="/v1", tags=["subject notices"], route_class=JsonRoute)
Reader = Annotated[Caller, Depends(allow(Role.SYSTEM, Role.OFFICER, Role.AUDITOR))]
Reaching = Annotated[Caller, Depends(allow(Role.SYSTEM, Role.OFFICER))]
Said = Annotated[Text, Field(min_length=1)]


class SubjectNoticeIn(Strict):
    """What an officer says to the subject of a case in words of his or her own: guidance or a reminder, with facts, reasons, articles."""

    case_id: CaseId
    kind: NoticeKind
    about: MaybeLine = ""
    title: Line
    facts: Annotated[tuple[Said, ...], Field(min_length=1, max_length=50)]
    reasons: Said
    rights: Annotated[tuple[Said, ...], Field(max_length=20)] = ()
    basis: Annotated[tuple[Line, ...], Field(min_length=1, max_length=20)]
    answer_by: Moment | None = None


class ServedIn(Strict):
    """That a notice came: on which day, by which way, by which proof (who received it, the number of a receipt).

    `agreed`: the subject has agreed to be served by this electronic way, without which it serves nobody.
    """

    on: Day
    way: ServiceWay
    proof: Said
    agreed: bool = False


class UnservedIn(Strict):
    """That no way is left, and which were tried."""

    why: Said


class AnnouncedIn(Strict):
    """That a notice was put up in public: on which day, where and under which number."""

    on: Day
    where: Said


class WordIn(Strict):
    """What the subject says; `file`: one more file beside it. `bar_known`: who withdraws was told of the bar on committing again.

    `said_on`: on which day it was handed in or posted, where that was before today, and `stamp`: what shows it; not by the link.
    """

    word: SubjectWord
    words: Text = ""
    file: MaterialIn | None = None
    bar_known: bool = False
    said_on: Day | None = None
    stamp: MaybeLine = ""


class WordShown(Shown):
    """What a subject has said; the words are told to the agency, and behind the link to whoever said them."""

    receipt: str
    kind: SubjectWord
    words: str
    digests: tuple[str, ...]
    at: datetime
    late: bool


class SubjectNoticeShown(Shown):
    """A notice to the subject of a case, and how far it has come."""

    id: str
    kind: NoticeKind
    case_id: str
    about: str
    title: str
    facts: tuple[str, ...]
    reasons: str
    rights: tuple[str, ...]
    basis: tuple[str, ...]
    answer_by: datetime | None
    made_at: datetime
    state: NoticeState
    way: ServiceWay
    due_at: datetime | None
    handed_at: datetime | None
    opened_at: datetime | None
    served_on: date | None
    served_way: ServiceWay | None
    proof: str
    served_by: str
    failed_for: str
    announced: Announced | None
    words: tuple[WordShown, ...]


class SubjectNoticesShown(Shown):
    """Those that are on their way."""

    subject_notices: tuple[SubjectNoticeShown, ...]


class HandedShown(Shown):
    """What whoever can reach the subject passes on: the notice, and the link, which is kept nowhere."""

    notice: SubjectNoticeShown
    link: str


class ReceiptShown(Shown):
    """The number of the receipt, and the notice as it stands."""

    receipt: str
    notice: SubjectNoticeShown


def notice_shown(held: SubjectNotice, by: Caller | str) -> SubjectNoticeShown:
    """A notice as it goes out; the approving system hears, of words and proofs, its own."""
    whole = SubjectNoticeShown.model_validate(held)
    told = near(whole, by)
    if told is whole or isinstance(by, str):
        return whole
    mine = {"words": tuple(WordShown.model_validate(one) for one in held.words if one.door == by.name and one.entered is None)}
    return told.model_copy(update=mine | ({"proof": held.proof, "served_by": by.name} if held.served_by == by.name else {}))


@router.post("/subject-notices", status_code=201, response_model=SubjectNoticeShown, responses=WRITES)
def give_notice(desk: AtDesk, caller: Officer, given: SubjectNoticeIn, message_id: MessageId = None) -> JSONResponse:
    """An officer says something to the subject of a case; it takes the first way of the pack by which this subject can be served.

    `GUIDANCE` and `REMINDER` alone: what a proceeding, a record, an objection or a withdrawal says comes from its own step
    (422 `notice_kind_elsewhere`, which names it).
    """

    def do(tx: Tx, now: datetime) -> SubjectNoticeShown:
        case = caller.case(tx, given.case_id)
        told = given.model_dump(exclude={"about"})
        made = SubjectNotice(**told, about=given.about or case.id, id=f"n{new_id()}", agency=case.agency, made_at=now)
        return notice_shown(giving.say(desk.office, tx, made, now), caller)

    return desk.once(message(caller.source, message_id, "subject notice", given), do, status=201)


@router.get("/subject-notices", responses=READS)
def list_notices(desk: AtDesk, caller: Reader, case: CaseId | None = None, limit: Limit = 50) -> SubjectNoticesShown:
    """Notices on their way, of the agencies of the token, the nearest date first; or all of one `case`."""

    def ask(tx: Tx) -> list[SubjectNotice]:
        if case is not None:
            caller.case(tx, case)
            return tx.servings.of_case(case)
        held = tx.servings.open_of(caller.sees, limit)
        return [one for one in held if caller.sender is None or tx.cases.get(one.case_id).sender == caller.sender]

    held = desk.look(ask)
    shown_of(desk, caller, What.NOTICE, (one.case_id for one in held))
    return SubjectNoticesShown(subject_notices=tuple(notice_shown(one, caller) for one in held))


@router.get("/subject-notices/{notice_id}", responses=READS)
def show_notice(desk: AtDesk, by: By, notice_id: NamePath) -> SubjectNoticeShown:
    """A notice, by the link or by a token. Reading it uses nothing up, and proves no service."""
    held = desk.look(lambda tx: _let_in(desk, tx, by, notice_id, Role.SYSTEM, Role.OFFICER, Role.AUDITOR))
    if not isinstance(by, str):
        shown_of(desk, by, What.NOTICE, (held.case_id,))
    return notice_shown(held, by)


@router.post("/subject-notices/{notice_id}/handover", responses=WRITES)
def hand_over_notice(desk: AtDesk, caller: Reaching, notice_id: NamePath) -> HandedShown:
    """Text and link, for whoever can reach the subject to pass them on; that they were given out is on record."""

    def do(tx: Tx, now: datetime) -> HandedShown:
        caller.case(tx, tx.servings.get(notice_id).case_id)
        system = caller.role is Role.SYSTEM
        link = serving.hand(desk.office, tx, notice_id, caller.name, now, login=caller.token, system=system)
        return HandedShown(notice=notice_shown(tx.servings.get(notice_id), caller), link=link)

    return desk.act(do)


@router.post("/subject-notices/{notice_id}/served", response_model=SubjectNoticeShown, responses=WRITES)
def prove_service(
    desk: AtDesk, caller: Reaching, notice_id: NamePath, given: ServedIn, message_id: MessageId = None
) -> JSONResponse:
    """The notice has come: day, way and proof, by the approving system or by an officer. An electronic way serves only whom has agreed."""

    def do(tx: Tx, now: datetime) -> SubjectNoticeShown:
        caller.case(tx, tx.servings.get(notice_id).case_id)
        made = reached.served(desk.office, tx, notice_id, given.on, given.way, given.proof, caller.name, now, agreed=given.agreed)
        return notice_shown(made, caller)

    return desk.once(message(caller.source, message_id, f"served {notice_id}", given), do)


@router.post("/subject-notices/{notice_id}/unserved", response_model=SubjectNoticeShown, responses=WRITES)
def say_unserved(
    desk: AtDesk, caller: Officer, notice_id: NamePath, given: UnservedIn, message_id: MessageId = None
) -> JSONResponse:
    """An officer says that no way is left, and which were tried; should it come later all the same, that is proven as before."""

    def do(tx: Tx, now: datetime) -> SubjectNoticeShown:
        caller.case(tx, tx.servings.get(notice_id).case_id)
        return notice_shown(serving.failed(desk.office, tx, notice_id, given.why, caller.name, now), caller)

    return desk.once(message(caller.source, message_id, f"unserved {notice_id}", given), do)


@router.post("/subject-notices/{notice_id}/announcement", response_model=SubjectNoticeShown, responses=WRITES)
def announce_notice(
    desk: AtDesk, caller: Officer, notice_id: NamePath, given: AnnouncedIn, message_id: MessageId = None
) -> JSONResponse:
    """An officer has put it up in public, no other way being left: when the pack's days are over it counts as served."""

    def do(tx: Tx, now: datetime) -> SubjectNoticeShown:
        caller.case(tx, tx.servings.get(notice_id).case_id)
        return notice_shown(announcing.announce(desk.office, tx, notice_id, given.on, given.where, caller.name, now), caller)

    return desk.once(message(caller.source, message_id, f"announced {notice_id}", given), do)


@router.post("/subject-notices/{notice_id}/link", response_model=SubjectNoticeShown, responses=WRITES)
def call_back_notice_link(
    desk: AtDesk, caller: Officer, notice_id: NamePath, given: CallBackIn, message_id: MessageId = None
) -> JSONResponse:
    """An officer calls the link back: it opens nothing from now on, and the next one that is handed over is another."""

    def do(tx: Tx, now: datetime) -> SubjectNoticeShown:
        caller.case(tx, tx.servings.get(notice_id).case_id)
        return notice_shown(serving.call_back(tx, notice_id, caller.name, given.reason, now), caller)

    return desk.once(message(caller.source, message_id, f"link {notice_id}", given), do)


@router.post("/subject-notices/{notice_id}/words", response_model=ReceiptShown, responses=WRITES)
def say_word(desk: AtDesk, by: By, notice_id: NamePath, given: WordIn, message_id: MessageId = None) -> JSONResponse:
    """The subject speaks, by the link or by the system through which it came; or an officer enters what was said at the counter.

    A withdrawal that an officer enters comes with the paper that the subject has signed (422 `withdrawal_unsigned`), and counts once
    another officer has entered it, too; so does one by a link that an officer was handed.

    Where a withdrawal bars from committing to the item again, it is refused (409 `withdrawal_bars`, naming term, basis and last day) unless
    `bar_known` says that whoever withdraws was told so.
    """
    desk.look(lambda tx: _let_in(desk, tx, by, notice_id, Role.SYSTEM, Role.OFFICER))
    files = () if given.file is None else (spoken.take(given.file.decoded(desk.settings.max_material_bytes)),)
    beside = given.file.remark if given.file is not None and not blank(given.file.remark) else ""
    words = "\n".join(filter(None, (given.words, beside)))
    door = "subject" if isinstance(by, str) else by.name

    def do(tx: Tx, now: datetime) -> ReceiptShown:
        clerk = None if isinstance(by, str) or by.role is not Role.OFFICER else Signed(by=by.name, token=by.token, at=now)
        had = serving.holders(desk.office, tx, notice_id, by) if isinstance(by, str) else ()
        told = given.word, words, files, now
        when = None if isinstance(by, str) else stamped(given.said_on, given.stamp)  # what comes by the link has come now
        known = given.bar_known
        made = spoken.say(desk.office, tx, notice_id, *told, door=door, entered=clerk, holders=had, bar_known=known, stamp=when)
        return ReceiptShown(receipt=made.receipt, notice=notice_shown(made.notice, by))

    return desk.once(message(f"subject:{notice_id}"[:200], message_id, f"word {notice_id}", given), do)


@router.get("/subject-notices/{notice_id}/materials/{digest}", response_class=Response, responses=READS)
def look_at_word_file(desk: AtDesk, caller: Officer, notice_id: NamePath, digest: Digest) -> Response:
    """A file that came with a word, to be saved, under a policy that carries nothing out. Who looked at it is an entry of the ledger."""

    def do(tx: Tx, now: datetime) -> bytes:
        held = tx.servings.get(notice_id)
        caller.case(tx, held.case_id)
        return spoken.looked(tx, held, digest, caller.name, now)

    headers = {"Content-Disposition": f'attachment; filename="{digest[:16]}.bin"', "Content-Security-Policy": SANDBOX}
    return Response(desk.act(do), media_type="application/octet-stream", headers=headers)


@router.put("/cases/{case_id}/contact", status_code=204, response_class=Response, responses=WRITES)
def say_contact(desk: AtDesk, caller: Reaching, case_id: CasePath, given: ContactSaidIn) -> Response:
    """How the subject of a case can be reached, and whether electronic service is agreed to. Nobody reads it back.

    Who said so, and whether it was agreed to, is an entry of the ledger; the number and the address are not. An officer names the paper by
    which the subject has said so (422 `contact_unconfirmed`), enters no mailbox of the office's own people (`contact_officers`), and
    the subject is told; what comes back by a link that is brought there may be that officer's word.
    """
    contact = given.contact()

    def do(tx: Tx, now: datetime) -> None:
        clerk = Signed(by=caller.name, token=caller.token, at=now) if caller.role is Role.OFFICER else None
        case = caller.case(tx, case_id, lock=True)
        consent.say(desk.office, tx, case, contact, caller.name, now, clerk=clerk, document=given.confirmation)

    desk.act(do)
    return Response(status_code=204)


def _let_in(desk: Desk, tx: Tx, by: Caller | str, notice_id: str, *roles: Role) -> SubjectNotice:
    """The notice, for whoever holds its link, or a token that may see its case and has one of the roles. Raises Forbidden, Missing."""
    if isinstance(by, str):
        return serving.by_link(desk.office, tx, notice_id, by)
    by.may(*roles)
    held = tx.servings.get(notice_id)
    by.case(tx, held.case_id)
    return held
