"""Draws made void by two persons, or because somebody altered what was frozen; each void is a line of the register."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from datetime import datetime

from inspector.domain import draw as protocol
from inspector.domain import extension, voiding
from inspector.domain.commitment import read
from inspector.domain.decision import OrderKind
from inspector.domain.draw import Result
from inspector.domain.errors import Invalid
from inspector.domain.frame import Frame
from inspector.domain.gathering import looks
from inspector.domain.plan import Draw, DrawState
from inspector.domain.register import EntryKind
from inspector.domain.rowfile import Tickets
from inspector.domain.suite import Suite
from inspector.flows import footing, queue, stopped
from inspector.flows.lists import OBJECTS, frames, kept, small
from inspector.flows.members import members_digest
from inspector.flows.office import Office
from inspector.flows.recall import call_off_visit
from inspector.flows.record import record
from inspector.flows.settle import Settlement
from inspector.store.drawtables import MEMBERS
from inspector.store.tx import Tx

ASKED = "draw_void_asked"
"""The matter of a void that one person has signed: another has to see it."""
VOIDED = "draw_voided"
"""Why a void draw's visits are called off."""
SEED = "seed.json"
"""The name under which the parts of a seed are published."""


def sign(office: Office, tx: Tx, number: str, *, by: str, reason: str, now: datetime) -> Draw:
    """A named person signs a void: the first asks, the second makes it.

    Raises Missing, Invalid, Refusal (`domain.voiding.sign`, and `draw_contradicted` beside a name that nobody has signed with).


    A draw that was carried out keeps its files and its result. Its open visits are called off and its cases go back to the next
    frame; what was found at visits that were made stands.
    """
    tx.draws.take_turns([number])  # turns, cases, visits, draw: in the order in which everybody holds them
    visits = tx.visits.of_draw(number)
    tx.cases.lock_drawn(number, [case for one in visits for case in one.case_ids])
    tx.visits.lock([one.id for one in visits])
    held = tx.draws.get(number, lock=True)
    footing.stands(tx, held)
    policy = office.book.get(held.pack)
    extensions = tx.draws.extensions(held.plan, number)
    standing = next((one.number for one in extensions if one.state is not DrawState.VOID), None)
    decision = voiding.sign(held, by, reason, policy, now, standing)
    tx.draws.put(decision.state)
    record(tx, number, decision, now, {"draw_state": decision.state.state.value})
    if not decision.state.freed:
        tx.attention.open(ASKED, held.agency, number, {"by": by, "reason": decision.state.signed[0].reason}, now)
        return decision.state
    tx.attention.close(f"{ASKED}:{number}", now)
    tx.attention.close(f"{extension.ASKED}:{number}", now)
    names = [one.by for one in decision.state.signed]
    enter_void(tx, decision.state, {"reason": decision.state.signed[0].reason, "approved": names, "was": held.state.value}, now)
    _end_work(tx, held, now)
    queue.over(office, tx, held, now)
    for visit in tx.visits.of_draw(number):
        if visit.state.open:
            call_off_visit(office, tx, visit, VOIDED, held.pack, now)
    tx.cases.unmark_drawn(number)
    return decision.state


def carry_out(office: Office, tx: Tx, held: Draw) -> Result | str:
    """The draw's result; or the name of the frozen file, or of the seed's, that is not what was committed to (ruling 11).

    A part is held to its promise when it comes in: one that does not fit now was altered in the records since.

    Objects are read part by part, several times, and not held; of so many that the settings say so, PostgreSQL computes the tickets.
    """
    files = small(tx, held)
    if (file := footing.altered(tx, held, files)) is not None:
        return file
    try:
        commitment = read(files["commit.json"])
        if commitment.c != held.c:
            return "commit.json"
        told = json.loads(commitment.content).get("members")
        if told is not None and not hmac.compare_digest(str(told), members_digest(office.secret, tx, held.number)):
            return MEMBERS
        parts = [held.parts[party] for party in held.parties]
        made = frames(tx, held, files, commitment.suite)
        return protocol.carry_out(commitment, made, parts, tickets=_tickets(office, tx, held, made, commitment.suite))
    except Invalid as error:
        if error.code == "draw_seed_invalid":
            return SEED
        return str(error.facts.get("file") or error.code)


def _tickets(office: Office, tx: Tx, held: Draw, made: Mapping[str, Frame], suite: Suite) -> Mapping[str, Tickets]:
    """Who computes tickets beside the rows, by list."""
    if suite.name != "sha256":
        return {}
    large = [listed for listed in held.lists if len(made[listed.name].objects) >= office.tickets_from]
    beside = {listed.name: tx.draws.tickets(held.number, kept(held, listed, OBJECTS)) for listed in large}
    return {name: one for name, one in beside.items() if one is not None}


def make_void(office: Office, number: str, file: str) -> Settlement:
    """Void by rule: the register of the day of the commitment is no longer there to draw from."""
    return Settlement(write=lambda tx, now: void(office, tx, tx.draws.hold(number), file, now), outcome="altered")


def void(office: Office, tx: Tx, held: Draw, file: str, now: datetime) -> None:
    """The same for who holds the draw's row: nothing follows until two persons have signed, and nobody has withheld anything."""
    decision = voiding.altered(held, file, office.book.get(held.pack))
    if decision.state.state is not DrawState.VOID or held.state is DrawState.VOID:
        return
    tx.draws.put(decision.state)
    record(tx, held.number, decision, now, {"draw_state": decision.state.state.value})
    enter_void(tx, decision.state, {"reason": voiding.ALTERED, "file": file}, now)
    _end_work(tx, held, now)
    queue.over(office, tx, held, now)
    tx.cases.unmark_drawn(held.number)
    tx.attention.open("draw_void", held.agency, held.number, {"reason": decision.state.void_reason, "next": False}, now)


def enter_void(tx: Tx, held: Draw, facts: Mapping[str, object], now: datetime) -> None:
    """The void's own line in the register, under its own number. The caller has the turn."""
    tx.register.append(held.agency, EntryKind.VOID, held.number, facts, now)


def _end_work(tx: Tx, held: Draw, now: datetime) -> None:
    """Nobody is asked any more for the seed of a draw that is void."""
    number = held.number
    kinds = (OrderKind.DRAW_PROMISE, OrderKind.DRAW_REVEAL)
    keys = [f"{kind.value}:{number}:{party}" for kind in kinds for party in held.parties]
    stopped.end(tx, [*keys, f"{OrderKind.DRAW_LODGE.value}:{number}", *looks(number)], now)
    for matter in ("draw_figures_due", "draw_part_amiss"):
        tx.attention.close_those(f"{matter}:{number}:", now)
