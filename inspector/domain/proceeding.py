"""The steps from a proposal to a decision: notice, service, the subject's words, decision, agreement; or it is let go.

Nothing is imposed without a named officer, a basis, reviewed evidence and a served notice whose time for a statement is over, or waived
by the subject in its own words (Penalties Law art. 44, 45; handbook 2.7). Every function raises Invalid for a word that says nothing and
Refusal naming the step that lacks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time

from inspector.domain import lateproof, offered, owed, ownword, penalty
from inspector.domain.annulled import OF_A_TRANSFER, Annulled
from inspector.domain.calendar import SHANGHAI
from inspector.domain.consequence import (
    UNDECIDED,
    Agreement,
    Consequence,
    ConsequenceState,
    Hearing,
    Notice,
    Rectification,
    Signed,
    Statement,
    StatementKind,
    Verdict,
)
from inspector.domain.course import Setting, apart, because, counted, going, named, over, require, said, told, who
from inspector.domain.decision import Decision
from inspector.domain.duty import FollowRow
from inspector.domain.ended import Ended
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.evidence import blank
from inspector.domain.hearing import open_to, waived_itself
from inspector.domain.opening import PROPOSED
from inspector.domain.proposal import UNSERVED, ConsequenceRow, Proposal
from inspector.domain.rectification import last_moment, reminding
from inspector.domain.unsaid import Unsaid
from inspector.domain.weight import Grading

STANDING = frozenset(
    {
        *(ConsequenceState.IMPOSED, ConsequenceState.RECTIFIED, ConsequenceState.FAILED, ConsequenceState.LIFTED),
        *(ConsequenceState.REFERRED, ConsequenceState.TRANSFERRED),
    }
)
"""What took effect, so that it can be annulled."""
ANNULLABLE = STANDING | {ConsequenceState.FILED}
"""The same with a transfer that the police have filed: what a court, a review body or an objection can reach."""


def opened(held: Consequence, setting: Setting, notice: datetime | None = None) -> Decision[Consequence]:
    """A proposal is there: its first step is due by the pack's term, or by the earlier date by which the pack wants the notice given."""
    first = counted(setting.now, setting.row.decide, setting.calendar)
    if notice is not None:
        first = max(setting.now, min(first, notice))
    facts: dict[str, object] = {"reasons": held.reasons, "by": held.proposed_by}
    if held.onset is not None and held.origin != PROPOSED:  # of what a review proposes its own entry says the evidence
        told = {name: getattr(held.onset, name) for name in ("since", "found_on", "last", "opened_on")}
        facts |= {name: day.isoformat() for name, day in told.items() if day is not None}
        facts |= {"document": held.onset.document} if held.onset.document else {}
    return going(held, first, setting, held.origin, facts, event="consequence.proposed")


def give(held: Consequence, notice: Notice, grading: Grading, setting: Setting) -> Decision[Consequence]:
    """An officer gives the notice: facts, reasons, rights, basis. What is known for the grading by now is kept with it."""
    if held.proposal in UNSERVED:
        raise Refusal("consequence_without_notice", consequence=held.id, proposal=held.proposal)
    require(held, ConsequenceState.PROPOSED)
    if held.notice is not None:  # what the subject reads is what the record says
        raise Refusal("consequence_given", consequence=held.id)
    named(notice.given)
    for field, words in (("facts", notice.facts), ("rights", notice.rights)):
        if not any(not blank(one) for one in words):
            raise Invalid("consequence_words_missing", field=Unsaid(field))
    if setting.row.hearing and not offered.names(notice.rights):
        raise Invalid("consequence_hearing_unnamed", consequence=held.id, proposal=held.proposal, field="rights")
    said("reasons", notice.reasons)
    if held.proposal is Proposal.PENALTY:  # the subject defends itself against something (Penalties Law art. 44)
        said("content", notice.content)
        if not setting.row.law and all(map(blank, notice.basis)):
            raise Invalid("consequence_law_missing", field="basis")
    changed = replace(held, notice=replace(notice, basis=(*held.basis, *notice.basis)), grading=grading, verdict=None)
    due_at = held.due_at or setting.now
    facts = {**who(notice.given), "reasons": notice.reasons, **_found(held.grading, grading)}
    return going(changed, due_at, setting, "consequence.given", facts)


def served(held: Consequence, served_at: datetime, way: str, proof: str, by: str, setting: Setting) -> Decision[Consequence]:
    """The notice has reached the subject: from this day runs the time for its statement (the day itself is not counted)."""
    require(held, ConsequenceState.PROPOSED)
    notice = held.notice
    if notice is None:
        raise Refusal("consequence_not_given", consequence=held.id)
    if not _begun(held) <= served_at <= setting.now:
        day, since, today = (one.astimezone(SHANGHAI).date().isoformat() for one in (served_at, _begun(held), setting.now))
        raise Invalid("served_out_of_range", field="on", on=day, since=since, until=today)
    for field, text in (("way", way), ("proof", proof), ("by", by)):
        said(field, text)
    assert setting.row.defend is not None, "the loader refuses a row without the time for a statement"
    until = counted(served_at, setting.row.defend, setting.calendar)
    told = replace(notice, served_at=served_at, way=way, proof=proof, served_by=by, defend_by=until, proven_at=setting.now)
    changed = replace(held, state=ConsequenceState.NOTICED, notice=told)
    facts = {"by": by, "at": served_at.isoformat(), "way": way, "document": proof, "until": until.isoformat()}
    decide = counted(until, setting.row.decide, setting.calendar)
    return going(changed, decide, setting, "consequence.served", facts, ahead=until)


def _begun(held: Consequence) -> datetime:
    """Since when its notice may have come: since it was entered here, or since the paper by which it was opened before that."""
    opened = held.onset.opened_on if held.onset is not None else None
    return min(held.proposed_at, datetime.combine(opened, time.min, SHANGHAI)) if opened is not None else held.proposed_at


def state(  # noqa: PLR0913, PLR0917 - a word in all its parts
    held: Consequence,
    kind: StatementKind,
    words: str,
    digests: Sequence[str],
    door: str,
    setting: Setting,
    said_at: datetime | None = None,
    entered: Signed | None = None,
    holders: tuple[Signed, ...] = (),
    stamp: str = "",
) -> Decision[Consequence]:
    """The subject speaks: in defence, to be heard, or to waive its time. Every word is kept; a late one is marked, and is read too.

    Whether it is late goes by `said_at`, when it was said: whoever spoke before the proof of service was typed in spoke in time,
    as did who handed it in or posted it in time (`stamp`: what shows it).

    A decision that waits for another's agreement was made without these words, so it falls. A waiver that somebody has `entered` for the
    subject comes with the digest of a paper that the subject has signed: nobody's time is ended by another's word for it. `holders`: who
    had been handed the link by which it came.
    """
    if held.state is not ConsequenceState.NOTICED:
        raise Refusal("consequence_not_noticed", consequence=held.id, state=held.state)
    said("words", words)
    if kind is StatementKind.WAIVER and entered is not None and not digests:
        raise Invalid("waiver_unsigned", field="digests")
    notice = held.notice
    at = said_at or setting.now
    late = notice is not None and notice.defend_by is not None and at > notice.defend_by
    told = Statement(kind=kind, words=words, digests=tuple(digests), door=door, at=at, late=late)
    told = replace(told, entered=entered, holders=holders, stamp=stamp)
    hearing, due_at = held.hearing, held.due_at or setting.now
    if kind is StatementKind.HEARING and not open_to(held, setting.row):
        raise Refusal("hearing_not_open", consequence=held.id, proposal=held.proposal)
    if kind is StatementKind.HEARING and not late and hearing is None:
        hearing = Hearing(asked_at=at)  # what is due next is to say when and where it is
        due_at = min(due_at, counted(setting.now, setting.row.decide, setting.calendar))
    changed = replace(held, statements=(*held.statements, told), hearing=hearing, verdict=None)
    facts = {"statement": kind.value, "door": door, "late": late, "words": words, "digests": list(digests)}
    facts |= {"at": at.isoformat(), "document": stamp} if stamp else {}
    return going(changed, due_at, setting, "consequence.stated", facts)


def rule(held: Consequence, verdict: Verdict, setting: Setting, recheck: FollowRow | None = None) -> Decision[Consequence]:
    """A named officer decides to impose; where the row asks for others it waits for them (`agree`), else it takes effect."""
    if held.proposal in UNSERVED:
        raise Refusal("consequence_without_notice", consequence=held.id, proposal=held.proposal)
    named(verdict.signed)
    _ripe(held, verdict.signed, setting)
    said("reasons", verdict.reasons)
    if not held.evidence:
        raise Refusal("consequence_unproven", consequence=held.id)
    if held.proposal is Proposal.PENALTY:
        verdict = penalty.announced(held, verdict, setting)
    elif verdict.content or verdict.lighter or verdict.performance or verdict.discussed:
        raise Invalid("penalty_alone", consequence=held.id, proposal=held.proposal, field="content")
    if held.proposal is Proposal.REVOKE and blank(verdict.public_interest):
        raise Invalid("public_interest_missing", field="public_interest")
    if held.proposal is Proposal.ORDER_RECTIFY:
        _until(verdict.until, setting)
    mine = held.verdict is None or owed.spares(held) or verdict.signed.may_mend(held.verdict.signed)
    if held.verdict is not None and not mine:  # whoever wrote it may write it anew
        raise Refusal("consequence_ruled", consequence=held.id, by=held.verdict.signed.by)
    ruled = replace(held, verdict=replace(verdict, agreed={}))
    if lacking(ruled, setting.row):
        facts = {**who(verdict.signed), "reasons": verdict.reasons, "law": verdict.law, **penalty.content(verdict)}
        return going(ruled, held.due_at or setting.now, setting, "consequence.ruled", facts)
    return _impose(ruled, setting, recheck)


def agree(
    held: Consequence,
    kind: Agreement,
    signed: Signed,
    words: str,
    setting: Setting,
    recheck: FollowRow | None = None,
    close: Sequence[str] = (),
) -> Decision[Consequence]:
    """Another person agrees to a decision that is written; with the last one that the row asks for it takes effect.

    `close`: who stands in for whoever decided or agreed before, or is stood in for by one; where the row asks for it none of them agrees.
    """
    if held.verdict is None or held.state not in UNDECIDED:
        raise Refusal("consequence_not_ruled", consequence=held.id)
    named(signed)
    if not owed.spares(held):
        _ripe(held, held.verdict.signed, setting)
    said("words", words)
    if kind not in (wanted := lacking(held, setting.row)):
        raise Refusal("consequence_agreed", consequence=held.id, kind=kind)
    if kind is Agreement.HEAD and len(wanted) > 1:  # decided is what was reviewed (Penalties Law art. 57, 58)
        raise Refusal("head_before_others", consequence=held.id, waits=tuple(one for one in wanted if one is not kind))
    if kind is Agreement.HEAD:  # one that was written before the row asked for it is written anew
        penalty.refuse_undiscussed(held, held.verdict, setting)
    proposer = Signed(by=held.proposed_by, token=held.proposed_token, at=held.proposed_at)
    others = (held.verdict.signed, *held.verdict.agreed.values(), *((proposer,) if kind is Agreement.LEGAL else ()))
    if any(signed.is_of(other) for other in others):
        raise Refusal("consequence_same_person", consequence=held.id, by=signed.by)
    apart(held, signed, ", ".join(one.by for one in (held.verdict.signed, *held.verdict.agreed.values())), close, setting)
    ruled = replace(held, verdict=replace(held.verdict, agreed={**held.verdict.agreed, kind: signed}))
    if lacking(ruled, setting.row):
        facts = {"by": signed.by, "agreement": kind.value, "words": words}
        return going(ruled, held.due_at or setting.now, setting, "consequence.agreed", facts)
    return owed.let_go(ruled, setting) if owed.spares(ruled) else _impose(ruled, setting, recheck)


def lacking(held: Consequence, row: ConsequenceRow) -> tuple[Agreement, ...]:
    """Whose agreement a written decision still waits for."""
    asked_for = ((Agreement.SECOND, row.second), (Agreement.LEGAL, row.legal), (Agreement.HEAD, row.by_head))
    wanted = [kind for kind, asked in asked_for if asked]
    agreed: Mapping[Agreement, Signed] = held.verdict.agreed if held.verdict is not None else {}
    return tuple(kind for kind in wanted if kind not in agreed)


def drop(held: Consequence, reasons: str, signed: Signed, setting: Setting) -> Decision[Consequence]:
    """A named officer lets a proposal go, with reasons. That the police's refusal of a transfer stands is the head's (`transfer`).

    What the law asks for waits for those who would agree to the decision (`owed`).
    """
    if held.state not in UNDECIDED:
        raise Refusal("consequence_decided", consequence=held.id, state=held.state)
    named(signed)
    said("reasons", reasons)
    if owed.owed(held, setting.row):
        return owed.write(held, reasons, signed, setting)
    facts = {**who(signed), "reasons": reasons}
    return over(held, ConsequenceState.DROPPED, signed.by, reasons, setting, "consequence.dropped", facts, "consequence.dropped")


def supersede(held: Consequence, why: str, setting: Setting) -> Decision[Consequence]:
    """By rule: what it stood on is gone, so nobody need decide it any more. It is never against anybody."""
    return over(
        held, ConsequenceState.DROPPED, "rule", why, setting, "consequence.superseded", {"fallen_by": why}, "consequence.dropped"
    )


def keep(held: Consequence, reasons: str, signed: Signed, setting: Setting) -> Decision[Consequence]:
    """A named officer has looked at a suspension, and it goes on, because; the next look is due in the row's time (handbook 1.1.21)."""
    if held.proposal is not Proposal.SUSPEND or held.state is not ConsequenceState.IMPOSED:
        raise Refusal("consequence_not_suspension", consequence=held.id)
    named(signed)
    said("reasons", reasons)
    again = counted(setting.now, setting.row.decide, setting.calendar)
    return going(held, again, setting, "consequence.goes_on", {**who(signed), "reasons": reasons})


def lift(held: Consequence, reasons: str, signed: Signed, setting: Setting) -> Decision[Consequence]:
    """A suspension ends: with the main decision, or because an officer says so."""
    if held.proposal is not Proposal.SUSPEND or held.state is not ConsequenceState.IMPOSED:
        raise Refusal("consequence_not_suspension", consequence=held.id)
    said("reasons", reasons)
    facts = {**who(signed), "reasons": reasons}
    return over(held, ConsequenceState.LIFTED, signed.by, reasons, setting, "consequence.lifted", facts)


def refer(held: Consequence, document: str, signed: Signed, setting: Setting) -> Decision[Consequence]:
    """An officer has told the register's keeper (handbook 1.2.36), by a document."""
    if held.proposal is not Proposal.REFER_REGISTER:
        raise Refusal("consequence_not_referral", consequence=held.id)
    require(held, ConsequenceState.PROPOSED)
    named(signed)
    said("document", document)
    facts = {**who(signed), "document": document}
    return over(held, ConsequenceState.REFERRED, signed.by, "", setting, "consequence.referred", facts)


def annul(
    held: Consequence, why: Annulled, document: str, by: str, setting: Setting, *, fallen: str = "", cited: Sequence[str] = ()
) -> Decision[Consequence]:
    """A court, a review body, an upheld objection or we ourselves: what took effect stands no more (handbook scenario 61).

    A transfer falls by whoever has it, and by a court: no agency fines after all what the police have filed (handbook 1.8.6).

    `fallen` names what it fell with where it was not annulled itself; `cited` is the law by which it then falls.
    """
    if held.state not in ANNULLABLE:
        raise Refusal("consequence_not_imposed", consequence=held.id, state=held.state)
    transferred = held.proposal is Proposal.TRANSFER_JUDICIAL
    if transferred and why not in OF_A_TRANSFER:
        raise Refusal("transfer_stands", consequence=held.id, why=why)
    if not transferred and why in OF_A_TRANSFER - {Annulled.COURT}:
        raise Invalid("annulled_whose", consequence=held.id, why=why, field="why")
    said("document", document)
    said("by", by)
    ended = Ended(at=setting.now, by=by, why=why.value, document=document)
    facts = {"by": by, "annulled": why.value, "document": document, "stood": held.state.value}
    facts |= {"fallen_by": fallen} if fallen else {}
    changed = replace(held, state=ConsequenceState.ANNULLED, annulled=ended, due_at=None, turn=held.turn + 1)
    stated = because(changed, "consequence.annulled", facts)
    stated = replace(stated, basis=tuple(dict.fromkeys((*stated.basis, *cited))))
    return Decision(state=changed, because=stated, told=(told("consequence.annulled", changed),))


def regrade(held: Consequence, grade: str, why: str, setting: Setting) -> Decision[Consequence]:
    """By rule, and never to anybody's discredit: an entry that nobody has decided yet would be of a lighter grade (scenario 57).

    A decision that waits for another's agreement was made for the graver one, so it falls.
    """
    if held.state not in UNDECIDED:
        raise Refusal("consequence_decided", consequence=held.id, state=held.state)
    facts = {"grade_was": held.grading.grade, "grade": grade, "fallen_by": why}
    changed = replace(held, verdict=None, grading=replace(held.grading, grade=grade, corrected=True))
    until = held.notice.defend_by if held.notice is not None else None
    ahead = until if until is not None and until > setting.now else None
    return going(changed, held.due_at or setting.now, setting, "consequence.regraded", facts, ahead=ahead)


def _found(before: Grading, after: Grading) -> dict[str, object]:
    """What of the grading is another than before: a grade is changed by a sealed decision alone."""
    names = [name for name in Grading.__dataclass_fields__ if getattr(before, name) != getattr(after, name)]
    return {"grade" if name == "grade" else f"grade_{name}": getattr(after, name) for name in names}


def _impose(held: Consequence, setting: Setting, recheck: FollowRow | None) -> Decision[Consequence]:
    """It takes effect; the date of a re-check, or of the next look at a suspension, is counted now."""
    verdict = held.verdict
    assert verdict is not None, "only a written decision is imposed"
    imposed = replace(held, state=ConsequenceState.IMPOSED, imposed_at=setting.now)
    facts: dict[str, object] = {
        **who(verdict.signed),
        "reasons": verdict.reasons,
        "law": verdict.law or setting.row.law,
        **penalty.content(verdict),
        "public_interest": verdict.public_interest,
        "agreed": [f"{kind.value}: {one.by}" for kind, one in verdict.agreed.items()],
    }
    if held.proposal is Proposal.ORDER_RECTIFY:
        until = last_moment(_until(verdict.until, setting), setting.calendar)
        term = recheck.term if recheck is not None else setting.row.decide
        look = counted(until, term, setting.calendar)
        imposed = replace(imposed, rectification=Rectification(until=until, recheck_by=look))
        facts["until"] = until.isoformat()
        made = going(imposed, look, setting, "consequence.imposed", facts, ahead=until, event="consequence.imposed")
        return replace(made, orders=(*made.orders, *reminding(made.state, setting)))
    if held.proposal is Proposal.SUSPEND:
        again = counted(setting.now, setting.row.decide, setting.calendar)
        return going(imposed, again, setting, "consequence.imposed", facts, event="consequence.imposed")
    done = replace(imposed, due_at=None, turn=held.turn + 1)
    return Decision(state=done, because=because(done, "consequence.imposed", facts), told=(told("consequence.imposed", done),))


def _until(day: date | None, setting: Setting) -> date:
    """The last day to rectify, within the row's limits. Raises Invalid (`rectify_out_of_range`)."""
    row = setting.row
    assert row.least is not None, "the loader refuses a row without limits"
    assert row.most is not None, "the loader refuses a row without limits"
    first = counted(setting.now, row.least, setting.calendar).date()
    last = counted(setting.now, row.most, setting.calendar).date()
    if day is None or not first <= day <= last:
        raise Invalid("rectify_out_of_range", first=first.isoformat(), last=last.isoformat(), field="until")
    return day


def _ripe(held: Consequence, decider: Signed, setting: Setting) -> None:
    """Raise Refusal unless the notice is served, its time over or waived, and no hearing open.

    Who decides has not entered for the subject that it waives, nor, when its time was almost over, that it had the notice: one person
    alone would end the time for a defence (Penalties Law art. 45).
    """
    if held.state is ConsequenceState.PROPOSED:
        raise Refusal("consequence_not_served" if held.notice is not None else "consequence_not_given", consequence=held.id)
    require(held, ConsequenceState.NOTICED)
    until = held.notice.defend_by if held.notice is not None else None
    if until is not None and setting.now <= until:
        if not held.waivers:
            raise Refusal("consequence_defence_open", consequence=held.id, until=until.isoformat())
        if all(ownword.of(one, decider) for one in held.waivers):
            raise Refusal("waiver_own", consequence=held.id, by=decider.by)
    free = lateproof.until(held, setting)
    if free is not None and setting.now <= free and _same(lateproof.by(held), decider):
        raise Refusal("service_own", consequence=held.id, by=decider.by, until=free.isoformat())
    if held.awaits_hearing:
        raise Refusal("consequence_hearing_open", consequence=held.id)
    heard = held.hearing
    if heard is not None and heard.held is False and _same(heard.entered, decider) and not waived_itself(held):
        raise Refusal("waiver_own", consequence=held.id, by=decider.by)


def _same(entered: Signed | None, decider: Signed) -> bool:
    """Whether who decides has entered it, or has decided for who did: a deputy and whom he or she stands in for are one here."""
    return entered is not None and entered.may_mend(decider)
