"""The officers' page of a matter that is of a subject or of a visit rather than of a case: what was said, by when, and what ends it.

Each form is one message of the API, by the same operation, so that page and program are held to the same rules.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from inspector.domain.appointed import Though
from inspector.domain.appointing import closed_days, missed
from inspector.domain.attested import Attested
from inspector.domain.decision import OrderKind
from inspector.domain.docket import BAR_CONTESTED, LETTER_SCOPE, RECUSAL_ASKED, STOOD_IN, VISIT_MATTERS, nearness
from inspector.domain.errors import InspectorError, Missing, Refusal
from inspector.domain.gate import BarFault, OutsideBar
from inspector.domain.push import ASSIGNMENT
from inspector.domain.viewing import Shown as What
from inspector.domain.visit import Visit, VisitState
from inspector.domain.withdrawal import CONCLUDED_BEFORE, OvertakenAnswer
from inspector.flows import challenges, embargo, peace
from inspector.flows.attested import traces
from inspector.flows.seats import CONFLICT, LAPSED_NOTE, UNDELIVERED
from inspector.labels import Lang, known, label
from inspector.store.room import Row
from inspector.store.tx import Tx, new_id
from inspector.web import appointing, attesting, bars, withdrawal
from inspector.web.caller import Caller
from inspector.web.challenges import decide_recusal
from inspector.web.desk import AtDesk, Desk
from inspector.web.disclosures import LetterScopeIn, rule_letter
from inspector.web.fields import NamePath
from inspector.web.language import InLang, carried, language
from inspector.web.messages import ChallengeDecisionIn, SeenToIn
from inspector.web.pages import NO_TROUBLE, Fields, Posted, Trouble, page, read, refused, trouble
from inspector.web.roles import Role
from inspector.web.session import Visitor, to_login, written_by_officer
from inspector.web.signedin import guard, held_cookie
from inspector.web.steps import Field, Kind, among, entry, several
from inspector.web.viewings import shown_of
from inspector.web.watch import close_attention

router = APIRouter(include_in_schema=False)
_NOTE = (entry("note", Kind.TEXT),)
_ANNUL = (among("why", BarFault), entry("document", needed=False), entry("reasons", Kind.TEXT))
_WHY = (entry("told", Kind.TEXT),)
_OWN = (entry("reasons", Kind.TEXT),)
"""Reasons that stay in the house."""
_STEPS: Mapping[str, Mapping[str, tuple[Field, ...]]] = {
    BAR_CONTESTED: {"annul": _ANNUL, "stands": _NOTE},
    STOOD_IN: {"seen": _NOTE},
    RECUSAL_ASKED: {"grant": _WHY, "refuse": _WHY},
    **{kind: {"done": _NOTE} for kind in VISIT_MATTERS},
    CONFLICT: {"day": (entry("on", Kind.DAY), several("though", Though), entry("reasons", Kind.TEXT))},
    LAPSED_NOTE: {"made": (entry("on", Kind.DAY), entry("evidence", Kind.TEXT)), "done": _NOTE},
    CONCLUDED_BEFORE: {"follows": (among("answer", OvertakenAnswer), entry("reasons", Kind.TEXT))},
    LETTER_SCOPE: {"site": _OWN, "no_site": _OWN},
}
"""What ends a matter of each kind, by the name of its form."""


_TITLES = {ASSIGNMENT: "push.title"}
_STAY = ("off", "blocked")
"""Words by which nobody goes: who is told too late stands before a door in vain."""


def reason_of(facts: Mapping[str, Any], lang: Lang) -> str:
    """Why a push has reached nobody: our word for it, and what the other side said."""
    code, key = str(facts.get("error", "")), f"note.{facts.get('error', '')}"
    why = label(key, lang) if known(key, lang) else code
    return why + (label("ui.bracketed", lang, text=facts["detail"]) if facts.get("detail") else "")


@router.get("/matters/{attention_id}")
def show_matter(request: Request, desk: AtDesk, caller: Visitor, attention_id: NamePath) -> Response:
    """What it is about, by when it is answered, and for officers what ends it."""
    return to_login(request) if caller is None else _page(request, desk, caller, attention_id)


@router.post("/matters/{attention_id}")
def post_matter(request: Request, desk: AtDesk, caller: Visitor, attention_id: NamePath, form: Posted, lang: InLang) -> Response:
    """An officer ends it by one of its steps; a head decides on a recusal, or has read what was decided in his or her stead."""
    if caller is None:
        return to_login(request)
    try:
        written_by_officer(request, desk, caller, form)
        kind, _, about = attention_id.partition(":")
        match form.one("do"):
            case "annul" if kind == BAR_CONTESTED:
                told = {name: form.one(name) for name in ("why", "document", "reasons")}
                bars.annul_bar(desk, caller, about, read(bars.BarAnnulmentIn, **told), form.message_id())
            case "grant" | "refuse" as word if kind == RECUSAL_ASKED:
                asked = desk.look(lambda tx: challenges.about_seat(tx, about))
                said = read(ChallengeDecisionIn, granted=word == "grant", why=form.one("told"))
                decide_recusal(desk, caller, asked.visit, asked.inspector, said, form.message_id())
            case "site" | "no_site" as word if kind == LETTER_SCOPE:
                ruled = read(LetterScopeIn, site=word == "site", reasons=form.one("reasons"))
                rule_letter(desk, caller, about, ruled, form.message_id())
            case "follows" if kind == CONCLUDED_BEFORE:
                told = {name: form.one(name) for name in ("answer", "reasons")}
                withdrawal.follow_withdrawal(desk, caller, about, read(withdrawal.FollowingIn, **told), form.message_id())
            case "day" if kind == CONFLICT:
                named = {"on": form.one("on"), "reasons": form.one("reasons"), "though": tuple(form.all("though"))}
                appointing.appoint_visit(desk, caller, about, read(appointing.AppointIn, **named), form.message_id())
            case "made" if kind == LAPSED_NOTE:
                visit, _, agency = about.partition(":")
                told = {"on": form.one("on"), "evidence": form.one("evidence"), "agency": agency}
                attesting.attest_visit(desk, caller, visit, read(attesting.AttestIn, **told), form.message_id())
            case "stands" | "seen" | "done":
                close_attention(desk, caller, attention_id, read(SeenToIn, note=form.one("note")), form.message_id())
            case other:
                raise Refusal("action_unknown", action=other[:40])
    except InspectorError as error:
        return _page(request, desk, caller, attention_id, form, trouble(error, form, lang, group=_group(attention_id)))
    return RedirectResponse(request.url.path + carried(request), 303)


def _group(attention_id: str) -> str:
    """Where the words of a matter's forms are."""
    return "letterdesk" if attention_id.startswith(f"{LETTER_SCOPE}:") else "matterdesk"


def _page(
    request: Request, desk: Desk, caller: Caller, attention_id: str, form: Fields | None = None, wrong: Trouble = NO_TROUBLE
) -> Response:
    def ask(tx: Tx, now: datetime) -> tuple[Row, dict[str, Any]]:
        held = tx.attention.get(attention_id)
        if held is None or held["kind"] not in _STEPS or held["agency"] not in caller.sees:
            raise Missing("attention_unknown", attention=attention_id)
        bar = tx.records.bar(held["about"]) if held["kind"] == BAR_CONTESTED else None
        asked = None
        if held["kind"] == RECUSAL_ASKED:
            asked = challenges.about_seat(tx, held["about"])
            embargo.note(tx, tx.visits.get(asked.visit).draw, caller.name, f"page:recusal:{held['about']}", now)
        told: dict[str, Any] = {"bar": bar, "said": _said(tx, bar) if bar is not None else [], "asked": asked}
        visit = tx.visits.get(held["about"].partition(":")[0]) if held["kind"] in (CONFLICT, LAPSED_NOTE) else None
        return held, {**told, **(_of_visit(desk, tx, visit, held, now) if visit is not None else _NO_VISIT)}

    try:
        caller.reads()
        held, told = desk.act(ask)
    except InspectorError as error:
        return refused(request, error)
    facts, waits = json.loads(held["body"]), held["closed_at"] is None
    if held["kind"] == LETTER_SCOPE:  # its words are its subject's own
        shown_of(desk, caller, What.CASE, (held["about"],), "page")
    due_at = datetime.fromisoformat(facts["due_at"]) if "due_at" in facts else held["opened_at"]
    over = told["over"]  # then nobody can say any more that it was made
    steps = {name: fields for name, fields in _STEPS[held["kind"]].items() if not (over and name == "made")}
    lang = language(request)
    word = ""
    if held["kind"] == UNDELIVERED:  # one of a former release says what it was by its key
        word = str(facts.get("word", "off" if held["about"].startswith(OrderKind.PUSH_OFF) else ASSIGNMENT))
    context = {
        "caller": caller,
        "matter": held,
        "facts": facts,
        **told,
        "pushed": label(_TITLES.get(word, f"push.{word}_title"), lang) if word else "",
        "why": reason_of(facts, lang) if word else "",
        "what": f"matterdesk.todo_{held['kind']}" + ("" if word in ("", ASSIGNMENT) else "_off" if word in _STAY else "_word"),
        "todo": held["kind"] in (RECUSAL_ASKED, *VISIT_MATTERS),
        "due_at": due_at,
        "near": nearness(due_at, desk.office.now(), desk.office.calendar) if waits else None,
        "steps": [*steps.items()] if waits and caller.role is Role.OFFICER else [],
        "marked": form.all("though") if form is not None else [],
        "kept": form.kept() if form is not None else {},
        "tried": form.one("do") if form is not None else "",
        "trouble": wrong,
        "message_id": new_id(),
        "guard": guard(desk, held_cookie(request)),
    }
    return page(request, "matter.html", status=wrong.status, **context)


_NO_VISIT: Mapping[str, Any] = {
    "attested": None,
    "attested_as": "",
    "named": None,
    "missed": False,
    "shut": (),
    "came": (),
    "over": False,
    "ended": (),
}
"""What the page of a matter says of a visit where it is not about whether, or when, one was made."""


def _of_visit(desk: Desk, tx: Tx, visit: Visit, held: Row, now: datetime) -> dict[str, Any]:
    """What was said of a visit by now, by whom and why; the windows whole, where its day is still to be named; who closed the matter."""
    calendar, waits = desk.office.calendar, held["kind"] == CONFLICT and held["closed_at"] is None
    notes = [facts for _, facts in tx.ledger.facts(("attention.close",), held["about"])]
    told = next((one for one in visit.attested if one.agency == held["agency"]), None)
    return {
        "attested": told,
        "attested_as": _attested(visit, told),
        "named": visit.appointed,
        "missed": missed(visit, now, calendar),
        "shut": closed_days(visit, peace.of(desk.office, tx, visit), now, calendar) if waits else (),
        "came": traces(tx, visit, held["agency"]) if held["kind"] == LAPSED_NOTE else [],
        "over": not visit.state.open,
        "ended": [one for one in notes if held["closed_at"] is not None and one.get("attention") == held["id"]][-1:],
    }


def _attested(visit: Visit, told: Attested | None) -> str:
    """Which words say what has become of it that a visit was made: it counts, was called off or ceased since, or waits for another."""
    if told is None or not told.stands:
        return "attested" if visit.state.open else "attested_alone"
    off = {VisitState.CANCELLED: "attested_off", VisitState.CEASED: "attested_ceased"}
    return off.get(visit.state, "attested_stands")


def _said(tx: Tx, bar: OutsideBar) -> list[dict[str, Any]]:
    """What the subject has said against a bar, each with its day; where the entry is erased nobody knows."""
    rows = (row for row in tx.ledger.about(f"bar:{bar.id}") if row["rule"] == "bar.contested")
    return [{"at": row["at"], **json.loads(row["body"])["facts"]} for row in rows]
