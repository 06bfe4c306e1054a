"""How a decision is written down: state, ledger entry, events, orders and what lost its purpose, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from inspector.domain import asking, assistance, letter, selfproof
from inspector.domain.calendar import due
from inspector.domain.case import Case
from inspector.domain.decision import Decision, Order, OrderKind
from inspector.domain.ending import REVIEW_WORK
from inspector.domain.policy import Policy
from inspector.domain.timer import Timer
from inspector.flows import copies, creditbook, limits, merging, recall, shaken, sparing, stopped, unpublish, unruled, unsettled
from inspector.flows.echo import echoes
from inspector.flows.office import Office
from inspector.flows.record import counted_by, record
from inspector.flows.telling import tell
from inspector.ports import PortError
from inspector.store.tx import Tx

CREDIT_UNPLACED = "credit_unplaced"
"""The matter for a person that a credit entry opens while there is no platform; one for each agency, over when there is one."""

REVIEW_DUE = "review_due"
"""The matter for a person that a review's clock opens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What a flow leaves to be written, in the same transaction that marks its work done.

    `call` and `attempts` say how the call to the outside ended, and in how many tries. With 0 tries nobody was called, and nothing is
    known of the other side: its breaker stays as it is, and nothing is counted. `late` is written in place of `write` where the case
    has ended the work meanwhile: what somebody has answered is not thrown away. None: then it is worth nothing.
    `left`: whether what was handed over has left the house; a letter on paper does when a person has posted it.
    """

    write: Callable[[Tx, datetime], None]
    outcome: str = "done"
    call: str = "answered"
    attempts: int = 1
    late: Callable[[Tx, datetime], None] | None = None
    left: bool = True

    def after(self, error: PortError) -> Settlement:
        """The same, when it was a failed call that led here."""
        return replace(self, call=error.family, attempts=error.attempts)

    def unasked(self) -> Settlement:
        """The same, when nobody was called."""
        return replace(self, attempts=0)


def nothing(outcome: str, *, attempts: int = 0) -> Settlement:
    """Marked done, nothing else: the work has lost its purpose; or a call was made, in so many tries, that leaves nothing to write."""
    return Settlement(write=lambda _tx, _now: None, outcome=outcome, attempts=attempts)


def settle_case(
    tx: Tx, office: Office, decision: Decision[Case], policy: Policy, now: datetime, *, digest: str | None = None
) -> Case:
    """Write a case decision, and what follows from it."""
    return follow(tx, office, replace(decision, state=tx.cases.put(decision.state, digest=digest)), policy, now)


def follow(tx: Tx, office: Office, decision: Decision[Case], policy: Policy, now: datetime) -> Case:
    """Write what follows from a decision whose case is written. Orders to ask another agency become requests in the same breath."""
    case = decision.state
    record(tx, case.id, decision, now, {"state": case.state.value, **counted_by(office)}, kept=case.pack)
    orders: list[Order] = []
    for order in decision.orders:
        if order.kind is OrderKind.ASSIST_SEND:
            orders += open_request(tx, office, case, order, policy, now)
        elif order.kind is OrderKind.SELF_PROOF_ASK:
            orders += ask_subject(tx, office, case, order, policy, now)
        elif order.kind is OrderKind.CREDIT_RETRACT:
            orders += recall.entry(tx, office, case, order, policy, now)
        else:
            orders.append(dated(office, case, order, policy, now))
            if order.kind is OrderKind.CREDIT:
                orders += book(tx, office, case, orders[-1], now)
    orders += tell(tx, office, case, decision, policy, now)
    if OrderKind.CREDIT in decision.ends:  # the outcome does not stand any more, so nobody decides what followed from it
        unruled.over(tx, case.id, now)
        unpublish.reopened(office, tx, case, decision.because.rule, now)
        fallen = shaken.fell(office, tx, case, decision.because.rule, now)
        orders += tell(tx, office, case, replace(decision, told=fallen), policy, now)
    if decision.ends:
        stays = {OrderKind.CREDIT} if case.entry is not None else frozenset[OrderKind]()  # a kept promise is still to be entered
        end_work(tx, case, decision.ends - stays, now)
        if case.state.ended:
            orders += recall.call_off(office, tx, case, now)
    if case.state.ended:
        orders += echoes(tx, office, case, now)
    tx.work.order(orders, now)
    sparing.look_at(office, tx, case, policy, now)
    merging.look_at(office, tx, case, now)
    limits.look(office, tx, case, now)
    return case


def book(tx: Tx, office: Office, case: Case, order: Order, now: datetime) -> list[Order]:
    """An entry that counts at once: its record, with the clocks of that, and the orders of its copies."""
    further = hand_over(tx, office, case, order, now)
    return [*creditbook.book(tx, office, case, order, now), *further]


def hand_over(tx: Tx, office: Office, case: Case, order: Order, now: datetime) -> list[Order]:
    """Enter a credit order into our books; while there is no platform a person hears of it. The orders of its copies."""
    tx.books.ordered(order.key, case.id, case.agency, order.lane, order.payload, now)
    if not order.lane:
        tx.attention.open(CREDIT_UNPLACED, case.agency, case.agency, {"case": case.id}, now)
    return copies.ordered(tx, office, order, now)


def end_work(tx: Tx, case: Case, kinds: frozenset[OrderKind], now: datetime) -> None:
    """End a case's open work of these kinds, and with a review's clock what people were told of it."""
    stopped.end_of(tx, case.id, kinds, now)
    if kinds & REVIEW_WORK:
        tx.attention.over(f"{REVIEW_DUE}:{case.id}", now)


def open_request(tx: Tx, office: Office, case: Case, order: Order, policy: Policy, now: datetime) -> tuple[Order, ...]:
    """Open the assistance request an order asks for."""
    opened = asking.open_request(case.id, case.agency, order, policy, now, office.calendar)
    tx.assistance.add(opened.state)
    record(tx, case.id, opened, now, {"request": opened.state.id, **counted_by(office)}, kept=case.pack)
    return opened.orders


def ask_subject(tx: Tx, office: Office, case: Case, order: Order, policy: Policy, now: datetime) -> list[Order]:
    """Open the self-proof that an order asks for; who can reach the subject hears so, and a person until the link is handed over."""
    asked = selfproof.ask(case, order, policy, now, office.calendar)
    tx.selfproofs.add(asked.state)
    record(tx, case.id, asked, now, {"self_proof": asked.state.id, **counted_by(office)}, kept=case.pack)
    facts = {"case": case.id, "due_at": asked.state.due_at.isoformat()}
    tx.attention.open(recall.TO_HAND, case.agency, asked.state.id, facts, now)
    told = Decision(state=case, because=asked.because, told=asked.told)
    lane = office.reaching(case.agency)
    push = [selfproof.push(asked.state, lane, now)] if lane else []
    return [*push, *asked.orders, *tell(tx, office, case, told, policy, now)]


def settle_proof(tx: Tx, decision: Decision[selfproof.SelfProof], now: datetime) -> str:
    """Write a decision about a self-proof; the id of its entry in the ledger."""
    held = decision.state
    tx.selfproofs.put(held)
    recall.quiet(tx, held, now)
    return _beside(tx, held, decision, {"self_proof": held.id, "self_proof_state": held.state.value}, now)


def settle_request(tx: Tx, decision: Decision[assistance.Request], now: datetime) -> str:
    """Write a request decision; the id of its entry in the ledger. By whatever it ends, whoever holds a letter hears so (`closing`).

    So does who turns out to hold one afterwards: the receipt of a letter that was under way is such a decision, too.
    """
    if not decision.state.state.open and decision.state.told:
        state, words = letter.closing(decision.state, now)
        decision = replace(decision, state=state, orders=(*decision.orders, *words))
    request = decision.state
    tx.assistance.put(request)
    unsettled.follow(tx, request, now)
    return _beside(tx, request, decision, {"request": request.id, "request_state": request.state.value}, now)


def hears_of_the_end(tx: Tx, request: assistance.Request, via: str, now: datetime) -> None:
    """A request was over while a letter of it was on its way: whoever holds it, or may, hears so, as everybody did at the end."""
    if request.state.open:
        return
    state, words = letter.closing(letter.perhaps(request, via), now)
    tx.assistance.put(state)
    tx.work.order(words, now)


def _beside(
    tx: Tx, held: selfproof.SelfProof | assistance.Request, decision: Decision[Any], named: Mapping[str, object], now: datetime
) -> str:
    """Write what was decided of something that a case waits for: the entry under its case, the waits that end, what is to be done."""
    entry = record(tx, held.case_id, decision, now, named)
    if decision.ends:
        stopped.end(tx, held.keys(decision.ends), now)
    tx.work.order(decision.orders, now)
    return entry


def dated(office: Office, case: Case, order: Order, policy: Policy, now: datetime) -> Order:
    """Fill in what follows from pack and configuration: the lane of credit orders, the patience with whoever is asked or told.

    An entry that has to be recorded is ordered also where there is no platform: without a lane it waits for one.
    """
    if order.kind is OrderKind.CREDIT:
        by = due(now, policy.term(Timer.CREDIT).term, office.calendar).at
        lane = office.lane_of(order.kind, case.sender)
        return replace(order, lane=lane, urgent_by=by, expires_at=by if lane else None)
    if order.kind in (OrderKind.ASK, OrderKind.RATE):
        return replace(order, expires_at=due(now, policy.term(Timer.ONLINE).term, office.calendar).at)
    return order
