"""The officer's page of a consequence: why it is proposed, on what evidence, with which dates and proofs, and the steps that are due now.

Each form is one step of the API by the same operation: the same rules, and two logins where the pack asks for two persons.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from inspector.domain.annulled import Annulled
from inspector.domain.case import Case
from inspector.domain.consequence import Agreement, Consequence, ConsequenceState, Part, Signed, Stage, StatementKind
from inspector.domain.docket import Nearness, nearness
from inspector.domain.errors import InspectorError, Refusal
from inspector.domain.falling import REGRADE, SHAKEN
from inspector.domain.grading import Harm
from inspector.domain.policy import Policy
from inspector.domain.proposal import ConsequenceRow, Proposal
from inspector.domain.viewing import Shown as What
from inspector.domain.wayto import PROVEN
from inspector.flows import consequences, deputies, endwords, headed, intended, remedying, wording
from inspector.flows.explain import Explanation
from inspector.flows.shaken import STATED
from inspector.labels import Lang, label, of
from inspector.store.tx import Tx, new_id
from inspector.web import consequencemessages as messages
from inspector.web import consequences as api
from inspector.web import creditrecords, grounds, transfers
from inspector.web.caller import Caller
from inspector.web.cases import read_case
from inspector.web.cases import why as why_of
from inspector.web.desk import AtDesk, Desk
from inspector.web.fields import NamePath
from inspector.web.grounds import Ground
from inspector.web.language import InLang, carried, language
from inspector.web.messages import SeenToIn
from inspector.web.noticedesk import said
from inspector.web.pages import NO_TROUBLE, Fields, Posted, Trouble, page, read, refused, trouble
from inspector.web.roles import Role
from inspector.web.serving import ServedIn
from inspector.web.session import Visitor, to_login, written_by_officer
from inspector.web.signedin import guard, held_cookie
from inspector.web.steps import Field, Kind, Step, among, either, entry, typed
from inspector.web.watch import close_attention

router = APIRouter(include_in_schema=False)
_REASONS = entry("reasons", Kind.TEXT)
_WORDS = entry("words", Kind.TEXT)
_SIGNED = entry("digests", Kind.LINES, needed=False)
_LINE = 200
"""How long a line may be; a longer list of articles is left out of the draft, and the decision rests on what was announced."""
_BY_WHOM = tuple(one for one in Annulled if one is not Annulled.OBJECTION)
"""Who annuls by a document that is entered here; an objection annuls where it is upheld."""
_TURN = Field(name="turn", kind=Kind.HIDDEN)
"""Which text and state the page has shown: who decides, or agrees, does so about these."""
_LIGHTER = Field(name="lighter", kind=Kind.CHOICE, choices=(("true", "proceeding.lighter_yes"),), needed=False)
_OF_PENALTY = frozenset({"content", "lighter"})
"""The fields of a decision that only one about a penalty has."""


MATTERS = {"seen": STATED, "stands": SHAKEN, "graded": REGRADE}
"""Steps that close a matter about a consequence, as any other is closed: words of its subject are read, what took effect or its grade
stands though its ground fell."""


def _closing(matter: str) -> Step:
    def take(desk: Desk, caller: Caller, consequence_id: str, given: SeenToIn, message_id: str | None) -> Response:
        return close_attention(desk, caller, f"{matter}:{consequence_id}", given, message_id)

    return Step(message=SeenToIn, take=take, fields=(entry("note", needed=False),))


def _stands(desk: Desk, caller: Caller, consequence_id: str, given: SeenToIn, message_id: str | None) -> Response:
    """That it stands is a step of its own, so that its subject hears so."""
    return api.uphold(desk, caller, consequence_id, messages.ReasonsIn(reasons=given.note), message_id)


STEPS: Mapping[str, Step] = {
    **{name: _closing(matter) for name, matter in MATTERS.items() if name != "stands"},
    "stands": Step(message=SeenToIn, take=_stands, fields=(entry("note", Kind.TEXT),)),
    "uphold": Step(message=messages.ReasonsIn, take=api.uphold, fields=(_REASONS,)),
    "notice": Step(
        message=messages.NoticeIn,
        take=api.give_notice,
        fields=(
            *(entry("facts", Kind.LINES), _REASONS, entry("rights", Kind.LINES), entry("basis", Kind.LINES, needed=False)),
            entry("content", Kind.TEXT, needed=False),
            among("harm", Harm, needed=False),
            Field(
                name="corrected",
                kind=Kind.CHOICE,
                choices=(("true", "proceeding.corrected_yes"), ("false", "proceeding.corrected_no")),
                needed=False,
            ),
            *(entry(name, needed=False) for name in ("amount", "third_parties", "cooperation")),
        ),
    ),
    "service": Step(
        message=ServedIn,
        take=api.enter_service,
        fields=(
            *(entry("on", Kind.DAY), among("way", PROVEN), entry("proof")),
            Field(name="agreed", kind=Kind.CHOICE, choices=(("true", "proceeding.agreed_yes"),), needed=False),
        ),
    ),
    "statement": Step(
        message=messages.StatementIn, take=api.enter_statement, fields=(among("kind", StatementKind), _WORDS, _SIGNED)
    ),
    "hearing": Step(
        message=messages.HearingIn,
        take=api.enter_hearing,
        fields=(
            either("outcome", ("held", "proceeding.hearing_held"), ("waived", "proceeding.hearing_waived")),
            *(entry("on", Kind.DAY), entry("record"), _SIGNED),
        ),
    ),
    "decision": Step(
        message=messages.VerdictIn,
        take=api.impose,
        fields=(
            *(_TURN, _REASONS, entry("content", Kind.TEXT, needed=False), _LIGHTER),
            *(entry("law", needed=False), entry("public_interest", Kind.TEXT, needed=False)),
            *(entry("until", Kind.DAY, needed=False), entry("rights", Kind.LINES, needed=False)),
        ),
    ),
    "agreement": Step(message=messages.AgreementIn, take=api.agree, fields=(_TURN, among("kind", Agreement), _WORDS)),
    "drop": Step(message=messages.ReasonsIn, take=api.drop, fields=(_REASONS,)),
    "keep": Step(message=messages.ReasonsIn, take=api.keep, fields=(_REASONS,)),
    "lift": Step(message=messages.ReasonsIn, take=api.lift, fields=(_REASONS,)),
    "referral": Step(message=messages.DocumentIn, take=api.refer, fields=(entry("document"),)),
    "objection": Step(message=creditrecords.ObjectionIn, take=creditrecords.object_to, fields=(_WORDS,)),
    "annulment": Step(message=messages.AnnulmentIn, take=api.annul, fields=(among("why", _BY_WHOM), entry("document"))),
    "wish": Step(message=messages.RecheckWishIn, take=api.ask_recheck, fields=(_WORDS,)),
    "recheck": Step(
        message=messages.RecheckIn,
        take=api.recheck,
        fields=(
            either("good", ("true", "proceeding.recheck_good"), ("false", "proceeding.recheck_not")),
            entry("corrected_on", Kind.DAY, needed=False),
            *(entry("evidence", Kind.EVIDENCE, needed=False), entry("documents", Kind.LINES, needed=False), _WORDS),
        ),
    ),
    "report": Step(message=messages.ReportIn, take=transfers.report, fields=(_WORDS,)),
    "head": Step(
        message=messages.HeadIn,
        take=transfers.decide_transfer,
        fields=(
            either("approves", ("true", "proceeding.head_approves"), ("false", "proceeding.head_refuses")),
            *(_REASONS, entry("at", Kind.MOMENT, needed=False)),
        ),
    ),
    "handover": Step(
        message=messages.BundleIn,
        take=transfers.hand_bundle_over,
        fields=(
            *(entry(part.value.lower(), needed=False) for part in Part),
            entry("receipt"),
            entry("at", Kind.MOMENT, needed=False),
        ),
    ),
    "police": Step(
        message=messages.PoliceIn,
        take=transfers.enter_police,
        fields=(
            either("accepted", ("true", "proceeding.police_filed"), ("false", "proceeding.police_declined")),
            *(entry("document"), entry("on", Kind.DAY), entry("reasons", Kind.TEXT, needed=False)),
        ),
    ),
    "contest": Step(
        message=messages.ContestIn,
        take=transfers.contest,
        fields=(
            either("to", ("police", "proceeding.to_police"), ("procurator", "proceeding.to_procurator")),
            entry("document"),
        ),
    ),
    "papers": Step(message=messages.ReceiptIn, take=transfers.enter_papers, fields=(entry("receipt"),)),
}
"""Every step that a person takes here, by the name of its form; those of `MATTERS` while such a matter is open."""

OFFERED: Mapping[Stage, tuple[str, ...]] = {
    Stage.GIVE: ("notice", "drop"),
    Stage.SERVE: ("service", "drop"),
    Stage.DECIDE: ("decision", "statement", "drop"),
    Stage.HEAR: ("hearing", "statement", "drop"),
    Stage.AGREE: ("agreement", "statement", "drop"),
    Stage.RECHECK: ("recheck", "wish", "objection", "annulment"),
    Stage.WEIGH: ("uphold", "annulment", "objection"),
    Stage.LOOK: ("keep", "lift", "objection", "annulment"),
    Stage.REFER: ("referral", "drop"),
    Stage.REPORT: ("report", "drop"),
    Stage.HEAD: ("head", "report"),
    Stage.HAND: ("handover",),
    Stage.POLICE: ("police",),
    Stage.CONTEST: ("contest", "drop"),
    Stage.PAPERS: ("papers", "annulment"),
}
"""What may be done at each stage, what is due first."""
_HEADS = (Stage.REPORT, Stage.CONTEST)  # stages at which the head alone lets a transfer go


def offered(held: Consequence) -> tuple[str, ...]:
    """The steps that a page offers about a consequence: of one that took effect and has no next step, that it stands no more."""
    stage = held.stage
    if stage is not None:
        return OFFERED[stage]
    if held.state is ConsequenceState.TRANSFERRED:
        return ("annulment",)  # the police's, the procurator's or a court's word frees the penalty
    took_effect = held.state in (ConsequenceState.IMPOSED, ConsequenceState.RECTIFIED, ConsequenceState.FAILED)
    return ("objection", "annulment") if took_effect else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What the page is made of. `mends`: whoever looks may write anew the decision that waits for others.

    `intended`: what its subject would read of it; `basis`: the articles in words; `act`: the dishonest act by its name; `remedies`: what
    a written decision says is open against it; `refuses`: whoever looks may say no to a transfer that two have not reported yet.
    """

    held: Consequence
    case: Case
    row: ConsequenceRow | None
    policy: Policy
    why: Explanation
    grounds: Mapping[str, Ground]
    near: Nearness | None
    matters: tuple[str, ...]
    mends: bool
    intended: str
    bars: bool
    basis: str
    act: str
    remedies: tuple[str, ...]
    refuses: bool


def _offered(told: Read) -> tuple[str, ...]:
    """The same for whoever looks."""
    held = told.held
    return tuple(one for one in offered(held) if one != "drop" or held.stage not in _HEADS or told.refuses)


@router.get("/consequences/{consequence_id}", name="consequence")
def show(request: Request, desk: AtDesk, caller: Visitor, consequence_id: NamePath) -> Response:
    """One consequence with all that has happened to it, and, for an officer, what is to be done."""
    return to_login(request) if caller is None else _page(request, desk, caller, consequence_id)


@router.post("/consequences/{consequence_id}")
def post(request: Request, desk: AtDesk, caller: Visitor, consequence_id: NamePath, form: Posted, lang: InLang) -> Response:
    """The officer takes a step."""
    if caller is None:
        return to_login(request)
    try:
        written_by_officer(request, desk, caller, form)
        step = STEPS.get(form.one("do"))
        if step is None:
            raise Refusal("action_unknown", action=form.one("do")[:40])
        given = read(step.message, **{one.name: value for one in step.fields if (value := typed(one, form)) is not None})
        step.take(desk, caller, consequence_id, given, form.message_id())
    except InspectorError as error:
        return _page(request, desk, caller, consequence_id, form, trouble(error, form, lang, group="proceeding"))
    return RedirectResponse(request.url.path + carried(request), 303)


def _page(
    request: Request, desk: Desk, caller: Caller, consequence_id: str, form: Fields | None = None, wrong: Trouble = NO_TROUBLE
) -> Response:
    lang = language(request)

    def ask(tx: Tx, now: datetime) -> Read:
        held = tx.consequences.get(consequence_id)
        case = caller.case(tx, held.case_id)
        policy = desk.office.book.get(held.pack)
        row = policy.consequences.get(held.proposal)
        near = nearness(held.due_at, now, desk.office.calendar) if held.due_at is not None else None
        matters = tuple(name for name, kind in MATTERS.items() if _waits(tx, f"{kind}:{held.id}"))
        mine = deputies.signs(desk.office, tx, held, Signed(by=caller.name, token=caller.token, at=now), now)
        why = why_of(desk, tx, caller, held.case_id, now)
        return Read(
            matters=matters,
            mends=held.stage is Stage.AGREE and held.verdict is not None and mine.may_mend(held.verdict.signed),
            intended=intended.line(held, case.item, policy, lang),
            bars=intended.bars(held, policy),
            basis=wording.citations(policy, held.basis, lang),
            act=next((one.name for one in policy.acts if one.row == held.grading.act), ""),
            refuses=held.stage in _HEADS and headed.refuses(desk.office, tx, held, mine),
            remedies=(held.verdict.rights or remedying.rights(policy, lang)) if held.verdict is not None else (),
            held=held,
            case=case,
            row=row,
            policy=policy,
            why=why,
            grounds=grounds.grounds(tx, held.case_id, case.agency, (one.id for one in why.heard)),
            near=near,
        )

    try:
        caller.reads()
        of = desk.look(lambda tx: tx.consequences.get(consequence_id)).case_id
        told = read_case(desk, caller, of, What.PROCEEDING, ask, "page")
    except InspectorError as error:
        return refused(request, error)
    officer = caller.role is Role.OFFICER
    # no note ends the step of an order in doubt: its case is decided again, it is said to stand, or it is annulled
    before = tuple(one for one in told.matters if one == "seen" or told.held.stage is not Stage.WEIGH)
    behind = ("decision",) if told.mends else ()
    context: dict[str, Any] = {
        "told": told,
        **said(desk, told.held.case_id),
        "stage": desk.look(lambda tx: consequences.step(tx, told.held)) if told.held.stage is not None else None,
        "held": told.held,
        "ends": desk.look(lambda tx: endwords.told(tx, told.held, lang)),
        "door": lambda by: endwords.by_door(by, lang),
        "steps": [(name, _fields(name, told.row)) for name in (*before, *_offered(told), *behind)] if officer else [],
        "kept": _kept(told, form, desk.settings.language) | {"turn": _turn(told.held, form, wrong)},
        "tried": form.one("do") if form is not None else "",
        "chosen": frozenset(form.all("evidence")) if form is not None else frozenset(),
        "names": {claim.id: claim.name for claim in told.why.claims},
        "heard": {one.id: one for one in told.why.heard},
        "grounds": told.grounds,
        "trouble": wrong,
        "message_id": new_id(),
        "guard": guard(desk, held_cookie(request)),
    }
    return page(request, "consequence.html", status=wrong.status, **context, **grounds.spotted(told.why, language(request)))


def _waits(tx: Tx, matter_id: str) -> bool:
    """Whether a matter is open."""
    matter = tx.attention.get(matter_id)
    return matter is not None and matter["closed_at"] is None


def _fields(name: str, row: ConsequenceRow | None) -> tuple[Field, ...]:
    """The fields of a step; a wish to be heard is entered only where the row gives the right to it, and a content of a penalty alone."""
    if name == "decision" and (row is None or row.proposal is not Proposal.PENALTY):
        return tuple(one for one in STEPS[name].fields if one.name not in _OF_PENALTY)
    if name != "statement" or (row is not None and row.hearing):
        return STEPS[name].fields
    said = among("kind", (one for one in StatementKind if one is not StatementKind.HEARING))
    return (said, *(one for one in STEPS[name].fields if one.name != said.name))


def _turn(held: Consequence, form: Fields | None, wrong: Trouble) -> str:
    """The turn that a form names: of what this page shows. What was posted stays until the officer was told that it has moved on."""
    if form is None or wrong.code == "consequence_moved_on":
        return str(held.turn)
    return form.one("turn") or str(held.turn)


def _kept(told: Read, form: Fields | None, lang: Lang) -> dict[str, str]:
    """What stands in the fields: what was typed, else a draft of the notice, in the language of the office, whatever the officer reads in.

    A person reads and mends it before it goes out.
    """
    if form is not None:
        return {**form.kept()}
    notice, held = told.held.notice, told.held
    if notice is None:
        return {"facts": "\n".join(_facts(told, lang)), "rights": "\n".join(_rights(told, lang))}
    # what is due from then on is the decision, which has rights of its own
    law = "；".join(one for one in notice.basis if one not in held.basis) if held.proposal is Proposal.PENALTY else ""
    return {
        "rights": "\n".join(remedying.rights(told.policy, lang)),
        "content": notice.content,
        "law": law if len(law) <= _LINE else "",
    }


def _facts(told: Read, lang: Lang) -> list[str]:
    """What was promised and what was found, of each piece of evidence that the proposal rests on."""
    claims = {claim.id: claim for claim in told.why.claims}
    heard = [one for one in told.why.heard if one.id in told.held.evidence and one.claim in claims]
    return [
        label(
            "proceeding.draft_fact",
            lang,
            fact=claims[one.claim].name,
            promised=claims[one.claim].value,
            on=claims[one.claim].on,
            found=one.found or of(one.verdict, lang),
        )
        for one in heard
    ]


def _rights(told: Read, lang: Lang) -> list[str]:
    row = told.row
    if row is None or row.defend is None:
        return []
    rights = [label("proceeding.draft_defence", lang, term=wording.term(row.defend, lang))]
    return [*rights, label("proceeding.draft_hearing", lang)] if row.hearing else rights
