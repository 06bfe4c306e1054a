"""Consequences from an officer's review on: each proposal has a proceeding with dates; what others hand in about one (domain.proceeding).

The case is locked before its consequences, as everywhere. Every operation is called in the caller's transaction and raises before
anything is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from inspector.domain import beside as words
from inspector.domain import ending, limitation, opening, owed, ownword, proceeding
from inspector.domain.annulled import Annulled
from inspector.domain.case import Case, CaseState, Outcome
from inspector.domain.consequence import UNDECIDED, Consequence, ConsequenceState, Signed, Stage, StatementKind, by_rule
from inspector.domain.decision import Decision, Told
from inspector.domain.evidence import Evidence
from inspector.domain.grading import Grading as Found
from inspector.domain.objection import ObjectionState
from inspector.domain.opening import PROPOSED, Opening
from inspector.domain.policy import Policy
from inspector.domain.proposal import ALTERNATIVES, Proposal
from inspector.domain.stamp import Stamp, moment
from inspector.domain.transition import Scope
from inspector.flows import beside, cleared, deputies, giving, inname, prevailing, same
from inspector.flows.office import Office
from inspector.flows.record import counted_by, record
from inspector.flows.settle import Settlement
from inspector.flows.shaken import DUE, STATED, setting, write
from inspector.flows.telling import tell
from inspector.flows.unserved import came
from inspector.store.tx import Tx
from inspector.store.work import Work

_IMPOSED = "consequence.imposed"
"""The event of a decision: its notice is given in the same transaction."""
RESTAGED = "consequence.restaged"
"""The rule by which what is proposed changes with the stage of the matter; it is one proposal and no new one."""


# --- a review proposes


def proposed(  # noqa: PLR0913, PLR0917 - a review in all its parts
    tx: Tx,
    case: Case,
    decision: Decision[Case],
    policy: Policy,
    officer: str,
    token: str,
    cited: Sequence[Evidence],
    act: str,
    found: Found,
    now: datetime,
) -> tuple[Decision[Case], tuple[Consequence, ...]]:
    """What a review proposes as consequences, numbered, and the decision that tells each with its id.

    A proposal that the pack has no row for is told as before, and nothing follows from it here.
    """
    told, made = list[Told](), list[Consequence]()
    outcome, number = decision.state.outcome, 0
    if outcome is None or not any(one.type == PROPOSED for one in decision.told):
        return decision, ()
    others = tx.consequences.of_case(case.id)
    for one in decision.told:
        proposal = Proposal(str(one.data["proposal"])) if one.type == PROPOSED else None
        if proposal is Proposal.PENALTY and any(held.bars_penalty for held in others):
            continue  # no fine instead of a transfer, nor beside one (scenario 59)
        if proposal is None or proposal not in policy.consequences:
            told.append(one)
            continue
        number = number or len(others) + 1
        given = Opening(
            proposal=proposal, by=officer, token=token, evidence=tuple(piece.id for piece in cited), act=act, found=found
        )
        if limitation.late(case, given, policy.consequences[proposal], cited, now.date()) is not None:
            continue  # found too late to be punished (Penalties Law art. 36)
        held = new(tx, case, given, number, outcome, policy, now)
        made.append(held)
        told.append(replace(one, data={**one.data, "consequence": held.id}))
        number += 1
    return replace(decision, told=tuple(told)), tuple(made)


def new(tx: Tx, case: Case, given: Opening, number: int, outcome: Outcome, policy: Policy, now: datetime) -> Consequence:
    """A consequence that is proposed, with what is known for its grading by now."""
    earlier = tx.consequences.earlier(case.subject.kind, same.codes(tx, case.subject), case.id)
    row, heard = policy.consequences[given.proposal], tx.cases.evidence(case.id) if given.proposal is Proposal.PENALTY else []
    given = replace(given, onset=limitation.onset(case, given, row, heard, now.date()))
    return opening.proposed(case, given, number, outcome, policy, now, earlier)


def begin(
    office: Office, tx: Tx, case: Case, made: Sequence[Consequence], told: Sequence[Told], now: datetime, *, tells: bool = False
) -> None:
    """Write what was proposed, with the clock of its first step; the approving system hears of it here where no review `tells`."""
    notices = {str(one.data.get("consequence")): str(one.data.get("notice_due_at", "")) for one in told}
    for held in made:
        notice = notices.get(held.id, "")
        decision = proceeding.opened(held, setting(office, held, now), datetime.fromisoformat(notice) if notice else None)
        tx.consequences.add(decision.state)
        record(tx, case.id, decision, now, {"consequence_state": held.state.value, **counted_by(office)}, kept=case.pack)
        tx.work.order(decision.orders, now)
        if tells:
            spread(office, tx, case, decision, now)


def resume(office: Office, tx: Tx, case: Case, now: datetime, token: str = "") -> None:
    """While an objection of a case is open nothing new is proposed (scenario 62): whoever ends the last one, or annuls, calls this.

    `token`: the login of who has annulled something now.
    """
    if tx.records.objections(case_id=case.id, limit=1):
        return
    restage(office, tx, case, now)
    for gone in [one for one in tx.consequences.of_case(case.id, lock=True) if _taken_back(tx, one)]:
        ended = gone.annulled
        assert ended is not None, "it was taken back"
        anew(office, tx, tx.cases.get(case.id), gone, Signed(by=ended.by, token=token if ended.at == now else "", at=now))


def _taken_back(tx: Tx, gone: Consequence) -> bool:
    """Whether an officer's own word took it back, nobody has upheld an objection to it by that or since, and nothing took its place."""
    ended = gone.annulled
    if ended is None or ended.why != Annulled.CORRECTION.value or _upheld(tx, gone):
        return False
    others = (one for one in tx.consequences.of_case(gone.case_id) if one.id != gone.id and one.proposal in ALTERNATIVES)
    return not any(one.proposed_at >= ended.at for one in others)


def _upheld(tx: Tx, gone: Consequence) -> bool:
    """Whether an objection that names it was upheld: what it held against its subject is not held anew by a rule."""
    said = (one for one in tx.records.objections(case_id=gone.case_id, open_ones=False) if one.about in (gone.id, gone.entry))
    return any(one.state is ObjectionState.UPHELD for one in said)


def restage(office: Office, tx: Tx, case: Case, now: datetime) -> None:
    """A matter is concluded (办结) before its termination was decided: what the pack proposes at the new stage takes its place (2.7).

    Evidence and gravity stay as they were found; notice, statement and decision of each begin anew, since another thing is proposed.
    While an objection is open nothing new is proposed (`resume`). What an officer has let go of this finding does not come back by it, and
    no penalty is proposed beside a transfer (scenario 59).
    """
    if case.concluded_at is None or tx.records.objections(case_id=case.id, limit=1):
        return
    others = tx.consequences.of_case(case.id, lock=True)
    late = next((one for one in others if one.proposal is Proposal.TERMINATE and one.state in UNDECIDED), None)
    if late is None or case.outcome is None:
        return
    policy, was = office.book.get(late.pack), late.grading
    now_fit = _fitting(case, policy, others, policy.outcomes[case.outcome].proposals)
    given = Opening(
        proposal=late.proposal,
        by=late.proposed_by,
        token=late.proposed_token,
        evidence=late.evidence,
        act=was.act,
        origin=RESTAGED,
    )
    fresh = [
        new(tx, case, replace(given, proposal=one), len(others) + number, case.outcome, policy, now)
        for number, one in enumerate(now_fit, 1)
    ]
    made = [replace(one, grading=replace(was, concluded=True, grade=one.grading.grade)) for one in fresh]
    begin(office, tx, case, made, (), now, tells=True)
    over = proceeding.supersede(late, RESTAGED, setting(office, late, now))
    main_over(office, tx, case, settle(office, tx, case, late, over, now), now)


def _fitting(case: Case, policy: Policy, others: Sequence[Consequence], wanted: Sequence[Proposal]) -> list[Proposal]:
    """What of it the pack has rows for, and is not there yet; not what an officer has let go of the case's finding."""
    there = {one.proposal for one in others if one.open or one.state is ConsequenceState.IMPOSED}
    there |= {one.proposal for one in others if _let_go(one, case)}
    there |= {Proposal.PENALTY} if any(one.bars_penalty for one in others) else set()  # as for whoever proposes one by hand
    return [one for one in wanted if one in policy.consequences and one not in there]


ANEW = "consequence.anew"
"""The rule by which what the law asks for is proposed once more, after an officer has taken the decision of it back alone."""


def anew(office: Office, tx: Tx, case: Case, gone: Consequence, by: Signed) -> None:
    """What the law asks for was annulled by an officer's own word, and the case says the same of its subject: it is proposed anew.

    To take it back alone would be to let it go alone (`owed`). With it comes anew what the pack proposes of the same finding and fell
    with it, as a review would, but for what an upheld objection names. While an objection of the case is open it waits (`resume`).
    """
    row = office.book.get(gone.pack).consequences[gone.proposal]
    others = tx.consequences.of_case(case.id, lock=True)
    there = any(one.proposal in ALTERNATIVES and (one.open or one.state is ConsequenceState.IMPOSED) for one in others)
    if there or not owed.owed(gone, row) or case.state is not CaseState.CLOSED or case.outcome is not gone.grading.outcome:
        return
    policy, was = office.ruling(case.agency, case.pack, Scope.OUTCOMES, by.at).policy, gone.grading
    given = Opening(
        proposal=gone.proposal,
        by=by.by,
        token=by.token,
        evidence=gone.evidence,
        act=was.act,
        origin=ANEW,
        found=Found(harm=was.harm),
    )
    out = {*ALTERNATIVES, *([Proposal.RECORD_CREDIT] if case.entry is not None else [])}  # an entry that stands is entered once
    out |= {one.proposal for one in others if _upheld(tx, one)}
    act = next((one for one in policy.acts if one.row == was.act), None)
    wanted = ending.proposals(case, policy.outcomes[was.outcome], policy, act)
    fit = (gone.proposal, *(one for one in _fitting(case, policy, others, wanted) if one not in out))
    heard, rows = tx.cases.evidence(case.id), policy.consequences
    each = [
        one
        for one in (replace(given, proposal=one) for one in fit)
        if limitation.late(case, one, rows[one.proposal], heard, by.at.date()) is None
    ]
    fresh = [new(tx, case, one, len(others) + number, was.outcome, policy, by.at) for number, one in enumerate(each, 1)]
    made = [replace(one, grading=replace(was, grade=one.grading.grade)) for one in fresh]
    begin(office, tx, case, made, (), by.at, tells=True)


def _let_go(held: Consequence, case: Case) -> bool:
    """Whether an officer, and no rule, has let it go, of what the case was found to be."""
    ended = held.ended
    officers = held.state is ConsequenceState.DROPPED and ended is not None and ended.by != "rule"
    return officers and held.grading.outcome is case.outcome


# --- what comes in about one


def served(
    office: Office, tx: Tx, consequence_id: str, served_at: datetime, way: str, proof: str, by: str, now: datetime
) -> Consequence:
    """The notice has reached the subject, as a proof says: from then on runs its time for a statement. Proven again it changes nothing."""
    case, held = locked(office, tx, consequence_id, now)
    if held.served and held.state is not ConsequenceState.PROPOSED:
        return held
    made = proceeding.served(held, served_at, way, proof, by, setting(office, held, now))
    return settle(office, tx, case, held, made, now)


def state(  # noqa: PLR0913 - a word in all its parts
    office: Office,
    tx: Tx,
    consequence_id: str,
    kind: StatementKind,
    words: str,
    digests: tuple[str, ...],
    by_door: str,
    now: datetime,
    *,
    said_at: datetime | None = None,
    entered: Signed | None = None,
    holders: tuple[Signed, ...] = (),
    stamp: Stamp | None = None,
) -> Consequence:
    """The subject speaks: in defence, to be heard, or to waive its time; by which door it came stands beside its words.

    `said_at`, or a `stamp`: when it spoke, where that was before its words could be entered here; late is what was said late. `entered`:
    who enters it for the subject; `holders`: who had been handed the link by which it came. A waiver that may be theirs is told to it.
    """
    case, held = locked(office, tx, consequence_id, now)
    told = held.notice
    since = min(told.given.at, told.served_at or told.given.at) if told is not None else now
    at = said_at or moment(stamp, since, now, office.calendar)
    mark = stamp.by if stamp is not None else ""
    made = proceeding.state(held, kind, words, digests, by_door, setting(office, held, now), at, entered, holders, mark)
    done = settle(office, tx, case, held, made, now)
    last = done.statements[-1]
    facts = {"case": case.id, "proposal": done.proposal.value, "statement": last.kind.value, "late": last.late}
    tx.attention.open(STATED, case.agency, done.id, facts | {"statements": len(done.statements)}, now)
    if last.kind is StatementKind.WAIVER:
        name, hands = f"{done.id}:entered-{len(done.statements)}", ownword.hands(last)
        inname.tell(office, tx, case, name, inname.Entered(last.kind, last.words, last.at, done.id, done.basis, hands), now)
    else:
        _heard_beside(office, tx, case, done, last.kind, now)
    return done


def _heard_beside(office: Office, tx: Tx, case: Case, said: Consequence, kind: StatementKind, now: datetime) -> None:
    """Whoever decides another one on the same finding reads first what the subject says in this one (Penalties Law art. 45)."""
    for one in beside.others(tx, said, lock=True):
        if one.state is ConsequenceState.NOTICED:
            settle(office, tx, case, one, words.heard(one, kind, said.id, setting(office, one, now)), now)
            facts = {"case": case.id, "proposal": one.proposal.value, "statement": kind.value, "beside": said.id}
            tx.attention.open(words.MATTER, case.agency, one.id, facts, now)


# --- work


def due(work: Work, office: Office) -> Settlement:
    """A step's date comes near, or has come: a person is told, and who that is where the officer is away. Nothing is decided by it."""

    def do(tx: Tx, now: datetime) -> None:
        case, held = locked(office, tx, str(work.payload["consequence"]), now)
        if held.turn != work.payload["turn"] or held.due_at is None or held.stage is None:
            return
        facts: dict[str, object] = {
            "case": case.id,
            "proposal": held.proposal.value,
            "step": (held.stage if held.stage is Stage.LOOK else step(tx, held) or held.stage).value,
            "due_at": held.due_at.isoformat(),
            "overdue": now >= held.due_at,
        }
        tx.attention.open(DUE, case.agency, held.id, facts | deputies.told(office, tx, held, now), now)

    return Settlement(write=do)


# --- what the steps share


def step(tx: Tx, held: Consequence) -> Stage | None:
    """What somebody has to do: while a decision has not come, to bring it, and nothing is looked at again before. None: nothing."""
    effect = held.state is ConsequenceState.IMPOSED and held.stage in (None, Stage.RECHECK, Stage.LOOK)
    return Stage.SERVE if effect and not came(tx, held.id) else held.stage


def locked(office: Office, tx: Tx, consequence_id: str, now: datetime) -> tuple[Case, Consequence]:
    """A consequence and its case, both locked, the case first; by the pack that its next step goes by. Raises Missing."""
    case = tx.cases.get(tx.consequences.get(consequence_id).case_id, lock=True)
    return case, prevailing.of(office, case, tx.consequences.get(consequence_id, lock=True), now)


def settle(
    office: Office, tx: Tx, case: Case, before: Consequence, decision: Decision[Consequence], now: datetime
) -> Consequence:
    """Write a step and tell the approving system."""
    held = write(office, tx, case, before, decision, now)
    spread(office, tx, case, decision, now)
    cleared.let_go(office, tx, case, held, now)
    return held


def spread(office: Office, tx: Tx, case: Case, decision: Decision[Consequence], now: datetime) -> None:
    """Tell the approving system what a step says to it; of a decision that has not come to its subject, that it is to be served."""
    if decision.told:
        told = tuple(_truly(office, tx, case, decision.state, one, now) for one in decision.told)
        heard = Decision(state=case, because=decision.because, told=told)
        tx.work.order(tell(tx, office, case, heard, office.book.get(case.pack), now), now)


def _truly(office: Office, tx: Tx, case: Case, held: Consequence, told: Told, now: datetime) -> Told:
    """An event with the step that somebody has to take: a decision goes out with it, and has not come yet.

    Of one that nothing else follows the date is that of its notice's first way.
    """
    fresh = told.type == _IMPOSED
    waits = fresh or told.data.get("stage") in (Stage.RECHECK.value, Stage.LOOK.value)
    if not waits or not (fresh or not came(tx, held.id)):
        return told
    due_at = told.data.get("due_at") or giving.first_due(office, tx, case, now).isoformat()
    return replace(told, data={**told.data, "stage": Stage.SERVE.value, "due_at": due_at})


def main_over(office: Office, tx: Tx, case: Case, done: Consequence, now: datetime) -> None:
    """With the main decision the interim one ends: nothing is suspended for a matter that is decided (handbook 1.1.21)."""
    others = tx.consequences.of_case(case.id, lock=True) if done.proposal in ALTERNATIVES else []
    if not others or any(one.open for one in others if one.proposal in ALTERNATIVES):
        return
    for held in (one for one in others if one.proposal is Proposal.SUSPEND):
        if held.state is ConsequenceState.IMPOSED:
            settle(office, tx, case, held, proceeding.lift(held, done.id, by_rule(now), setting(office, held, now)), now)
        elif held.state in UNDECIDED:
            settle(office, tx, case, held, proceeding.supersede(held, done.id, setting(office, held, now)), now)
