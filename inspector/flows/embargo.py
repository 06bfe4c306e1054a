"""Who has read a draw's list before its visits were made: each reading is an entry of the ledger (handbook 1.2.18, scenario 39)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime

from inspector.domain.decision import Because
from inspector.domain.plan import Draw
from inspector.domain.publish import PublishRow, opens
from inspector.domain.visit import Visit
from inspector.flows.history import names
from inspector.flows.members import members_of
from inspector.flows.office import Office
from inspector.store.tx import Tx, new_id


def covered(tx: Tx, number: str) -> list[Visit]:
    """The visits that a draw's files tell of: its own and those dealt anew for them; an extension's frame tells who was drawn before."""
    held = tx.draws.get(number)
    return [visit for name in (*tx.draws.before(held), number) for visit in tx.visits.of_selection(name)]


def embargoed(tx: Tx, number: str) -> bool:
    """Whether one of these visits is still to be made: until then nobody learns of the list who need not."""
    return any(held.state.open for held in covered(tx, number))


def chained(tx: Tx, number: str) -> list[Visit]:
    """The open visits that a draw's commitment tells of: those of earlier draws of the agency, for `prev` names the one before.

    With C and a public seed anybody computes who was drawn, so C is told no sooner than the list (ruling 18). An earlier draw's visit
    may have been dealt anew by a later, supplementary one.
    """
    held = tx.draws.get(number)
    draws = {number: held}
    return [one for one in tx.visits.open_of(held.agency, but=number) if _earlier(tx, one, held, draws)]


def awaited(tx: Tx, number: str) -> list[Visit]:
    """Every visit for which a draw's record waits: those its files tell of, and those its commitment does."""
    own = covered(tx, number)
    known = {one.id for one in own}
    return [*own, *(one for one in chained(tx, number) if one.id not in known)]


def closed_until(
    office: Office, held: Draw, visits: Collection[Visit], now: datetime, others: Collection[Visit] = ()
) -> datetime | None:
    """Until when the embargo of a draw's record holds at the latest; None when it is over.

    The day that stood at its carrying out stands (`opens_by`), whoever deals a visit anew with a later date: else an office could put
    the record off from month to month. Only a visit that is still to be made by a later day holds it till then: with C and a public
    seed anybody would compute that the firm is to be visited (ruling 18). `others` are visits of which its rows tell besides, and
    their record does not.
    """
    rows = {(row := office.book.get(held.pack_of(agency)).publish).after: row for agency in held.agencies}.values()
    at = _last(rows, visits, office)
    if at is not None and held.opens_by is not None:
        at = max(min(at, held.opens_by), *(one.due_at for one in visits if one.state.open))
    at = max((moment for moment in (at, _last(rows, others, office)) if moment is not None), default=None)
    return at if at is not None and now < at else None


def _last(rows: Iterable[PublishRow], visits: Collection[Visit], office: Office) -> datetime | None:
    left = [one.due_at for one in visits if one.state.open]
    return max((moment for row in rows if (moment := opens(left, row, office.calendar)) is not None), default=None)


def promised(office: Office, tx: Tx, held: Draw, now: datetime) -> Draw:
    """A draw that is over, with the day on which its record opens at the latest, by the visits that are there now."""
    return replace(held, opens_by=closed_until(office, held, awaited(tx, held.number), now))


def told_by_rows(tx: Tx, number: str) -> tuple[list[Visit], list[Visit]]:
    """Every visit for which the rows of a draw's frame wait: as `awaited`, and those of other agencies that a row may be marked by.

    They are the same for every row. If they were those to one firm, the answer to who asks for it would tell that it has one.
    """
    held, own = tx.draws.get(number), awaited(tx, number)
    known = {one.id for one in own}
    others = [one for one in tx.visits.open_since_before(held.announced_at or held.made_at) if one.id not in known]
    keys = {one.id: names(tx, one.object_id) for one in others}  # a row is marked by whichever code the visit was given
    members = members_of(tx, number, frozenset[str]().union(*keys.values())) if others else {}
    return own, [one for one in others if not keys[one.id].isdisjoint(members)]


def undrawn(tx: Tx, held: Draw) -> list[str]:
    """The agency's draws before this one that are committed to and whose lots have not fallen: their C may be what `prev` names.

    Whoever has it computes their tickets as soon as the seed is there (ruling 18). None waits for ever: each is drawn, or void by rule.
    """
    before = (one for one in tx.draws.under_way([held.agency]) if one.agency == held.agency and one.c is not None)
    return [one.number for one in before if one.number != held.number and _order(one) < _order(held)]


def _earlier(tx: Tx, held: Visit, drawn: Draw, draws: dict[str, Draw]) -> bool:
    """Whether a visit, or one that it stands for, is of a draw that was committed to before another one; `draws` are read once each."""

    def draw(number: str) -> Draw:
        if number not in draws:
            draws[number] = tx.draws.get(number)
        return draws[number]

    of = draw(held.draw)
    while not (of.number != drawn.number and _order(of) < _order(drawn)):
        if not held.replaces:
            return False
        held = tx.visits.get(held.replaces)
        of = draw(held.draw)
    return True


def _order(held: Draw) -> tuple[datetime, str]:
    return held.announced_at or held.made_at, held.number


def noted(tx: Tx, number: str, by: str, what: str, now: datetime) -> None:
    """Write down that somebody was told something of a draw before its time."""
    because = Because(rule="draw.read", basis=(), pack=tx.draws.get(number).pack, facts={"by": by, "what": what})
    tx.ledger.append(new_id(), number, because, {}, now)


def note_case(tx: Tx, case_id: str, by: str, what: str, now: datetime) -> None:
    """Write down that somebody reads a case of which a visit is still to be made: that tells of the draw what its list tells."""
    for number in sorted({held.draw for held in tx.visits.of_case(case_id) if held.state.open}):
        noted(tx, number, by, f"{what}:{case_id}", now)


def note(tx: Tx, number: str, by: str, what: str, now: datetime) -> None:
    """Write down that somebody reads an embargoed list: who (a token's name or the machine's user), when, and by which door."""
    if any(held.state.open for held in awaited(tx, number)):
        noted(tx, number, by, what, now)
