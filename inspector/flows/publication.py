"""Duties to publish results: found once a day, reminded of, fulfilled and taken back in a named person's name (`publicationduty`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from inspector.domain import publicationduty as domain
from inspector.domain.case import Case
from inspector.domain.errors import Refusal
from inspector.domain.evidence import UNTRUE
from inspector.domain.finding import Seen
from inspector.domain.gazette import CheckResult, Fallen, Line, in_words, leads
from inspector.domain.province import worded
from inspector.domain.publicationduty import PublicationDuty, PublicationState
from inspector.domain.unmet import unmet
from inspector.flows import attempts, disclosing, pledges, printed, province, shown, supervision, unpublish
from inspector.flows import leads as leads_found
from inspector.flows.embargo import closed
from inspector.flows.office import Office
from inspector.flows.seats import short_of
from inspector.flows.settle import Settlement
from inspector.flows.unpublish import matter, settle, write
from inspector.store.tx import Tx
from inspector.store.work import Work

_TOGETHER = 200
"""So many visits are looked at in one transaction."""


def look(_work: Work, office: Office) -> Settlement:
    """What was formed since the last look becomes a duty of each agency whose pack has a date for it. Twice is once.

    So does what was taken back because a case was opened again, once that is decided: the result is formed anew. What was taken back
    for a slip, or because it was changed, is owed at the next look.
    """
    after, found = "", []
    while True:
        with office.store.read() as tx:
            visits = tx.publications.unowed(after, _TOGETHER)
            packs = {visit.draw: tx.draws.get(visit.draw) for visit in visits}
        found += [
            (visit, agency, packs[visit.draw].pack_of(agency))
            for visit in visits
            for agency in visit.agencies
            if office.book.get(packs[visit.draw].pack_of(agency)).publish.within is not None
        ]
        if len(visits) < _TOGETHER:
            break
        after = visits[-1].id

    waiting = tuple(pledges.unread(office))

    def owe(tx: Tx, now: datetime) -> None:
        for visit, agency, pack in found:
            decision = domain.owe(visit, agency, office.book.get(pack).publish, pack, now, office.calendar)
            if tx.publications.add(decision.state):
                write(tx, decision, now)
        for duty in tx.publications.fallen():
            if duty.anew:
                _renew(office, tx, duty.id, now)
            else:  # of a release before, which said nothing of it beside the body: it is read no more
                tx.publications.put(tx.publications.get(duty.id, lock=True))
        pledges.look(office, tx, now, waiting)
        disclosing.look(office, tx, now)

    return Settlement(write=owe, outcome="looked")


def _renew(office: Office, tx: Tx, duty: str, now: datetime) -> None:
    """Owe a result anew: whose case was opened again, or decided again after a decision was annulled, from the moment at which the last of

    its cases was decided; else from now on.
    """
    fell = tx.publications.get(duty, lock=True)
    if fell.lead:
        _renew_lead(office, tx, fell, now)
        return
    visit = tx.visits.get(fell.visit)
    cases = [tx.cases.get(case) for case in leads(visit)]
    opened = fell.why is Fallen.REOPENED or fell.why in domain.ANNULLED
    undecided = opened and shown.came(fell, visit, shown.outcomes_of(tx, [visit])) is None
    if undecided or not all(one.state.ended for one in cases) or (fell.why in domain.ANNULLED and not _anew(tx, fell, cases)):
        return
    row = office.book.get(fell.pack).publish
    formed = max((one.ended_at for one in cases if opened and one.ended_at is not None), default=now)
    decision = domain.owe(visit, fell.agency, row, fell.pack, now, office.calendar, formed_at=formed, turn=fell.turn + 1)
    tx.publications.put(replace(fell, renewed=True))
    if not tx.publications.add(decision.state):
        return
    write(tx, decision, now)
    owed = _repeated(tx, decision.state, fell, now, unmet(visit, fell.agency)) if in_words(visit, fell.agency) else decision.state
    if shown.came(owed, visit, shown.outcomes_of(tx, [visit])) is None:  # nobody is told of it a second time by the visit itself
        facts = {"draw": visit.draw, "cases": list(visit.cases_of(fell.agency))}
        tx.attention.open(supervision.FOUND, fell.agency, short_of(visit, fell.agency), facts, now)


def _repeated(tx: Tx, owed: PublicationDuty, fell: PublicationDuty, now: datetime, why: Seen | None = None) -> PublicationDuty:
    """What an officer has said of a finding holds for what is owed anew, also where it was said while the former files were posted.

    Not where what was public was a slip, nor where it no longer fits what the team has said (`why` it could check nothing): then an
    officer is to say it anew.
    """
    told = fell.ruled
    if fell.why is not Fallen.REOPENED or told is None or not domain.fits(told.found, why):
        return owed
    decision = domain.rule(owed, told.found, told.reasons, told.by, told.at, why)
    tx.publications.put(decision.state)
    return write(tx, decision, now)


def _anew(tx: Tx, fell: PublicationDuty, cases: Sequence[Case]) -> bool:
    """Whether a decision came in the place of the annulled one: some case was decided since, and whatever is untrue was."""
    told = tx.ledger.facts((printed.RECALL, printed.DROP), fell.about)
    at = max((at for at, facts in told if facts.get("duty") == fell.id), default=None)
    since = [one for one in cases if at is not None and one.ended_at is not None and one.ended_at > at]
    return bool(since) and all(one in since or one.outcome not in UNTRUE for one in cases)


def _renew_lead(office: Office, tx: Tx, fell: PublicationDuty, now: datetime) -> None:
    """The same of a check for cause: what no officer has said is a lead anew."""
    check = tx.tips.check(fell.lead)
    decision = domain.owe_lead(check, office.book.get(fell.pack).publish, fell.pack, now, office.calendar, turn=fell.turn + 1)
    if decision is None:
        return
    tx.publications.put(replace(fell, renewed=True))
    if not tx.publications.add(decision.state):
        return
    write(tx, decision, now)
    if _repeated(tx, decision.state, fell, now).ruled is None and check.found:
        leads_found.tell(tx, check, now)


def decided(office: Office, tx: Tx, case: Case, now: datetime) -> None:
    """An officer has decided a case: what is public and says otherwise now is to be taken back, and is owed anew."""
    for held in unpublish.resting_on(tx, case):
        if held.state is PublicationState.PUBLISHED and held.shown is not None:
            visit = tx.visits.get(held.visit)
            came = shown.came(held, visit, shown.outcomes_of(tx, [visit]))
            if came is not None and came is not held.shown.found:
                unpublish.recall(office, tx, held, Fallen.REOPENED, "officer.review", "", "rule", now)


def due(work: Work, _office: Office) -> Settlement:
    """Its date is near, or over: a person of the agency is told. Nothing is published by itself."""

    def tell(tx: Tx, now: datetime) -> None:
        held = tx.publications.get(str(work.payload["duty"]), lock=True)
        if work.key in held.keys:  # of the state that it is in
            facts = {
                "publication": held.id,
                "state": held.state.value,
                "due_at": held.due_at.isoformat(),
                "overdue": now >= held.due_at,
            }
            facts |= {"province": held.province} if held.province else {}
            tx.attention.open(matter(held), held.agency, held.id, facts, now)

    return Settlement(write=tell)


def rule(office: Office, tx: Tx, duty: str, found: CheckResult, reasons: str, by: str, now: datetime) -> PublicationDuty:
    """An officer says what a finding in words came to, and the matter of it is over. Raises Missing, Refusal, Invalid.

    Nobody is told as unreachable before enough was tried (`attempts_lacking`).
    """
    held = tx.publications.get(duty, lock=True)
    if held.penalty is not None:
        raise Refusal("publication_of_penalty", publication=duty)
    if held.lead:
        return _rule_lead(tx, held, found, reasons, by, now)
    visit = tx.visits.get(held.visit)
    if not in_words(visit, held.agency):
        raise Refusal("publication_nothing_to_rule", publication=duty)
    decision = domain.rule(held, found, reasons, by, now, unmet(visit, held.agency))
    if found is CheckResult.UNREACHABLE:
        attempts.refuse_unsought(office, tx, visit, held.agency)
    tx.publications.put(decision.state)
    tx.attention.close(f"{supervision.FOUND}:{short_of(visit, held.agency)}", now)
    return write(tx, decision, now)


def publish(office: Office, tx: Tx, duty: str, on: date, reference: str, by: str, now: datetime) -> PublicationDuty:
    """A named person says since when and where it is public; it is kept as it stands. Raises Missing, Refusal, Invalid.

    What no officer has decided about is a lead, and is refused (`publication_undecided`), and so is what would tell of a draw whose record
    is still closed (`publication_closed`; handbook 1.2.18): who else is to be visited is not to be read off what is public. A line that
    names nobody is only counted in the register: by itself it would tell whoever knows of the visit what was found.
    """
    held, own = province.locked(tx, duty)
    if held.penalty is not None:
        return disclosing.publish(office, tx, worded(held, own) if own is not None else held, on, reference, by, now)
    if held.lead:
        return _publish_lead(office, tx, held, on, reference, by, now)
    visit = tx.visits.get(held.visit)
    result = shown.came(held, visit, shown.outcomes_of(tx, [visit]))
    if held.state is PublicationState.OWED and result is None:
        raise Refusal("publication_undecided", publication=duty)
    if held.state is PublicationState.OWED and (shut := closed(office, tx, tx.draws.get(held.draw), now)) is not None:
        raise Refusal("publication_closed", publication=duty, draw=held.draw, left=shut.left, until=shut.day(office))
    line = shown.line(office, tx, held, visit, result or CheckResult.UNCLEAR, now, shown.Sheets())
    return post(office, tx, held, replace(line, counted=not line.name), on, reference, by, now)


def _rule_lead(tx: Tx, held: PublicationDuty, found: CheckResult, reasons: str, by: str, now: datetime) -> PublicationDuty:
    """The same of what a check for cause has found; its matter is over."""
    if not tx.tips.check(held.lead).found:
        raise Refusal("publication_nothing_to_rule", publication=held.id)
    decision = domain.rule(held, found, reasons, by, now)
    tx.publications.put(decision.state)
    tx.attention.close(f"{leads_found.FOUND}:{held.lead}", now)
    return write(tx, decision, now)


def _publish_lead(
    office: Office, tx: Tx, held: PublicationDuty, on: date, reference: str, by: str, now: datetime
) -> PublicationDuty:
    check = tx.tips.check(held.lead)
    result = shown.came_of(held, check)
    if held.state is PublicationState.OWED and result is None:
        raise Refusal("publication_undecided", publication=held.id)
    line = shown.line_of(office, held, check, result or CheckResult.UNCLEAR, now)
    return post(office, tx, held, replace(line, counted=not line.name), on, reference, by, now)


def post(
    office: Office, tx: Tx, held: PublicationDuty, line: Line, on: date, reference: str, by: str, now: datetime
) -> PublicationDuty:
    """A line that was worked out is public. Raises Refusal, Invalid."""
    return settle(tx, held, domain.publish(held, line, on, reference, by, now, office.calendar), now)


def keep(tx: Tx, duty: str, line: Line, by: str, now: datetime) -> None:
    """Keep the line of what a former release published without one; twice is once."""
    held = tx.publications.get(duty, lock=True)
    if held.state is PublicationState.PUBLISHED and held.shown is None:
        decision = domain.freeze(held, line, by)
        tx.publications.put(decision.state)
        write(tx, decision, now)


def recall(office: Office, tx: Tx, duty: str, why: Fallen, note: str, document: str, by: str, now: datetime) -> PublicationDuty:
    """What is public does not stand: it is to be taken back by the pack's date. Raises Missing, Refusal, Invalid."""
    held, own = province.locked(tx, duty)
    row = unpublish.terms(office, held)
    made = settle(tx, held, domain.recall(held, why, note, document, by, row, now, office.calendar), now)
    if held.penalty is not None and own is None:
        province.follow(office, tx, made, now)
    return made


def remove(office: Office, tx: Tx, duty: str, on: date, reference: str, by: str, now: datetime) -> PublicationDuty:
    """It is gone, and by what that is seen. Raises Missing, Refusal, Invalid.

    What is told rightly to a province now, or stands again, is owed to it anew.
    """
    held, own = province.locked(tx, duty)
    made = settle(tx, held, domain.remove(held, on, reference, by, now, office.calendar), now)
    if own is not None:
        province.follow(office, tx, own, now)
    return made


def late(tx: Tx, now: datetime) -> dict[tuple[str, str], int]:
    """How many of each state, and of each kind (result, penalty, push), are over their date."""
    dated = (PublicationState.OWED, PublicationState.TO_REMOVE)
    return {(state.value, of): count for state in dated for of, count in tx.publications.overdue(state, now).items()}
