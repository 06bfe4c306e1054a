"""The officer's desk of notices to subjects: how far each has come, its proof, and what the subject has said."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from inspector.domain import announcing, ownword
from inspector.domain.consequence import Signed
from inspector.domain.docket import SPOKE
from inspector.domain.errors import InspectorError, Invalid, Refusal
from inspector.domain.limitation import began
from inspector.domain.serving import NoticeKind, SubjectNotice, SubjectWord, Word
from inspector.domain.viewing import Shown as What
from inspector.domain.wayto import PROVEN
from inspector.flows import intended, reached, review, serving, spoken
from inspector.labels import Lang, label
from inspector.store.tx import Tx, new_id
from inspector.web.caller import Caller
from inspector.web.desk import AtDesk, Desk, message
from inspector.web.fields import Digest
from inspector.web.filed import Form
from inspector.web.language import InLang, carried, language
from inspector.web.material import SANDBOX, fitting
from inspector.web.messages import SeenToIn
from inspector.web.multipart import Sent
from inspector.web.pages import NO_TROUBLE, Fields, Trouble, complete, page, read, refused, trouble
from inspector.web.roles import Role
from inspector.web.selfproofs import CallBackIn
from inspector.web.serving import (
    AnnouncedIn,
    ServedIn,
    SubjectNoticeIn,
    SubjectNoticeShown,
    UnservedIn,
    WordIn,
    announce_notice,
    give_notice,
    notice_shown,
    say_word,
)
from inspector.web.session import Visitor, to_login, unfit, written_by_officer
from inspector.web.signedin import guard, held_cookie
from inspector.web.steps import Field, Kind, entry, typed
from inspector.web.viewings import shown_of
from inspector.web.watch import close_attention

router = APIRouter(include_in_schema=False)
SHOWN = 200
_STEPS: Mapping[str, tuple[Field, ...]] = {
    "answer": (entry("title"), *(entry(name, Kind.LINES) for name in ("facts", "basis")), entry("reasons", Kind.TEXT)),
    "seen": (entry("note", Kind.TEXT),),
}
"""What an officer does about words that fit no proceeding: answer them, by a notice of his or her own, and say that they are read."""
_WITHDRAW = "withdraw"
_STAMP = (entry("said_on", Kind.DAY, needed=False), entry("stamp", needed=False))
_BAR_TOLD = Field(name="bar_known", kind=Kind.CHOICE, choices=(("true", "noticedesk.bar_told"),))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Leaving:
    """A withdrawal at the counter (the plan, item 9): the form's fields, empty where this officer has none to fill in.

    `first`: one that waits for a second officer; `mine`: it is this one's. `bar`: what follows for committing again, in words.
    """

    fields: tuple[Field, ...] = ()
    first: Word | None = None
    mine: bool = False
    bar: str = ""


@router.get("/notices")
def show_all(request: Request, desk: AtDesk, caller: Visitor) -> Response:
    """Notices on their way, of the session's agencies; the nearest date first."""
    if caller is None:
        return to_login(request)
    if (refusal := unfit(request, caller)) is not None:
        return refusal
    rows, names = desk.look(lambda tx: _listed(tx, tx.servings.open_of(caller.sees, SHOWN)))
    shown_of(desk, caller, What.NOTICE, (one.case_id for one in rows), "page")
    return page(request, "noticelist.html", caller=caller, rows=rows, names=names)


def _listed(tx: Tx, rows: list[SubjectNotice]) -> tuple[list[SubjectNotice], dict[str, str]]:
    """Notices, and the name of each one's subject by the case's number."""
    return rows, {one: tx.cases.get(one).subject.name for one in {held.case_id for held in rows}}


@router.get("/notices/{notice_id}")
def show_one(request: Request, desk: AtDesk, caller: Visitor, notice_id: str) -> Response:
    """One of them: its way, its proof, the subject's words, and what an officer may do."""
    return to_login(request) if caller is None else _page(request, desk, caller, notice_id)


@router.get("/notices/{notice_id}/materials/{digest}")
def show_file(request: Request, desk: AtDesk, caller: Visitor, notice_id: str, digest: Digest) -> Response:
    """A file that came with a word, to be saved; who looked at it is on record."""
    if caller is None:
        return to_login(request)
    try:
        caller.may(Role.OFFICER)

        def do(tx: Tx, now: datetime) -> bytes:
            return spoken.looked(tx, _own(tx, caller, notice_id), digest, caller.name, now)

        headers = {"Content-Disposition": f'attachment; filename="{digest[:16]}.bin"', "Content-Security-Policy": SANDBOX}
        return Response(desk.act(do), media_type="application/octet-stream", headers=headers)
    except InspectorError as error:
        return refused(request, error)


@router.post("/notices/{notice_id}")
def post_one(request: Request, desk: AtDesk, caller: Visitor, notice_id: str, posted: Form, lang: InLang) -> Response:
    """An officer enters the proof, says that no way is left, takes the link, calls it back, or enters a withdrawal with its paper."""
    if caller is None:
        return to_login(request)
    form = posted.fields
    try:
        written_by_officer(request, desk, caller, form)
        if form.one("do") == "hand":  # the link is shown once, here, and lies in no row
            return _page(request, desk, caller, notice_id, link=desk.act(lambda tx, now: _hand(desk, tx, caller, notice_id, now)))
        if form.one("do") == _WITHDRAW:
            _withdraw(desk, caller, notice_id, posted)
        else:
            _do(desk, caller, notice_id, form)
    except InspectorError as error:
        return _page(request, desk, caller, notice_id, form, trouble(error, form, lang, group=_group(form)))
    return RedirectResponse(request.url.path + carried(request), 303)


def _group(form: Fields) -> str:
    return "noticedesk" if form.one("do") in (*_STEPS, _WITHDRAW) else "ui"


def _do(desk: Desk, caller: Caller, notice_id: str, form: Fields) -> None:
    office = desk.office
    match form.one("do"):
        case "served":
            complete(form, Invalid("proof_missing", field="proof"), Invalid("served_day_missing", field="served_on"))
            agreed = form.one("agreed") == "yes"
            proof = read(ServedIn, on=form.one("served_on"), way=form.one("way"), proof=form.one("proof"), agreed=agreed)
            said = message(caller.source, form.message_id(), f"served {notice_id}", proof)

            def served(tx: Tx, now: datetime) -> SubjectNoticeShown:
                _own(tx, caller, notice_id)
                done = reached.served(
                    office, tx, notice_id, proof.on, proof.way, proof.proof, caller.name, now, agreed=proof.agreed
                )
                return notice_shown(done, caller)

            desk.once(said, served)
        case "unserved":
            complete(form, Invalid("reason_missing", field="why"))
            why = read(UnservedIn, why=form.one("why"))
            said = message(caller.source, form.message_id(), f"unserved {notice_id}", why)

            def failed(tx: Tx, now: datetime) -> SubjectNoticeShown:
                _own(tx, caller, notice_id)
                return notice_shown(serving.failed(office, tx, notice_id, why.why, caller.name, now), caller)

            desk.once(said, failed)
        case "announced":
            complete(form, Invalid("proof_missing", field="where"), Invalid("served_day_missing", field="announced_on"))
            put = read(AnnouncedIn, on=form.one("announced_on"), where=form.one("where"))
            announce_notice(desk, caller, notice_id, put, form.message_id())
        case "link":
            complete(form, Invalid("reason_missing", field="reason"))
            called = read(CallBackIn, reason=form.one("reason"))
            said = message(caller.source, form.message_id(), f"link {notice_id}", called)

            def call_back(tx: Tx, now: datetime) -> SubjectNoticeShown:
                _own(tx, caller, notice_id)
                return notice_shown(serving.call_back(tx, notice_id, caller.name, called.reason, now), caller)

            desk.once(said, call_back)
        case "seen":
            close_attention(desk, caller, f"{SPOKE}:{notice_id}", read(SeenToIn, note=form.one("note")), form.message_id())
        case "answer":
            held = desk.look(lambda tx: _own(tx, caller, notice_id))
            told = {one.name: typed(one, form) for one in _STEPS["answer"]}
            given = read(SubjectNoticeIn, case_id=held.case_id, kind=NoticeKind.GUIDANCE, about=held.about, **told)
            give_notice(desk, caller, given, form.message_id())
        case other:
            raise Refusal("action_unknown", action=other[:40])


def _withdraw(desk: Desk, caller: Caller, notice_id: str, posted: Sent) -> None:
    """A withdrawal with the paper that the subject has signed: the message of the API, so that both are held to the same rules."""
    form = posted.fields
    complete(form, Invalid("word_empty", field="words"))
    paper = fitting(posted.files.get("file", b""), desk.settings.max_material_bytes)
    file = {"content": b64encode(paper).decode()} if paper else None
    known = form.one("bar_known") or False
    day = {"said_on": form.one("said_on") or None, "stamp": form.one("stamp")}
    given = read(WordIn, word=SubjectWord.WITHDRAWAL, words=form.one("words"), file=file, bar_known=known, **day)
    say_word(desk, caller, notice_id, given, form.message_id())


def _leaving(desk: Desk, tx: Tx, caller: Caller, held: SubjectNotice, lang: Lang) -> _Leaving:
    """What this officer may enter of a withdrawal; who has entered the one that waits, or had its link in hand, is no second officer."""
    case = tx.cases.get(held.case_id)
    now = desk.office.now()
    about, early = (
        tx.consequences.find(held.about),
        began(case),
    )  # one that was handed in by the conclusion is entered behind it, too
    says = spoken.may_say(desk.office, case, held, now, about, handed_in=early)
    if caller.role is not Role.OFFICER or SubjectWord.WITHDRAWAL not in says:
        return _Leaving()
    first = reached.awaiting(held)
    if first is not None and ownword.of(first, Signed(by=caller.name, token=caller.token, at=now)):
        return _Leaving(first=first, mine=True)
    bar = review.withdrawing(desk.office, tx, case, now, early)
    policy = desk.office.book.get(case.pack)
    told = intended.withdrawing(bar, case.item, policy, lang) if bar is not None else ""
    today = label("intended.withdrawing_today", lang, until=bar.until.isoformat()) if bar is not None else ""
    fields = (entry("words", Kind.TEXT), entry("file", Kind.FILE), *_STAMP, *((_BAR_TOLD,) if bar is not None else ()))
    return _Leaving(fields=fields, first=first, bar=told + today)


def said(desk: Desk, case_id: str) -> dict[str, Any]:
    """For the pages on which people decide about a case: what was said to its subject, and by which notice each of its files came."""
    notices = desk.look(lambda tx: tx.servings.of_case(case_id))
    return {"notices": notices, "files": spoken.files_of(notices)}


def _own(tx: Tx, caller: Caller, notice_id: str) -> SubjectNotice:
    held = tx.servings.get(notice_id)
    caller.case(tx, held.case_id)
    return held


def _hand(desk: Desk, tx: Tx, caller: Caller, notice_id: str, now: datetime) -> str:
    _own(tx, caller, notice_id)
    return serving.hand(desk.office, tx, notice_id, caller.name, now, login=caller.token)


def _page(
    request: Request,
    desk: Desk,
    caller: Caller,
    notice_id: str,
    form: Fields | None = None,
    wrong: Trouble = NO_TROUBLE,
    *,
    link: str = "",
) -> Response:
    try:
        caller.reads()
        held, waits = desk.look(lambda tx: (_own(tx, caller, notice_id), tx.attention.get(f"{SPOKE}:{notice_id}")))
        leaving = desk.look(lambda tx: _leaving(desk, tx, caller, held, language(request)))
        shown_of(desk, caller, What.NOTICE, (held.case_id,), "page")
    except InspectorError as error:
        return refused(request, error)
    officer, tried = caller.role is Role.OFFICER, form.one("do") if form is not None else ""
    waiting = officer and waits is not None and waits["closed_at"] is None
    withdraw = ((_WITHDRAW, leaving.fields),) if leaving.fields else ()
    steps = [*(withdraw if leaving.first is not None else ()), *(_STEPS.items() if waiting else ())]
    typed_before = {"words": leaving.first.words} if leaving.first is not None else {}
    context = {
        "caller": caller,
        "held": held,
        "officer": officer,
        "waiting": waiting,
        "steps": [*steps, *(withdraw if leaving.first is None else ())],
        "at_rest": not steps,
        "leaving": leaving,
        "hands": ", ".join(one.by for one in ownword.hands(leaving.first)) if leaving.first is not None else "",
        "tried": tried,
        "today": f"{desk.office.calendar.local(desk.office.now()):%Y-%m-%d}",
        "ways": list(PROVEN),
        "public": announcing.unreached(held),
        "link": link,
        "kept": form.kept() if form else typed_before,
        "trouble": wrong,
        "message_id": new_id(),
        "guard": guard(desk, held_cookie(request)),
    }
    return page(request, "noticedesk.html", status=wrong.status, **context)
