"""Seats of those who cannot or must not go: lapsed certificate, left the post, on leave, recused by the head since the draw.

They pass on by the re-deal rule (scenarios 34, 35, 36). Looked at when the register changes, when the head has decided, after a
re-deal, before a push, and once a day, for a certificate lapses and a leave begins by date alone. A conflict that somebody declared
since the draw moves nobody by itself: it is an application to the head (`challenges`).
Whom the rule names next is found in the frozen frame (ruling 15), each step a line of `after.jsonl`. Nobody picks, and nobody can keep
a seat by saying yes to it. The order can be foreseen, and who keeps the register writes in it: so it moves one seat of an agency's team
at a visit, and the second time, for whatever reason, the visit is owed by a draw with a seed of its own (decision 28).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import partial

import structlog

from inspector.domain import visit
from inspector.domain.errors import Refusal
from inspector.domain.roster import InspectorRecord
from inspector.domain.visit import Seat, SeatState, Visit
from inspector.flows import (
    attested,
    challenges,
    clashing,
    exemptions,
    footing,
    holders,
    leaves,
    listing,
    lookback,
    overlooked,
    printed,
    reaching,
    reconcile,
    stopped,
    supplement,
    unapproved,
    unposted,
)
from inspector.flows.assign import owe, redeal
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.flows.seats import CLASH, put_seat, tell_off
from inspector.flows.settle import Settlement
from inspector.store.tx import Tx
from inspector.store.work import Work

log = structlog.get_logger(__name__)

DEPARTED, RECUSED, EXCHANGED = "departed", "recused", "exchanged"


_MOST = 10_000
"""Teams whose versions differ, looked at in one go; each waits for its lead."""


def unfit(office: Office, tx: Tx, held: Visit, seat: Seat, person: InspectorRecord | None, day: date) -> str | None:
    """Why the registers say that the inspector of a seat, as they have the `person` now, cannot go on a day; None when they do not.

    It is `departed`, `uncertified`, `leave`, `recused`, or `exchanged` where the code is another person's than in the draw's frame. Of a
    recusal the fact counts; its reason stays private (scenario 33).
    """
    status = person.status(day) if person is not None else DEPARTED
    if status == "1" and person is not None and holders.exchanged(office, tx, held.draw, person):
        return EXCHANGED
    if status == "1" and challenges.granted(tx, held, seat.inspector):
        return RECUSED
    return None if status == "1" else status


def look(office: Office, tx: Tx, agency: str, now: datetime) -> int:
    """Pass on every open seat of an agency's officers who cannot go today; how many. Twice is as good as once.

    What the register says of addresses anew is taken up as well: pushes that no channel took go out by it (`reaching`).
    """
    day = office.calendar.local_date(now)
    staff = tx.rosters.inspectors(agency)
    fit = {row.id for row in staff if row.status(day) == "1"} - {one.inspector for one in tx.rosters.recusals(agency)}
    fit -= holders.others(office, tx, agency, staff)
    passed = 0
    others = tx.visits.held_by_others(agency, fit)
    led = {str(row["about"]).partition(":")[0] for row in tx.attention.page([agency], limit=_MOST, kind=CLASH)}
    # All before the first line of a draw's after.jsonl, whose lock others ask for with a visit in hand.
    tx.visits.lock({*others, *led, *tx.visits.unpushed(agency)})
    for visit_id in others:
        passed += look_at(office, tx, tx.visits.get(visit_id, lock=True), now)
    for visit_id in sorted(led):
        clashing.pass_on(office, tx, tx.visits.get(visit_id, lock=True), now)
    reaching.mended(office, tx, agency, now)
    return passed


def daily(_work: Work, office: Office) -> Settlement:
    """The daily look, over every agency of the tree; and then at visits that are short, whom the register may help by now.

    The same look sees which exemptions were to be reviewed, which packs nobody has approved, and which visits are to look at what
    stands in no published list any more. It also sees whether the ledger holds since the last look, a part of what is older with it,
    whether the records still agree about the recent draws, and with the ledger what frames are made of and what is public. A draw over
    its last moment, and one that was to follow, is looked at again (`overlooked`). How far the ledger held goes into the log.
    """
    with office.store.read(steady=True) as tx:
        mark, broken = reconcile.sealed(office, tx)
        past = lookback.differing(office, tx, sorted(office.tree), office.now())
        found = [*([(office.house, reconcile.LEDGER, broken)] if broken else []), *reconcile.watched(office, tx, office.now())]

    altered = [] if broken else printed.look(office.store)

    def write(tx: Tx, now: datetime) -> None:
        for agency in sorted({*office.tree, *(plan.agency for plan in office.plans.values())}):
            tx.draws.take_turn(agency)  # before any part holds a visit or a draw: some parts want a turn, and come behind others
        parts: list[tuple[str, Callable[[], object]]] = [
            (
                office.house,
                lambda: listing.look(office, tx, now),
            )  # first: it takes visits, for which nobody with a draw's lines may wait
        ]
        # with a clash goes a lead, though the last visit of the agency has its result
        sits, drawing = tx.visits.going_at() | tx.pushes.off_at() | tx.attention.waiting(CLASH), tx.draws.agencies()
        plans = {plan.agency for plan in office.plans.values()}
        asked = tx.challenges.any_open()
        parts += [(agency, partial(look, office, tx, agency, now)) for agency in sorted(sits & office.tree.keys())]
        parts += [
            (office.house, partial(other.look, office, tx, now)) for other in (supplement, exemptions, unapproved, unposted)
        ]
        for agency in sorted(office.tree):
            of_it = (
                *((overlooked.look,) if drawing.get(agency) else ()),
                *((overlooked.to_come,) if agency in plans or agency in drawing else ()),
                *((challenges.look,) if asked else ()),
            )
            parts += [(agency, partial(part, office, tx, agency, now)) for part in of_it]
        for agency, part in parts:
            _apart(tx, agency, part, now)
        for agency, about, lines in found:
            reconcile.note(tx, agency, about, footing.named(lines), now)
        lookback.looked(office, tx, past, now)
        if not broken:
            printed.looked(office, tx, altered, now)
            tx.ledger.put_mark(mark, now)
            tx.committed.append(lambda: log.info("ledger.verified", seal=mark.number, head=mark.head))

    return Settlement(write=write)


def _apart(tx: Tx, agency: str, part: Callable[[], object], now: datetime) -> None:
    """One part of the look by itself: where it meets a body that nobody can read, a person is told, and the others go on."""
    try:
        with tx.savepoint():
            part()
    except (ValueError, Refusal) as error:
        if isinstance(error, Refusal) and error.code != reconcile.MATTER:
            raise
        reconcile.note(tx, agency, f"look:{agency}", str(error), now)


def look_at(office: Office, tx: Tx, held: Visit, now: datetime) -> int:
    """Pass on the seats of one visit, held locked, until those who sit there can go or nobody is left; how many passed on.

    Of those who stay, the head is told whom a declared conflict speaks against.
    """
    day, passed = office.calendar.local_date(now), 0
    while held.state.open:
        gone = next(((seat, why) for seat in tx.visits.team(held.id) if (why := _why(office, tx, held, seat, day))), None)
        if gone is None:
            break
        if gone[1] in attested.RULES and (made := attested.look(office, tx, held, gone[0].agency, now)) is not None:
            held = made  # who was there before the register's date stays who made it: late is visible, never void
            continue
        _relieve(office, tx, held, *gone, now)
        held, passed = tx.visits.get(held.id), passed + 1
    for seat in tx.visits.team(held.id):
        if seat.state.open:
            challenges.from_register(office, tx, held, seat, now)
    return passed


def _why(office: Office, tx: Tx, held: Visit, seat: Seat, day: date) -> str | None:
    return unfit(office, tx, held, seat, tx.rosters.in_force(seat.agency, seat.inspector), day) if seat.state.open else None


def _relieve(office: Office, tx: Tx, held: Visit, seat: Seat, reason: str, now: datetime) -> None:
    drawn = tx.draws.get(held.draw)
    if reason == EXCHANGED:  # whoever was dealt is gone, and the head looks who has come
        holders.tell(tx, drawn, seat.agency, {seat.inspector}, set(), now)
        reason = DEPARTED
    decision = visit.relieve(seat, reason, drawn.pack_of(held.agency))
    put_seat(tx, seat, decision.state, now)
    record(tx, held.id, decision, now, {"seat": seat.name, "seat_state": decision.state.state.value})
    stopped.end(tx, seat.work, now)
    if reason == "leave":
        leaves.passed(office, tx, held, seat, now)
    tell_off(office, tx, held, [seat], now)
    others = [one for one in tx.visits.team(held.id) if one.agency == seat.agency and one.name != seat.name]
    if any(one.state is SeatState.RELIEVED for one in others):
        owe(tx, office, held, seat.agency, reason, now)  # whoever moves two of them by the register would choose the third
    else:
        redeal(tx, office, held, decision.state, reason, now)
    if reason in (*attested.RULES, DEPARTED):
        attested.passed_on(office, tx, tx.visits.get(held.id), seat, now)
