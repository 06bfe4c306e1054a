"""A draw extended (ruling 10): two persons sign, then the next number draws, with a seed of its own, from what the draw has left.

Nothing here names an object. When a second person has signed, what may be drawn and how many follows from the frozen frame, the pack
in force, the document's numbers and what the published annual plan has left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from inspector.domain import extension
from inspector.domain import plan as life
from inspector.domain.annual import AnnualPlan
from inspector.domain.approval import Approval
from inspector.domain.decision import Because, Decision
from inspector.domain.errors import Refusal
from inspector.domain.extension import ASKED, Kin, Left
from inspector.domain.footing import RULES
from inspector.domain.plan import Draw, DrawKind, DrawState, Following
from inspector.domain.policy import Policy
from inspector.domain.register import EntryKind
from inspector.flows import footing, lookback, moved, planning, queue, reconcile, remainder, succession, watching
from inspector.flows.members import count_members
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.flows.remainder import Remainder
from inspector.store.draws import EXTENSION
from inspector.store.tx import Tx

GONE = "draw_extension_lapsed"
"""The matter of an extension that was void for a withheld part and whose next number cannot be announced any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What an extension would be today: its strata, how many more of each, and what the annual plan has left (None: none is needed)."""

    left: tuple[Left, ...]
    more: Mapping[str, int]
    room: Mapping[str, int] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A draw with what is asked for, and how many more of each stratum that is today; `made` is the extension once two have signed."""

    draw: Draw
    approval: Approval
    more: Mapping[str, int]
    made: Draw | None


def outlook(office: Office, tx: Tx, number: str, given: Approval, now: datetime) -> Outlook:
    """What `sign` would lead to, and nothing written. Raises as `sign` does, but for what signatures alone can lack."""
    held = tx.draws.get(number)
    policy = office.policy(held.agency, now.date())
    extension.may(_kin(office, tx, held, now), given.basis)
    return _outlook(office, tx, remainder.remainder(office, tx, held, policy, "outlook", now), given, now)


def sign(office: Office, tx: Tx, number: str, given: Approval, now: datetime) -> Signed:
    """A named person signs an extension: the first asks, another one in the same words has it announced.

    Raises Missing, Invalid, and Refusal: as `domain.extension` does, `draw_contradicted` beside a name that nobody has signed with,
    `draw_no_further`, and what `planning.unplanned` says of a year
    without a plan that holds.
    """
    held = _locked(tx, number)
    footing.stands(tx, held)
    policy = office.policy(held.agency, now.date())
    decision = extension.ask(_kin(office, tx, held, now), given, policy, now)
    approval = decision.state.approval
    assert approval is not None, "a signature leaves an approval"
    if approval.approved_by is None:  # what cannot be is refused at once, and looked at again when the second one signs
        seen = _outlook(office, tx, remainder.remainder(office, tx, held, policy, "outlook", now), approval, now)
        tx.draws.put(decision.state)
        record(tx, number, decision, now, {"draw_state": held.state.value})
        tx.attention.open(ASKED, held.agency, number, {"by": approval.asked_by, "reason": approval.reason}, now)
        return Signed(draw=decision.state, approval=approval, more=seen.more, made=None)
    made, more = _announce(office, tx, held, approval, _behind(office, tx, held, policy), "", now)
    spent = replace(decision.state, approval=None)  # the extension has it now
    tx.draws.put(spent)
    facts = {**decision.because.facts, "extension": made.number}
    record(tx, number, replace(decision, because=replace(decision.because, facts=facts)), now, {"draw_state": held.state.value})
    tx.attention.close(f"{ASKED}:{number}", now)
    return Signed(draw=spent, approval=approval, more=more, made=made)


def follow(office: Office, tx: Tx, said: Mapping[str, Any], now: datetime) -> Draw | None:
    """The number after an extension that is void for a withheld part: by the rule, on the same approval, over a fresh frame.

    Where it could not be asked for any more, for the draw was made void or nothing is left, a person is told. `said` is what its work
    carries: it waits while a draw of another plan is under way.
    """
    plan, slot = str(said["plan"]), str(said["slot"])
    void = tx.draws.by_slot(plan, slot.removesuffix("+"))
    if (
        void is None
        or not void.lacked
        or void.extends is None
        or void.approval is None
        or tx.draws.by_slot(plan, slot) is not None
    ):
        return None
    held = _locked(tx, void.extends)
    busy = queue.under_way(tx, held.agencies, plan)
    if busy is not None and busy.plan != plan:
        queue.wait(tx, said, busy, now)
        return None
    try:
        footing.stands(tx, void)
        told = succession.succeeding(office, void, office.policy(held.agency, now.date()))
        extension.may(_kin(office, tx, held, now), void.approval.basis)
        return _announce(office, tx, held, void.approval, told, slot, now)[0]
    except Refusal as error:
        policy, facts = office.policy(held.agency, now.date()), {"why": error.code, **error.facts}
        because = Because(rule="draw.extension_lapsed", basis=(policy.draw.basis,), pack=policy.label, facts=facts)
        record(tx, void.number, Decision(state=None, because=because), now, {})
        tx.attention.open(GONE, held.agency, void.number, facts, now)
        return None


def overtaken(tx: Tx, plan: str, now: datetime) -> None:
    """A plan is drawn again: what one person has asked for its draw before can come to nothing any more, and nobody need sign it."""
    before = tx.draws.last_drawn(plan)
    if before is not None and before.approval is not None:
        tx.attention.close(f"{ASKED}:{before.number}", now)


def _announce(
    office: Office, tx: Tx, root: Draw, approval: Approval, told: Following, slot: str, now: datetime
) -> tuple[Draw, Mapping[str, int]]:
    """The extension, and how many more of each stratum it draws. The caller holds the draw and the agency's turn."""
    now = queue.begins(tx, root.agencies, now)
    policy = office.policy(root.agency, now.date())
    number = reconcile.number(tx, root.agency, now)
    lookback.refuse(office, tx, number, root.agencies, now)
    rest = remainder.remainder(office, tx, root, policy, number, now)
    seen = _outlook(office, tx, rest, approval, now)
    framed = remainder.framed(rest, approval, seen.more)
    made = life.begin(number, root.plan, slot or f"{EXTENSION}{number}", framed.lists, policy, told, now)
    made = replace(made, kind=DrawKind.EXTENSION, extends=root.number, approval=approval)
    tx.draws.add(made)
    entered = {
        "plan": root.plan,
        "extends": root.number,
        "reason": approval.reason,
        "basis": approval.basis,
        "approved": list(approval.names),
        "more": {code: count for code, count in seen.more.items() if count},
    }
    tx.register.append(root.agency, EntryKind.EXTENSION, number, entered, now)
    bound = footing.freeze(office, tx, made, framed.frames, framed.members, {RULES: framed.value()})
    decision = life.prepare(made, policy, now, office.calendar)
    does = {"without": list(told.without), "further": list(told.further)}
    record(
        tx,
        number,
        decision,
        now,
        {**entered, "objects": count_members(tx, number), "ordered": dict(approval.more), **does, **bound},
    )
    tx.work.order(decision.orders, now)
    moved.tell_above(tx, made, framed.derivations, now)
    watching.few(office, tx, made, framed.few, now)
    if not made.parties:
        succession.void(office, tx, made, policy, "seed_insufficient", (), now)
    return made, seen.more


def _outlook(office: Office, tx: Tx, rest: Remainder, approval: Approval, now: datetime) -> Outlook:
    """How many more of each stratum, within the annual plan. Raises Invalid and Refusal."""
    left, root = rest.left, rest.root
    more = extension.sizes(left, approval, rest.policy, root.number)
    plan = planning.configured(office, root.plan)
    annual = tx.annual.last(root.plan, now.year)
    if (why := planning.unplanned(tx, plan, rest.policy, annual, now.year)) is not None:
        raise why
    room = _room(tx, root, annual) if rest.policy.draw.plan and annual is not None else None
    random = {one.stratum for one in left if not one.whole}
    bound = {code: count for code, count in more.items() if code in random}  # coverage is a duty, and no total bounds it
    extension.within(bound, room, root.plan, now.year, annual.content.edition if annual is not None else 0)
    return Outlook(left=left, more=more, room=room)


def _room(tx: Tx, root: Draw, annual: AnnualPlan) -> dict[str, int]:
    """What is left of what the published edition sets aside: its other objects are those of the year's own draws."""
    told = annual.content
    totals = {told.agency: told.strata} | {one.agency: one.strata for one in told.partners}
    room: dict[str, int] = {}
    for listed in root.lists if root.own else root.lists[:1]:
        room |= {listed.called(one.stratum): one.set_aside for one in totals[listed.agency]}
        for one in tx.visits.of_plan(root.plan, annual.made_at, EXTENSION, listed.agency):
            name = listed.called(one["stratum"])
            if not one["replaces"] and name in room:
                room[name] -= 1
    return room


def _kin(office: Office, tx: Tx, held: Draw, now: datetime) -> Kin:
    theirs = tx.draws.extensions(held.plan, held.number)
    busy = queue.under_way(tx, held.agencies, held.plan)
    years = (office.calendar.local_date(held.made_at).year, now.year)
    return Kin(
        draw=held,
        newest=tx.draws.last_drawn(held.plan),
        extensions=theirs,
        busy=busy.number if busy is not None else None,
        years=years,
    )


def _behind(office: Office, tx: Tx, root: Draw, policy: Policy) -> Following:
    """Whom an extension does without, for what became of the last one of the same draw. Raises Refusal (`draw_no_further`)."""
    theirs = tx.draws.extensions(root.plan, root.number)
    last = theirs[-1] if theirs else None
    return succession.succeeding(office, last, policy) if last is not None and last.state is DrawState.VOID else Following()


def _locked(tx: Tx, number: str) -> Draw:
    """A draw to the end of the transaction, with its extensions, in order of number: what has come of them stands still."""
    tx.draws.take_turns([number])
    held = tx.draws.get(number)
    tx.draws.lock([number, *(one.number for one in tx.draws.extensions(held.plan, number))])
    return tx.draws.get(number, lock=True)
