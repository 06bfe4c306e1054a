"""The page behind the link of a notice: what the office says, and every way to answer it. And the same as a page to print.

The link is the authority, so a foreign page cannot act through a visitor's browser: it does not know the address. Opening it uses
nothing up and proves no service. It works without scripts; a file is read whole before anything is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from inspector.domain.case import Case, SubjectKind
from inspector.domain.consequence import Rectification
from inspector.domain.errors import Forbidden, InspectorError, Invalid, Refusal
from inspector.domain.identity import masked
from inspector.domain.serving import NoticeKind, SubjectNotice, SubjectWord
from inspector.flows import frontdesk, intended, review, serving, spoken, withdrawals, wording
from inspector.flows.withdrawals import Said
from inspector.labels import label
from inspector.store.tx import Tx, new_id
from inspector.web import bounds
from inspector.web.asked import name_of
from inspector.web.byhand import by_hand
from inspector.web.desk import AtDesk, Desk, desk_of, message
from inspector.web.forms import again
from inspector.web.language import InLang, language
from inspector.web.material import fitting
from inspector.web.multipart import FORM, Sent, sent
from inspector.web.pages import NO_TROUBLE, Fields, Trouble, fields, page, read, refused, trouble
from inspector.web.serving import ReceiptShown, WordIn, notice_shown
from inspector.web.session import Visitor, to_login

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Whom a notice is to, so that a paper goes to nobody else (Penalties Law art. 59): of a natural person not the whole number."""

    name: str
    code: str
    reference: str

    @classmethod
    def of(cls, case: Case) -> Party:
        """The subject of a case."""
        whole = case.subject.kind is SubjectKind.FIRM
        return cls(
            name=case.subject.name,
            code=case.subject.code if whole else masked(case.subject.code),
            reference=case.reference,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What the page is made of. `order`: the order to rectify that it tells of, with what each re-check has shown.

    `kept`: a withdrawal takes nothing back, for it was decided against the subject (decision 157); `waits`: one that was said and waits.
    """

    held: SubjectNotice
    says: tuple[SubjectWord, ...]
    item: str
    cited: list[str]
    bar: str
    party: Party
    contact: tuple[str, ...]
    by_hand: bool
    order: Rectification | None
    kept: bool
    waits: Said | None


async def posted(request: Request, desk: AtDesk, notice_id: str, token: str) -> Sent:
    """What was sent by a link that is ours: of anybody else not a byte of a file is waited for. Raises Forbidden."""
    await run_in_threadpool(lambda: desk.look(lambda tx: serving.by_link(desk.office, tx, notice_id, token)))
    stated, most = request.headers.get("content-length", ""), bounds.most(request.url.path, desk.settings)
    if stated.isdecimal() and int(stated) > most:  # not heard at all: the page says so beside its form
        too_large = Invalid("material_too_large", field="material", most=desk.settings.max_material_bytes // 1_000_000)
        return Sent(fields=Fields([], too_large), files={})
    content, kind = await request.body(), request.headers.get("content-type", "")
    if kind.partition(";")[0].strip().lower() == FORM:
        return await run_in_threadpool(sent, content, kind)
    return Sent(fields=fields(content, kind or "application/x-www-form-urlencoded"), files={})


@router.get("/subject/{notice_id}/{token}", name="subject_form")
def show(request: Request, desk: AtDesk, notice_id: str, token: str) -> Response:
    """What the office says, and the ways to answer. A preview that fetches the link has told nobody."""
    try:
        held = desk.look(lambda tx: serving.by_link(desk.office, tx, notice_id, token))
        if by_hand(request) and held.opened_at is None:
            desk.act(lambda tx, now: spoken.open_page(tx, notice_id, now))
        return _page(request, desk, notice_id)
    except InspectorError as error:
        return refused(request, error)


@router.post("/subject/{notice_id}/{token}")
def post(request: Request, notice_id: str, form: Annotated[Sent, Depends(posted)], lang: InLang) -> Response:
    """The subject says something; what does not fit is said beside what was typed."""
    desk = desk_of(request)
    try:
        form.fields.sound()
        _say(desk, notice_id, request.path_params["token"], form)
    except InspectorError as error:
        return _page(request, desk, notice_id, form.fields, trouble(error, form.fields, lang))
    return again(request)


@router.api_route("/subject/{rest:path}", methods=["GET", "POST"])
def cut_off(request: Request) -> Response:
    """A link of which a part was lost, as happens in chat and mail programs."""
    return refused(request, Forbidden("link_unknown"))


@router.get("/notices/{notice_id}/paper")
def paper(request: Request, desk: AtDesk, caller: Visitor, notice_id: str) -> Response:
    """The notice on a page to print, for an officer who brings it: with the lines on which its receipt is signed. It names no link."""
    if caller is None:
        return to_login(request)
    try:
        caller.reads()
        held = desk.look(lambda tx: (tx.servings.get(notice_id), caller.case(tx, tx.servings.get(notice_id).case_id)))[0]
    except InspectorError as error:
        return refused(request, error)
    return page(request, "subjectpaper.html", **_context(desk, desk.look(lambda tx: _read(request, desk, tx, held.id))))


def _say(desk: Desk, notice_id: str, token: str, form: Sent) -> None:
    content = fitting(form.files.get("material", b""), desk.settings.max_material_bytes)
    known = form.fields.one("sure") == "yes"
    said = read(WordIn, word=form.fields.one("word"), words=form.fields.one("words"), bar_known=known)
    files = (spoken.take(content),) if content else ()

    def do(tx: Tx, now: datetime) -> ReceiptShown:
        try:
            had, told = serving.holders(desk.office, tx, notice_id, token), (said.word, said.words, files, now)
            made = spoken.say(desk.office, tx, notice_id, *told, holders=had, bar_known=said.bar_known)
        except Refusal as error:
            if error.code == "withdrawal_bars":
                raise Invalid("withdrawal_unsure", field="sure") from error
            raise
        return ReceiptShown(receipt=made.receipt, notice=notice_shown(made.notice, token))

    told = f"form {said.word} {notice_id} {','.join(spoken.digests_of(files))}"
    desk.once(message(f"subject:{notice_id}"[:200], form.fields.message_id(), told, said), do)


def _read(request: Request, desk: Desk, tx: Tx, notice_id: str) -> _Read:
    held = tx.servings.get(notice_id)
    case = tx.cases.get(held.case_id)
    policy = desk.office.book.get(case.pack)
    cited = wording.quoted(policy, held.basis, language(request))
    about = tx.consequences.find(held.about)
    says = spoken.may_say(desk.office, case, held, desk.office.now(), about)
    spoke = any(one.kind is SubjectWord.WITHDRAWAL for one in held.words)
    bar = review.withdrawing(desk.office, tx, case, desk.office.now()) if SubjectWord.WITHDRAWAL in says else None
    lang, told = language(request), ""
    if bar is not None:
        today = label("intended.withdrawing_today", lang, until=bar.until.isoformat())
        told = intended.withdrawing(bar, case.item, policy, lang) + today
    had = serving.holders(desk.office, tx, notice_id, request.path_params.get("token", ""))
    item, party = policy.item(case.item).name, Party.of(case)
    return _Read(
        held=held,
        says=says,
        item=item,
        cited=cited,
        bar=told,
        party=party,
        by_hand=bool(had),
        contact=frontdesk.lines(desk.office, held.agency, lang),
        order=about.rectification if about is not None and held.kind in (NoticeKind.DECISION, NoticeKind.REMINDER) else None,
        kept=SubjectWord.WITHDRAWAL in says and withdrawals.kept(tx, case),
        waits=withdrawals.waiting(tx, case.id) if spoke else None,
    )


def _context(desk: Desk, told: _Read) -> dict[str, Any]:
    return {
        "held": told.held,
        "says": told.says,
        "agency": name_of(desk, told.held.agency),
        "contact": told.contact,
        "item": told.item,
        "cited": told.cited,
        "party": told.party,
        "bar": told.bar,
        "by_hand": told.by_hand,
        "order": told.order,
        "nothing_back": told.kept,
        "waits": told.waits,
        "most": desk.settings.max_material_bytes // 1_000_000,
        "message_id": new_id(),
    }


def _page(request: Request, desk: Desk, notice_id: str, form: Fields | None = None, wrong: Trouble = NO_TROUBLE) -> Response:
    told = desk.look(lambda tx: _read(request, desk, tx, notice_id))
    context = {**_context(desk, told), "kept": form.kept() if form else {}, "trouble": wrong}
    context["lookers"] = f"{request.url.path}/viewings"
    return page(request, "subject.html", status=wrong.status, **context)
