"""Why a case stands where it stands, for a person: rows, facts, articles, what was asked and came back, what is due next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from inspector.domain.attempt import Attempt
from inspector.domain.calendar import Counting
from inspector.domain.case import (
    Case,
    CaseRemark,
    CaseState,
    Claim,
    ClaimFile,
    ClaimStatus,
    LevelReason,
    Method,
    Outcome,
    Route,
    SubjectKind,
    VerifyFrom,
)
from inspector.domain.counting import Tallied, tally
from inspector.domain.errors import InspectorError
from inspector.domain.evidence import Evidence, Verdict
from inspector.domain.pause import Extension, Suspension
from inspector.domain.piece import beside, evidence_id
from inspector.domain.policy import Policy
from inspector.domain.review import Reviewed, reviewed
from inspector.domain.transition import Scope
from inspector.domain.visit import VisitState
from inspector.flows.articles import Article, articles
from inspector.flows.asked import Asked, letter, party
from inspector.flows.calls import Call, call
from inspector.flows.corrections import Corrected, corrections, promised
from inspector.flows.decisions import Decided, Sealed, cited, decided, last_review, sealed_in
from inspector.flows.office import Office, Place
from inspector.flows.records import Act, Kept, act, acts, kept
from inspector.flows.showed import Showed, showed
from inspector.flows.signing import Answered, Signed, answered, signed
from inspector.flows.spot import Spot, SpotSaid, seen_by, spots, tried
from inspector.flows.upcoming import Late, Next, missed, upcoming
from inspector.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """The chosen row: of which pack version, by which facts, resting on which articles, and how the date was counted."""

    row: str
    pack: str
    title: str
    profile: str
    level: str
    level_name: str
    level_source: str
    level_as_of: datetime | None
    level_reason: LevelReason
    level_facts: Mapping[str, str]
    before_decision: bool
    stratum: str | None
    insured_value: int | None
    notice: Answered | None
    basis: tuple[Article, ...]
    due_at: datetime
    due_provisional: bool
    due_counted: Counting
    due_days: tuple[Tallied, ...]
    due_from: VerifyFrom


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way a claim may be verified; `ground` is why another agency may be asked, `party` its name in the tree."""

    method: Method
    via: str
    party: str
    ground: str
    basis: tuple[Article, ...]
    under_way: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A promised fact, its ways and what is known; `reviewed`: what an officer's decision has made of a contradiction.

    `key` is its sender's, `id` what evidence, requests and visits cite: a correction gives each claim a new one, and a higher `revision`.
    """

    key: str
    id: str
    revision: int
    fact: str
    name: str
    value: str
    on: date
    status: ClaimStatus
    reviewed: Reviewed | None
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was asked and what came back: `name`, `claimed` and `on` are the question, `found` is the other side's own text.

    `came_at`: when the answer came; None while, or where, an agency that was asked by letter has not answered;
    `entered_at`: when somebody here read or entered it, where that was later.
    `note` is a code; `remark` are words that somebody outside wrote; `door` is how an agency's word came in, `token` by whose name.
    `saw`: of a visit, who of the team saw it, each in the own words (nobody by name outside the agency).
    `claim` is the claim's `id`; `former`: what was asked about was promised before a correction. `owner` is whose data they are,
    `valid_for` how long such a fact holds by the pack, `source_version` what the other side calls the data (of another agency's result
    that agency and its number), the digests are SHA-256 of question and reply. `altered`: it is not what the sealed ledger has seen, or
    may go against somebody while the ledger knows nothing of it.
    """

    id: str
    claim: str
    name: str
    claimed: str
    on: date | None
    method: Method
    via: str
    party: str
    verdict: Verdict
    fresh: bool
    asked_at: datetime
    came_at: datetime | None
    entered_at: datetime | None
    as_of: datetime | None
    note: str
    found: str
    remark: str
    attempts: int
    door: str
    token: str
    former: bool
    saw: tuple[SpotSaid, ...]
    owner: str
    valid_for: str
    source_version: str
    request_digest: str
    reply_digest: str
    altered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Everything a person needs to understand one case.

    `acts`: the dishonest acts that an officer may find, while one decides; `act`: the one that the last decision has found. `kept`: how
    long what is on record is kept, once the case has ended.
    """

    case: str
    agency: str
    reference: str
    route: Route
    item: str
    item_name: str
    pack: str
    subject_kind: SubjectKind
    subject_name: str
    subject_warnings: tuple[str, ...]
    state: CaseState
    outcome: Outcome | None
    review_reason: str | None
    opened_at: datetime
    remarks: tuple[CaseRemark, ...]
    signed: Signed | None
    notice_version: str
    notice_wanted: str
    why: Why | None
    suspensions: tuple[Suspension, ...]
    extensions: tuple[Extension, ...]
    corrections: tuple[Corrected, ...]
    claims: tuple[Claimed, ...]
    heard: tuple[Heard, ...]
    letters: tuple[Asked, ...]
    shown: tuple[Showed, ...]
    visits: tuple[Call, ...]
    spots: tuple[Spot, ...]
    attempts: tuple[Attempt, ...]
    decisions: tuple[Decided, ...]
    next: tuple[Next, ...]
    overdue: tuple[Late, ...]
    acts: tuple[Act, ...]
    act: Act | None
    kept: tuple[Kept, ...]


def explain(office: Office, tx: Tx, case_id: str, *, outside: bool = False) -> Explanation:
    """Explain a case from what is stored about it. Raises Missing; whether the asker may know of it is the caller's affair.

    `outside` the agency, where the applicant is near, nobody hears of a visit before it has been made (draw-protocol ruling 18), nor ever
    of who made it. What the approving system then reads of it is `flows.unworded`'s.
    """
    case = tx.cases.get(case_id)
    policy = office.book.get(case.pack)
    calls = [(held, tx.visits.team(held.id)) for held in tx.visits.of_case(case_id)]
    if outside:
        calls = [(held, team) for held, team in calls if held.state is VisitState.DONE]
    letters, shows = tx.assistance.of_case(case_id), tx.selfproofs.of_case(case_id)
    local = office.calendar.local
    evidence = tx.cases.evidence(case_id)
    decisions = tuple(decided(office, row, policy) for row in tx.ledger.about(case_id))
    last = last_review(decisions)
    relied_on = cited(evidence, last)
    came = {evidence_id(held): held.ended_at for held in letters if held.reply}  # pieces of before `came_at` was kept
    sealed = sealed_in(decisions)
    names = {one.key: _name(one, case, policy) for one, _ in promised(case)}
    seen = spots(office, tx, case, [held for held, _ in calls], names, named=not outside)
    pieces = {held.id for held in evidence}
    heard = [
        replace(_heard(office, held, case, policy, came, sealed), saw=seen_by(held, case_id, seen, pieces)) for held in evidence
    ]
    return Explanation(
        case=case.id,
        agency=case.agency,
        reference=case.reference,
        route=case.route,
        item=case.item,
        item_name=policy.item(case.item).name,
        pack=policy.label,
        subject_kind=case.subject.kind,
        subject_name=case.subject.name,
        subject_warnings=case.subject.warnings,
        state=case.state,
        outcome=case.outcome,
        review_reason=case.review_reason,
        opened_at=office.calendar.local(case.opened_at),
        remarks=case.remarks,
        signed=signed(case, policy),
        notice_version=case.letter.notice_version if case.letter is not None else "",
        notice_wanted=policy.item(case.item).notice_version,
        why=why(office, case, policy),
        suspensions=tuple(
            replace(one, since=local(one.since), ended_at=_local(office, one.ended_at)) for one in case.suspensions
        ),
        extensions=tuple(replace(one, at=local(one.at)) for one in case.extensions),
        corrections=corrections(case, policy),
        claims=tuple(claimed(office, held, case, policy, reviewed(case, held, relied_on)) for held in case.claims),
        heard=tuple(sorted(heard, key=lambda one: one.came_at or one.asked_at)),
        letters=tuple(letter(office, held, policy) for held in letters),
        shown=tuple(showed(office, held, policy) for held in shows),
        visits=tuple(call(office, held, team, case.agency) for held, team in calls),
        spots=seen,
        attempts=tried(tx, case_id, named=not outside),
        decisions=decisions,
        next=upcoming(office, tx, case, letters, shows),
        overdue=missed(office, case, letters, shows, [held for held, _ in calls]),
        acts=_acts(office, case),
        act=_found(office, last),
        kept=kept(policy, case.ended_at, office.calendar) if case.ended_at is not None else (),
    )


def _acts(office: Office, case: Case) -> tuple[Act, ...]:
    """Those of the version by which an officer would decide today."""
    if case.state is not CaseState.REVIEW:
        return ()
    return acts(office.ruling(case.agency, case.pack, Scope.OUTCOMES, office.now()).policy)


def _found(office: Office, last: Decided | None) -> Act | None:
    """The act that a decision cites, as the version says that it was decided by."""
    if last is None or "act" not in last.facts:
        return None
    policy = office.book.get(last.pack)
    return next((act(policy, row) for row in policy.acts if row.row == last.facts["act"]), None)


def why(office: Place, case: Case, policy: Policy) -> Why | None:
    """Why this way, of a case that has a strategy."""
    held = case.strategy
    if held is None:
        return None
    names = {level.code: level.name for level in policy.levels}
    item = policy.item(case.item)
    bound = item.notice(held.notice) if held.notice else None
    return Why(
        row=held.row,
        pack=held.pack,
        title=policy.title,
        profile=held.item_profile,
        level=held.level.level,
        level_name=names.get(held.level.level, ""),
        level_source=held.level.source,
        level_as_of=_local(office, held.level.as_of),
        level_reason=held.level.reason,
        level_facts=held.level.facts,
        before_decision=held.before_decision,
        stratum=held.stratum,
        insured_value=item.insured_value,
        notice=answered(case, policy),
        basis=articles(policy, (held.basis, item.verify_basis, item.insured_basis or "", bound.basis if bound else "")),
        due_at=office.calendar.local(held.due_at),
        due_provisional=held.due_provisional,
        due_counted=held.due_counted,
        due_days=tally(held.due_counted),
        due_from=item.verify_from,
    )


def claimed(office: Place, held: ClaimFile, case: Case, policy: Policy, said: Reviewed | None = None) -> Claimed:
    """A promised fact with its ways; `said` is what an officer has made of a contradiction."""
    ways = tuple(
        Way(
            method=step.method,
            via=step.via,
            party=party(office, step.via),
            ground=step.ground,
            basis=articles(policy, step.basis),
            under_way=held.step is step and not case.state.ended,
        )
        for step in held.steps
    )
    claim = held.claim
    name = _name(claim, case, policy)
    return Claimed(
        key=claim.sent_as,
        id=claim.key,
        revision=claim.revision,
        fact=claim.fact,
        name=name,
        value=claim.value,
        on=claim.on,
        status=held.status,
        reviewed=said,
        ways=ways,
    )


def _name(claim: Claim, case: Case, policy: Policy) -> str:
    """What the pack calls a fact; its code where an item knows it no more."""
    try:
        return policy.item(case.item).fact(claim.fact).name
    except InspectorError:
        return claim.fact


def _heard(
    office: Office, held: Evidence, case: Case, policy: Policy, came: Mapping[str, datetime | None], sealed: Sealed
) -> Heard:
    """An answer with its question, also where that was about what the case said before a correction.

    Letters are answered some day, which the evidence tells, or `came` by its id; whatever else answers does it when it is asked.
    """
    claim, former = next(((one, before) for one, before in promised(case) if one.key == held.claim), (None, False))
    written = held.method is Method.ASSISTANCE and not beside(held.id)
    return Heard(
        id=held.id,
        claim=held.claim,
        name=_name(claim, case, policy) if claim else held.claim,
        claimed=claim.value if claim else "",
        on=claim.on if claim else None,
        method=held.method,
        via=held.via,
        party=party(office, held.via),
        verdict=held.verdict,
        fresh=held.fresh,
        asked_at=office.calendar.local(held.asked_at),
        came_at=_local(office, held.came_at or (came.get(held.id) if written else held.asked_at)),
        entered_at=_local(office, held.entered_at),
        as_of=_local(office, held.as_of),
        note=held.note,
        found=held.found,
        remark=held.remark,
        attempts=held.attempts,
        door=held.door,
        token=held.token,
        former=former,
        saw=(),
        owner=held.owner,
        valid_for=held.valid_for,
        source_version=held.source_version,
        request_digest=held.request_digest,
        reply_digest=held.reply_digest,
        altered=sealed.altered(held) or sealed.lacks(held),
    )


def _local(office: Place, moment: datetime | None) -> datetime | None:
    return office.calendar.local(moment) if moment is not None else None
