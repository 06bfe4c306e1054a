"""Our credit books held against a platform's: what differs is mended where that can harm nobody, and is a matter for a person else.

Nothing is concluded from silence: an outage puts the comparison off, and what is cut off, undated, old, or lacks so much that it is
rather broken than right is not compared at all (`credit_uncompared`). Safe to repeat any number of times: a step is the same order under
the same key, and what is under way or has just moved is left out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import datetime

from inspector.accounts import Accountable, Way
from inspector.domain import statement as domain
from inspector.domain.calendar import due
from inspector.domain.decision import Order, OrderKind
from inspector.domain.ending import retraction_key
from inspector.domain.errors import Missing, Refusal
from inspector.domain.statement import (
    AMENDED,
    Compared,
    Difference,
    Statement,
    Step,
    Unlike,
    automatic,
    believed,
    but,
    compare,
    unsendable,
    unusable,
)
from inspector.domain.timer import Timer
from inspector.flows.copies import tell_again
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.flows.settle import Settlement, nothing
from inspector.flows.singly import Advance, singly
from inspector.ports import Garbled, PortError, Refused
from inspector.store.books import Booked
from inspector.store.tx import Tx
from inspector.store.work import Work

DIFFERS = "credit_differs"
"""The matter of entries about which a platform says otherwise than our books; one for each platform and agency, over when none is left."""

UNCOMPARED = "credit_uncompared"
"""The matter of a platform whose statement could not be had or not be believed; over with the next comparison."""

PASSED = "credit_statement_passed"
"""The matter of a platform's older statements that are not as agreed: told once, over when they are gone."""

SHORT = "statement_short"
"""Why a statement is not believed: it lacks much of what the platform has given receipts for."""

_NAMED = 5
"""So many entries a matter names; all are in the list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A statement and what it comes to; `flaw`: the code of why nothing is concluded from it."""

    statement: Statement
    compared: Compared
    asked_at: datetime
    flaw: str = ""


def accountable(office: Office) -> tuple[str, ...]:
    """The platforms that tell what they have of ours, by name. In shadow nobody does: nothing has left the house."""
    return tuple(name for name, one in office.connectors.credit.items() if isinstance(one, Accountable) and one.accounts)


def look(
    office: Office, lane: str, platform: Accountable, key: str, *, accept: bool = False, advance: Advance = lambda _at, _of: None
) -> Look:
    """Ask for a statement and compare; nothing is written but who was asked about (`singly`).

    What seems to differ is asked about once more, one by one, where that can be.

    `accept`: a person says that a statement that lacks much is right. Raises PortError as the platform does.
    """
    rules, asked_at = office.accounts, office.now()
    if Way.WHOLE in platform.accounts:
        statement = platform.statement(key=key)
    else:
        with office.store.read() as tx:
            wanted = tx.books.longest_unasked(lane, rules.most_steps)
        statement = singly(office, lane, platform, dict.fromkeys(wanted, ""), key, asked_at, advance)
    flaw = unusable(statement, asked_at, rules)
    with office.store.read() as tx:
        left = tx.books.left(lane)
        compared = but(compare(tx.books.ours(lane), statement, asked_at, rules), left)
    if not flaw and not accept and not believed(compared, rules):
        flaw = SHORT
    doubtful = {one.entry: one.case_id for one in compared.differences[: rules.most_steps]}
    if flaw or statement.of is not None or Way.EACH not in platform.accounts or not doubtful:
        return Look(statement=statement, compared=compared, asked_at=asked_at, flaw=flaw)
    again = singly(office, lane, platform, doubtful, key, asked_at, advance)
    asked = again.of or frozenset()
    with office.store.read() as tx:
        confirmed = but(compare(tx.books.ours(lane, asked), again, asked_at, rules), left)
    kept = [one for one in compared.differences if one.entry not in asked]
    told = replace(compared, differences=(*kept, *confirmed.differences), learned={**compared.learned, **confirmed.learned})
    attempts = statement.attempts + again.attempts
    whole = replace(statement, attempts=attempts)
    return Look(statement=whole, compared=told, asked_at=asked_at, flaw=unusable(again, asked_at, rules))


def reconcile(work: Work, office: Office) -> Settlement:
    """Compare with one platform, as its schedule has ordered."""
    platform: object = office.connectors.credit.get(work.lane)
    if not isinstance(platform, Accountable) or not platform.accounts:
        return nothing("unstated")
    try:
        found = look(office, work.lane, platform, work.key)
    except (Refused, Garbled) as error:
        code = error.code
        return Settlement(write=lambda tx, now: fail(tx, office, work.lane, code, now), outcome="uncompared").after(error)

    def write(tx: Tx, now: datetime) -> None:
        conclude(tx, office, work.lane, found, now)

    outcome = "uncompared" if found.flaw else "differ" if found.compared.differences else "alike"
    return Settlement(write=write, outcome=outcome, attempts=found.statement.attempts)


def give_up(work: Work, office: Office, error: PortError | None) -> Settlement:
    """No statement could be had today: a person is told, and nothing is concluded."""
    code = error.code if error else "patience_over"
    return Settlement(write=lambda tx, now: fail(tx, office, work.lane, code, now), outcome="uncompared")


def fail(tx: Tx, office: Office, lane: str, code: str, now: datetime) -> None:
    """Nothing is concluded; what the last comparison has shown stands."""
    tx.books.failed(lane, code, now)
    tx.attention.open(UNCOMPARED, office.house, lane, {"connector": lane, "error": code}, now)


def conclude(tx: Tx, office: Office, lane: str, found: Look, now: datetime) -> tuple[Difference, ...]:
    """Write down what a look has shown, take the steps that can harm nobody, and tell people; the differences there are.

    What has moved since it was compared is left out: another order is under way for it, or it is alike by now.
    """
    if found.flaw:
        fail(tx, office, lane, found.flaw, now)
        return ()
    rules, seen = office.accounts, {one.entry: one for one in found.compared.differences}
    mine = [*(entry for entry, one in seen.items() if one.kind is not Unlike.STRANGE), *found.compared.learned]
    still = {one.entry: one for one in tx.books.ours(lane, mine)} if mine else {}
    moved = {entry for entry, one in still.items() if one.open or one.moved_at > found.asked_at - rules.margin}
    left = [_placed(tx, office, one) for entry, one in seen.items() if entry not in moved]
    tx.books.note(lane, found.statement, found.compared, now)
    tx.books.differ(lane, left, now, found.statement.of)
    if found.statement.of is not None:
        tx.books.asked(lane, found.statement.of, now)
    learned = {entry: told for entry, told in found.compared.learned.items() if entry not in moved}
    tx.books.learned(lane, learned, now)
    for entry, (state, receipt) in learned.items():
        record(tx, still[entry].case_id, domain.learned(entry, state, receipt, lane), now, {})
    for one in automatic(left, rules):
        if (held := tx.books.get(one.entry, lane)) is not None and order(tx, office, held, one, now):
            tx.books.stepped(lane, one.entry, now)
            record(tx, one.case_id, domain.again(one.entry, one.kind, one.step, lane), now, {})
    tx.attention.close(f"{UNCOMPARED}:{lane}", now)
    if passed := found.statement.passed:
        facts = {"connector": lane, "files": ", ".join(passed[:_NAMED]), "count": len(passed)}
        tx.attention.open(PASSED, office.house, lane, facts, now)
    elif found.statement.of is None:
        tx.attention.close(f"{PASSED}:{lane}", now)
    tell(tx, office, lane, now)
    return tuple(left)


def tell(tx: Tx, office: Office, lane: str, now: datetime) -> None:
    """One matter for each agency with what differs; it is over where nothing does."""
    by_agency: dict[str, list[dict[str, object]]] = defaultdict(list)
    for row in tx.books.differences(lane):
        by_agency[row["agency"]].append(row)
    for agency in office.tree:
        rows = by_agency.get(agency)
        if not rows:
            tx.attention.close(f"{DIFFERS}:{lane}:{agency}", now)
            continue
        counted = Counter(str(row["kind"]).lower() for row in rows)
        waiting = sum(row["stepped_at"] is None for row in rows)
        facts = {kind.value.lower(): counted[kind.value.lower()] for kind in Unlike} | {"waiting": waiting}
        named = ", ".join(str(row["entry"]) for row in rows[:_NAMED])
        tx.attention.open(DIFFERS, agency, f"{lane}:{agency}", {"connector": lane, "entries": named, **facts}, now)


def decide(tx: Tx, office: Office, entry: str, wanted: Step, by: str, reason: str, now: datetime) -> None:
    """A person has decided what mends a difference: the entry is sent again, or taken back again; or it is right as it is, and is left.

    Raises Missing (`credit_difference_unknown`) where none is known about it, and Refusal: `credit_step_speak` for a step that no order
    can take, `credit_entry_fallen` where its outcome does not stand any more, `credit_entry_stands` for one that does and is to be taken
    back, `credit_entry_unkept` where nobody has kept what it said, `credit_entry_ended` and `credit_entry_contested` for one whose record
    is repaired or shown no more, or is objected to: it is not sent once more; `credit_step_under_way`.
    """
    seen = tx.books.difference(entry)
    if seen is None:
        raise Missing("credit_difference_unknown", entry=entry)
    lane = str(seen["lane"])
    held = tx.books.get(entry, lane)
    kind = Unlike(seen["kind"])
    says = {name: (ours, theirs) for name, (ours, theirs) in seen["says"].items()}
    told = Difference(kind=kind, entry=entry, case_id=seen["case_id"], agency=seen["agency"], step=wanted, says=says)
    if wanted is Step.LEAVE:
        tx.books.leave(lane, entry, told.mark, now)
        record(tx, seen["case_id"] or f"credit:{lane}", domain.again(entry, kind, wanted, lane, by=by, why=reason), now, {})
        tell(tx, office, lane, now)
        return
    if wanted is Step.SPEAK or held is None or (wanted is Step.AMEND and kind is not Unlike.UNAMENDED):
        raise Refusal("credit_step_speak", entry=entry)
    if wanted is Step.SEND and not held.body:
        raise Refusal("credit_entry_unkept", entry=entry)
    if wanted is Step.SEND and not held.state.stands:
        raise Refusal("credit_entry_fallen", entry=entry)
    if wanted is Step.RETRACT and held.state.stands:
        raise Refusal("credit_entry_stands", entry=entry)
    if tx.cases.known(held.case_id):
        tx.cases.get(held.case_id, lock=True)  # the case before its record, as everywhere
    if wanted is Step.SEND and (code := unsendable(tx.records.find(entry, lock=True))):
        raise Refusal(code, entry=entry)
    if not order(tx, office, held, told, now):
        raise Refusal("credit_step_under_way", entry=entry)
    tx.books.stepped(lane, entry, now)
    record(tx, held.case_id, domain.again(entry, kind, wanted, lane, by=by, why=reason), now, {})
    tell(tx, office, lane, now)


def order(tx: Tx, office: Office, held: Booked, found: Difference, now: datetime) -> bool:
    """Order an entry sent or taken back once more, under the key of before, or told of what it is; False where it is under way, or may not.

    An entry is sent only while the case has it and its record stands uncontested: then its outcome stands (the case is locked, so that
    none falls meanwhile).
    """
    if not tx.cases.known(held.case_id):
        return False
    case = tx.cases.get(held.case_id, lock=True)
    policy = office.book.get(case.pack)
    if found.step is Step.AMEND:
        return tell_again(tx, office, held, found.says.get(AMENDED, ("", ""))[1], policy, now)
    sends = found.step is Step.SEND
    if sends and (case.entry != held.entry or not held.body or unsendable(tx.records.find(held.entry, lock=True))):
        return False
    if not sends and held.retraction is None:
        return False
    kind, key = (OrderKind.CREDIT, held.key) if sends else (OrderKind.CREDIT_RETRACT, retraction_key(held.key))
    by = due(now, policy.term(Timer.CREDIT if sends else Timer.CREDIT_RETRACT).term, office.calendar).at
    payload = {**held.body, "again": True} if sends else {**(held.retraction or {}), "after": []}
    if held.copy:
        payload |= {"entry": held.entry, "copy": held.lane}
    again = Order(
        kind=kind,
        key=key,
        due_at=now,
        urgent_by=by,
        expires_at=by,
        lane=held.lane or office.lane_of(OrderKind.CREDIT, ""),
        case_id=held.case_id,
        payload=payload,
    )
    if tx.books.again(again, now):
        tx.work.ready.append(key)
        return True
    if tx.work.keyed(key) is not None:
        return False
    tx.work.order([again], now)
    return True


def _placed(tx: Tx, office: Office, one: Difference) -> Difference:
    """An entry that we have never sent is its case's agency's affair where there is such a case, and the house's where there is none."""
    if one.agency in office.tree:
        return one
    known = bool(one.case_id) and tx.cases.known(one.case_id)
    agency = tx.cases.get(one.case_id).agency if known else ""
    return replace(one, agency=agency if agency in office.tree else office.house)
