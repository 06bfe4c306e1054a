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

from inspector.domain import course, disclosing, disclosure, hearing, owed, penalty, province
from inspector.domain.case import Case
from inspector.domain.consequence import Consequence, Signed, Stage
from inspector.domain.docket import Nearness, nearness
from inspector.domain.errors import InspectorError, Refusal
from inspector.domain.policy import Policy
from inspector.domain.proposal import ConsequenceRow, Proposal
from inspector.domain.publicationduty import PublicationDuty
from inspector.domain.viewing import Shown as What
from inspector.flows import (
    beside,
    consequences,
    deputies,
    endwords,
    headed,
    intended,
    prevailing,
    remedying,
    reviewing,
    sittings,
    wording,
)
from inspector.flows.explain import Explanation
from inspector.flows.shaken import setting
from inspector.labels import Lang, label, of
from inspector.store.tx import Tx, new_id
from inspector.web import grounds
from inspector.web.caller import Caller
from inspector.web.cases import read_case
from inspector.web.cases import why as why_of
from inspector.web.desk import AtDesk, Desk
from inspector.web.fields import NamePath
from inspector.web.grounds import Ground
from inspector.web.language import InLang, carried, language
from inspector.web.noticedesk import said
from inspector.web.pages import NO_TROUBLE, Fields, Posted, Trouble, page, read, refused, trouble
from inspector.web.roles import Role
from inspector.web.session import Visitor, to_login, written_by_officer
from inspector.web.signedin import guard, held_cookie
from inspector.web.stages import HEADS, MATTERS, STEPS, fields, offered, pushes
from inspector.web.steps import typed

router = APIRouter(include_in_schema=False)


_LINE = 200
"""How long a line may be; a longer list of articles is left out of the draft, and the decision rests on what was announced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What the page is made of. `mends`: whoever looks may write anew the decision that waits for others.

    `intended`: what its subject would read of it; `basis`: the articles in words; `act`: the dishonest act by its name; `remedies`: what
    a written decision says is open against it; `refuses`: whoever looks may say no to a transfer that two have not reported yet; `duty`: by
    when a penalty is public, and what of it is, and `pushed` by when it is with another province; `last`: by when it has to be decided;
    `entered_late`: it was entered here behind the last day on which its act may be found; `waits`: who has still to agree; `objected`: what
    was objected to of the same finding, and what became of that; `others`: those beside it in which the subject has said something;
    `untold`: the hearing was not told in time.
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
    last: datetime | None
    duty: PublicationDuty | None
    entered_late: bool
    pushed: PublicationDuty | None
    push_near: Nearness | None
    waits: tuple[reviewing.Awaited, ...]
    objected: tuple[beside.Objected, ...]
    others: tuple[Consequence, ...]
    untold: bool


def _offered(told: Read) -> tuple[str, ...]:
    """The same for whoever looks, and when: the silence of the police is taken further once their time is over."""
    held = told.held
    early = held.stage is Stage.POLICE and told.near is not Nearness.OVERDUE
    left_out = {*(["drop"] if held.stage in HEADS and not told.refuses else []), *(["contest"] if early else [])}
    return tuple(one for one in offered(held) if one not in left_out)


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
        stored = tx.consequences.get(consequence_id)
        case = caller.case(tx, stored.case_id)
        held = prevailing.of(desk.office, case, stored, now)
        policy, judged = desk.office.book.get(held.pack), prevailing.judged(desk.office, case, held)
        row = policy.consequences.get(held.proposal)
        near = nearness(held.due_at, now, desk.office.calendar) if held.due_at is not None else None
        matters = tuple(name for name, kind in MATTERS.items() if _waits(tx, f"{kind}:{held.id}"))
        pushed = tx.publications.find(province.name(held.id))
        mine = deputies.signs(desk.office, tx, held, Signed(by=caller.name, token=caller.token, at=now), now)
        why = why_of(desk, tx, caller, held.case_id, now)
        return Read(
            matters=matters,
            duty=tx.publications.find(disclosing.name(held.id)),
            pushed=pushed,
            push_near=nearness(pushed.due_at, now, desk.office.calendar) if pushed is not None and pushed.state.dated else None,
            mends=held.stage is Stage.AGREE
            and held.verdict is not None
            and not owed.spares(held)
            and mine.may_mend(held.verdict.signed),
            intended=intended.line(held, case.item, judged, lang),
            bars=intended.bars(held, judged),
            basis=wording.citations(policy, held.basis, lang),
            act=next((one.name for one in judged.acts if one.row == held.grading.act), ""),
            refuses=held.stage in HEADS and headed.refuses(desk.office, tx, held, mine),
            remedies=(held.verdict.rights or remedying.rights(policy, lang)) if held.verdict is not None else (),
            held=held,
            case=case,
            row=row,
            policy=policy,
            why=why,
            grounds=grounds.grounds(tx, held.case_id, case.agency, (one.id for one in why.heard)),
            near=near,
            waits=reviewing.waits(desk.office, tx, case, held, now),
            objected=beside.objected(tx, held),
            untold=sittings.untold(tx, held, now),
            others=tuple(one for one in beside.others(tx, held) if one.statements),
            entered_late=held.onset is not None and held.onset.entered_late(desk.office.calendar.local_date(held.proposed_at)),
            last=course.decided_by(held, setting(desk.office, held, now)) if row is not None else None,
        )

    try:
        caller.reads()
        of = desk.look(lambda tx: tx.consequences.get(consequence_id)).case_id
        told = read_case(desk, caller, of, What.PROCEEDING, ask, "page")
    except InspectorError as error:
        return refused(request, error)
    officer = caller.role is Role.OFFICER
    # no note ends the step of an order in doubt: its case is decided again, it is said to stand, or it is annulled
    before = tuple(one for one in told.matters if one in ("seen", "seen_beside") or told.held.stage is not Stage.WEIGH)
    behind = ("decision",) if told.mends else ()
    context: dict[str, Any] = {
        "told": told,
        **said(desk, told.held.case_id),
        "stage": desk.look(lambda tx: consequences.step(tx, told.held)),
        "held": told.held,
        "yuan": disclosure.yuan,
        "ends": desk.look(lambda tx: endwords.told(tx, told.held, lang)),
        "door": lambda by: endwords.by_door(by, lang),
        "steps": [
            (name, fields(name, told.row, [one.kind for one in told.waits], hearing=_hears(told)))
            for name in (*before, *_offered(told), *behind, *pushes(told.duty, told.pushed))
        ]
        if officer
        else [],
        "kept": _kept(told, form, desk.settings.language) | {"turn": _turn(told.held, form, wrong)},
        "tried": form.one("do") if form is not None else "",
        "chosen": frozenset(form.all("evidence")) if form is not None else frozenset(),
        "marked": frozenset(form.all("kinds")) if form is not None else frozenset(),
        "names": {claim.id: claim.name for claim in told.why.claims},
        "heard": {one.id: one for one in told.why.heard},
        "grounds": told.grounds,
        "trouble": wrong,
        "message_id": new_id(),
        "guard": guard(desk, held_cookie(request)),
    }
    return page(request, "consequence.html", status=wrong.status, **context, **grounds.spotted(told.why, language(request)))


def _hears(told: Read) -> bool:
    """Whether its subject may ask to be heard."""
    return told.row is not None and hearing.open_to(told.held, told.row)


def _waits(tx: Tx, matter_id: str) -> bool:
    """Whether a matter is open."""
    matter = tx.attention.get(matter_id)
    return matter is not None and matter["closed_at"] is None


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
        "performance": label("proceeding.draft_performance", lang) if penalty.fines(notice.content) else "",
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
