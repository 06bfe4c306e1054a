"""Forms behind links: an inspector accepts, declines and enters the result. Those of agencies are in `asked`.

The link is the authority, so a foreign page cannot act through a visitor's browser: it does not know the address. Opening a link
uses nothing up, because mail and chat programs open links too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from inspector.domain.appointing import missed
from inspector.domain.attempt import AttemptWay
from inspector.domain.brief import Brief
from inspector.domain.case import SubjectKind
from inspector.domain.challenge import Challenge
from inspector.domain.errors import Forbidden, InspectorError, Invalid, Refusal
from inspector.domain.evidence import blank
from inspector.domain.fieldnote import closed_to
from inspector.domain.finding import UNMET, Doubt, Finding, Part, Seen
from inspector.domain.known import as_known, knows
from inspector.domain.peace import shut_today
from inspector.domain.result import enters, hindrance
from inspector.domain.roster import Recusal
from inspector.domain.visit import Seat, SeatState, Visit
from inspector.flows import briefing, dispatch, peace, supervision, visitcodes, wording
from inspector.flows.articles import articles
from inspector.flows.challenges import heard, may_be_asked
from inspector.flows.checksheets import on_sheet
from inspector.flows.fieldnotes import field_of
from inspector.flows.seated import by_name
from inspector.labels import Lang, label
from inspector.store.tx import Tx, new_id
from inspector.web import attempts, challenges, fieldnotes, links, seatdoor
from inspector.web.assigned import MateShown, mates_shown
from inspector.web.attempts import AttemptsShown, SeatAttemptIn
from inspector.web.byhand import by_hand, wanted
from inspector.web.checksheets import SheetWords, of_form
from inspector.web.desk import AtDesk, Desk
from inspector.web.fieldnotes import ChoiceIn, FieldShown, NoteIn, field_shown
from inspector.web.fields import Strict
from inspector.web.language import InLang, carried, language
from inspector.web.messages import DoorChallengeIn, FindingIn
from inspector.web.pages import NO_TROUBLE, Fields, Trouble, complete, page, read, trouble
from inspector.web.phone import phone_words, place_of, shut
from inspector.web.rules import cites
from inspector.web.seatdoor import AtPage, PostedAt, Seated
from inspector.web.secondlooks import LookedAtShown, filled, work_of
from inspector.web.todo import WAITS, awaited, differing, named, todo
from inspector.web.whichcase import beside, entered, fact_name, looked, places_of, which

router = APIRouter(include_in_schema=False)
_SAID = ("match", "mismatch", "not_found", "cannot_say")


@dataclass(frozen=True, slots=True, kw_only=True)
class _SeatRead:
    """The page of a seat; `hindered`: why no result would be taken now; `veiled`: a program asks; `knows`: the object may be read."""

    held: Visit
    veiled: bool
    knows: bool
    seat: Seat
    hindered: str
    facts: list[tuple[Doubt, str]]
    cited: list[str]
    places: list[str]
    mates: tuple[MateShown, ...]
    entered: list[tuple[str, str, Finding]]
    parts: list[tuple[Part, str]]
    field: FieldShown | None
    sheet: SheetWords
    lead: bool
    takes: bool
    people: dict[str, str]
    going: tuple[str, ...]
    tried: AttemptsShown | None
    brief: Brief | None
    cite: Callable[[str], str]
    work: LookedAtShown | None
    decided: list[Challenge]
    which: dict[str, str]
    looked: dict[str, str]


@router.get("/", name="index")
def index(request: Request) -> Response:
    """Where things are."""
    return page(request, "index.html")


@router.get("/seat/{name}/{token}", name="seat_form")
def show_seat(request: Request, desk: AtDesk, name: str, token: str) -> Response:
    """The assignment and what can be done about it."""
    try:
        seatdoor.enter(request, desk, name, token)
        if by_hand(request):
            links.opened(desk, name)
        return seatdoor.welcome(request, desk, _seat_page(request, desk, name))
    except InspectorError as error:
        return shut(request, error)


@router.post("/seat/{name}/{token}")
def post_seat(request: Request, desk: AtDesk, door: AtPage, form: PostedAt, lang: InLang) -> Response:
    """Accept, decline or enter the result."""
    if isinstance(door, InspectorError):
        return shut(request, door)
    try:
        form.sound()
        if form.one("do") == "look":
            return seatdoor.welcome(request, desk, _seat_page(request, desk, door.name))
        if ":" in form.one("do"):  # without scripts: one item's boxes are asked for, and nothing is sent by it
            return seatdoor.welcome(request, desk, _seat_page(request, desk, door.name, form))
        _seat(desk, door, form)
    except InspectorError as error:
        return _seat_page(request, desk, door.name, form, trouble(error, form, lang))
    return again(request, form.message_id())


@router.api_route("/seat/{rest:path}", methods=["GET", "POST"])
def cut_off(request: Request) -> Response:
    """A link of which a part was lost, as happens in chat and mail programs."""
    return shut(request, Forbidden("link_unknown"))


def _seat(desk: Desk, seated: Seated, form: Fields) -> None:
    match form.one("do"):
        case "accept":
            _accept(desk, seated, form)
        case "decline":
            when = {"captured_at": form.one("captured_at") or None, "accepted": form.one("accepted") or None}
            links.declined(desk, seated, read(links.SeatDeclineIn, reason=form.one("reason"), **when), form.message_id())
        case "result":
            note = _note(form)
            if note.seen is None and desk.look(lambda tx: _asks_nothing(*by_name(tx, seated.name))):
                raise Invalid("seen_missing", field="seen")
            fieldnotes.enter(desk, seated, note, form.message_id(), whole=True)
        case "note":
            fieldnotes.enter(desk, seated, _note(form), form.message_id())
        case "attempt":
            complete(form, Invalid("attempt_wordless", field="words"))
            attempts.enter(desk, seated, _attempt(form), form.message_id())
        case "challenge":
            complete(form, Invalid("reason_missing", field="evidence"))
            said = {"inspector": form.one("inspector"), "reason": form.one("ground"), "evidence": form.one("evidence")}
            when = {"captured_at": form.one("captured_at") or None}
            challenges.enter(desk, seated, read(DoorChallengeIn, **said, **when), form.message_id())
        case "arrive":
            complete(form, Invalid("arrival_missing", field="arrival_code"))
            fieldnotes.enter(desk, seated, _note(form), form.message_id())
        case "choose":
            complete(form, Invalid("version_missing", field="note"), Invalid("reason_missing", field="reasons"))
            about = form.one("about").split(":", 1)
            told = {"case_id": about[0], "claim": about[-1], "note": form.one("note"), "reasons": form.one("reasons")}
            when = {"captured_at": form.one("captured_at") or None}
            fieldnotes.choose(desk, seated, read(ChoiceIn, **told, **when, shown=form.all("shown")), form.message_id())
        case other:
            raise Refusal("action_unknown", action=other[:40])


def _accept(desk: Desk, seated: Seated, form: Fields) -> None:
    def do(tx: Tx, now: datetime) -> Strict:
        dispatch.accept(tx, seated.name, now)
        return links.shown(tx, seated.name)

    seated.once(desk, form.message_id(), "form accept", Strict(), do)


def _attempt(form: Fields) -> SeatAttemptIn:
    """An attempt to reach somebody, as the form says it."""
    at = f"{form.one('at')}:00+08:00" if form.one("at") else None
    captured_at = form.one("captured_at") or None
    return read(SeatAttemptIn, way=form.one("way"), at=at, words=form.one("words"), captured_at=captured_at)


def _note(form: Fields) -> NoteIn:
    """The findings of a form: `verdict:<case>:<claim>` and `note:<case>:<claim>`; a fact without a verdict is left out.

    `measured` and `captured_at` are there where the page's script has filled them in; `outbox.js` reads a form in the same way.
    """
    findings = []
    for name, verdict in form.kept().items():
        kind, _, about = name.partition(":")
        case_id, _, claim = about.partition(":")
        if kind == "verdict" and verdict:
            findings.append(read(FindingIn, case_id=case_id, claim=claim, verdict=verdict, note=form.one(f"note:{about}")))
    measured = form.one("measured").split(",") if form.one("measured") else []
    place = dict(zip(("latitude", "longitude", "within"), measured, strict=False))
    return read(
        NoteIn,
        findings=tuple(findings),
        seen=form.one("seen") or None,
        remarks=form.one("remarks"),
        visited_on=form.one("visited_on") or None,
        place={"words": form.one("place"), **place},
        captured_at=form.one("captured_at") or None,
        sheet=of_form(form),
        arrival={"how": form.one("arrival_how") or "TYPED", "code": told} if (told := form.one("arrival_code")) else None,
    )


def _asks_nothing(held: Visit, seat: Seat) -> bool:
    """Whether a visit has no fact in question for a seat's agency, so that what was seen is all its result."""
    return all(doubt.agency != seat.agency for doubt in held.doubts)


def _seat_page(request: Request, desk: Desk, name: str, form: Fields | None = None, wrong: Trouble = NO_TROUBLE) -> Response:
    def ask(tx: Tx) -> _SeatRead:
        held, seat = peace.at_door(desk.office, tx, name, desk.office.now())
        veiled = knows(held, seat) and seat.state.awaited and not wanted(request)
        if veiled:  # a program that previews links hears no more than before the release
            held = replace(held, released=False)
        tells = enters(held, seat) and held.state.open and knows(held, seat)
        exempt = supervision.exempt(tx, held, seat.agency) if tells else ()
        team = tx.visits.team(held.id)
        hindered = hindrance(held, team, seat)
        whole, held = held, as_known(held, seat)
        asked = (*held.doubts, *exempt)
        cases = {case_id: tx.cases.get(case_id) for case_id in dict.fromkeys(one.case_id for one in asked)}
        known = knows(held, seat)
        cases_told = which(desk, tx, whole, seat.agency, language(request), [one.case_id for one in exempt]) if known else {}
        facts = [
            (
                one,
                beside(fact_name(desk, cases[one.case_id].pack, cases[one.case_id].item, one.fact), cases_told.get(one.case_id)),
            )
            for one in asked
        ]
        policy = desk.office.book.get(tx.draws.get(held.draw).pack)
        places = places_of(desk, tx, held) if known else []
        field = field_of(desk.office, tx, whole, seat.agency) if known else None
        return _SeatRead(
            held=held,
            veiled=veiled,
            knows=known,
            seat=seat,
            hindered=hindered.code if hindered else "",
            facts=facts,
            cited=[wording.cited(one, language(request)) for one in articles(policy, held.basis)],
            places=places,
            mates=mates_shown(tx, held, seat),
            entered=entered(desk, tx, held, cases_told) if known else [],
            parts=[(one, _person(tx, one.agency, one.by)) for one in held.parts],
            field=field_shown(name, field) if field is not None else None,
            sheet=SheetWords(*on_sheet(desk.office, tx, filled(tx, whole), seat.agency), language(request)),
            lead=field is not None and field.lead is not None and field.lead.name == seat.name,
            takes=closed_to(whole, team, seat) is None,
            people={one.inspector: _person(tx, one.agency, one.inspector) for one in team},
            going=may_be_asked(desk.office, tx, whole, seat, desk.office.now()),
            tried=attempts.of_visit(desk, tx, whole, seat.agency) if tells and not whole.looks_at else None,
            brief=_brief(desk, tx, whole, seat),
            cite=cites(desk, tx, whole, seat.agency, language(request)),
            work=work_of(desk, tx, whole, seat)
            if whole.looks_at and (seat.state is SeatState.ACCEPTED or seat.state.made)
            else None,
            decided=heard(tx, held, seat),
            which=cases_told,
            looked=looked(desk, tx, whole, language(request)),
        )

    told = desk.look(ask)
    held, seat, facts = told.held, told.seat, told.facts
    kept = form.kept() if form else {}
    do, _, opened = kept.get("do", "").partition(":")
    kept = {**kept, "do": do} if opened else kept
    unsaid, wordless = {}, {}
    if wrong.code in ("findings_missing", "findings_wordless", "note_empty"):
        asked = {f"{one.case_id}:{one.claim}": fact for one, fact in facts}
        owed = {f"{one.case_id}:{one.claim}" for one in held.doubts}
        owed = set() if kept.get("do") == "note" else owed  # one's own note may be about any part of it
        unsaid = {about: fact for about, fact in asked.items() if about in owed and not kept.get(f"verdict:{about}")}
        wordless = {about: fact for about, fact in asked.items() if _wordless(kept, about)}
        if wrong.code != "note_empty":  # that nothing at all was filled in says it by itself; the browser goes to the first fact
            wrong = replace(wrong, text=_lacking(language(request), unsaid, wordless))
    may_report = not told.hindered or (kept.get("do") == "result" and told.hindered in WAITS)
    context = {
        "visit": held,
        "veiled": told.veiled,
        "knows": told.knows,
        "seat": seat,
        "now": _now(told),
        "overdue": held.state.open and desk.office.now() > held.due_at,
        "missed": missed(held, desk.office.now(), desk.office.calendar),
        "shut_today": seat.state.open and shut_today(held, desk.office.now(), desk.office.calendar),
        "waited": awaited(told.mates, language(request)),
        "doubts": facts,
        "owed": len(held.doubts),
        "unsaid": list(unsaid),
        "wordless": list(wordless),
        "cited": told.cited,
        "agencies": [desk.office.agency(one).name for one in held.agencies] if held.partners else [],
        "places": told.places,
        "mates": [named(one) for one in told.mates],
        "entered": told.entered,
        "parts": told.parts,
        "field": told.field,
        "sheet": told.sheet,
        "many": form.all if form else lambda _: [],
        "opened": opened,
        "lead": told.lead,
        "people": told.people,
        "going": told.going if not told.hindered or seat.state.made or kept.get("do") == "challenge" else (),
        "grounds": list(Recusal),
        "named": {f"{one.case_id}:{one.claim}": fact for one, fact in facts},
        "missing": " / ".join(fact for one, fact in facts for lack in _lacks(told.field) if lack == (one.case_id, one.claim)),
        "takes": told.takes,
        "tried": told.tried if not told.hindered or kept.get("do") == "attempt" else None,
        "ways": list(AttemptWay),
        "seens": (Seen.NOTHING, Seen.FINDING, *(() if held.cases_of(seat.agency) else UNMET)),
        "brief": told.brief,
        "cite": told.cite,
        "own_name": desk.office.agency(seat.agency).name,
        "shows_notice": seat.state is SeatState.ACCEPTED and told.knows and held.state.open,
        "notice_link": f"{request.url.path}/notice{carried(request)}",
        "work": told.work,
        "decided": told.decided,
        "looked": told.looked,
        "which": list(told.which.values()),
        "here": request.url.path,
        "place_of": place_of,
        "phone": phone_words(language(request)),
        "settings": desk.settings,
        "sign_in": request.url.path.replace("/seat/", "/mine/", 1) + carried(request)
        if seat.state.open and held.state.open
        else "",
        "may_accept": seat.state.awaited and held.state.open,
        "may_decline": seat.state.open and held.state.open,
        "may_report": may_report,
        "may_note": told.field is not None and told.takes and not may_report and not held.looks_at,
        "may_arrive": not told.hindered and held.kind is not SubjectKind.PERSON and not held.looks_at,
        "codes": visitcodes.signing(desk.office, held.agency) is not None,
        "kept": kept,
        "said": _SAID,
        "trouble": wrong,
        "message_id": new_id(),
    }
    return page(request, "seat.html", status=wrong.status, **context)


def _now(told: _SeatRead) -> tuple[str, ...]:
    """What the page says first: the names of its sentences."""
    if told.field is None or not (told.field.clashes or told.field.sheet.clashes):
        return (todo(told.held, told.seat, told.hindered),)
    return differing(told.held, told.seat, told.hindered, lead=told.lead, missing=bool(told.field.missing))


def _lacks(field: FieldShown | None) -> list[tuple[str, str]]:
    """The facts that nobody of the team has answered."""
    return [(one.case_id, one.claim) for one in field.missing] if field is not None else []


def _wordless(kept: Mapping[str, str], about: str) -> bool:
    """Whether a mismatch was chosen and nothing said about it."""
    return kept.get(f"verdict:{about}") == "mismatch" and blank(kept.get(f"note:{about}", ""))


def _lacking(lang: Lang, unsaid: Mapping[str, str], wordless: Mapping[str, str]) -> str:
    """All that a result lacks: facts without an answer, and mismatches without a word of what was seen."""
    told = []
    if unsaid:
        told.append(label("error.findings_missing", lang, missing=" / ".join(unsaid.values())))
    if wordless:
        told.append(label("error.findings_wordless", lang, wordless=" / ".join(wordless.values())))
    return label("ui.sentence_gap", lang).join(told)


def _brief(desk: Desk, tx: Tx, held: Visit, seat: Seat) -> Brief | None:
    """What an inspector is told before and after accepting: until the release what was told when the visit was given, then what stands."""
    if held.looks_at or not (seat.state.open and held.state.open):
        return None
    office, agency = desk.office, seat.agency
    return briefing.brief(office, tx, held, agency, office.now()) if knows(held, seat) else held.brief_of(agency)


def _person(tx: Tx, agency: str, inspector: str) -> str:
    """An inspector by name and staff code, as far as the register still has the name."""
    held = tx.rosters.in_force(agency, inspector)
    return f"{held.name} ({inspector})" if held is not None else inspector


def again(request: Request, taken: str | None = None) -> Response:
    """Show the page anew, so that reloading it posts nothing; `taken`: the message that its scripts hear is kept, behind the #."""
    return RedirectResponse(request.url.path + carried(request) + (f"#{taken}" if taken else ""), 303)
