"""What an objection (异议) touches beside what it names: a record goes by two names, and rests on the decision about its finding."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from inspector.domain.consequence import Consequence, ConsequenceState, Signed
from inspector.domain.creditrecord import Record
from inspector.domain.falling import FINDING
from inspector.domain.objection import Objection, ObjectionState
from inspector.domain.opening import PROPOSED
from inspector.domain.proposal import ALTERNATIVES, Proposal
from inspector.store.tables import REVIEW
from inspector.store.tx import Tx


def names(tx: Tx, case_id: str, about: str, mine: Record | None) -> list[str]:
    """The names of one thing: a record is objected to by its entry, and by the consequence that ordered it."""
    if mine is None:
        return [about]
    return sorted({about, mine.entry} | {one.id for one in tx.consequences.of_case(case_id) if one.entry == mine.entry})


def found_by(tx: Tx, case_id: str, named: Sequence[Consequence], mine: Record | None) -> list[Signed]:
    """Who found what an effect, or a record, came of: whoever has reviewed the case to its outcome, by name and by login.

    Of what was proposed once an order had failed also who has a part in that order (decision 104).
    """
    effects, outcomes = tx.consequences.of_case(case_id), {one.grading.outcome.value for one in named}
    outcomes |= {mine.outcome} if mine is not None else set()
    reviews = [(at, one) for at, one in tx.ledger.facts([REVIEW], case_id) if one.get("outcome") in outcomes]
    signed = [Signed(by=str(one.get("officer", "")), token="", at=at) for at, one in reviews]
    for one in effects:
        if one.origin == PROPOSED and one.grading.outcome.value in outcomes:
            signed.append(Signed(by=one.proposed_by, token=one.proposed_token, at=one.proposed_at))
        if one.proposal is Proposal.ORDER_RECTIFY and any(_followed(held, one) for held in named):
            signed += one.deciders
    return signed


def named(tx: Tx, case_id: str, about: str) -> list[Consequence]:
    """The consequences that a name means, by their ids or by the entry that they ordered; also what has fallen since."""
    return [one for one in tx.consequences.of_case(case_id) if about in (one.id, one.entry)]


def decided(tx: Tx, held: Objection) -> list[Consequence]:
    """Those that an objection names."""
    return named(tx, held.case_id, held.about)


def deciders(tx: Tx, held: Objection) -> list[Signed]:
    """Who decided what an objection is about, or found what that came of: none of them decides it, or passes it on (handbook 1.7.6)."""
    return deciders_of(tx, held.case_id, held.about)


def deciders_of(tx: Tx, case_id: str, about: str) -> list[Signed]:
    """Who decided a record or a consequence, or found what it came of, or has a part in what stands beside it on the same finding.

    An objection, or a repair, is about the facts that all of these found (decision 246).
    """
    effects = named(tx, case_id, about)
    mine = tx.records.find(next((one.entry for one in effects if one.id == about and one.entry), about))
    who = [Signed(by=mine.decided_by, token=mine.decided_token, at=mine.decided_at)] if mine is not None else list[Signed]()
    who += [signed for one in effects for signed in one.deciders]
    who += found_by(tx, case_id, effects, mine)
    outcomes = {one.grading.outcome.value for one in effects} | ({mine.outcome} if mine is not None else set[str]())
    found = (one for one in tx.consequences.of_case(case_id) if one.grading.outcome.value in outcomes)
    beside = (one for one in found if one.proposal in ALTERNATIVES | FINDING)
    who += [signed for one in beside for signed in one.deciders[1:]]  # the first one proposed it: `found_by`
    return who + ([one for one in (mine.striking.asked, mine.striking.agreed) if one] if mine and mine.striking else [])


def _followed(held: Consequence, order: Consequence) -> bool:
    """Whether something was proposed behind the re-check by which an order had failed."""
    under = order.rectification
    failed = under is not None and bool(under.looks) and order.state is ConsequenceState.FAILED
    return failed and under is not None and under.looks[-1].signed.at <= held.proposed_at and held.id != order.id


def touching(tx: Tx, mine: Record, *, open_ones: bool = True) -> list[Objection]:
    """Objections that touch a record: to it by either name, and to the decision about the same finding, with which it falls; by date."""
    effects = tx.consequences.of_case(mine.case_id)
    known = set(names(tx, mine.case_id, mine.entry, mine))
    known |= {one.id for one in effects if one.proposal in ALTERNATIVES and one.grading.outcome.value == mine.outcome}
    return [one for one in tx.records.objections(case_id=mine.case_id, open_ones=open_ones) if one.about in known]


def unheard(tx: Tx, case_id: str, among: Iterable[Objection]) -> list[Objection]:
    """The open ones that suspend what they are about: not those to a thing of which an earlier one was rejected before they came.

    Each thing is suspended until it was judged once; whoever has more to say is heard and marked, and lets nobody in by it.
    """
    by_entry = {one.id: one.entry or one.id for one in tx.consequences.of_case(case_id)}  # a record goes by two names
    before = [one for one in tx.records.objections(case_id=case_id, open_ones=False) if one.state is ObjectionState.REJECTED]

    def heard(held: Objection) -> bool:
        thing = by_entry.get(held.about, held.about)
        about = (one for one in before if by_entry.get(one.about, one.about) == thing)
        return any(one.decided_at is not None and one.decided_at <= held.opened_at for one in about)

    suspending = [one for one in among if one.state is ObjectionState.OPEN]
    if before:
        suspending = [one for one in suspending if not heard(one)]
    return suspending
