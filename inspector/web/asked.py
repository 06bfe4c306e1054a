"""The page behind an agency's link: whoever opens it reads the request and says one of the things that an agency may say.

The link is the authority, so a foreign page cannot act through a visitor's browser: it does not know the address. Opening it uses
nothing up, because mail and chat programs open links too; that somebody has gone there is noted once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from inspector.domain import assistance, ladder, respite
from inspector.domain.assistance import AssistanceState, Door, Inability, Quarrel
from inspector.domain.errors import Forbidden, InspectorError, Invalid, Refusal
from inspector.domain.letter import short
from inspector.domain.ordered import DECIDED
from inspector.domain.said import Saying
from inspector.domain.scoreboard import ended_as, own, relieved
from inspector.domain.urgency import Urgency
from inspector.flows import assist, dossier, past, question, replylink, wording
from inspector.flows.office import apart
from inspector.flows.requests import called, node_of, superior_of
from inspector.flows.requests import held as locked
from inspector.store.tx import Tx, new_id
from inspector.web.byhand import by_hand
from inspector.web.desk import AtDesk, Desk, message
from inspector.web.forms import again
from inspector.web.language import InLang, language
from inspector.web.pages import NO_TROUBLE, Fields, Posted, Trouble, complete, page, read, refused, trouble
from inspector.web.replies import WordIn, heard
from inspector.web.requested import request_shown
from inspector.web.whichcase import fact_name

router = APIRouter(include_in_schema=False)

VERDICTS = ("match", "mismatch", "not_found", "cannot_say")
_SIGNER, _REASONS = Invalid("signer_missing", field="signer"), Invalid("reasons_missing", field="reasons")
_NEEDED: dict[Saying, tuple[Invalid, ...]] = {
    Saying.ANSWER: (_SIGNER,),
    Saying.ACCEPT: (_SIGNER,),
    Saying.PARTLY: (Invalid("part_missing", field="value"), Invalid("rest_missing", field="rest"), _SIGNER),
    Saying.PROPOSE: (Invalid("day_missing", field="day"), _REASONS, _SIGNER),
    Saying.EXTEND: (_REASONS, _SIGNER),
    Saying.CALM: (_REASONS, _SIGNER),
    Saying.WARN: (_REASONS, _SIGNER),
    Saying.FORWARD: (Invalid("to_missing", field="to"), _REASONS, _SIGNER),
    Saying.CONTEST: (_REASONS, _SIGNER),
    Saying.DECLINE: (Invalid("inability_missing", field="inability"), _REASONS, _SIGNER),
}
"""What each form wants filled in: people mend all of it in one go."""
_OWN = (AssistanceState.ANSWERED, AssistanceState.DECLINED)
"""The ends by the agency's own word, which it may correct: what differs is kept for a person."""
_TOLD_ABOVE = (AssistanceState.DISPUTED, AssistanceState.ESCALATED)
"""Whoever is above has it, which is told by a sentence of its own."""
_COMPARE = "compare"
"""Chosen where the agency gives a value and leaves the comparing to the rule of the pack; nothing is chosen before it chooses."""
_WRITTEN = re.compile(r"(\d{4})[^\d\s](\d{1,2})[^\d\s](\d{1,2})\D?")
_TYPED = ("value", "rest", "to", "day", "reasons", "signer")
"""What people type, which a page shows again where the form for it is no longer offered."""
TAKEN = "word_known"
"""The same word again, from another tab or by a button pressed twice: it had been taken, and the page says what it came to."""
_WORDLESS = {_COMPARE: "answer_empty", "mismatch": "mismatch_wordless", "cannot_say": "cannot_say_wordless"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Decided:
    """What the common superior has decided: when, who, and what was signed and given as reasons."""

    at: datetime
    by: str
    signer: str
    reasons: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    held: assistance.Request
    hears: bool
    extends: bool
    fact: str
    dossier: str
    cited: list[str]
    superior: bool
    decided: _Decided | None
    notices: Sequence[Mapping[str, Any]]


@router.head("/assist/{request_id}/{token}")
@router.get("/assist/{request_id}/{token}", name="assist_form")
def show(request: Request, desk: AtDesk, request_id: str, token: str) -> Response:
    """The request and the forms to answer it."""
    try:
        desk.look(lambda tx: replylink.by_link(desk.office, tx, request_id, token))
        if by_hand(request):
            _opened(desk, request_id)
        return _page(request, desk, request_id)
    except InspectorError as error:
        return refused(request, error)


@router.post("/assist/{request_id}/{token}")
def post(request: Request, desk: AtDesk, request_id: str, token: str, form: Posted, lang: InLang) -> Response:
    """A word of the agency; what does not fit is said beside what was typed."""
    try:
        desk.look(lambda tx: replylink.by_link(desk.office, tx, request_id, token))
    except InspectorError as error:
        return refused(request, error)
    try:
        form.sound()
        given = word(form)

        def may(tx: Tx) -> None:
            replylink.by_link(desk.office, tx, request_id, token)

        heard(desk, request_id, given.said(), Door(), form.message_id(), given, may=may)
    except InspectorError as error:
        if isinstance(error, Forbidden):  # the link was called back since it was looked at: it shows nothing any more
            return refused(request, error)
        if error.code != TAKEN:
            return _page(request, desk, request_id, form, trouble(error, form, lang))
    return again(request)


@router.get("/oversee/{request_id}/{token}")
def show_oversee(request: Request, desk: AtDesk, request_id: str, token: str) -> Response:
    """What the common superior sees of a request that it was told of: all of it, and a dispute to decide."""
    try:
        desk.look(lambda tx: replylink.oversees(desk.office, tx, request_id, token))
        return _page(request, desk, request_id, oversees=True)
    except InspectorError as error:
        return refused(request, error)


@router.post("/oversee/{request_id}/{token}")
def post_oversee(request: Request, desk: AtDesk, request_id: str, token: str, form: Posted, lang: InLang) -> Response:
    """The common superior decides a dispute."""
    try:
        desk.look(lambda tx: replylink.oversees(desk.office, tx, request_id, token))
    except InspectorError as error:
        return refused(request, error)
    try:
        form.sound()
        complete(form, Invalid("decision_missing", field="helps"), _REASONS, _SIGNER)
        given = read(WordIn, do=Saying.CONTEST, reasons=form.one("reasons"), signer=form.one("signer"))
        if form.one("helps") not in ("yes", "no"):
            raise Invalid("decision_missing", field="helps")
        helps = form.one("helps") == "yes"

        def do(tx: Tx, now: datetime) -> WordIn:
            locked(tx, request_id)
            replylink.oversees(desk.office, tx, request_id, token)
            assist.decide(desk.office, tx, request_id, helps, given.reasons, given.signer, now)
            return given

        desk.once(message(f"oversee:{request_id}"[:200], form.message_id(), f"decide {helps} {request_id}", given), do)
    except InspectorError as error:
        if isinstance(error, Forbidden):  # the link was called back since it was looked at: it shows nothing any more
            return refused(request, error)
        if error.code != TAKEN:
            return _page(request, desk, request_id, form, trouble(error, form, lang), oversees=True)
    return again(request)


@router.api_route("/assist/{rest:path}", methods=["GET", "POST"])
@router.api_route("/oversee/{rest:path}", methods=["GET", "POST"])
def cut_off(request: Request) -> Response:
    """A link of which a part was lost, as happens in chat and mail programs."""
    return refused(request, Forbidden("link_unknown"))


def word(form: Fields) -> WordIn:
    """What a form says. Raises Invalid naming all that is missing at once, and Refusal for a form that is none of ours."""
    if form.one("do") not in {one.value for one in Saying}:
        raise Refusal("action_unknown", action=form.one("do")[:40])
    do = Saying(form.one("do"))
    wordless = _WORDLESS.get(form.one("verdict")) if do is Saying.ANSWER else None
    chosen = [Invalid("verdict_missing", field="verdict")] if do is Saying.ANSWER else []
    complete(form, *chosen, *([Invalid(wordless, field="value")] if wordless else []), *_NEEDED[do])
    filled = {name: form.one(name) for name in WordIn.model_fields if form.one(name)}
    if "day" in filled:  # where a browser has no field for dates people write them as they are used to
        filled["day"] = _WRITTEN.sub(lambda one: f"{one[1]}-{one[2]:0>2}-{one[3]:0>2}", filled["day"].strip())
    if filled.get("verdict") == _COMPARE:
        del filled["verdict"]
    return read(WordIn, **filled)


def choices(desk: Desk, requester: str, requested: str) -> list[tuple[str, str]]:
    """The agencies that a request can be forwarded to: id, and what each is called so that it is taken for no other one."""
    tree, sides = desk.office.tree, (requester, node_of(desk.office, requested))
    return [(one.id, apart(tree, one)) for one in tree.values() if one.connector and one.id not in sides]


def _opened(desk: Desk, request_id: str) -> None:
    """Note that the letter has arrived, the first time that somebody goes to it."""
    request = desk.look(lambda tx: tx.assistance.get(request_id))
    if request.state.open and request.delivered_at is None:
        desk.act(lambda tx, now: assist.deliver(desk.office, tx, request_id, now))


def _page(
    request: Request,
    desk: Desk,
    request_id: str,
    form: Fields | None = None,
    wrong: Trouble = NO_TROUBLE,
    *,
    oversees: bool = False,
) -> Response:
    def ask(tx: Tx) -> _Read:
        held = tx.assistance.get(request_id)
        case = tx.cases.get(held.case_id)
        policy = desk.office.book.get(case.pack)
        cited = wording.quoted(policy, held.basis, language(request))
        fact = fact_name(desk, case.pack, str(held.question["item"]), str(held.question["fact"]))
        extends = respite.not_extended(held, policy, desk.office.now()) is None
        superior = superior_of(desk.office, held) is not None
        return _Read(
            held=held,
            hears=assist.hears(case, held),
            extends=extends,
            fact=fact,
            dossier=dossier.told(desk.office, policy, held, language(request)),
            cited=cited,
            superior=superior,
            decided=_decided(desk, tx, held),
            notices=tx.assistance.notices(held.id),
        )

    told = desk.look(ask)
    held = told.held
    hears = told.hears and not oversees
    free = hears and held.state.open and held.state is not AssistanceState.DISPUTED
    corrects = not oversees and not hears and bool(held.reply) and held.state in _OWN
    decides = oversees and held.state is AssistanceState.DISPUTED
    kept = form.kept() if form else {}
    context = {
        "held": request_shown(held),
        "short": short(held.id),
        "stands": past.stands(held.state, ended_as(held), language(request)),
        "now": _now(held, hears, desk.office.now(), oversees=oversees),
        "decided": told.decided,
        "silence": question.silence(held, superior=told.superior),
        "open": hears,
        "free": free,
        "offered": decides or _offered(kept.get("do", ""), told, free=free, hears=hears, corrects=corrects),
        "corrects": corrects,
        "said": next((one for one in Saying if one == kept.get("do")), None),
        "typed": {name: kept[name] for name in _TYPED if kept.get(name, "").strip()},
        "extends": told.extends,
        "decides": decides,
        "oversees": oversees,
        "requested": name_of(desk, held.requested),
        "to": name_of(desk, str((held.reply or {}).get("to", ""))),
        "notices": told.notices,
        "fact": told.fact,
        "dossier": told.dossier,
        "cited": told.cited,
        "counted": question.counted(held, language(request)),
        "requester": name_of(desk, held.requester),
        "kept": kept,
        "verdicts": VERDICTS,
        "inabilities": list(Inability),
        "quarrels": [one for one in Quarrel if one is not Quarrel.REFUSAL],
        "agencies": choices(desk, held.requester, held.requested),
        "trouble": wrong,
        "message_id": new_id(),
    }
    return page(request, "assist.html", status=wrong.status, **context)


def _decided(desk: Desk, tx: Tx, held: assistance.Request) -> _Decided | None:
    """The last decision of a dispute; its signer stands in the ledger, as long as the entry has words."""
    line = next((one for one in reversed(held.history) if one.rule == DECIDED), None)
    if line is None:
        return None
    entries = (facts for at, facts in tx.ledger.facts([DECIDED], held.case_id) if at == line.at)
    signer = next((str(facts["signer"]) for facts in entries if facts.get("reasons") == line.said and "signer" in facts), "")
    by = name_of(desk, line.who) if line.who != held.requested else ""  # nobody was written to: an office above decided unasked
    return _Decided(at=line.at, by=by, signer=signer, reasons=line.said)


def _offered(do: str, told: _Read, *, free: bool, hears: bool, corrects: bool) -> bool:
    """Whether the form of a word still stands on the page: there its refusal is shown, and what was typed."""
    match do:
        case "answer":
            return hears or corrects
        case "decline":
            return hears
        case "accept":
            return free and told.held.accepted_at is None
        case "extend":
            return free and told.extends
        case "calm":
            return free and told.held.urgency is Urgency.URGENT
        case _:
            return free and do in {one.value for one in Saying}


def _now(held: assistance.Request, hears: bool, now: datetime, *, oversees: bool) -> str:
    """How things stand: the name of a sentence on the page.

    By the date and not by the state alone: a date that is over is told as one that is coming by no state.
    """
    if oversees:
        return f"oversee_{_above(held)}"
    if relieved(held):
        return "assist_relieved"
    rest = "_rest" if ended_as(held) == "rest_unanswered" else ""
    if hears and held.ended_at:
        return f"assist_late{rest}"
    if rest:
        return "assist_unanswered_rest"
    if held.state.open and held.state not in _TOLD_ABOVE and now >= held.due_at:
        return "assist_past_due"
    if held.state is AssistanceState.REMINDED and not any(one.rule in ladder.REMINDED for one in own(held)):
        return "assist_urged"
    return f"assist_{held.state.value.lower()}"


def _above(held: assistance.Request) -> str:
    """The same for the common superior: what it is to do, or what has come of its decision."""
    helps = held.dispute.helps if held.dispute is not None else None
    if held.state is AssistanceState.DISPUTED:
        return "disputed"
    if held.state.open and held.state.above:
        return "open"
    if helps is False and held.state is AssistanceState.DECLINED:
        return "spared"
    if held.ended_at:
        return "over"
    return "helps" if helps else "waits"


def name_of(desk: Desk, agency: str) -> str:
    """An agency by name, as far as the settings know it."""
    return called(desk.office, agency)
