"""The requester's desk: requests for assistance, what an officer does about one, and the transcription of a reply on paper."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, Literal

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from inspector.domain import assistance
from inspector.domain.assistance import Inability, Quarrel
from inspector.domain.case import Case
from inspector.domain.dispute import contestable
from inspector.domain.errors import InspectorError, Invalid, Refusal
from inspector.domain.evidence import Verdict
from inspector.domain.letter import kind_of, short
from inspector.domain.respite import waits_for_us
from inspector.domain.said import Filled, guess
from inspector.domain.scoreboard import ended_as
from inspector.domain.viewing import Shown as What
from inspector.flows import assist, attention, dossier, past, replylink, transcription, unsettled, wording
from inspector.flows.requests import for_requester, node_of, policy_of
from inspector.incoming import CROSSED_OUT, HIDDEN
from inspector.labels import Lang, label
from inspector.store.tx import Tx, new_id
from inspector.web.answers import Closed
from inspector.web.asked import VERDICTS, choices, name_of
from inspector.web.assistance import DateKeptIn, SeenIn, own, readable
from inspector.web.body import JsonRoute
from inspector.web.caller import Caller, Officer
from inspector.web.desk import AtDesk, Desk, message
from inspector.web.errors import WRITES
from inspector.web.fields import AfterName, Day, MaybeLine, MessageId, NamePath, Strict, Text
from inspector.web.language import InLang, carried, language
from inspector.web.messages import SeenToIn
from inspector.web.pages import NO_TROUBLE, Fields, Posted, Trouble, complete, page, read, refused, trouble
from inspector.web.replies import WordIn
from inspector.web.requested import RequestShown, request_shown
from inspector.web.roles import Role
from inspector.web.session import Visitor, to_login, unfit, written_by_officer
from inspector.web.signedin import guard, held_cookie
from inspector.web.viewings import shown_of
from inspector.web.watch import close_attention
from inspector.web.whichcase import fact_name

router = APIRouter(include_in_schema=False)
api = APIRouter(prefix="/v1/assistance", tags=["assistance"], route_class=JsonRoute)
SHOWN = 100


class TranscriptionIn(WordIn):
    """A reply on paper: what it says in the fields of a reply, and what is written there, word for word. `scan`: its picture's SHA-256.

    `came`: the day on which it came, where that was before today; without it that of the first mail that waits to be read.
    `posted`: the day on which the paper letter left that it answers, while that is still to be posted (`letter_to_post`).
    """

    written: Text
    scan: MaybeLine = ""
    came: Day | None = None
    posted: Day | None = None


class LinkIn(Strict):
    """Why the links are called back. `anew`: the letters go out again with other ones."""

    reason: Text
    anew: bool = False


@api.post("/{request_id}/transcription", response_model=RequestShown, responses=WRITES)
def transcribe(
    desk: AtDesk, caller: Officer, request_id: NamePath, given: TranscriptionIn, message_id: MessageId = None
) -> JSONResponse:
    """An officer of the requester enters a reply that came on paper: it counts as the agency's word, and shows who transcribed it."""
    said = message(caller.source, message_id, f"transcribe {request_id}", given)
    return desk.once(said, lambda tx, now: request_shown(_transcribe(desk, tx, caller, request_id, given, now)))


@api.post("/{request_id}/link", response_model=RequestShown, responses=WRITES)
def call_back(desk: AtDesk, caller: Officer, request_id: NamePath, given: LinkIn, message_id: MessageId = None) -> JSONResponse:
    """An officer of the requester calls the links back, the agency's and the superior's: they open nothing from now on."""

    def do(tx: Tx, now: datetime) -> RequestShown:
        _own(desk, tx, caller, request_id)
        return request_shown(replylink.call_back(tx, request_id, caller.name, given.reason, now, anew=given.anew))

    return desk.once(message(caller.source, message_id, f"link {request_id}", given), do)


@router.get("/requests")
def show_all(
    request: Request, desk: AtDesk, caller: Visitor, after: AfterName = None, state: Literal["over"] | None = None
) -> Response:
    """Requests of the session's agencies, page by page: those that are open, the nearest date first, or those that are over, the newest."""
    if caller is None:
        return to_login(request)
    if (refusal := unfit(request, caller)) is not None:
        return refusal

    def ask(tx: Tx) -> list[assistance.Request]:
        return (tx.assistance.over_of if state else tx.assistance.open_of)(caller.sees, SHOWN + 1, after or "")

    held, lang = desk.look(ask), language(request)
    rows = [(request_shown(one), _asked(desk, one), past.stands(one.state, ended_as(one), lang)) for one in held[:SHOWN]]
    more = rows[-1][0].id if len(held) > SHOWN else None
    return page(request, "requests.html", caller=caller, rows=rows, more=more, short=short, over=bool(state))


@router.get("/requests/{request_id}")
def show_one(request: Request, desk: AtDesk, caller: Visitor, request_id: str) -> Response:
    """One request, its history, and what an officer may do about it."""
    if caller is None:
        return to_login(request)
    return _page(request, desk, caller, request_id)


@router.post("/requests/{request_id}")
def post_one(request: Request, desk: AtDesk, caller: Visitor, request_id: str, form: Posted, lang: InLang) -> Response:
    """An officer transcribes a reply, says that a letter was posted, agrees to a date or not, disputes a refusal, calls the link back."""
    if caller is None:
        return to_login(request)
    try:
        written_by_officer(request, desk, caller, form)
        if form.one("do") == "posted":
            moved = _posted(desk, caller, request_id, form)
            if moved.due_at is not None:
                return _page(request, desk, caller, request_id, moved=moved)
            return RedirectResponse(request.url.path + carried(request), 303)
        given, do = _meant(desk, caller, request_id, form)
        told = message(caller.source, form.message_id(), f"{form.one('do')} {request_id}", given)
        desk.once(told, lambda tx, now: request_shown(do(tx, now)))
    except InspectorError as error:
        return _page(request, desk, caller, request_id, form, trouble(error, form, lang))
    return RedirectResponse(request.url.path + carried(request), 303)


def _lies(tx: Tx, held: assistance.Request, key: str, lang: Lang) -> str:
    """What a letter that lies here is, and by what day's posting its date holds where that moves it."""
    row = tx.attention.get(f"{unsettled.TO_POST}:{key}")
    told = attention.told(row["kind"], row["body"], lang) if row is not None else ""
    return told or wording.code("LetterKind", kind_of(held, key), lang)


def _posted(desk: Desk, caller: Caller, request_id: str, form: Fields) -> Closed:
    """A letter of this request that lay here was posted: its matter is closed by the API's own operation."""
    key = form.one("letter")
    if key not in desk.look(lambda tx: unsettled.to_post(tx, readable(tx, caller, request_id))):
        raise Refusal("action_unknown", action="posted")
    told = read(SeenToIn, note=form.one("note"))
    answer = close_attention(desk, caller, f"{unsettled.TO_POST}:{key}", told, form.message_id())
    return Closed.model_validate_json(bytes(answer.body))


Step = Callable[[Tx, datetime], assistance.Request]


def _meant(desk: Desk, caller: Caller, request_id: str, form: Fields) -> tuple[Strict, Step]:
    """What a form asks for, and how it is done."""
    office, reasons = desk.office, form.one("reasons")
    given: Strict
    match form.one("do"):
        case "transcribe":
            given = _transcription(form)
            return given, lambda tx, now: _transcribe(desk, tx, caller, request_id, given, now)
        case "agree":
            date = read(SeenIn, due_at=form.one("due_at"))
            return date, lambda tx, now: assist.agree_date(
                office, _own(desk, tx, caller, request_id), request_id, date.due_at, caller.name, now
            )
        case "keep":
            complete(form, Invalid("reasons_missing", field="reasons"))
            kept = read(DateKeptIn, due_at=form.one("due_at"), reasons=reasons)
            return kept, lambda tx, now: assist.keep_date(
                office, _own(desk, tx, caller, request_id), request_id, kept.due_at, caller.name, kept.reasons, now
            )
        case "refusal":
            complete(form, Invalid("reasons_missing", field="reasons"))
            given = read(LinkIn, reason=reasons)
            return given, lambda tx, now: assist.contest_refusal(
                office, _own(desk, tx, caller, request_id), request_id, reasons, caller.name, now
            )
        case "link":
            complete(form, Invalid("reason_missing", field="reason"))
            link = read(LinkIn, reason=form.one("reason"), anew=form.one("anew") == "yes")
            return link, lambda tx, now: replylink.call_back(
                _own(desk, tx, caller, request_id), request_id, caller.name, link.reason, now, anew=link.anew
            )
        case other:
            raise Refusal("action_unknown", action=other[:40])


def _transcription(form: Fields) -> TranscriptionIn:
    """A slip's lines: which step they are is what they can mean at most."""
    complete(form, Invalid("written_missing", field="written"), Invalid("signer_missing", field="signer"))
    words = ("verdict", "value", "rest", "accepted", "warn", "calm", "day", "longer", "to")
    names = (*words, "signer", "reasons", "inability", "about", "written", "scan", "came", "posted")
    filled = {name: form.one(name) for name in names if form.one(name) and name not in ("accepted", "warn", "calm", "longer")}
    longer, warn, calm, accepted = (*map(form.one, ("longer", "warn", "calm")), form.one("accepted") == "yes")
    alone = longer or warn or calm
    told = read(TranscriptionIn, do="accept", **filled | ({"reasons": alone} if alone else {}))
    verdict = Verdict(told.verdict) if told.verdict else None
    if longer and told.rest:
        raise Invalid("slip_mixed", field="longer")
    do = guess(
        Filled(
            verdict=verdict,
            value=told.value,
            rest=told.rest,
            accepted=accepted,
            day=told.day,
            longer=longer,
            to=told.to,
            reasons=form.one("reasons"),
            warn=warn,
            inability=told.inability,
            about=told.about if filled.get("about") else None,
            calm=calm,
        )
    )
    if warn:
        filled["reasons"] = warn
    if longer or calm:
        filled["reasons"] = "\n".join(filter(None, (longer or calm, form.one("reasons"))))
    return read(TranscriptionIn, do=do.value, **filled)


def _transcribe(desk: Desk, tx: Tx, caller: Caller, request_id: str, given: Strict, now: datetime) -> assistance.Request:
    assert isinstance(given, TranscriptionIn)
    _own(desk, tx, caller, request_id)
    paper = transcription.Paper(written=given.written, scan=given.scan, came=given.came, posted=given.posted)
    made = transcription.transcribe(desk.office, tx, request_id, given.said(), paper, caller.name, now)
    return made if made.id == request_id else tx.assistance.get(request_id)


def _own(desk: Desk, tx: Tx, caller: Caller, request_id: str) -> Tx:
    """The transaction for a step of the requester's; raises as `own` does."""
    own(desk, tx, caller, request_id)
    return tx


def _asked(desk: Desk, held: assistance.Request) -> str:
    return name_of(desk, held.requested)


def _marked(mail: Mapping[str, Any], lang: Lang) -> Mapping[str, Any]:
    """A mail with the marks of what its page crosses out or hides, in words."""
    text = (
        str(mail.get("text", ""))
        .replace(CROSSED_OUT, label("ui.mail_crossed", lang))
        .replace(HIDDEN, label("ui.mail_hidden", lang))
    )
    return {**mail, "text": text}


def _page(
    request: Request,
    desk: Desk,
    caller: Caller,
    request_id: str,
    form: Fields | None = None,
    wrong: Trouble = NO_TROUBLE,
    *,
    moved: Closed | None = None,
) -> Response:
    def ask(tx: Tx) -> tuple[assistance.Request, Case, str, list[Mapping[str, Any]], list[tuple[str, str]], str]:
        held = readable(tx, caller, request_id)
        case = tx.cases.get(held.case_id)
        fact = fact_name(desk, case.pack, str(held.question["item"]), str(held.question["fact"]))
        keys = unsettled.to_post(tx, held)
        lies = [(key, _lies(tx, held, key, language(request))) for key in keys]
        prepared = dossier.unaddressed(desk.office, policy_of(desk.office, tx, held), held, language(request))
        return held, tx.cases.get(held.case_id), fact, list(unsettled.unread(tx, request_id)), lies, prepared

    try:
        caller.reads()
        held, case, fact, mails, lies, prepared = desk.look(ask)
    except InspectorError as error:
        return refused(request, error)
    shown_of(desk, caller, What.REQUEST, (held.case_id,), "page")
    officer = caller.role is Role.OFFICER and for_requester(desk.office, held, caller.agency)
    context = {
        "caller": caller,
        "held": request_shown(held, ours=caller.agency != node_of(desk.office, held.requested)),
        "said": partial(past.said, lang=language(request)),
        "requested": _asked(desk, held),
        "requester": name_of(desk, held.requester),
        "fact": fact,
        "hears": officer,
        "case_due": case.due_at if not case.state.ended else None,
        "case_provisional": case.provisional,
        "beyond": held.proposed is not None and case.due_at is not None and held.proposed.due_at > case.due_at,
        "agrees": officer and waits_for_us(held),
        "contests": officer and contestable(held),
        "calls": officer,
        "lies": bool(lies) and held.sent_at is None,
        "to_post": lies if officer else [],
        "moved": moved,
        "dossier": prepared if officer else "",
        "short": short(held.id),
        "stands": past.stands(held.state, ended_as(held), language(request)),
        "verdicts": VERDICTS,
        "inabilities": list(Inability),
        "quarrels": [one for one in Quarrel if one is not Quarrel.REFUSAL],
        "agencies": choices(desk, held.requester, held.requested),
        "mails": [_marked(one, language(request)) for one in mails] if officer else [],
        "kept": form.kept() if form else {},
        "trouble": wrong,
        "message_id": new_id(),
        "guard": guard(desk, held_cookie(request)),
    }
    return page(request, "request.html", status=wrong.status, **context)
