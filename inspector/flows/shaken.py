"""What becomes of consequences whose case does not stand any more: nobody decides those, and of what took effect a person hears."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from inspector.domain import proceeding, rectification, upholding
from inspector.domain.annulled import Annulled
from inspector.domain.beside import MATTER
from inspector.domain.calendar import due
from inspector.domain.case import Case
from inspector.domain.consequence import UNDECIDED, Consequence, ConsequenceState, Stage, by_rule
from inspector.domain.course import CLOCKS, Setting, clock_key
from inspector.domain.decision import Decision, Told
from inspector.domain.falling import REGRADE, SHAKEN
from inspector.domain.outside import JOINED_MATTER
from inspector.domain.proposal import Proposal
from inspector.domain.timer import Timer
from inspector.flows import cleared, contested, creditbook, same, stopped, unserved
from inspector.flows.office import Office
from inspector.flows.record import counted_by, record
from inspector.store.tx import Tx

DUE = "consequence_due"
"""The matter for a person that a step of a consequence is to be done; over with the step."""

STATED = "statement_unread"
"""The matter of words of the subject in a proceeding, until somebody says that they are read, or it is decided."""


REMINDING = ("reminder", "until")
"""The notices of an order's date: the reminder before it, and that it was counted anew when the order came late."""


def of_dates(held: Consequence) -> tuple[str, ...]:
    """The same of one order, with those of each time that it got more time."""
    longer = len(held.rectification.longer) if held.rectification is not None else 0
    return (*REMINDING, *(f"{part}-{number}" for number in range(1, longer + 1) for part in ("longer", "reminder")))


def sitting_notice(held: Consequence) -> str:
    """The id of the notice that tells when and where a hearing is, of the last time that was fixed; of a move it is another one."""
    return f"{held.id}:hearing-{len(held.hearing.sittings) if held.hearing is not None else 0}"


def setting(office: Office, held: Consequence, now: datetime) -> Setting:
    """What a step of a consequence is judged by: the pack that it goes by (`prevailing`)."""
    policy = office.book.get(held.pack)
    remind = policy.term(Timer.REVIEW_REMIND).term.amount
    return Setting(row=policy.consequences[held.proposal], calendar=office.calendar, now=now, remind=remind)


def write(office: Office, tx: Tx, case: Case, before: Consequence, decision: Decision[Consequence], now: datetime) -> Consequence:
    """Write a step: state, ledger entry, the next clocks; the former ones and what a person heard of them are over."""
    held = decision.state
    tx.consequences.put(held)
    record(tx, case.id, decision, now, {"consequence_state": held.state.value, **counted_by(office)}, kept=case.pack)
    ending = [clock_key(kind, before) for kind in CLOCKS]
    if held.due_at is None:
        for part in ("notice", *of_dates(held)):
            unserved.done(tx, f"{held.id}:{part}", now)
    if before.stage is Stage.HEAR and held.stage is not Stage.HEAR:  # it was held or given up, or what it was about is over
        unserved.done(tx, sitting_notice(before), now)
    if held.state is ConsequenceState.ANNULLED:
        unserved.done(tx, f"{held.id}:decision", now)
        unserved.done(tx, upholding.notice_id(held), now)
    if held.state is ConsequenceState.ANNULLED or (before.state in UNDECIDED and held.state not in UNDECIDED):
        for matter in (SHAKEN, REGRADE):  # it is gone, or a named officer has decided it with the matter before him or her
            tx.attention.over(f"{matter}:{held.id}", now)
    if held.due_at is None or rectification.remind_key(held) != rectification.remind_key(before):
        ending.append(rectification.remind_key(before))
    stopped.end(tx, ending, now)
    tx.attention.over(f"{DUE}:{held.id}", now)
    if held.verdict is not None or held.state is not ConsequenceState.NOTICED:  # whoever decided has weighed them
        for matter in (STATED, MATTER):
            tx.attention.over(f"{matter}:{held.id}", now)
    tx.work.order(decision.orders, now)
    return held


def fell(office: Office, tx: Tx, case: Case, why: str, now: datetime) -> tuple[Told, ...]:
    """The outcome of a case fell, by a finding or a withdrawal: what the approving system hears of each consequence.

    An entry was taken back with the outcome, so its consequence is annulled with it. A transfer goes on: the police decide it.
    """
    told: tuple[Told, ...] = ()
    for held in tx.consequences.of_case(case.id, lock=True):
        if held.state in UNDECIDED and held.proposal is not Proposal.TRANSFER_JUDICIAL:
            made = proceeding.supersede(held, why, setting(office, held, now))
        elif held.proposal is Proposal.RECORD_CREDIT and held.state is ConsequenceState.IMPOSED:
            made = proceeding.annul(held, Annulled.CORRECTION, why, "rule", setting(office, held, now))
            mine = tx.records.find(held.entry) if held.entry else None
            if (
                mine is not None and mine.awaits and mine.entry != case.entry
            ):  # it was to take the place of the one that went with it
                creditbook.fell(tx, mine.entry, why, now, office)
        elif held.proposal is Proposal.SUSPEND and held.state is ConsequenceState.IMPOSED:
            made = proceeding.lift(held, why, by_rule(now), setting(office, held, now))
        elif held.state in (ConsequenceState.IMPOSED, ConsequenceState.FAILED):
            shake(office, tx, case, [held], why, now)
            if held.stage not in (Stage.RECHECK, Stage.EXTEND):
                continue
            made = rectification.doubt(held, why, setting(office, held, now))  # what cannot be done any more is not due either
        else:
            continue
        cleared.let_go(office, tx, case, write(office, tx, case, held, made, now), now)
        told += made.told
    tx.attention.over(f"{JOINED_MATTER}:{case.id}", now)  # whoever reviews the case has its whole file
    later(office, tx, case, why, now)
    if case.state.gone:
        contested.swept(office, tx, case, why, now)
    else:  # open again: what was objected to may be decided anew, so another officer answers first
        contested.remark(office, tx, case, now)
    return told


def shake(office: Office, tx: Tx, case: Case, held: Iterable[Consequence], why: str, now: datetime) -> None:
    """What took effect, or is undecided, and rests on what fell, is put before an officer, with a date; nobody is reminded of what is in

    doubt.
    """
    for one in held:
        facts = {"case": case.id, "proposal": one.proposal.value, "rule": why}
        tx.attention.add(SHAKEN, case.agency, one.id, by_review(office, one.pack, facts, now), now)
        for part in of_dates(one):
            unserved.done(tx, f"{one.id}:{part}", now)


def waits(tx: Tx, held: Consequence) -> bool:
    """Whether an officer has still to say that it stands though what it rests on fell."""
    matter = tx.attention.get(f"{SHAKEN}:{held.id}")
    return matter is not None and matter["closed_at"] is None


def by_review(
    office: Office, pack: str, facts: Mapping[str, object], now: datetime
) -> Callable[[Mapping[str, Any]], dict[str, object]]:
    """The facts of a matter that an officer decides, with the pack's date for a decision; what waits already keeps the date it has."""
    at = due(now, office.book.get(pack).term(Timer.REVIEW).term, office.calendar).at.isoformat()
    return lambda told: {**facts, "due_at": told.get("due_at", at)}


def later(office: Office, tx: Tx, case: Case, why: str, now: datetime, *, without: bool = False) -> None:
    """Later cases of the subject in which this finding counted as an earlier one: an officer looks at their grade again (handbook 2.7).

    `without`: those in which it did not count, for it was contested then.
    """
    codes = same.codes(tx, case.subject)
    for one in tx.consequences.graded_by(case.subject.kind, codes, case.id, without=without):
        facts = {"case": one.case_id, "proposal": one.proposal.value, "earlier": case.id, "rule": why}
        tx.attention.add(REGRADE, one.agency, one.id, by_review(office, one.pack, facts, now), now)
