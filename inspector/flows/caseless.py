"""What no case is about (findings, tip-offs, visits, bars): records of enforcement as a case is, kept as long, let go by a named hand.

Of a visit (daily supervision, a second look) goes whom it was to and what somebody wrote; it stands nameless with its draw (handbook 2.8).

Their days are those of the pack that their agency goes by today, for they were taken in under none; they count from the last word about
them. What is said of a case goes with the case (`purging`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time

from inspector.domain.errors import Invalid, Missing, Refusal
from inspector.domain.outside import FINDING
from inspector.domain.plan import Draw
from inspector.domain.policy import Policy
from inspector.domain.purge import Hold, gone
from inspector.domain.retention import Record, RetentionRow, Since
from inspector.domain.taking import LETTING
from inspector.flows import purging, unframing
from inspector.flows.office import Office
from inspector.flows.purging import Ripe, entries, quotes, row_of, said, unsaid
from inspector.store.caseless import BAR, Caseless
from inspector.store.tx import Tx


def ripe(office: Office, tx: Tx, now: datetime) -> Iterator[Ripe]:
    """Each one that is over its days; nothing is written."""
    today = office.calendar.local_date(now)
    for one in tx.purging.caseless(now):
        try:
            _, row = _law(office, one, now)
        except (Missing, Refusal):  # its agency, or the days, are not there any more: what nobody can read lets nothing go
            continue
        until = row.last(_since(tx, one, row), office.calendar)
        if until is not None and until < today:
            yield Ripe(
                about=one.id,
                agency=one.agency,
                record=Record.ENFORCEMENT,
                row=row.row,
                until=until,
                holds=_holds(office, tx, one, row),
            )


def let_go(office: Office, tx: Tx, about: str, by: str, now: datetime) -> str:
    """Let a case go, or what no case is about, by a named person; the entry that says so.

    Raises Invalid without a name, Missing, and Refusal: `retention_unsaid`, `retention_runs`, `retention_held` (`purging.case`).
    """
    if not (about.startswith((FINDING, BAR)) or tx.tips.there(about) or tx.purging.visit_there(about) or tx.draws.there(about)):
        return purging.case(office, tx, about, by, now)
    if not by.strip():
        raise Invalid("signer_missing", field="by")
    if tx.draws.there(about):
        return _frame(office, tx, tx.draws.get(about), by, now)
    one = next((held for held in tx.purging.caseless(now) if held.id == about), None)
    if one is None:  # a tip-off about a case goes with it
        raise Missing("case_unknown", case=about)
    policy, row = _law(office, one, now)
    since = _since(tx, one, row)
    until = row.last(since, office.calendar)
    assert until is not None, "a row without an end is no law by which something goes"
    if office.calendar.local_date(now) <= until:
        raise Refusal("retention_runs", case=about, until=until)
    if holds := _holds(office, tx, one, row):
        raise Refusal("retention_held", case=about, holds=", ".join(holds))
    made = ""
    names = (*one.names, *tx.purging.keyed(one))
    erased = {name: dict[str, str]() if one.visit else entries(tx, name) for name in names}
    quoted = {name: quotes(tx, name) if one.visit else {} for name in names}
    going = (entry for part in (erased, quoted) for some in part.values() for entry in some)
    stood = unframing.of_visit(office, tx, tx.visits.get(about)) if one.visit else None
    taken = tx.purging.take_caseless(one, list(going))
    for name, some in erased.items():
        if name != about and not some and not quoted[name]:
            continue
        tx.ledger.erase(list(some))
        facts: dict[str, object] = {"entries": list(some.values()), "by": by, "of": about}
        facts |= {"rows": taken.rows, "digest": taken.digest} if name == about else {}
        facts |= unsaid(tx, quoted[name]) if one.visit else {}
        entry = said(tx, name, gone(row, policy.label, since, until, facts), now)
        made = made or entry
    for number, told in unframing.let_go(office, tx, stood):
        said(tx, number, gone(row, policy.label, since, until, {"entries": [], "by": by, "of": about, **told}), now)
    return made


def frames(office: Office, tx: Tx, now: datetime) -> Iterator[Ripe]:
    """The draws over their days in whose frames a natural person's number stands that nothing has a use for; nothing is written.

    It goes with the last case or visit as a rule. Left are those of before there was decision 224, of draws that went on then, and of
    persons under supervision who were not drawn. It reads the frames of all draws that are over.
    """
    for number in tx.draws.over(now):
        held = tx.draws.get(number)
        try:
            row, until = _days(office, tx, held)
        except (Missing, Refusal):
            continue
        if until < office.calendar.local_date(now) and unframing.idle(tx, held):
            yield Ripe(about=number, agency=held.agency, record=Record.ENFORCEMENT, row=row.row, until=until, holds=())


def _frame(office: Office, tx: Tx, held: Draw, by: str, now: datetime) -> str:
    """Let those numbers go. Raises Missing where there is none, and Refusal (`retention_unsaid`, `retention_runs`)."""
    row, until = _days(office, tx, held)
    if office.calendar.local_date(now) <= until:
        raise Refusal("retention_runs", case=held.number, until=until)
    facts = unframing.bare(office, tx, held.number)
    if facts is None:
        raise Missing("case_unknown", case=held.number)
    since = _last(tx, held, row)
    told = gone(row, held.pack, since, until, {"entries": [], "by": by, "of": held.number, **facts})
    return said(tx, held.number, told, now)


def _days(office: Office, tx: Tx, held: Draw) -> tuple[RetentionRow, date]:
    """The row of a draw's pack, and the last day. Raises Missing, and Refusal (`retention_unsaid`)."""
    row = row_of(office.book.get(held.pack), Record.ENFORCEMENT)
    until = row.last(_last(tx, held, row), office.calendar) if row is not None else None
    if row is None or until is None:
        raise Refusal("retention_unsaid", case=held.number, pack=held.pack)
    return row, until


def _last(tx: Tx, held: Draw, row: RetentionRow) -> datetime:
    """From when on a draw is kept: the last word about it, or the first where its row counts from there."""
    told = [entry["at"] for entry in tx.ledger.about(held.number) if entry["rule"] not in LETTING]
    pick = min if row.since is Since.RECORDED else max
    return pick(told, default=held.made_at)


def _bars(office: Office, one: Caseless, row: RetentionRow) -> bool:
    """Whether a bar keeps somebody from committing, or did within the days of the row: its end is no word in the ledger."""
    today, until = office.calendar.local_date(office.now()), one.bar.until if one.bar is not None else None
    if one.bar is None or one.bar.barring(today) or until is None or one.bar.annulled_on is not None:
        return one.bar is not None and one.bar.barring(today)
    last = row.last(datetime.combine(until, time(), office.calendar.zone), office.calendar)
    return last is None or today <= last


def _law(office: Office, one: Caseless, now: datetime) -> tuple[Policy, RetentionRow]:
    """The pack of its agency, and its row. Raises Refusal (`retention_unsaid`) where it says no days, Missing."""
    policy = office.policy(one.agency, office.calendar.local_date(now))
    row = row_of(policy, Record.ENFORCEMENT)
    if row is None or row.keep is None:
        raise Refusal("retention_unsaid", case=one.id, pack=policy.label)
    return policy, row


def _since(tx: Tx, one: Caseless, row: RetentionRow) -> datetime:
    """From when on it is kept: the last word about it, its end, or when it came. That a visit became public is no word about it."""
    if row.since is Since.RECORDED:
        return one.at
    told = (
        entry["at"]
        for name in one.names
        for entry in tx.ledger.about(name)
        if entry["rule"] not in LETTING and not (one.visit and entry["rule"].startswith("publication."))
    )
    return max(told, default=one.at)


def _holds(office: Office, tx: Tx, one: Caseless, row: RetentionRow) -> tuple[Hold, ...]:
    there = {Hold.TIP_OFF: not one.closed, Hold.MATTER: tx.purging.matter(one), Hold.RECORD: _bars(office, one, row)}
    held = tx.purging.visit_holds(one.id) if one.visit else frozenset[Hold]()
    return tuple(hold for hold in Hold if there.get(hold) or hold in held)
