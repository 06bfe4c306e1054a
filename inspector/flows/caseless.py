"""Findings, tip-offs and visits that no case is about: records of enforcement as a case is, kept as long, and let go by a named hand.

Of a visit (daily supervision, a second look) goes whom it was to and what somebody wrote; it stands nameless with its draw (handbook 2.8).

Their days are those of the pack that their agency goes by today, for they were taken in under none; they count from the last word about
them. What is said of a case goes with the case (`purging`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from inspector.domain.errors import Invalid, Missing, Refusal
from inspector.domain.outside import FINDING
from inspector.domain.policy import Policy
from inspector.domain.purge import Hold, gone
from inspector.domain.retention import Record, RetentionRow, Since
from inspector.domain.taking import LETTING
from inspector.flows import purging
from inspector.flows.office import Office
from inspector.flows.purging import Ripe, entries, quotes, row_of, said, unsaid
from inspector.store.purging import Caseless
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
                about=one.id, agency=one.agency, record=Record.ENFORCEMENT, row=row.row, until=until, holds=_holds(tx, one)
            )


def let_go(office: Office, tx: Tx, about: str, by: str, now: datetime) -> str:
    """Let a case go, or what no case is about, by a named person; the entry that says so.

    Raises Invalid without a name, Missing, and Refusal: `retention_unsaid`, `retention_runs`, `retention_held` (`purging.case`).
    """
    if not (about.startswith(FINDING) or tx.tips.there(about) or tx.purging.visit_there(about)):
        return purging.case(office, tx, about, by, now)
    if not by.strip():
        raise Invalid("signer_missing", field="by")
    one = next((held for held in tx.purging.caseless(now) if held.id == about), None)
    if one is None:  # a tip-off about a case goes with it
        raise Missing("case_unknown", case=about)
    policy, row = _law(office, one, now)
    since = _since(tx, one, row)
    until = row.last(since, office.calendar)
    assert until is not None, "a row without an end is no law by which something goes"
    if office.calendar.local_date(now) <= until:
        raise Refusal("retention_runs", case=about, until=until)
    if holds := _holds(tx, one):
        raise Refusal("retention_held", case=about, holds=", ".join(holds))
    made = ""
    names = (*one.names, *tx.purging.keyed(one))
    erased = {name: dict[str, str]() if one.visit else entries(tx, name) for name in names}
    quoted = {name: quotes(tx, name) if one.visit else {} for name in names}
    going = (entry for part in (erased, quoted) for some in part.values() for entry in some)
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
    return made


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


def _holds(tx: Tx, one: Caseless) -> tuple[Hold, ...]:
    there = {Hold.TIP_OFF: not one.closed, Hold.MATTER: tx.purging.matter(one)}
    held = tx.purging.visit_holds(one.id) if one.visit else frozenset[Hold]()
    return tuple(hold for hold in Hold if there.get(hold) or hold in held)
