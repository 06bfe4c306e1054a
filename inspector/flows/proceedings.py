"""What officers do about a consequence: open it, give its notice, decide, agree, let go, lift, refer. Its hearing: `sittings`."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from inspector.domain import ending, failing, owed, proceeding
from inspector.domain.case import Case, CaseState
from inspector.domain.consequence import (
    UNDECIDED,
    Agreement,
    Consequence,
    ConsequenceState,
    Notice,
    Signed,
    Stage,
    Verdict,
)
from inspector.domain.course import named, read, said
from inspector.domain.decision import Decision
from inspector.domain.duty import Follow
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.evidence import GOOD, as_dated, carry
from inspector.domain.falling import rests
from inspector.domain.opening import Opening
from inspector.domain.policy import Policy
from inspector.domain.proposal import ALTERNATIVES, Proposal
from inspector.domain.serving import NoticeKind, SubjectNotice
from inspector.domain.transition import Scope
from inspector.domain.unsaid import Unsaid
from inspector.domain.weight import Grading
from inspector.flows import (
    annulling,
    beside,
    consequences,
    credittold,
    deputies,
    disclosing,
    effect,
    giving,
    intended,
    objections,
    openings,
    overruled,
    prevailing,
    reapplying,
    rectifying,
    remedying,
    replying,
    reviewing,
    shaken,
    transfers,
    unruled,
    wording,
)
from inspector.flows.consequences import locked, main_over, settle
from inspector.flows.decisions import chosen
from inspector.flows.office import Office
from inspector.flows.shaken import setting
from inspector.labels import Lang, label
from inspector.store.tx import Tx


def propose(office: Office, tx: Tx, case_id: str, given: Opening, signed: Signed, now: datetime) -> Consequence:
    """A named officer opens one beside what the review proposed, citing evidence. Raises Invalid, Refusal, Missing.

    Its act is one that the catalogue has for the outcome, as in a review; an entry names one, anything else may leave it out (8.2).
    A transfer may be opened before the case is decided, and while an objection is open: a suspicion does not wait (handbook 1.8.1).
    """
    named(signed)
    said("reasons", given.reasons)
    case = tx.cases.get(case_id, lock=True)
    policy = office.ruling(case.agency, case.pack, Scope.OUTCOMES, now).policy
    others = tx.consequences.of_case(case_id, lock=True)
    outcome, weighed = openings.admitted(tx, case, given, policy, others, now)
    overruled.refuse(tx, case_id, given.proposal, outcome, signed)
    known = {piece.id: piece for piece in tx.cases.evidence(case_id)}
    cited = chosen(office, tx, case_id, office.book.get(case.pack), known, given.evidence)
    carry(outcome, [as_dated(piece, case.day_of(piece.claim)) for piece in cited], adverse=True)
    opening = replace(
        given,
        by=signed.by,
        token=signed.token,
        evidence=tuple(piece.id for piece in cited),
        origin="consequence.opened",
        weighed=weighed,
    )
    made = consequences.new(tx, case, opening, len(others) + 1, outcome, policy, now)
    unruled.refuse_endless(made, policy)
    consequences.begin(office, tx, case, (made,), (), now, tells=True)
    if given.proposal is Proposal.RECORD_CREDIT:
        unruled.over(tx, case.id, now)
    return tx.consequences.get(made.id)


def give(office: Office, tx: Tx, consequence_id: str, notice: Notice, grading: Grading, now: datetime) -> Consequence:
    """A named officer gives the notice to the subject; whoever can serve it is asked to."""
    office.earnest()
    case, held = locked(office, tx, consequence_id, now)
    _free(tx, case, held)
    overruled.refuse_step(tx, held, notice.given)
    unruled.refuse_endless(held, office.ruling(case.agency, case.pack, Scope.OUTCOMES, now).policy)
    policy, lang = prevailing.judged(office, case, held), office.agency(held.agency).language
    told = intended.line(held, case.item, policy, lang, notice.content)
    basis = (*notice.basis, *(row.basis for row in intended.again(held, case.item, policy)))
    notice = replace(notice, given=deputies.signs(office, tx, held, notice.given, now), intended=told, basis=basis)
    made = proceeding.give(held, notice, grading, setting(office, held, now))
    done = settle(office, tx, case, held, made, now)
    giving.give(office, tx, _said(office, done, NoticeKind.PROPOSAL, notice.reasons, now), now)
    return done


def rule(office: Office, tx: Tx, consequence_id: str, verdict: Verdict, now: datetime, *, turn: int) -> Consequence:
    """A named officer decides to impose; it takes effect once those have agreed whom the pack asks for.

    `turn`: of the consequence as the officer has read it; words of the subject that came since are read first.
    """
    case, held = locked(office, tx, consequence_id, now)
    read(held, turn)
    _free(tx, case, held)
    _alone(tx, held)
    overruled.refuse_step(tx, held, verdict.signed)
    replying.refuse_unanswered(tx, held)
    reviewing.refuse_nobody(office, tx, held, setting(office, held, now).row, verdict.signed.by)
    verdict = replace(verdict, signed=deputies.signs(office, tx, held, verdict.signed, now))
    policy = office.book.get(held.pack)
    remedying.of(replace(held, verdict=verdict), policy, office.agency(held.agency).language)  # who agrees, agrees to them too
    recheck = policy.follows.get(Follow.RECHECK)
    return _decided(office, tx, case, held, proceeding.rule(held, verdict, setting(office, held, now), recheck), now)


def agree(
    office: Office, tx: Tx, consequence_id: str, kind: Agreement, words: str, signed: Signed, now: datetime, *, turn: int
) -> Consequence:
    """Another person agrees to a decision that is written: a second one, or the legal review. `turn` names the text (decision 44).

    So is agreed to more time for an order, where the row asks others for the order itself.
    """
    case, held = locked(office, tx, consequence_id, now)
    if held.stage is Stage.EXTEND:
        return rectifying.agree(office, tx, consequence_id, kind, words, signed, now, turn=turn)
    read(held, turn)
    if not owed.spares(held):  # to let go is no adverse step
        _free(tx, case, held)
        _alone(tx, held)
        overruled.refuse_step(tx, held, signed)
    recheck = office.book.get(held.pack).follows.get(Follow.RECHECK)
    required = (held.verdict.signed, *held.verdict.agreed.values()) if held.verdict is not None else ()
    close = deputies.close(office, tx, held.agency, required, now)
    at = setting(office, held, now)
    signed = reviewing.signs(office, tx, held, kind, signed, at.row)
    made = proceeding.agree(held, kind, signed, words, at, recheck, close)
    return _decided(office, tx, case, held, made, now)


def drop(office: Office, tx: Tx, consequence_id: str, reasons: str, signed: Signed, now: datetime) -> Consequence:
    """A named officer lets a proposal go, with reasons; to a transfer that is not reported yet the head alone says no (handbook 1.8.2).

    So it is where the police have declined: who has reported it does not end it alone. What the law asks for stands until others have
    agreed (`owed`).
    """
    case, held = locked(office, tx, consequence_id, now)
    if held.proposal is Proposal.TRANSFER_JUDICIAL and held.state is ConsequenceState.PROPOSED:
        return transfers.refuse(office, tx, held.id, reasons, signed, now)
    if held.state is ConsequenceState.DECLINED:
        return transfers.let_stand(office, tx, held.id, reasons, signed, now)
    signed = deputies.signs(office, tx, held, signed, now)
    done = settle(office, tx, case, held, proceeding.drop(held, reasons, signed, setting(office, held, now)), now)
    main_over(office, tx, case, done, now)
    return done


def keep(office: Office, tx: Tx, consequence_id: str, reasons: str, signed: Signed, now: datetime) -> Consequence:
    """A named officer lets a suspension go on, with reasons; it is looked at again in the row's time."""
    case, held = locked(office, tx, consequence_id, now)
    signed = deputies.signs(office, tx, held, signed, now)
    return settle(office, tx, case, held, proceeding.keep(held, reasons, signed, setting(office, held, now)), now)


def lift(office: Office, tx: Tx, consequence_id: str, reasons: str, signed: Signed, now: datetime) -> Consequence:
    """A named officer ends a suspension before the main decision does."""
    case, held = locked(office, tx, consequence_id, now)
    named(signed)
    signed = deputies.signs(office, tx, held, signed, now)
    return settle(office, tx, case, held, proceeding.lift(held, reasons, signed, setting(office, held, now)), now)


def refer(office: Office, tx: Tx, consequence_id: str, document: str, signed: Signed, now: datetime) -> Consequence:
    """A named officer has told the register's keeper."""
    case, held = locked(office, tx, consequence_id, now)
    signed = deputies.signs(office, tx, held, signed, now)
    return settle(office, tx, case, held, proceeding.refer(held, document, signed, setting(office, held, now)), now)


def _decided(office: Office, tx: Tx, case: Case, held: Consequence, made: Decision[Consequence], now: datetime) -> Consequence:
    """Write a decision; where it took effect, an entry is ordered, the subject is told, and what was interim ends."""
    imposed, former = made.state, case.entry
    if imposed.state is not ConsequenceState.IMPOSED or imposed.verdict is None:
        done = settle(office, tx, case, held, made, now)
        main_over(office, tx, case, done, now)
        return done
    if imposed.proposal is Proposal.RECORD_CREDIT:
        case, made = _enter(office, tx, case, made, now)
    done = settle(office, tx, case, held, made, now)
    notice = _said(office, done, NoticeKind.DECISION, imposed.verdict.reasons, now)
    lang, standing = office.agency(done.agency).language, reapplying.begun(office, tx, case, now)
    mine = tx.records.get(done.entry) if done.entry else None
    dates = credittold.dates(mine, lang, ordered=beside.ordered(tx, mine) is not None) if mine is not None else ()
    if done.entry and former is not None and former != done.entry:
        dates = (*dates, label("proceeding.told_instead", lang, grade=label(f"grade.{tx.records.get(former).grade}", lang)))
    barred = (intended.begun(bar, case.item, office.book.get(bar.pack), lang) for bar in standing)
    basis = dict.fromkeys((*notice.basis, *(bar.row.basis for bar in standing)))
    shown = disclosing.told(office, done, lang)
    notice = replace(notice, facts=(*notice.facts, *dates, *barred, *shown), basis=tuple(basis))
    giving.give(office, tx, notice, now)
    disclosing.owe(office, tx, case, done, now)
    main_over(office, tx, case, done, now)
    return done


def _enter(office: Office, tx: Tx, case: Case, made: Decision[Consequence], now: datetime) -> tuple[Case, Decision[Consequence]]:
    """The entry that an officer has decided, as graded (`effect`); the case has one entry while its outcome stands."""
    held, policy = made.state, prevailing.judged(office, case, made.state)
    assert held.verdict is not None, "what took effect was decided"
    graver = case.entry is not None and failing.graver(held.grading.grade, tx.consequences.of_case(case.id, lock=True))
    waits = graver and bool(effect.awaits(office, held))  # the one there is counts until the graver one has come (`effect.begun`)
    if graver and not waits:
        case = annulling.give_way(office, tx, case, held, held.verdict.signed.by, now)
    if case.entry is not None and tx.records.find(case.entry) is None:  # an entry of before there were records
        raise Refusal("consequence_entry_unrecorded", consequence=held.id, entry=case.entry, pack=case.pack)
    if case.entry is not None and not waits:
        code = "consequence_overtaken" if case.overtaken else "consequence_entered"
        raise Refusal(code, consequence=held.id, entry=case.entry)
    unruled.refuse_endless(held, office.ruling(case.agency, case.pack, Scope.OUTCOMES, now).policy)
    act = next((one for one in policy.acts if one.row == held.grading.act), None)
    row = policy.outcomes[held.grading.outcome]
    order = ending.entry(case, row, act, held.verdict.signed.by, now, grade=held.grading.grade)
    case = tx.cases.put(case if waits else replace(case, entry=order.key))  # each has a name of its own, by the case's version
    effect.entered(office, tx, case, held, order, now)
    return case, replace(made, state=replace(held, entry=order.key))


def _free(tx: Tx, case: Case, held: Consequence) -> None:
    """Raise Refusal while something keeps every adverse step back: an open objection, a transfer, a finding in doubt, or one that fell."""
    if objections.holds(tx, case.id):
        raise Refusal("consequence_objected", consequence=held.id, case=case.id)
    if held.proposal is Proposal.PENALTY and (other := openings.transfer(tx.consequences.of_case(case.id))) is not None:
        raise Refusal("consequence_transfer_open", consequence=held.id, transfer=other.id)
    if held.state in UNDECIDED and shaken.waits(tx, held):
        raise Refusal("consequence_finding_fallen", consequence=held.id)
    if not _founded(tx, case, held):
        raise Refusal("consequence_case_open", consequence=held.id, state=case.state)
    if openings.wrong_stage(case, held.proposal):  # concluded since it was proposed
        raise Refusal("consequence_wrong_stage", case=case.id, proposal=held.proposal)


def _founded(tx: Tx, case: Case, held: Consequence) -> bool:
    """Whether the outcome that it follows stands, or what it rests on in its place.

    A revocation follows from an order that has failed: where an officer has said that this order stands though the case came out
    otherwise, and nothing has put that in doubt since, what follows its failure has its ground too.
    """
    if case.state is not CaseState.CLOSED or case.outcome is held.grading.outcome:
        return case.state is CaseState.CLOSED
    if case.outcome in GOOD:
        return False
    for order in (one for one in tx.consequences.of_case(case.id) if rests(held, one)):
        if not shaken.waits(tx, order) and order.state is ConsequenceState.FAILED and order.upheld is not None:
            return True
    return False


def _alone(tx: Tx, held: Consequence) -> None:
    """Raise Refusal while another decision about the matter is in force, also of a finding before: one at a time (handbook 1.1.20, 2.7)."""
    if held.proposal not in ALTERNATIVES:
        return
    mains = (one for one in tx.consequences.of_case(held.case_id) if one.proposal in ALTERNATIVES and one.id != held.id)
    if (other := next((one for one in mains if one.state is ConsequenceState.IMPOSED), None)) is not None:
        raise Refusal("consequence_alternative", consequence=other.id, proposal=other.proposal)


def _said(office: Office, held: Consequence, kind: NoticeKind, reasons: str, now: datetime) -> SubjectNotice:
    """The notice to the subject of a proposal, or of a decision."""
    told = held.notice
    if told is None:
        raise Invalid("consequence_words_missing", field=Unsaid.NOTICE)
    lang = office.agency(held.agency).language
    policy = office.book.get(held.pack)
    facts = (*told.facts, told.intended) if told.intended else told.facts
    part, rights, cited = "notice", told.rights, tuple[str, ...]()
    if kind is NoticeKind.DECISION:
        part, facts = "decision", (*told.facts, *_ordered(held, policy, lang))
        rights, cited = remedying.of(held, policy, lang), remedying.bases(policy)
    return SubjectNotice(
        id=f"{held.id}:{part}",
        kind=kind,
        case_id=held.case_id,
        agency=held.agency,
        about=held.id,
        title=label(f"Proposal.{held.proposal.value}", lang),
        facts=facts,
        reasons=reasons,
        rights=rights,
        basis=tuple(dict.fromkeys((*held.basis, *told.basis, *cited))),
        answer_by=told.defend_by if kind is NoticeKind.PROPOSAL else None,
        made_at=now,
    )


def _ordered(held: Consequence, policy: Policy, lang: Lang) -> tuple[str, ...]:
    """What the decision asks, beside the facts: by when to rectify, which law it rests on; of a penalty (Penalties Law art. 59) what it

    is, how and by when it is performed.
    """
    law, content = (held.verdict.law, held.verdict.content) if held.verdict is not None else ("", "")
    until = held.rectification.until if held.rectification is not None else None
    told = (label("proceeding.told_until", lang, until=f"{until:%Y-%m-%d}"),) if until is not None else ()
    if content:
        told = (*told, label("proceeding.told_content", lang, content=content))
    if held.verdict is not None and held.verdict.performance:
        told = (*told, label("proceeding.told_performance", lang, performance=held.verdict.performance))
    return (*told, label("proceeding.told_law", lang, law=wording.law(policy, law, lang))) if law else told
