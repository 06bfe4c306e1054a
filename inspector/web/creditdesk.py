"""The officer's pages of credit: what is objected to, which repairs are asked for; each received and decided here (handbook 1.7.5, 1.7.10).

Each form is one message of the API, by the same operation, so that page, program and command line are held to the same rules. Of a file
its SHA-256 is entered, as there; whoever receives it keeps it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from inspector.domain.annulled import Annulled
from inspector.domain.case import Case
from inspector.domain.creditlaw import RepairPaper
from inspector.domain.creditrecord import Record
from inspector.domain.docket import AMEND_BY_HAND, AMEND_STUCK, Nearness, nearness
from inspector.domain.errors import InspectorError, Invalid, Missing, Refusal
from inspector.domain.evidence import blank
from inspector.domain.objection import Objection, ObjectionState
from inspector.domain.statement import STUCK
from inspector.domain.striking import TO_STRIKE
from inspector.domain.viewing import Shown as What
from inspector.domain.withdrawal import WITHDRAWAL
from inspector.flows import endwords, touched
from inspector.flows.decisions import last_review
from inspector.labels import Lang, label
from inspector.store.room import Row
from inspector.store.tx import Tx, new_id
from inspector.web import creditmessages
from inspector.web import creditrecords as api
from inspector.web.accounts import EntryPath
from inspector.web.caller import Caller
from inspector.web.cases import read_case
from inspector.web.cases import why as why_of
from inspector.web.desk import AtDesk, Desk
from inspector.web.fields import NamePath
from inspector.web.filed import Form
from inspector.web.grounds import grounds, spotted
from inspector.web.language import InLang, carried, language
from inspector.web.material import fitting
from inspector.web.messages import SeenToIn
from inspector.web.multipart import Sent
from inspector.web.noticedesk import said
from inspector.web.pages import NO_TROUBLE, Fields, Trouble, page, read, refused, trouble
from inspector.web.roles import Role
from inspector.web.session import Visitor, to_login, unfit, written_by_officer
from inspector.web.signedin import guard, held_cookie
from inspector.web.steps import Field, Kind, among, either, entry
from inspector.web.viewings import shown, shown_of
from inspector.web.watch import close_attention

router = APIRouter(include_in_schema=False)
SHOWN = 200
_WAITING = {"withdrawn": WITHDRAWAL, "struck": TO_STRIKE, "kept": STUCK, "untaken": AMEND_STUCK, "by_hand": AMEND_BY_HAND}
"""Matters that the list of credit shows, by the name of their part of the page."""
Take = Callable[[Desk, Caller, str, Sent], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One form: its fields, and what takes it."""

    fields: tuple[Field, ...]
    take: Take


def _digest(desk: Desk, form: Sent, name: str) -> str:
    """The SHA-256 of a file of a form; empty where there is none. Raises Invalid for one that is too large."""
    content = fitting(form.files.get(name, b""), desk.settings.max_material_bytes)
    return hashlib.sha256(content).hexdigest() if content else ""


def _said(form: Sent) -> dict[str, str | None]:
    """The subject's words, and the day on which it handed them in, where that was before today."""
    return {"words": form.fields.one("words"), "said_on": form.fields.one("said_on") or None, "stamp": form.fields.one("stamp")}


def _object(desk: Desk, caller: Caller, about: str, form: Sent) -> object:
    digest = _digest(desk, form, "material")
    given = read(creditmessages.ObjectionIn, **_said(form), digests=(digest,) if digest else ())
    return api.object_to(desk, caller, about, given, form.fields.message_id())


def _repair(desk: Desk, caller: Caller, about: str, form: Sent) -> object:
    """Each paper with its name: a number alone tells nobody who decides what was brought."""
    brought = {paper: _digest(desk, form, paper.value.lower()) for paper in RepairPaper}
    named = {paper: form.fields.one(f"{paper.value.lower()}_name") for paper in RepairPaper}
    for paper in (one for one, digest in brought.items() if digest and blank(named[one])):
        raise Invalid("repair_nameless", field=f"{paper.value.lower()}_name")
    papers = tuple({"paper": one, "digest": digest, "name": named[one]} for one, digest in brought.items() if digest)
    given = read(creditmessages.RepairIn, **_said(form), papers=papers)
    return api.ask_repair(desk, caller, about, given, form.fields.message_id())


def _count(desk: Desk, caller: Caller, about: str, form: Sent) -> object:
    """Of files that came by the subject's link: what each shows, as an officer has read it."""
    told = {name.removeprefix(_SHOWS): value for name, value in form.fields.kept().items() if name.startswith(_SHOWS) and value}
    if not told:
        raise Invalid("repair_unread", field="files")
    papers = tuple({"paper": paper, "digest": digest} for digest, paper in told.items())
    return api.ask_repair(desk, caller, about, read(creditmessages.RepairIn, papers=papers), form.fields.message_id())


def _decide_repair(desk: Desk, caller: Caller, about: str, form: Sent) -> object:
    given = read(creditmessages.RepairDecisionIn, grant=form.fields.one("grant"), reasons=form.fields.one("reasons"))
    return api.decide_repair(desk, caller, about, given, form.fields.message_id())


def _annul(desk: Desk, caller: Caller, about: str, form: Sent) -> object:
    given = read(creditmessages.AnnulmentIn, **{name: form.fields.one(name) for name in ("why", "document", "reasons")})
    return api.annul(desk, caller, about, given, form.fields.message_id())


def _decline(desk: Desk, caller: Caller, about: str, form: Sent) -> object:
    """Who does not agree that an entry is struck closes the matter, as any other is closed."""
    given = read(SeenToIn, note=form.fields.one("note"))
    return close_attention(desk, caller, f"{TO_STRIKE}:{about}", given, form.fields.message_id())


def _decide(desk: Desk, caller: Caller, about: str, form: Sent) -> object:
    given = read(creditmessages.ObjectionDecisionIn, upheld=form.fields.one("upheld"), reasons=form.fields.one("reasons"))
    return api.decide_objection(desk, caller, about, given, form.fields.message_id())


def _others(desk: Desk, caller: Caller, about: str, form: Sent) -> object:
    given = read(creditmessages.OthersIn, reasons=form.fields.one("reasons"))
    return api.pass_on(desk, caller, about, given, form.fields.message_id())


_REASONS, _WORDS = entry("reasons", Kind.TEXT), entry("words", Kind.TEXT, needed=False)
_STAMP = (entry("said_on", Kind.DAY, needed=False), entry("stamp", needed=False))
_PAPERS = tuple(
    one
    for paper in RepairPaper
    for one in (
        entry(paper.value.lower(), Kind.FILE, needed=False),
        entry(f"{paper.value.lower()}_name", needed=False),
    )
)
_WHY = (
    (Annulled.COURT.value, f"Annulled.{Annulled.COURT.name}"),
    (Annulled.REVIEW_BODY.value, f"Annulled.{Annulled.REVIEW_BODY.name}"),
)
_SHOWS = "shows:"
"""What the field of a file begins with; its SHA-256 follows."""
_KEPT = (Annulled.COURT, Annulled.REVIEW_BODY, Annulled.OBJECTION, Annulled.CORRECTION)
STEPS: Mapping[str, Step] = {
    "grant": Step(
        fields=(either("grant", ("true", "creditdesk.granted"), ("false", "creditdesk.refused")), _REASONS), take=_decide_repair
    ),
    "count": Step(fields=(), take=_count),  # one field for each file, see `_files`
    "decide": Step(
        fields=(either("upheld", ("true", "ObjectionState.UPHELD"), ("false", "ObjectionState.REJECTED")), _REASONS), take=_decide
    ),
    "others": Step(fields=(_REASONS,), take=_others),
    "object": Step(fields=(_WORDS, entry("material", Kind.FILE, needed=False), *_STAMP), take=_object),
    "repair": Step(fields=(*_PAPERS, _WORDS, *_STAMP), take=_repair),
    "annul": Step(fields=(either("why", *_WHY), entry("document")), take=_annul),
    "strike": Step(fields=(among("why", _KEPT), entry("document"), entry("reasons", Kind.TEXT, needed=False)), take=_annul),
    "decline": Step(fields=(entry("note", Kind.TEXT),), take=_decline),
}
"""Every step of these pages, by the name of its form."""


def of_record(held: Record) -> tuple[str, ...]:
    """The steps about a record, what is due first: a repair that was asked for is decided, whatever else comes in is received."""
    if held.struck:
        return ("object",)
    if not held.stands_somewhere:
        return ()
    if not held.adverse:
        return ("strike", "decline") if held.striking is not None else ("strike",)
    if held.state.over:
        return ("object", "annul")
    if held.repair is None:
        return ("object", "repair", "annul")
    return (*(("count",) if held.repair.unread else ()), "grant", "repair", "object", "annul")


def of_objection(held: Objection) -> tuple[str, ...]:
    """The steps about an objection: who has decided what it is about is told so when he or she tries."""
    if held.state is not ObjectionState.OPEN:
        return ()
    return ("decide",) if held.others else ("decide", "others")


@router.get("/credit", name="credit")
def show_all(request: Request, desk: AtDesk, caller: Visitor) -> Response:
    """Open objections, repairs that are asked for, and what waits for an answer or a second officer, within the session's agencies.

    What is due first stands first; of what has no date, what came first.
    """
    if caller is None:
        return to_login(request)
    if (refusal := unfit(request, caller)) is not None:
        return refusal

    def ask(tx: Tx) -> tuple[list[Objection], list[Record], dict[str, list[dict[str, Any]]]]:
        waiting = {name: _waiting(tx.attention.page(caller.sees, SHOWN, kind=kind)) for name, kind in _WAITING.items()}
        return tx.records.objections(agencies=caller.sees, limit=SHOWN), tx.records.asked(caller.sees, SHOWN), waiting

    objected, asked, waiting = desk.look(ask)
    cases = [*(one.case_id for one in objected), *(one.case_id for one in asked)]
    shown_of(desk, caller, What.LIST, [*cases, *(one["case"] for those in waiting.values() for one in those)], "page")
    told: dict[str, Any] = {"objected": objected, "asked": asked, **waiting}
    return page(request, "creditlist.html", caller=caller, **told)


@router.get("/credit/records/{entry}", name="credit_record")
def show_record(request: Request, desk: AtDesk, caller: Visitor, entry: EntryPath) -> Response:
    """One record: since when it stands, what is said of it, and, for an officer, what may be done."""
    return to_login(request) if caller is None else _record(request, desk, caller, entry)


@router.post("/credit/records/{entry}")
def post_record(request: Request, desk: AtDesk, caller: Visitor, entry: EntryPath, form: Form, lang: InLang) -> Response:
    """An officer receives an objection or a repair, decides a repair, or enters an annulment."""
    return _post(request, desk, caller, entry, form, lang, _record)


@router.get("/credit/objections/{objection}", name="objection")
def show_objection(request: Request, desk: AtDesk, caller: Visitor, objection: NamePath) -> Response:
    """One objection: what it is about, in whose words, by when it is decided."""
    return to_login(request) if caller is None else _objection(request, desk, caller, objection)


@router.post("/credit/objections/{objection}")
def post_objection(request: Request, desk: AtDesk, caller: Visitor, objection: NamePath, form: Form, lang: InLang) -> Response:
    """Another officer than those who decided what it is about decides, or says that others have to be asked."""
    return _post(request, desk, caller, objection, form, lang, _objection)


def _post(
    request: Request, desk: Desk, caller: Caller | None, about: str, form: Sent, lang: InLang, again: Callable[..., Response]
) -> Response:
    if caller is None:
        return to_login(request)
    try:
        written_by_officer(request, desk, caller, form.fields)
        step = STEPS.get(form.fields.one("do"))
        if step is None:
            raise Refusal("action_unknown", action=form.fields.one("do")[:40])
        step.take(desk, caller, about, form)
    except InspectorError as error:
        return again(request, desk, caller, about, form.fields, trouble(error, form.fields, lang, group="creditdesk"))
    return RedirectResponse(request.url.path + carried(request), 303)


def _record(
    request: Request, desk: Desk, caller: Caller, about: str, form: Fields | None = None, wrong: Trouble = NO_TROUBLE
) -> Response:
    def ask(tx: Tx) -> tuple[Record, Case, list[Objection]]:
        held = api.seen(tx, caller, about)
        return held, caller.case(tx, held.case_id), touched.touching(tx, held, open_ones=False)

    try:
        caller.reads()
        told = desk.look(ask)
    except InspectorError as error:
        return refused(request, error)
    held, case, objected = told
    shown(desk, caller, What.CREDIT, (case,), "page")
    api.looked(caller, [held])
    due_at = held.repair.due_at if held.repair is not None else None
    effects = [one for one in desk.look(lambda tx: tx.consequences.of_case(case.id)) if one.entry == held.entry]
    context = {
        "held": held,
        "case": case,
        "objected": objected,
        "near": _near(desk, due_at),
        "effects": effects,
        **said(desk, case.id),
    }
    return page(
        request,
        "creditrecord.html",
        status=wrong.status,
        **context,
        **_forms(request, desk, caller, of_record(held), form, wrong, _files(held, language(request))),
    )


def _objection(
    request: Request, desk: Desk, caller: Caller, about: str, form: Fields | None = None, wrong: Trouble = NO_TROUBLE
) -> Response:
    def own(tx: Tx) -> Objection:
        held = tx.records.objection(about)
        if held.agency not in caller.sees:
            raise Missing("objection_unknown", objection=about)
        return held

    def ask(tx: Tx, now: datetime) -> dict[str, Any]:
        held = own(tx)
        case, why = tx.cases.get(held.case_id), why_of(desk, tx, caller, held.case_id, now)
        record = tx.records.find(held.about)
        mine = [one for one in tx.consequences.of_case(case.id) if held.about in (one.id, one.entry)]
        last = last_review(why.decisions)
        cited = {piece for one in mine for piece in one.evidence} or _ids(
            last.facts.get("evidence") if last is not None else None
        )
        return {
            "held": held,
            "case": case,
            "link": "/credit/records/" if record is not None else "/consequences/",
            "names": {claim.id: claim.name for claim in why.claims},
            **spotted(why, language(request)),
            "rests": [one for one in why.heard if one.id in cited],
            "beside": [one for one in why.heard if one.id not in cited],
            "grounds": grounds(tx, case.id, case.agency, (one.id for one in why.heard)),
        }

    try:
        caller.reads()
        of = desk.look(own).case_id
        context = read_case(desk, caller, of, What.CREDIT, ask, "page")
    except InspectorError as error:
        return refused(request, error)
    held = context["held"]
    context["near"] = _near(desk, held.due_at) if held.state is ObjectionState.OPEN else None
    context |= said(desk, of)
    return page(
        request,
        "objection.html",
        status=wrong.status,
        **context,
        **_forms(request, desk, caller, of_objection(held), form, wrong),
    )


def _ids(told: object) -> set[str]:
    return set(map(str, told)) if isinstance(told, (list, tuple)) else set()


def _waiting(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """What matters say, with what each is about, since when it waits, and by when it is due where it says so."""
    told = [{**json.loads(row["body"]), "about": row["about"], "opened_at": row["opened_at"]} for row in rows]
    return [one | ({"due_at": datetime.fromisoformat(one["due_at"])} if "due_at" in one else {}) for one in told]


def _near(desk: Desk, due_at: Any) -> Nearness | None:
    return nearness(due_at, desk.office.now(), desk.office.calendar) if due_at is not None else None


def _files(held: Record, lang: Lang) -> tuple[Field, ...]:
    """For each file of the subject that counts as no paper yet, what it shows."""
    choices = tuple((one.value, f"RepairPaper.{one.name}") for one in RepairPaper)
    told = enumerate(held.repair.unread, 1) if held.repair is not None else ()
    return tuple(
        Field(
            name=f"{_SHOWS}{digest}",
            kind=Kind.CHOICE,
            choices=choices,
            needed=False,
            title=label("creditdesk.shows", lang, number=number),
            file=digest,
        )
        for number, digest in told
    )


def _forms(
    request: Request,
    desk: Desk,
    caller: Caller,
    offered: tuple[str, ...],
    form: Fields | None,
    wrong: Trouble,
    more: tuple[Field, ...] = (),
) -> dict[str, object]:
    """What the forms of a page are made of; who only reads has none."""
    return {
        "door": lambda by: endwords.by_door(by, language(request)),
        "steps": [(name, STEPS[name].fields or more) for name in offered] if caller.role is Role.OFFICER else [],
        "kept": form.kept() if form is not None else {},
        "tried": form.one("do") if form is not None else "",
        "trouble": wrong,
        "message_id": new_id(),
        "guard": guard(desk, held_cookie(request)),
    }
