"""Who comes into a frame, and in which stratum each would stand: cases that wait for one, and the daily-supervision pool."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from inspector.domain.case import SubjectKind
from inspector.domain.credit import of_firm
from inspector.domain.evidence import span
from inspector.domain.policy import Policy
from inspector.domain.roster import RosterObject
from inspector.domain.sampling import FULL, MUST, POOL, parted
from inspector.flows import enrolment
from inspector.flows.members import Member, object_id
from inspector.flows.office import Office, Plan
from inspector.store.room import Row
from inspector.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One reason why an object is in the frame. `items` it is about; none for the whole object. `since` it is in the register."""

    name: str
    member: Member
    stratum: str
    items: frozenset[str] = frozenset()
    since: date | None = None


def candidates(
    office: Office, tx: Tx, plan: Plan, policy: Policy, again: Sequence[Row], now: datetime
) -> Iterator[tuple[RosterObject | None, list[Entry]]]:
    """Every object of the frame once: its row in the register, if it stands there, and all the reasons why it is in the frame.

    The register is read row by row and not held; what is held are the cases that wait.
    """
    waiting: dict[str, list[Entry]] = {}
    for entry in entries(office, tx, plan, policy, again, now):
        waiting.setdefault(entry.name, []).append(entry)
    if plan.pool or waiting:
        stale, known = span(policy.stale_after), {row.stratum for row in policy.samplings}
        for held in tx.rosters.rated(plan.agency):
            name = object_id(office.secret, held.row.kind, held.row.code)
            found = waiting.pop(name, [])
            if plan.pool:
                told, _ = of_firm(held.row.code, held.told, now - stale)
                level = policy.level(told.level) if told is not None and now - told.as_of <= stale else None
                found.append(
                    _supervised(held.row, name, pool_stratum(known, policy.unrated, level[0] if level else policy.unrated))
                )
            if found:
                yield held.row, found
    yield from ((None, found) for found in waiting.values())


def entries(office: Office, tx: Tx, plan: Plan, policy: Policy, again: Sequence[Row], now: datetime) -> Iterator[Entry]:
    """Undrawn cases, and those of an intake that comes `again` at its window's end; a firm is one, by whatever codes its cases name it.

    Who was drawn and could not be visited for want of two inspectors is owed that visit (`flows.supplement`), and in no frame for it.
    """
    rows = (*tx.cases.undrawn(plan.agency), *again)
    firms = {row["subject_code"] for row in rows if row["subject_kind"] == SubjectKind.FIRM.value}
    called = enrolment.known_as(tx, plan.agency, firms, office.calendar.local_date(now))
    known = {row.stratum for row in policy.samplings} - {
        FULL,
        MUST,
    }  # a former pack may have led cases there; no row may any more
    for row in rows:
        if row["wants_visit"] or row["stratum"] is not None:
            kind, code = SubjectKind(row["subject_kind"]), row["subject_code"]
            code = called[code] if kind is SubjectKind.FIRM else code
            member = Member(kind=kind, code=code, name="", cases=(row["id"],))
            yield Entry(
                name=object_id(office.secret, kind, member.code),
                member=member,
                stratum=FULL if row["wants_visit"] else _stratum(tx, policy, row, known),
                items=frozenset([row["item"]]),
            )


def _stratum(tx: Tx, policy: Policy, row: Row, known: Collection[str]) -> str:
    """The stratum of a case. One that only a former pack has is found anew by the profile and the level that were frozen then.

    Whether its item is insured is what the pack in force says of it: nothing of that was frozen, and a row that asks is this pack's.
    Where the pack in force has none for them the name stays, and the draw is refused with it: nobody is left out in silence.
    """
    named = str(row["stratum"])
    strategy = None if named in known else tx.cases.get(row["id"]).strategy
    if strategy is None:
        return named
    item, level = policy.items.get(row["item"]), strategy.level.level
    states = (None, item is not None and item.insured)
    rows = (held for held in policy.strategies if held.profile == strategy.item_profile and held.insured in states)
    found = next((held.stratum for held in rows if level in held.levels), None) or named
    apart = parted(found, str(row["item"]))
    return apart if apart in known else found


def _supervised(held: RosterObject, name: str, stratum: str) -> Entry:
    """The daily-supervision pool as a reason."""
    member = Member(kind=held.kind, code=held.code, name=held.name, cases=(), pooled=True)
    return Entry(name=name, member=member, stratum=stratum, since=held.since)


def pool_stratum(known: Collection[str], unrated: str, level: str) -> str:
    """The pool's stratum of a level; a level without one is in the unrated one."""
    return f"{POOL}{level}" if f"{POOL}{level}" in known else f"{POOL}{unrated}"
