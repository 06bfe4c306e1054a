"""Until when a draw's list is secret, and who has read it before: each reading is an entry of the ledger (handbook 1.2.18, scenario 39)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from inspector.domain.decision import Because, Decision
from inspector.domain.plan import Draw
from inspector.domain.publish import opens
from inspector.domain.visit import Visit
from inspector.flows.history import names
from inspector.flows.members import members_of
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.store.tx import Tx, new_id

RULE, PUT_OFF = "draw.put_off", "record_put_off"
"""The rule of an entry that a told day has moved; the matter of it, for somebody to look why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """That a record is closed: for so many visits still to be made (or draws to be carried out), and of which draws.

    `until`: when it opens at the latest; None while nobody can say, so that no day is told which would move.
    """

    left: int
    of: tuple[str, ...]
    until: datetime | None

    def day(self, office: Office) -> str:
        """`until` as it is told."""
        return _told(office, self.until)


def covered(tx: Tx, number: str) -> list[Visit]:
    """The visits that a draw's files tell of: its own and those dealt anew for them; an extension's frame tells who was drawn before."""
    held = tx.draws.get(number)
    return [visit for name in (*tx.draws.before(held), number) for visit in tx.visits.of_selection(name)]


def embargoed(tx: Tx, number: str) -> bool:
    """Whether one of these visits is still to be made: until then nobody learns of the list who need not."""
    return any(held.state.open for held in covered(tx, number))


def awaited(tx: Tx, number: str) -> list[Visit]:
    """Every visit for which a draw's record waits: those its files tell of, and those its commitment does."""
    own = covered(tx, number)
    known = {one.id for one in own}
    held = tx.draws.get(number)
    return [*own, *(one for one, _ in _before(tx, held, tx.visits.open_of(held.agency, but=number), {}) if one.id not in known)]


def closed(office: Office, tx: Tx, held: Draw, now: datetime, others: Iterable[Visit] = ()) -> Closed | None:
    """Whether the embargo of a draw's record holds; None once it is over, and then for good.

    It opens when its own day has come and that of each draw of the agency before it: its commitment names theirs, and with C and a
    public seed anybody computes that a firm is to be visited (ruling 18). A draw's own day has come when its visits are over, or by the
    clock, at `opens_by`. That stands while visits are dealt anew by dates before it; one that may be made behind it moves it to its own
    date, and so does each further one (`keep`): an office may put a record off so, from month to month, and not unseen. One that is
    committed to before it and not drawn has no day yet. `others` are visits of which its rows tell besides (`told_by_rows`): they
    wait for the day of the draw that has given each.
    """
    if before := undrawn(tx, held):
        return Closed(left=len(before), of=tuple(before), until=None)
    own, more = tx.visits.open_of_selection(held.number), tx.visits.open_of(held.agency, but=held.number)
    return _closed(office, tx, held, own, more, now, others)


def still(tx: Tx, agency: str) -> bool:
    """Whether none of an agency's draws waits for its lots, and no visit of any is to be made: what comes of a draw elsewhere is left."""
    return not tx.draws.under_way([agency]) and not tx.visits.open_of(agency, but="")


def own_day(office: Office, tx: Tx, held: Draw, now: datetime) -> datetime | None:
    """Until when a draw's own visits keep it closed at the latest, whatever else its record waits for; None: no longer."""
    return _day(office, held, tx.visits.open_of_selection(held.number), now)


def promised(office: Office, tx: Tx, held: Draw, now: datetime) -> Draw:
    """A draw that was carried out, with its own day, by the visits that are there now."""
    return replace(held, opens_by=own_day(office, tx, held, now))


def keep(office: Office, tx: Tx, made: Visit, left: Visit, now: datetime) -> None:
    """A visit is to be made where `left` was, or by another date: what has opened stays open, and a day moves in somebody's sight.

    So it is for each draw that has given it, or what it stands for. A record that was open is closed by it no more: to whom the visit
    is, that could be computed before. One that was closed waits for a visit that may be made later, till that one's date and no longer:
    nobody computes who is still to be visited, and somebody of the agency looks why. Neither entry nor matter says whom it is to.
    Called behind the change, in its transaction; `left`, which was to be made when that began, is told as it was then: it is the visit
    itself, where that has another date.
    """
    for of in _told_of(tx, left if made.replaces == left.id else made, {}):
        if of.drawn_at is None:
            continue
        if _was_closed(office, tx, of, made, left, now):
            if of.opens_by is not None and made.due_at > of.opens_by:
                _put_off(office, tx, tx.draws.get(of.number, lock=True), made, now)
        elif of.opens_by is None or of.opens_by > now:
            tx.draws.put(replace(tx.draws.get(of.number, lock=True), opens_by=now))


def told_by_rows(tx: Tx, number: str) -> list[Visit]:
    """The visits of other agencies that a row of a draw's frame may be marked by, and those dealt anew for them.

    They are the same for every row. If they were those to one firm, the answer to who asks for it would tell that it has one.
    """
    held = tx.draws.get(number)
    known, since = {one.id for one in awaited(tx, number)}, held.announced_at or held.made_at
    others = [one for one in tx.visits.open_since_before(since) if one.id not in known and _given_by(tx, one, since)]
    keys = {one.id: names(tx, one.object_id) for one in others}  # a row is marked by whichever code the visit was given
    members = members_of(tx, number, frozenset[str]().union(*keys.values())) if others else {}
    return [one for one in others if not keys[one.id].isdisjoint(members)]


def undrawn(tx: Tx, held: Draw) -> list[str]:
    """The agency's draws before this one that are committed to and whose lots have not fallen: their C is what `prev` leads to.

    Whoever has it computes their tickets as soon as the seed is there (ruling 18). None waits for ever: each is drawn, or void by rule.
    """
    before = (one for one in tx.draws.under_way([held.agency]) if one.agency == held.agency and one.c is not None)
    return [one.number for one in before if _precedes(tx, one, held)]


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


def _put_off(office: Office, tx: Tx, held: Draw, made: Visit, now: datetime) -> None:
    """A told day moves to the date of a visit: the entry says from when, to when and by which draw, and a person is told."""
    policy = office.book.get(held.pack)
    facts = {"was": _told(office, held.opens_by), "until": _told(office, made.due_at), "of": made.draw}
    because = Because(rule=RULE, basis=(policy.publish.basis,), pack=policy.label, facts=facts)
    tx.draws.put(replace(held, opens_by=made.due_at))
    record(tx, held.number, Decision(state=None, because=because), now, {})
    lines = tx.register.of_draw(tx.draws.agency_of(made.draw), made.draw) if made.draw != held.number else []
    hands = sorted({str(one.facts["by"]) for one in lines if one.facts.get("by")})
    tx.attention.open(PUT_OFF, held.agency, held.number, {"draw": held.number, **facts, "by": hands}, now)


def _told(office: Office, moment: datetime | None) -> str:
    return f"{office.calendar.local(moment):%Y-%m-%d %H:%M}" if moment is not None else "—"


def _day(office: Office, held: Draw, visits: Collection[Visit], now: datetime) -> datetime | None:
    """Until when some open visits keep what a draw tells of them closed; None: no longer."""
    rows = {(row := office.book.get(held.pack_of(agency)).publish).after: row for agency in held.agencies}.values()
    left = [one.due_at for one in visits]
    at = max((moment for row in rows if (moment := opens(left, row, office.calendar)) is not None), default=None)
    if at is not None and held.opens_by is not None:
        at = min(at, held.opens_by)
    return at if at is not None and now < at else None


def _closed(
    office: Office, tx: Tx, held: Draw, own: list[Visit], more: Iterable[Visit], now: datetime, others: Iterable[Visit] = ()
) -> Closed | None:
    """As `closed`, of open visits: its `own`, and `more` of which some are those of earlier draws."""
    draws, waits = {held.number: held}, {held.number: own}
    for one, told in _before(tx, held, more, draws):
        for of in told:
            waits.setdefault(of.number, []).append(one)
    for one in others:
        waits.setdefault(_draw(tx, one.draw, draws).number, []).append(one)
    days = {number: day for number, visits in waits.items() if (day := _day(office, draws[number], visits, now)) is not None}
    left = {one.id: one.draw for number in days for one in waits[number]}
    return Closed(left=len(left), of=tuple(sorted({*left.values()})), until=max(days.values())) if days else None


def _was_closed(office: Office, tx: Tx, held: Draw, made: Visit, left: Visit, now: datetime) -> bool:
    """Whether a draw's record was closed before a visit came in where `left` was."""
    if undrawn(tx, held):
        return True
    selection = tx.visits.of_selection(held.number)
    own, more = (
        [one for one in visits if one.state.open and one.id not in (made.id, left.id)]
        for visits in (selection, tx.visits.open_of(held.agency, but=held.number))
    )
    own += [left for one in selection if one.id == left.id]
    return _closed(office, tx, held, own, [*more, left], now) is not None


def _before(tx: Tx, held: Draw, visits: Iterable[Visit], draws: dict[str, Draw]) -> Iterator[tuple[Visit, list[Draw]]]:
    """The visits that a draw's commitment tells of, for `prev` names the one before, each with the draws by which it does.

    They are those of the agency's earlier draws; such a visit may have been dealt anew by a later, supplementary one.
    """
    for one in visits:
        told = [of for of in _told_of(tx, one, draws) if of.agency == held.agency and _precedes(tx, of, held)]
        if told:
            yield one, told


def _told_of(tx: Tx, held: Visit, draws: dict[str, Draw]) -> list[Draw]:
    """The draw that has given a visit, and those of the visits that it stands for; `draws` are read once each."""
    told = {held.draw: _draw(tx, held.draw, draws)}
    while held.replaces:
        held = tx.visits.get(held.replaces)
        told[held.draw] = _draw(tx, held.draw, draws)
    return [*told.values()]


def _draw(tx: Tx, number: str, draws: dict[str, Draw]) -> Draw:
    if number not in draws:
        draws[number] = tx.draws.get(number)
    return draws[number]


def _given_by(tx: Tx, held: Visit, moment: datetime) -> bool:
    """Whether a visit, or one that it stands for, was given by a moment."""
    while held.opened_at > moment:
        if not held.replaces:
            return False
        held = tx.visits.get(held.replaces)
    return True


def _precedes(tx: Tx, one: Draw, held: Draw) -> bool:
    """Whether another draw of the agency comes before this one: by the chain of their `prev`, for a clock may have been set back.

    By the clocks where neither leads to the other: of one that is not committed to, and where records lack or two follow the same one.
    """
    if one.number == held.number:
        return False
    chain = tx.draws.chain(held.agency)
    first, second = chain.get(one.number), chain.get(held.number)
    if first is not None and second is not None and first[0] == second[0] and first[1] != second[1]:
        return first[1] < second[1]
    return (one.announced_at or one.made_at, one.number) < (held.announced_at or held.made_at, held.number)
