"""What becomes of a void draw: its cases go back to the next frame, and its number is followed by rule (ruling 12) or by a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from inspector.domain import plan as life
from inspector.domain.decision import Because, Decision
from inspector.domain.entries import clock
from inspector.domain.errors import Refusal
from inspector.domain.plan import Draw, DrawState, Following
from inspector.domain.policy import Policy
from inspector.flows import footing, queue
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.flows.voiding import enter_void
from inspector.store.draws import EXTENSION, SUPPLEMENT
from inspector.store.tx import Tx

WANTING = "draw.no_further"
"""The entry of a void draw that its number could not follow: the further source is gone from pack or settings since."""
FIGURES_DUE = "draw_figures_due"
"""The matter of a ceremony whose figures are to be typed: it ends by the second typing that agrees, or with the draw."""
AMISS = "draw_part_amiss"
"""The matter of a party whose address answers with what is no part, while there is time to telephone: over with the part, or the draw."""
LINE = "draw_line_doubted"
"""The matter of a void draw none of whose parties was reached in the same hours: somebody is to see whether it was our own line."""


def void(  # noqa: PLR0913 - a void with all whose part was lacking
    office: Office,
    tx: Tx,
    held: Draw,
    policy: Policy,
    reason: str,
    withheld: tuple[str, ...],
    now: datetime,
    *,
    unasked: tuple[str, ...] = (),
    turned_away: tuple[str, ...] = (),
) -> Draw:
    """Void by name; the cases go back to the next frame, which follows at once where a further source takes the party's place."""
    decision = life.void(held, reason, withheld, policy, now, office.connectors.seeds.keys(), unasked, turned_away)
    if decision.because.rule == "timer.obsolete":
        return held
    decision = replace(decision, state=replace(decision.state, followed=bool(decision.orders)))
    settle(tx, decision, now)
    enter_void(tx, decision.state, life.missing(reason, withheld, unasked, turned_away), now)
    tx.cases.unmark_drawn(held.number)
    for matter in (FIGURES_DUE, AMISS):
        tx.attention.close_those(f"{matter}:{held.number}:", now)
    tx.attention.open("draw_void", held.agency, held.number, {"reason": reason, "next": bool(decision.orders)}, now)
    if not decision.orders:  # else the number that follows goes first, for it takes this one's place (ruling 12)
        queue.over(office, tx, held, now)
    if decision.state.lacked and not decision.orders:
        tx.attention.open("draw_no_further", held.agency, held.number, _lacking(office, decision.state, policy), now)
    return decision.state


def _lacking(office: Office, held: Draw, policy: Policy) -> dict[str, str]:
    """What is missing for the draw that should follow: a further source in the pack, or the section of one that it names."""
    spent = {*held.without, *held.lacked, *held.parties}
    unset = [party for party in policy.draw.further if party not in spent and party not in office.connectors.seeds]
    wanted = ", ".join(f"[seeds.{party}]" for party in unset) or f"{policy.label} [draw] further"
    return {"draw": held.number, "without": ", ".join(held.lacked), "missing": wanted}


def resumed(office: Office, tx: Tx, plan: str, slot: str, now: datetime) -> tuple[str, Following]:
    """The slot that a plan's period has come to, and what its draw does without, when the last one is void for want of a part.

    Raises Refusal (`draw_no_further`) while the pack in force has no further source that is set up.
    """
    held = tx.draws.by_slot(plan, slot)
    while held is not None and held.state is DrawState.VOID and (later := tx.draws.by_slot(plan, f"{slot}+")) is not None:
        slot, held = f"{slot}+", later
    if held is None or held.state is not DrawState.VOID or not held.lacked:
        return slot, Following()
    return f"{slot}+", succeeding(office, held, office.policy(held.agency, now.date()))


def behind(tx: Tx, plan: str, slot: str) -> Draw | None:
    """The void draw whose number the one of this slot follows: by the rule, or because two have signed; None where nothing may follow.

    Raises Refusal (`draw_contradicted`) where it is not as the ledger tells it.
    """
    held = tx.draws.by_slot(plan, slot.removesuffix("+")) if life.follows(slot) else None
    if held is None or held.state is not DrawState.VOID or not (held.lacked or held.freed):
        return None
    footing.stands(tx, held)
    return held


def begins(slot: str) -> bool:
    """Whether a slot is one of a plan's own periods, whose draw follows no other."""
    return not (life.follows(slot) or slot.startswith((SUPPLEMENT, EXTENSION)))


def wanting(office: Office, tx: Tx, error: Refusal, now: datetime) -> None:
    """The further source is gone from pack or settings since the draw was void: a person is told, and the slots behind it go on."""
    held = tx.draws.get(str(error.facts["draw"]))
    policy = office.policy(held.agency, now.date())
    because = Because(rule=WANTING, basis=(policy.draw.basis,), pack=policy.label, facts={**error.facts})
    record(tx, held.number, Decision(state=held, because=because), now, {})
    tx.attention.open("draw_no_further", held.agency, held.number, {**error.facts}, now)
    queue.over(office, tx, held, now)


def succeeding(office: Office, held: Draw, policy: Policy) -> Following:
    """What the draw behind a void one does without, and which further sources it joins.

    Two signatures bring nobody back whose part was lacking before. Raises Refusal (`draw_no_further`) while a part of this one was
    lacking and the pack has no further source that is set up.
    """
    if not held.lacked:
        return Following(without=held.without, further=held.further)
    told = life.following(held, policy, office.connectors.seeds.keys())
    if told is None:
        raise Refusal("draw_no_further", **_lacking(office, held, policy))
    return told


def settle(tx: Tx, decision: Decision[Draw], now: datetime) -> None:
    """Write a decision about a draw down."""
    tx.draws.put(decision.state)
    told = {"draw_state": decision.state.state.value, "clock": clock(decision.state)}
    record(tx, decision.state.number, decision, now, told)
    tx.work.order(decision.orders, now)
