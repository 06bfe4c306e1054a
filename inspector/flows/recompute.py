"""A case's past decisions computed again (`case replay`): from its stored facts, its pack and the calendar they were made with.

First what is stored is held to the digests that were noted of it: what was altered is named, for a decision that comes to the same from
altered facts shows nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from inspector.domain.acknowledged import Kept
from inspector.domain.altered import Alteration, Altered, purged, weighed
from inspector.domain.case import Case
from inspector.domain.errors import InspectorError
from inspector.domain.ground import CALENDAR, Ground, Past
from inspector.domain.recompute import Again, recompute
from inspector.domain.taking import PURGED
from inspector.domain.transition import Scope
from inspector.flows.intake import handed_in
from inspector.flows.office import Office
from inspector.flows.purges import unlawful
from inspector.store.tx import Tx


def replay(office: Office, tx: Tx, case_id: str) -> list[tuple[Past, Again]]:
    """Each entry about a case with what it comes to. Raises Missing."""
    case, entries = tx.cases.get(case_id), _entries(tx, case_id)
    ground = Ground(
        case=case,
        evidence={one.id: one for one in tx.cases.evidence(case_id)},
        policy=office.book.get(case.pack),
        years=tx.calendars.yearbook(office.calendar, office.now()),
        ruling=lambda at: office.ruling(case.agency, case.pack, Scope.OUTCOMES, at),
        pack=office.book.get,
        purged=frozenset(purged(_in_time(tx, case_id, entries))),
        consequences={one.id: one for one in tx.consequences.of_case(case_id)},
        records={one.entry: one for one in tx.records.of_case(case_id)},
        notices={one.id: one for one in tx.servings.of_case(case_id)},
        requests={one.id: one for one in tx.assistance.of_case(case_id)},
        objections={one.id: one for one in tx.records.objections(case_id=case_id, open_ones=False)},
        books=tuple(_books(tx, case_id)),
        visits={one: tx.visits.get(one) for one in _seen(entries) if tx.purging.visit_there(one)},
    )
    return list(recompute(ground, entries))


def altered(office: Office, tx: Tx, case_id: str) -> list[Alteration]:
    """What a case's decisions rest on, and is not stored as its digest says. Raises Missing."""
    case, entries = tx.cases.get(case_id), _entries(tx, case_id)
    evidence = {one.id: one for one in tx.cases.evidence(case_id)}
    in_time = _in_time(tx, case_id, entries)
    return [
        *(Alteration(what=Altered.FACTS, about=case_id) for _ in range(tx.cases.digest(case_id) not in handed_in(case))),
        *(Alteration(what=Altered.PACK, about=name) for name in _packs(office, tx, case, entries)),
        *(Alteration(what=Altered.CALENDAR, about=name) for name in (*_years(office, tx), *_unkept(office, tx, entries))),
        *weighed(evidence, in_time),
        *(Alteration(what=Altered.PURGE, about=one.id) for one in entries if one not in in_time or _lawless(office, one)),
        *_unsound(tx, case_id),
    ]


def _entries(tx: Tx, case_id: str) -> list[Past]:
    """The entries about a case that hold, and what is left of the others."""
    return [
        Past(id=row["id"], at=row["at"], rule=row["rule"], body=row["body"], gone=sound and not row["body"])
        for row, sound in tx.ledger.checked(case_id)[0]
    ]


def _in_time(tx: Tx, case_id: str, entries: Sequence[Past]) -> list[Past]:
    """The entries without the purges that are dated ahead: those excuse nothing."""
    later = tx.ledger.ahead((PURGED,), case_id)
    return [one for one in entries if one.id not in later]


def _seen(entries: Sequence[Past]) -> set[str]:
    """The visits that entries about a case tell of."""
    told = (json.loads(one.body)["facts"].get("visit") for one in entries if one.body)
    return {one for one in told if isinstance(one, str)}


def _books(tx: Tx, case_id: str) -> Iterator[Kept]:
    """What receivers have acknowledged of a case's entries."""
    for record in tx.records.of_case(case_id):
        for one in filter(None, (tx.books.get(record.entry), *tx.books.copies(record.entry))):
            yield Kept(
                entry=one.entry,
                lane=one.lane,
                state=one.state,
                receipt=one.receipt,
                retraction=one.retraction,
                copy=one.copy,
            )


def _packs(office: Office, tx: Tx, case: Case, entries: Sequence[Past]) -> Iterator[str]:
    """The packs that a case's decisions cite, and that are not the text that this house was started with, or not there."""
    cited = {case.pack, *(json.loads(one.body)["pack"] for one in entries if one.body)} - {""}
    noted = tx.packs.digests()
    for name in sorted(cited):
        try:
            held = office.book.get(name).digest
        except InspectorError:
            held = ""
        if not held or noted.get(name, held) != held:
            yield name


def _years(office: Office, tx: Tx) -> Iterator[str]:
    """The years of the calendar that do not say what was noted of their version. A newer version is no alteration: it moves dates."""
    noted = tx.calendars.digests()
    for table in office.calendar.tables:
        if noted.get((table.year, table.version), table.digest) != table.digest:
            yield table.label


def _lawless(office: Office, purge: Past) -> bool:
    """Whether a purge does not hold by the pack that it names."""
    return (
        purge.rule == PURGED and bool(purge.body) and unlawful(office, purge.rule, json.loads(purge.body), purge.at) is not None
    )


def _unkept(office: Office, tx: Tx, entries: Sequence[Past]) -> Iterator[str]:
    """The kept calendars that were altered, and those that entries name and that are not kept: one is kept before it is counted by."""
    spoilt = tx.calendars.spoilt()
    yield from spoilt
    years = tx.calendars.yearbook(office.calendar, office.now())
    named = {json.loads(one.body).get(CALENDAR) for one in entries if one.body} - {None, *spoilt}
    yield from (name for name in sorted(map(str, named)) if years.named(name) is None)


def _unsound(tx: Tx, case_id: str) -> Iterator[Alteration]:
    """Entries that are not what was written, and seals that do not hold. One whose words were erased has none to hold to anything."""
    checked, broken = tx.ledger.checked(case_id)
    for row, sound in checked:
        if not sound and row["body"]:
            yield Alteration(what=Altered.ENTRY, about=row["id"])
    yield from (Alteration(what=Altered.SEAL, about=str(number)) for number in sorted(broken))
