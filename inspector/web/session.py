"""Logging in with a token once, and the officer's pages: cases in review, and the decision.

Revoking the token ends the session. Decisions carry a guard made from the cookie, since another port of the same host counts as the
same site.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import RedirectResponse, Response

from inspector import printing
from inspector.domain import missent, review
from inspector.domain.act import ActRow, found
from inspector.domain.case import Case, CaseState, Outcome
from inspector.domain.errors import InspectorError, Invalid
from inspector.domain.grading import GradingInput
from inspector.domain.policy import OutcomeRow
from inspector.domain.transition import Scope
from inspector.domain.viewing import Shown as What
from inspector.flows import consequences, openings, past, withdrawals, wording
from inspector.flows.decisions import last_review
from inspector.flows.explain import Explanation
from inspector.flows.narrative import render
from inspector.flows.records import act_line
from inspector.labels import Lang, label, of
from inspector.store.admissions import INSPECTOR
from inspector.store.tx import Tx, new_id
from inspector.web import gradings
from inspector.web.answers import case_shown
from inspector.web.caller import Caller, Unknown, find
from inspector.web.cases import decide, read_case
from inspector.web.cases import why as why_of
from inspector.web.desk import AtDesk, Desk, message
from inspector.web.fields import CaseId
from inspector.web.grounds import grounds, spotted
from inspector.web.language import InLang, carried, language
from inspector.web.messages import ReviewIn
from inspector.web.pages import NO_TROUBLE, Fields, Posted, Trouble, complete, page, read, refused, trouble
from inspector.web.roles import Role
from inspector.web.signedin import begin, by_token, from_gateway, guard, guarded, held_cookie, homely, over, someone

router = APIRouter(include_in_schema=False)
_NAME = r"/[A-Za-z0-9._~:-]{1,200}"
_NAMED = rf"({_NAME})?"
_LISTED = "|".join(
    f"{name}{_NAMED}"
    for name in (
        "assignments",
        "figures",
        "requests",
        "proofs",
        "notices",
        "tip-offs",
        "consequences",
        "credit",
        "credit/records",
        "credit/objections",
        "matters",
    )
)
_WITHIN = rf"review/[0-9a-f]{{32}}/photos/[0-9a-f]{{64}}|notices{_NAME}/paper|(notices|proofs){_NAME}/materials/[0-9a-f]{{64}}"
_PLAIN = "deputies|duty|mine|oversight(/returns)?|sessions"
_PAGES = (
    rf"^$|^/(review(/[0-9a-f]{{32}}(/(proceeding|send-back|withdrawal))?)?|{_LISTED}|{_WITHIN}|{_PLAIN}|ops(/draws{_NAMED})?)$"
)
"""Where a log-in may lead to: pages of the house, and nothing else (`tests/integration/test_way_back.py` holds each page to it)."""
After = Annotated[str, Query(pattern=_PAGES, alias="next")]


def session(request: Request, desk: AtDesk) -> Caller:
    """The caller of the session. Raises Unknown when there is none, it is over, what it stands on is, or it is an inspector's."""
    caller = someone(request, desk).caller
    if caller is None:
        raise Unknown("session_needed")
    return caller


def visitor(request: Request, desk: AtDesk) -> Caller | None:
    """The caller of the session, or None."""
    try:
        return session(request, desk)
    except Unknown:
        return None


Visitor = Annotated[Caller | None, Depends(visitor)]


@router.get("/login")
def show_login(request: Request, desk: AtDesk, after: After = "") -> Response:
    """The ways in: by an identity provider or the gateway, where the house has one, and the form to paste a token into."""
    return login(request, desk, after)


def login(request: Request, desk: Desk, after: str, wrong: Trouble = NO_TROUBLE, *, pasting: bool = False) -> Response:
    """The page to log in at, with what went wrong: of a token, or of the link of an assignment that was pasted."""
    providers = {name: one.card.owner for name, one in desk.office.entrance.providers.items()}
    user = from_gateway(request, desk)
    return page(
        request, "login.html", status=wrong.status, after=after, trouble=wrong, providers=providers, user=user, pasting=pasting
    )


@router.post("/login")
def log_in(request: Request, desk: AtDesk, form: Posted, lang: InLang, after: After = "") -> Response:
    """Begin a session, and lead to the page that was asked for, or else to the one of this role. The token is never in an address."""
    try:
        homely(request, desk)
        form.sound()
        caller = find(desk, form.one("token").strip())
        caller.may(Role.OFFICER, Role.AUDITOR, Role.OPS, Role.CLERK)
    except InspectorError as error:
        wrong = replace(trouble(error, form, lang), fields=("token",))
        return login(request, desk, after, wrong)
    answer = RedirectResponse((after or home(caller.role)) + carried(request), 303)
    begin(request, desk, answer, by_token(desk, caller, desk.look(lambda tx: tx.machine_now())))
    return answer


def home(role: str) -> str:
    """The page that a role begins at."""
    return {Role.OPS: "/ops", Role.CLERK: "/figures", INSPECTOR: "/mine"}.get(role, "/review")


@router.post("/logout")
def log_out(request: Request, desk: AtDesk) -> Response:
    """End the session in this browser."""
    answer = RedirectResponse("/login" + carried(request), 303)
    over(request, desk, answer)
    return answer


def unfit(request: Request, caller: Caller) -> Response | None:
    """The refusal of whoever is neither an officer nor an auditor; None for these."""
    try:
        caller.reads()
    except InspectorError as error:
        return refused(request, error)
    return None


def written_by_officer(request: Request, desk: Desk, caller: Caller, form: Fields) -> None:
    """Raise Forbidden (`role_missing`, `guard_wrong`) or Invalid unless an officer has sent a sound form from a page of this session."""
    caller.may(Role.OFFICER)
    guarded(request, desk, form.one("guard"))
    form.sound()


@router.get("/review/{case_id}")
def show_review(request: Request, desk: AtDesk, caller: Visitor, case_id: CaseId) -> Response:
    """One case with its facts side by side, its explanation and, for an officer, the decision."""
    if caller is None:
        return to_login(request)
    return _case_page(request, desk, caller, case_id)


@router.post("/review/{case_id}")
def post_review(request: Request, desk: AtDesk, caller: Visitor, case_id: CaseId, form: Posted, lang: InLang) -> Response:
    """The officer decides."""
    if caller is None:
        return to_login(request)
    try:
        written_by_officer(request, desk, caller, form)
        _complete(desk, caller, case_id, form)
        given = read(ReviewIn, **{**asdict(_typed(form)), "grading": gradings.graded(form)})
        said = message(caller.source, form.message_id(), f"review {case_id}", given)
        desk.once(said, lambda tx, now: case_shown(decide(desk, tx, caller, case_id, given, now)))
    except InspectorError as error:
        return _case_page(request, desk, caller, case_id, form, trouble(error, form, lang))
    return RedirectResponse(request.url.path + carried(request), 303)


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What an officer has typed so far."""

    outcome: str = ""
    reasons: str = ""
    evidence: tuple[str, ...] = ()
    act: str = ""
    grading: Mapping[str, str] = field(default_factory=dict)


def _complete(desk: Desk, caller: Caller, case_id: str, form: Fields) -> None:
    """All that an officer's decision lacks is named at once, also the evidence that an adverse outcome stands on."""
    needed = [Invalid("outcome_missing", field="outcome"), Invalid("reason_missing", field="reasons")]
    chosen = form.one("outcome")
    if chosen in {one.value for one in Outcome}:
        case = desk.look(lambda tx: caller.case(tx, case_id))
        ruled = desk.office.ruling(case.agency, case.pack, Scope.OUTCOMES, desk.office.now())
        row = ruled.policy.outcomes.get(Outcome(chosen))
        if row is not None and review.adverse(row) and row.outcome is not Outcome.UNREACHABLE:  # that rests on the attempts
            needed.append(Invalid("evidence_missing", outcome=Outcome(chosen), field="evidence"))
        if row is not None:
            needed += _act_needed(ruled.policy.acts, row)
            lacks = {one for rule in ruled.policy.gradings if row.outcome in rule.outcomes for one in rule.needs}
            needed += [
                Invalid("grading_missing", missing=one, field=one, outcome=row.outcome) for one in GradingInput if one in lacks
            ]
    complete(form, *needed)


def _act_needed(acts: Iterable[ActRow], row: OutcomeRow) -> list[Invalid]:
    """What an outcome is refused with that names no act, where it needs one."""
    try:
        found(acts, row.outcome, row.grade, "")
    except Invalid as lacking:
        return [lacking]
    return []


def _typed(form: Fields | None) -> Typed:
    if form is None:
        return Typed()
    return Typed(
        outcome=form.one("outcome"),
        reasons=form.one("reasons"),
        evidence=tuple(form.all("evidence")),
        act=form.one("act"),
        grading=gradings.typed(form),
    )


def _case_page(
    request: Request, desk: Desk, caller: Caller, case_id: str, form: Fields | None = None, wrong: Trouble = NO_TROUBLE
) -> Response:
    def ask(tx: Tx, now: datetime) -> tuple[Case, Explanation]:
        return caller.case(tx, case_id), why_of(desk, tx, caller, case_id, now)

    try:
        caller.reads()
        held, why = read_case(desk, caller, case_id, What.CASE, ask, "page")
    except InspectorError as error:
        return refused(request, error)
    lang, case = language(request), case_shown(held)
    last = last_review(why.decisions)
    if wrong.code in ("message_id_reused", "not_in_review") and case.outcome is not None and last is not None:
        officer, when = last.facts.get("officer"), wording.at(last.at)
        wrong = replace(wrong, text=label("ui.decided_before", lang, officer=officer, at=when, outcome=of(case.outcome, lang)))
    context = {
        "caller": caller,
        "case": case,
        "letter": held.letter,
        "send_back": held.send_back,
        "waits": missent.waits(held),
        "withdrawal": desk.look(lambda tx: withdrawals.waiting(tx, case_id)) is not None,
        "notices": desk.look(lambda tx: tx.servings.of_case(case_id)),
        "objected": desk.look(lambda tx: tx.records.objections(case_id=case_id)),
        "may_send_back": caller.role is Role.OFFICER and missent.may(held),
        "grounds": desk.look(lambda tx: grounds(tx, case_id, held.agency, (one.id for one in why.heard))),
        "names": {claim.id: claim.name for claim in why.claims},
        "text": render(why, lang),
        **spotted(why, lang),
        "act": lambda one: act_line(one, lang),
        "way": lambda heard: wording.way(heard.method, heard.via, lang),
        "requests": [(one.id, f"{one.party or one.requested}: {past.stands(one.state, one.end, lang)}") for one in why.letters],
        "consequences": desk.look(lambda tx: listed(tx, case_id, lang)),
        "may_open": caller.role is Role.OFFICER and desk.look(lambda tx: _openable(desk, tx, held)),
        "may_decide": caller.role is Role.OFFICER and case.state is CaseState.REVIEW,
        "outcomes": [outcome for outcome in Outcome if outcome is not Outcome.WITHDRAWN],
        "typed": _typed(form),
        "choices": gradings.CHOICES,
        "choice_words": gradings.WORDS,
        "trouble": wrong,
        "message_id": new_id(),
        "guard": guard(desk, held_cookie(request)),
    }
    return page(request, "review.html", status=wrong.status, prints=printing.installed() is not None, **context)


def listed(tx: Tx, case_id: str, lang: Lang) -> list[tuple[str, str]]:
    """The consequences of a case in words, each with what somebody has to do: an order that has not come is brought first."""
    held = tx.consequences.of_case(case_id)
    return [(one.id, wording.consequence(one, lang, consequences.step(tx, one))) for one in held]


def _openable(desk: Desk, tx: Tx, case: Case) -> bool:
    return any(one.error is None for one in openings.openable(desk.office, tx, case, desk.office.now()))


def to_login(request: Request, back: str = "") -> Response:
    """Log in first, then come back to this page; `back`: to which one, where this is no page but a button."""
    return RedirectResponse(f"/login?next={back or request.url.path}{carried(request, '&')}", 303)
