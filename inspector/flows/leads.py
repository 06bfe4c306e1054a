"""Tip-offs and the lead checks that officers open from them: with dates, two people, and apart from draws (domain.leadcheck)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from inspector.domain import leadcheck, publicationduty, tipoff
from inspector.domain.calendar import due
from inspector.domain.case import SubjectKind
from inspector.domain.decision import Because, Decision
from inspector.domain.duty import Rule
from inspector.domain.errors import Refusal
from inspector.domain.exclusion import counted
from inspector.domain.identity import identify, identity_kind
from inspector.domain.inspection import Authority, CheckType, Inspection
from inspector.domain.leadcheck import LeadCheck, Report
from inspector.domain.policy import Policy
from inspector.domain.timer import Timer
from inspector.domain.tipoff import Informant, TipOff, TipSource, TipState
from inspector.flows import embargo, stopped, unpublish
from inspector.flows.history import names, of_one
from inspector.flows.members import object_id
from inspector.flows.office import Office
from inspector.flows.rating import level_of
from inspector.flows.record import record
from inspector.flows.settle import Settlement
from inspector.store.tx import Tx, new_id
from inspector.store.work import Work

TO_SEE = "tip_off_open"
"""The matter of a tip-off that an officer is to see to: a lead check, or closed with reasons."""

TO_DECIDE = "lead_to_decide"
"""The matter of a lead check that a head is to approve or refuse."""

TO_MAKE = "lead_to_make"
"""The matter of an approved lead check of which no result has come."""

FOUND = "lead_found"
"""The matter of a lead check that found something: a person sees what follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What is told of somebody: of whom, in which words, and by whom, as far as that is known. `case_id`: empty for none."""

    agency: str
    source: TipSource
    kind: SubjectKind
    code: str
    name: str
    words: str
    informant: Informant = field(default_factory=Informant)
    case_id: str = ""


def take(office: Office, tx: Tx, given: Given, by: str, now: datetime) -> TipOff:
    """Keep what somebody says of somebody, and a date by which an officer sees to it. Raises Invalid, Missing."""
    office.agency(given.agency)
    if given.case_id:
        tx.cases.get(given.case_id)
    code = identify(identity_kind(given.kind), given.code, today=now.date(), field="subject.code").normal
    return keep(office, tx, replace(given, code=code), office.policy(given.agency, now.date()), by, now)


def keep(office: Office, tx: Tx, given: Given, policy: Policy, by: str, now: datetime, until: datetime | None = None) -> TipOff:
    """Keep what is told of a subject whose code is known, and the date by which an officer sees to it: the pack's, or `until` another."""
    row = policy.term(Timer.REVIEW)
    told = TipOff(
        id=new_id(),
        agency=given.agency,
        source=given.source,
        kind=given.kind,
        code=given.code,
        name=given.name,
        words=given.words,
        case_id=given.case_id,
        by=by,
        at=now,
        due_at=until or due(now, row.term, office.calendar).at,
    )
    decision = tipoff.take(told, row.basis, policy.label)
    tx.tips.add(told, given.informant)
    record(tx, told.id, decision, now, {})
    tx.work.order(decision.orders, now)
    facts = {"source": told.source.value, "due_at": told.due_at.isoformat()}
    tx.attention.open(TO_SEE, told.agency, told.id, facts, now)
    return told


def close(office: Office, tx: Tx, tip_id: str, by: str, reasons: str, now: datetime) -> TipOff:
    """A named officer closes a tip-off, with reasons; a check that no head has approved goes with it.

    Raises what `tipoff.close` and `leadcheck.drop` raise.
    """
    held = tx.tips.get(tip_id, lock=True)
    policy = office.policy(held.agency, now.date())
    basis = policy.basis(Rule.FINDING)
    decision = tipoff.close(held, by, reasons, basis, policy.label)
    for check in (tx.tips.check(one, lock=True) for one in held.checks):
        if check.state.open:
            dropped = leadcheck.drop(check, by, reasons, basis, policy.label)
            tx.tips.put_check(dropped.state)
            record(tx, check.id, dropped, now, {})
            stopped.end(tx, [check.key], now)
            tx.attention.close(f"{TO_DECIDE}:{check.id}", now)
    tx.tips.put(decision.state)
    record(tx, held.id, decision, now, {})
    _quiet(tx, held, now)
    return decision.state


def informant(tx: Tx, tip_id: str, by: str, now: datetime) -> Informant:
    """Who told, for an officer who must ask back; that it was read is an entry of the ledger. Raises Missing."""
    told = tx.tips.informant(tip_id)
    because = Because(rule="tip_off.looked", basis=(), pack="", facts={"by": by})
    record(tx, tip_id, Decision(state=None, because=because), now, {})
    return told


def propose(office: Office, tx: Tx, tip_id: str, scope: str, reasons: str, by: str, now: datetime) -> LeadCheck:
    """An officer proposes a lead check from a tip-off. Raises what `leadcheck.propose` raises."""
    tip = tx.tips.get(tip_id, lock=True)
    policy = office.policy(tip.agency, now.date())
    term = due(now, policy.term(Timer.VISIT).term, office.calendar)
    row = policy.limits.checks[CheckType.LEAD]
    decision = leadcheck.propose(tip, scope, reasons, by, row, term.at, now, policy.label)
    made = decision.state
    tx.tips.add_check(made)
    tx.tips.put(replace(tip, state=TipState.CHECKING, checks=(*tip.checks, made.id)))
    record(tx, made.id, decision, now, {})
    tx.work.order(decision.orders, now)
    _quiet(tx, tip, now)
    tx.attention.open(TO_DECIDE, tip.agency, made.id, {"due_at": made.due_at.isoformat(), "by": by}, now)
    return made


def decide(
    office: Office, tx: Tx, check_id: str, by: str, document: str, now: datetime, *, approved: bool
) -> LeadCheck | Refusal:
    """A named head approves a lead check by a document, or refuses it with reasons. Raises what `leadcheck.decide` raises.

    A firm is promised that no more checks a year come than its cap has, so a visit that is drawn and still secret counts: whoever let
    the lead check go would send two where one may go, and whoever struck the visit off for it would undo a draw by a tip-off. But then
    the refusal lets somebody think that there is one. So it says no numbers and the same as ever, and where such a visit decides, that
    this person was told is an entry of its draw, as for whoever reads the list: the refusal is given back, so that the entry is kept,
    and whoever asked raises it once that is written.
    """
    held = tx.tips.check(check_id, lock=True)
    policy = office.policy(held.agency, now.date())
    used, known, cap = _cap(office, tx, held, policy, now)
    row = policy.limits.checks[CheckType.LEAD]
    try:
        decision = leadcheck.decide(
            held, by, approved=approved, document=document, used=used, cap=cap, now=now, basis=row.basis, pack=policy.label
        )
    except Refusal as error:
        if error.code != "lead_cap_reached" or cap is None or known >= cap:
            raise
        for number in _to_make(office, tx, held):
            embargo.noted(tx, number, by, f"lead:{held.id}", now)
        return error
    tx.tips.put_check(decision.state)
    record(tx, held.id, decision, now, {})
    tx.attention.close(f"{TO_DECIDE}:{held.id}", now)
    if approved:
        tx.attention.open(TO_MAKE, held.agency, held.id, {"due_at": held.due_at.isoformat()}, now)
    else:
        stopped.end(tx, [held.key], now)
        _reopened(office, tx, held, now)
    return decision.state


def report(office: Office, tx: Tx, check_id: str, told: Report, now: datetime) -> LeadCheck:
    """What a lead check found is on record, also as a check of the subject; of what was found a person hears. It is owed to the public.

    Raises what `leadcheck.report` raises.
    """
    held = tx.tips.check(check_id, lock=True)
    policy = office.policy(held.agency, now.date())
    decision = leadcheck.report(held, told, now, policy.basis(Rule.FINDING), policy.label)
    made = decision.state
    tx.tips.put_check(made)
    check = Inspection(
        agency=made.agency,
        kind=made.kind,
        code=made.code,
        on=told.on,
        check=CheckType.LEAD,
        number=made.id,
        inspectors=made.inspectors,
    )
    tx.inspections.put([check], held.decided_at)  # whoever looks back to when it was approved has counted it already
    record(tx, held.id, decision, now, {})
    stopped.end(tx, [held.key], now)
    tx.attention.close(f"{TO_MAKE}:{held.id}", now)
    owed = publicationduty.owe_lead(made, policy.publish, policy.label, now, office.calendar)
    if owed is not None and tx.publications.add(owed.state):
        unpublish.write(tx, owed, now)
    if told.found:
        tell(tx, made, now)
    else:
        _reopened(office, tx, held, now)
    return made


def tell(tx: Tx, check: LeadCheck, now: datetime) -> None:
    """A person hears of what a check for cause has found: until an officer has said what it came to, it is a lead."""
    tx.attention.open(FOUND, check.agency, check.id, {"by": check.entered_by, "tip_off": check.tip_off}, now)


def overlooked(work: Work, _office: Office) -> Settlement:
    """Nobody has seen to a tip-off by its date: the matter says so. It is kept as before, and nothing follows from it."""

    def write(tx: Tx, now: datetime) -> None:
        held = tx.tips.get(str(work.payload["tip_off"]), lock=True)
        if held.state is TipState.OPEN:
            facts = {"source": held.source.value, "due_at": held.due_at.isoformat(), "overdue": True}
            tx.attention.open(TO_SEE, held.agency, held.id, facts, now)

    return Settlement(write=write)


def undone(work: Work, _office: Office) -> Settlement:
    """A lead check was not decided, or not made, by its date: the matter says so."""

    def write(tx: Tx, now: datetime) -> None:
        held = tx.tips.check(str(work.payload["lead_check"]), lock=True)
        if held.state.open:
            kind = TO_DECIDE if held.state is leadcheck.LeadState.PROPOSED else TO_MAKE
            tx.attention.open(kind, held.agency, held.id, {"due_at": held.due_at.isoformat(), "overdue": True}, now)

    return Settlement(write=write)


def _cap(office: Office, tx: Tx, held: LeadCheck, policy: Policy, now: datetime) -> tuple[int, int, int | None]:
    """How many checks of the subject count this year, how many without visits to be made, and the agency's cap at its level."""
    tx.visits.take_slots()
    level, _ = level_of(tx, policy, held.kind, held.code, now)
    rows = policy.limits.frequencies
    row = rows.get(level.level if level is not None else "") or rows.get(policy.unrated)
    seen = of_one(office, tx, held.agency, object_id(office.secret, held.kind, held.code), held.kind, held.code)
    today, own = office.calendar.local_date(now), frozenset({Authority.OWN})
    known = counted((one for one in seen if not one.open), policy.limits, today, own)
    return counted(seen, policy.limits, today, own), known, row.cap if row is not None else None


def _to_make(office: Office, tx: Tx, held: LeadCheck) -> list[str]:
    """The draws by which the agency is still to go to the subject."""
    name = object_id(office.secret, held.kind, held.code)
    there = {str(one["id"]): str(one["draw"]) for one in tx.visits.made(names(tx, name)) if one["done_at"] is None}
    going = tx.visits.going([*there])
    return sorted({number for visit, number in there.items() if held.agency in going[visit]})


def _quiet(tx: Tx, held: TipOff, now: datetime) -> None:
    stopped.end(tx, tipoff.keys(held), now)
    tx.attention.close(f"{TO_SEE}:{held.id}", now)


def _reopened(office: Office, tx: Tx, held: LeadCheck, now: datetime) -> None:
    """Its tip-off is an officer's again, by a date and a clock of its own: to close it, or to open another check."""
    tip = tx.tips.get(held.tip_off, lock=True)
    if tip.state is TipState.CHECKING:
        by = due(now, office.policy(tip.agency, now.date()).term(Timer.REVIEW).term, office.calendar).at
        tx.tips.put(again := replace(tip, state=TipState.OPEN, due_at=by))
        tx.work.order([tipoff.clock(again)], now)
        tx.attention.open(TO_SEE, tip.agency, tip.id, {"source": tip.source.value, "due_at": by.isoformat()}, now)
