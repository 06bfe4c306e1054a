"""What people decide about a case: the applicant's withdrawal, the conclusion of the matter, an officer's review, a visit's finding."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from inspector.domain.act import ActRow, found
from inspector.domain.admission import concluded_wrongly
from inspector.domain.calendar import WorkingCalendar, due
from inspector.domain.case import Case, CaseState, ClaimFile, ClaimStatus, Method, Outcome, Route
from inspector.domain.deadline import decided
from inspector.domain.decision import Because, Decision, Told
from inspector.domain.duty import Follow, Rule
from inspector.domain.ending import LEAVES, end, graded, leave, refuse_gone, reopen, take_back
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.evidence import GOOD, UNTRUE, Evidence, Verdict, as_dated, blank, carry
from inspector.domain.grading import Grading, lacking
from inspector.domain.person import refuse_nameless, same
from inspector.domain.piece import fingerprint
from inspector.domain.policy import OutcomeRow, Policy
from inspector.domain.proposal import Proposal
from inspector.domain.stamp import Stamp
from inspector.domain.verification import conflicts, heard, spoken_against
from inspector.domain.withdrawal import in_time


class Reviewed(StrEnum):
    """What an officer's decision has made of a contradiction."""

    CONFIRMED = "CONFIRMED"
    NOT_CONFIRMED = "NOT_CONFIRMED"


JOINED = "supervision.joined"
"""The rule by which a further contradiction joins the file of a case that was found untrue already."""

WITHDRAWALS = ("commitment.withdraw", "application.withdraw")
"""The rules by which a case is withdrawn: who committed takes that back, who brought a certificate the application."""


def withdraw(
    case: Case, reason: str, by: str, policy: Policy, now: datetime, *, barred_until: str = "", stamp: Stamp | None = None
) -> Decision[Case]:
    """The applicant takes the commitment back (the plan, item 9): with a reason, and only before the matter is concluded (办结).

    Who brought a certificate (the plan, item 2) has committed to nothing, and takes the application back. `barred_until`: the last day of
    the bar on committing again that follows, of which the applicant knew; empty: none does. `stamp`: on which day it was handed in, where
    that was before it is entered: whether it comes before the conclusion goes by that day.
    """
    refuse_gone(case)
    if case.concluded_at is not None and not in_time(case, stamp.on if stamp is not None else None):
        raise Refusal("already_concluded", case=case.id, concluded_at=case.concluded_at.isoformat())
    if blank(reason):
        raise Invalid("reason_missing", field="reason")
    state = leave(case, CaseState.WITHDRAWN, Outcome.WITHDRAWN, now)
    committed = case.route is Route.COMMITMENT
    basis = policy.basis(Rule.WITHDRAW if committed else Rule.CERTIFICATE)
    barred: dict[str, object] = {"barred_until": barred_until} if barred_until else {}
    handed: dict[str, object] = {"handed_in": stamp.on.isoformat()} if stamp is not None else {}
    shown = {"document": stamp.by} if stamp is not None else {}
    because = Because(
        rule=WITHDRAWALS[not committed],
        basis=(basis,),
        pack=case.pack,
        facts={"reason": reason, "by": by, "entry": case.entry} | barred | handed | shown,
    )
    told = Told(type="application.withdrawn", data=handed)
    if committed:
        told = Told(type="commitment.withdrawn", data={"next": "ordinary_procedure"} | barred | handed)
    orders = take_back(case, "WITHDRAWN", basis, now)
    return Decision(state=state, because=because, orders=orders, told=(told,), ends=LEAVES)


def conclude(
    case: Case, by: str, policy: Policy, now: datetime, calendar: WorkingCalendar, *, at: datetime | None = None
) -> Decision[Case]:
    """The approving system says the matter is concluded (办结), now or `at` an earlier time. Verification goes on; withdrawal is over.

    Where the item counts from the decision, the verification's date is counted anew. The first word stands. Raises Refusal, and
    Invalid (`concluded_out_of_range`) for a time to come or from before the letter.
    """
    refuse_gone(case)
    if at is not None and (wrong := concluded_wrongly(case, at, now, "at")):
        raise wrong
    when = case.concluded_at or at or now
    state = decided(replace(case, concluded_at=when), policy.item(case.item), calendar)
    basis, facts, told = [policy.basis(Rule.CONCLUDE)], dict[str, object](by=by, concluded_at=when.isoformat()), list[Told]()
    if case.verify_term is not None and state.verify_term is not None and state.verify_term != case.verify_term:
        was, term = case.verify_term, state.verify_term
        basis.append(term.basis)
        moved = {"was_due": was.due_at.isoformat(), "due_at": term.due_at.isoformat(), "due_provisional": term.due_provisional}
        facts |= moved
        if was.due_at != term.due_at and case.state in (CaseState.RATING, CaseState.VERIFYING):
            told.append(Told(type="deadline.moved", data=moved))
    because = Because(rule="matter.conclude", basis=tuple(basis), pack=case.pack, facts=facts)
    return Decision(state=state, because=because, told=tuple(told))


def review(  # noqa: PLR0913 - a decision in all its parts
    case: Case,
    outcome: Outcome,
    officer: str,
    reasons: str,
    cited: tuple[Evidence, ...],
    policy: Policy,
    now: datetime,
    calendar: WorkingCalendar,
    *,
    act: str = "",
    beside: Sequence[Evidence] = (),
    grading: Grading | None = None,
    earlier: int | None = None,
    attempts: Sequence[str] = (),
) -> Decision[Case]:
    """A named officer decides, with reasons; proposals and the credit grade follow from the pack.

    That somebody could not be reached rests on the `attempts` to reach them (who calls has seen that they are enough), and on no evidence.

    An adverse outcome (one with proposals, or with a grade other than that of `TRUE`) needs evidence of this case about what
    it claims now; one that says "untrue" needs a mismatch among it: silence, no record and outage carry it never. Where the pack has a
    catalogue of dishonest acts, an outcome that discredits needs the `act` by its row, which gives the grade. `beside` is all evidence
    of the case, of which the cited is a part: where it is in conflict, both sides are cited. `grading` is what its gravity is judged by,
    where the pack needs it (`grading_missing`); `earlier`: how many untrue ones our records have of the subject within the pack's
    time, None where the pack names none. Raises Refusal, Invalid.
    """
    if case.state is not CaseState.REVIEW:
        raise Refusal("not_in_review", case=case.id, state=case.state)
    if outcome is Outcome.WITHDRAWN:
        raise Invalid("outcome_not_allowed", field="outcome")
    refuse_nameless(officer, "officer")
    if blank(reasons):
        raise Invalid("reason_missing", field="reasons")
    now_claimed = {held.claim.key for held in case.claims}
    if former := [piece.id for piece in cited if piece.claim not in now_claimed]:
        raise Invalid("evidence_former", evidence=", ".join(former), field="evidence")
    cited = tuple(as_dated(piece, case.day_of(piece.claim)) for piece in cited)
    row = policy.outcomes[outcome]
    if outcome is not Outcome.UNREACHABLE:  # referred to the register's keeper, and a finding against nobody (handbook 1.2.36)
        carry(outcome, cited, adverse=adverse(row))
    if adverse(row):
        _both_sides(case, cited, beside)
    _not_own(outcome, officer, cited, adverse=adverse(row) and outcome is not Outcome.UNREACHABLE)
    done = found(policy.acts, outcome, row.grade, act)
    judged = _judged_by(policy, outcome, grading or Grading(), earlier)
    facts: dict[str, object] = {
        "officer": officer,
        "outcome": outcome.value,
        "reasons": reasons,
        "evidence": [piece.id for piece in cited],
        "review_reason": case.review_reason,
        "row": row.row,
        "concluded": case.concluded_at is not None,
        "adverse": adverse(row),
        **judged,
        **({"attempts": list(attempts)} if attempts else {}),
    }
    if done is not None:
        facts |= {"act": done.row, "graded": graded(row, done, concluded=case.concluded_at is not None), "bars": done.bars}
    basis: tuple[str, ...] = (row.basis,) if done is None else (row.basis, done.basis)
    because = Because(rule="officer.review", basis=basis, pack=case.pack, facts=facts)
    decision = end(case, outcome, policy, now, because, officer, act=done)
    terms = _follows(cited, policy, now, calendar)
    return replace(decision, told=tuple(_with_act(_with_terms(one, terms), done) for one in decision.told))


def _judged_by(policy: Policy, outcome: Outcome, said: Grading, earlier: int | None) -> dict[str, object]:
    """What the gravity of an outcome is judged by, as the ledger keeps it; what asks for it is no ground of what follows.

    Raises Invalid (`grading_missing`).
    """
    if (missing := lacking(policy.gradings, outcome, said)) is not None:
        raise missing
    facts: dict[str, object] = {f"grade_{name}": value for name, value in said.told().items()}
    if asked := [one.row for one in policy.gradings if outcome in one.outcomes]:
        facts["grade_rows"] = asked
    if outcome in UNTRUE and earlier is not None:
        facts |= {"grade_first_time": earlier == 0, "grade_earlier": earlier}
    return facts


def _not_own(outcome: Outcome, officer: str, cited: tuple[Evidence, ...], *, adverse: bool) -> None:
    """Whoever has transcribed a paper, or read what a subject showed, does not decide against somebody by it. Raises Invalid.

    Two people have then read it.
    """
    own = {piece.id for piece in cited if piece.door in ("paper", "read") and same(piece.token, officer)}
    if not own or not adverse:
        return
    try:
        carry(outcome, [piece for piece in cited if piece.id not in own], adverse=adverse)
    except Invalid as error:
        raise Invalid("evidence_own", evidence=", ".join(sorted(own)), officer=officer, field="evidence") from error


def _both_sides(case: Case, cited: Sequence[Evidence], beside: Sequence[Evidence]) -> None:
    """Who decides against somebody by one of two answers in conflict has seen the other, and says so by citing it. Raises Invalid.

    In conflict is a claim of which a fresh answer agrees and another contradicts, whatever its status has become.
    """

    def about(verdict: Verdict, pieces: Sequence[Evidence]) -> set[str]:
        return {one.claim for one in pieces if one.verdict is verdict and one.fresh}

    torn = {held.claim.key for held in case.claims if held.status is ClaimStatus.CONFLICT or (held.agreed and held.denied)}
    torn |= about(Verdict.MATCH, beside) & about(Verdict.MISMATCH, beside)
    if lacking := (torn & about(Verdict.MISMATCH, cited)) - about(Verdict.MATCH, cited):
        raise Invalid("evidence_one_sided", claims=", ".join(sorted(lacking)), field="evidence")


def _with_act(told: Told, act: ActRow | None) -> Told:
    """The result and each proposal are told with the dishonest act that they follow from; the result with whether it would bar, too.

    It bars nobody by one officer's review: before an entry there are a notice, a defence and a decision. That it does says `credit.record`.
    """
    if act is None:
        return told
    bars = {"would_bar": act.bars} if "outcome" in told.data else {}
    return replace(told, data={**told.data, "act": act.row, **bars})


def _with_terms(told: Told, terms: Mapping[str, str]) -> Told:
    """An order to rectify is told with the terms of what has to follow; everything else as it is."""
    return replace(told, data={**told.data, **terms}) if told.data.get("proposal") == Proposal.ORDER_RECTIFY.value else told


def _follows(cited: tuple[Evidence, ...], policy: Policy, now: datetime, calendar: WorkingCalendar) -> dict[str, str]:
    """What has to follow an order to rectify, where the pack says so: the notice by a date counted from the check, the re-check's term.

    The check is the last visit among the evidence, of the day it was made and not of its entry; without one the officer's decision
    is the day from which is counted.
    """
    told: dict[str, str] = {}
    if (notice := policy.follows.get(Follow.RECTIFY_NOTICE)) is not None:
        checked = max((piece.as_of or piece.asked_at for piece in cited if piece.method is Method.ON_SITE), default=now)
        told |= {"notice_due_at": due(checked, notice.term, calendar).at.isoformat(), "notice_row": notice.row}
    if (again := policy.follows.get(Follow.RECHECK)) is not None:
        told |= {"recheck_within": str(again.term), "recheck_row": again.row}
    return told


def adverse(row: OutcomeRow) -> bool:
    """Whether an outcome goes against its subject: untrue, or with proposals, or with a grade other than that of `TRUE`."""
    return row.outcome in UNTRUE or any(row.stages) or (row.grade is not None and row.outcome is not Outcome.TRUE)


def reviewed(case: Case, held: ClaimFile, cited: Iterable[Evidence]) -> Reviewed | None:
    """What the officer who closed a case, citing this evidence, has said of a claim that was contradicted.

    Confirmed is what the decision calls untrue on the ground of a fresh mismatch about this very claim, and nothing else. None:
    nobody has decided (any more), so that it is a lead, or nothing contradicts the claim. What contradicts one that had been given up
    as undetermined came late, and is contradiction all the same.
    """
    contradicted = held.status in (ClaimStatus.CONTRADICTED, ClaimStatus.CONFLICT, ClaimStatus.STALE_LEAD)
    late = held.status is ClaimStatus.UNDETERMINED and held.denied
    if case.state is not CaseState.CLOSED or not (contradicted or late):
        return None
    against = any(one.claim == held.claim.key and one.verdict is Verdict.MISMATCH and one.fresh for one in cited)
    return Reviewed.CONFIRMED if case.outcome in UNTRUE and against else Reviewed.NOT_CONFIRMED


def in_favour(case: Case, evidence: Evidence, policy: Policy) -> bool:
    """Whether evidence agrees with a promise that the decision had not found good.

    What speaks for somebody opens the same door as what speaks against. Nothing new is said where the promise stood all the same
    (`GOOD`), or where the claim had been proven.
    """
    outcome = case.outcome
    return (
        evidence.verdict is Verdict.MATCH
        and case.file(evidence.claim).status is not ClaimStatus.PROVEN
        and outcome is not None
        and (outcome not in GOOD or adverse(policy.outcomes[outcome]))
    )


def finding(
    case: Case, evidence: Evidence, policy: Policy, now: datetime, calendar: WorkingCalendar, *, joins: bool = True
) -> Decision[Case]:
    """What a visit or another system found about a case that had ended, or whose item is exempt: if it speaks against, a person looks.

    A contradiction is a lead; an agreement with a promise that was not found good is its maker's due. The outcome does not stand
    meanwhile, so its credit entry is taken back; the officer's decision brings a new one. A contradiction of what was found untrue
    already joins its file (`JOINED`): opened again by it, the case would lose what was decided, heard and objected to, and whoever had
    decided could do that alone. `joins` False: as releases before did.
    """
    basis = policy.basis(Rule.FINDING)
    because = Because(
        rule="supervision.agrees",
        basis=(basis,),
        pack=case.pack,
        facts={
            "claim": evidence.claim,
            "evidence": evidence.id,
            "digest": fingerprint(evidence),
            "verdict": evidence.verdict.value,
            "entry": case.entry,
        },
    )
    held = case.file(evidence.claim)
    exempt = case.state is CaseState.POOLED
    against = evidence.verdict is Verdict.MISMATCH
    if not (exempt or case.state is CaseState.CLOSED) or not (against or in_favour(case, evidence, policy)):
        rule = "supervision.seen" if exempt else "evidence.late"
        return Decision(state=case.with_file(heard(held, evidence)), because=replace(because, rule=rule))
    if joins and against and case.outcome in UNTRUE:
        return Decision(state=case.with_file(heard(held, evidence)), because=replace(because, rule=JOINED))
    if against:
        because = replace(because, rule="supervision.finding")
    told = spoken_against(held, evidence) if against or conflicts(held, evidence) else heard(held, evidence)
    return reopen(case.with_file(told), "FINDING" if against else "IN_FAVOUR", policy, now, calendar, because)
