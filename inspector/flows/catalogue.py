"""The catalogue of items: applied for, reviewed, published, filed, adjusted, withdrawn; and what it says of an item today."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from inspector.domain import catalogue, cataloguing
from inspector.domain.case import Case, Route
from inspector.domain.catalogue import OPEN, PUBLIC, Content, Entry, EntryState, Exit, Listing, Opinion, Standing
from inspector.domain.decision import Decision
from inspector.domain.errors import Invalid, Missing
from inspector.domain.policy import Excluded, Item, Policy
from inspector.domain.repeal import codes
from inspector.flows import repeals, stopped
from inspector.flows.office import Office, pack_of
from inspector.flows.record import record
from inspector.flows.settle import Settlement
from inspector.store.tx import Tx
from inspector.store.work import Work

UNFILED = "catalogue_unfiled"
"""The matter for a person that a filing's date comes near, or has passed."""

_ITEM = re.compile(r"[^\s/\\?#%:]{1,100}")
_CITED = re.compile(r"[A-Z][A-Za-z0-9]*:[0-9A-Za-z][0-9A-Za-z.-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What a person applies for. What is left out is the pack's, where it has the item: name, basis, categories, their statute."""

    agency: str
    item: str
    by: str
    name: str | None = None
    basis: str | None = None
    excluded: tuple[Excluded, ...] = ()
    statute: str | None = None
    technical: bool = False
    reason: str = ""
    on: date | None = None


def listed(office: Office, tx: Tx, agency: str, item: str) -> Listing:
    """What the catalogue says of an item at an agency: its own catalogue, or that of the nearest agency above that has the item.

    Where neither it nor anybody above has ever published one it says nothing (SILENT), and hinders nothing.
    """
    line = office.line(agency)
    if not (keepers := tx.catalogue.keepers(line)):
        return Listing(standing=Standing.SILENT)
    told = [catalogue.listing(tx.catalogue.editions(one, item), kept=True) for one in sorted(keepers, key=line.index)]
    return next((one for one in told if one.entry is not None), Listing(standing=Standing.UNPUBLISHED))


def admit(office: Office, tx: Tx, case: Case) -> None:
    """Raise Refusal (`item_withdrawn`) for a commitment to an item that was withdrawn from the catalogue.

    Whoever brings the certificate goes the ordinary way, which no catalogue closes (the plan, item 2).
    """
    if case.route is Route.COMMITMENT:
        catalogue.refuse_withdrawn(listed(office, tx, case.agency, case.item))


def apply(office: Office, tx: Tx, given: Proposal, now: datetime) -> Entry:
    """Write an application for the item's next edition. Raises Invalid, Missing (no pack in force), Refusal (`catalogue_open`)."""
    office.agency(given.agency)
    if not _ITEM.fullmatch(given.item):
        raise Invalid("catalogue_item_unusable", item=given.item)
    policy = office.policy(given.agency, now.date())
    before = tx.catalogue.editions(given.agency, given.item, lock=True)
    content = _content(office, given, policy, max((one.content.edition for one in before), default=0) + 1)
    decision = cataloguing.apply(content, given.by, given.on, office.book.get(content.pack), before, now)
    tx.catalogue.add(decision.state)
    record(tx, content.about, decision, now, {})
    repeals.meet(office, tx, decision.state, policy, now)
    return decision.state


def review(office: Office, tx: Tx, agency: str, item: str, given: Opinion, now: datetime) -> Entry:
    """A person other than the applicant has reviewed the application. Raises Missing, Refusal, Invalid."""
    held = _open(tx, agency, item)
    decision = cataloguing.review(held, given, office.policy(agency, now.date()), now)
    repeals.refuse(office, tx, held, now)
    return _settle(tx, held, decision, now)


def publish(office: Office, tx: Tx, agency: str, item: str, *, by: str, reference: str, on: date | None, now: datetime) -> Entry:
    """The reviewed edition is public: the former one is replaced, the filing's date runs, re-reviews it answers are over.

    Raises Missing, Refusal, Invalid.
    """
    held, former = _open(tx, agency, item), _public(tx, agency, item)
    policy = office.policy(agency, now.date())
    decision = cataloguing.publish(
        held, former, by=by, reference=reference, on=on, policy=policy, calendar=office.calendar, now=now
    )
    repeals.refuse(office, tx, held, now)
    if former is not None:
        _settle(tx, former, cataloguing.supersede(former, held, policy), now)
    published = _settle(tx, held, decision, now)
    repeals.answer(tx, published, by, policy, now)
    return published


def file(office: Office, tx: Tx, agency: str, item: str, *, by: str, receipt: str, on: date | None, now: datetime) -> Entry:
    """The proof that what changed in public was filed: nobody need watch its date any more. Raises Missing, Refusal, Invalid."""
    held = _changed(tx, agency, item)
    return _settle(
        tx, held, cataloguing.file(held, by=by, receipt=receipt, on=on, policy=office.policy(agency, now.date()), now=now), now
    )


def withdraw(office: Office, tx: Tx, agency: str, item: str, given: Exit, now: datetime, edition: int | None = None) -> Entry:
    """End an application, or take a public item out of the catalogue: cases under way go on by their pack, none is taken in.

    Where both stand, `edition` says which is meant. Raises Invalid (`catalogue_edition_needed`), Missing, Refusal.
    """
    held = _meant(tx, agency, item, edition)
    return _settle(tx, held, cataloguing.withdraw(held, given, office.policy(agency, now.date()), office.calendar, now), now)


def due(work: Work, _office: Office) -> Settlement:
    """A filing's date comes near, or has come: a person is told. The duty stays what it is until its proof is there."""

    def write(tx: Tx, now: datetime) -> None:
        told = work.payload
        held = tx.catalogue.get(str(told["agency"]), str(told["item"]), int(told["edition"]), lock=True)
        duty = held.unfiled
        if duty is not None:
            facts = {
                "item": held.content.item,
                "edition": held.content.edition,
                "change": "withdrawn" if held.withdrawal is not None else "published",
                "due_at": duty.due_at.isoformat(),
                "overdue": now >= duty.due_at,
            }
            tx.attention.open(UNFILED, held.content.agency, _matter(held), facts, now)

    return Settlement(write=write)


def lacking(office: Office, tx: Tx, day: date) -> Iterator[tuple[Policy, Item, Listing]]:
    """The items of packs in force that a catalogue which is kept does not hold as published, each once."""
    for holder, policy in repeals.office_packs(office, day):
        under = [one for one in office.within(holder) if pack_of(office.tree, one) == policy.id]
        keepers = tx.catalogue.keepers([*dict.fromkeys([*office.line(holder), *under])])
        held = tx.catalogue.page(keepers) if keepers else []
        for item in policy.items.values() if keepers else ():
            told = [
                catalogue.listing([e for e in held if (e.content.agency, e.content.item) == (keeper, item.code)], kept=True)
                for keeper in keepers
            ]
            if all(one.standing is not Standing.PUBLISHED for one in told):
                yield policy, item, next((one for one in told if one.entry is not None), told[0])


def public(office: Office, tx: Tx, agency: str) -> list[Entry]:
    """The published editions that speak for an agency: its own, else those of the nearest agency above. Without a catalogue none."""
    known = {one.content.item for one in tx.catalogue.page(office.line(agency))}
    told = (listed(office, tx, agency, item) for item in sorted(known))
    return [one.entry for one in told if one.standing is Standing.PUBLISHED and one.entry is not None]


def editions(tx: Tx, agency: str, item: str) -> Sequence[Entry]:
    """An item's editions. Raises Missing."""
    held = tx.catalogue.editions(agency, item)
    if not held:
        raise Missing("catalogue_item_unknown", agency=agency, item=item)
    return held


def _content(office: Office, given: Proposal, policy: Policy, edition: int) -> Content:
    """What is applied for, completed from the pack: the one in force, or a later version that brings the item."""
    later = [one for one in office.book.packs if one.id == policy.id and one.effective_from > policy.effective_from]
    pack = next((one for one in (policy, *later) if given.item in one.items), policy)
    row = pack.items.get(given.item)
    name, basis = given.name or (row.name if row else None), given.basis or (row.basis if row else None)
    if name is None or basis is None:
        raise Invalid("catalogue_item_not_in_pack", item=given.item, pack=pack.label)
    excluded = {*given.excluded, *(row.excluded if row else ())}
    statute = given.statute or (row.override_basis if row else None)
    for text in (basis, statute or ""):
        _citable(text, pack)
    return Content(
        agency=given.agency,
        item=given.item,
        edition=edition,
        name=name,
        basis=basis,
        sources={code: pack.sources[code] for code in sorted(codes(basis, statute))},
        pack=pack.label,
        excluded=tuple(sorted(excluded)),
        override_basis=statute,
        technical=given.technical,
        reason=given.reason,
    )


def _citable(basis: str, pack: Policy) -> None:
    """Raise Invalid (`catalogue_basis_unknown`) for what is no citation, or of no source of the pack."""
    for cited in filter(None, (one.strip() for one in basis.split(";"))):
        if not _CITED.fullmatch(cited) or cited.partition(":")[0] not in pack.sources:
            raise Invalid("catalogue_basis_unknown", basis=cited, pack=pack.label, known=", ".join(sorted(pack.sources)))


def _settle(tx: Tx, before: Entry, decision: Decision[Entry], now: datetime) -> Entry:
    """Write a step down; where it ends a watch over a filing, the matter is over too."""
    held = decision.state
    tx.catalogue.put(held)
    record(tx, held.content.about, decision, now, {})
    if decision.ends:
        stopped.end(tx, [cataloguing.work_key(kind, before) for kind in decision.ends], now)
        tx.attention.close(f"{UNFILED}:{_matter(before)}", now)
    tx.work.order(decision.orders, now)
    return held


def _matter(held: Entry) -> str:
    return f"{held.content.agency}:{held.content.item}:{held.content.edition}"


def _editions(tx: Tx, agency: str, item: str) -> list[Entry]:
    """An item's editions, locked, the last first. Raises Missing."""
    held = tx.catalogue.editions(agency, item, lock=True)
    if not held:
        raise Missing("catalogue_item_unknown", agency=agency, item=item)
    return held[::-1]


def _open(tx: Tx, agency: str, item: str) -> Entry:
    """The edition on its way, else the last one, whose state then says why it goes no further."""
    held = _editions(tx, agency, item)
    return next((one for one in held if one.state in OPEN), held[0])


def _public(tx: Tx, agency: str, item: str) -> Entry | None:
    return next((one for one in _editions(tx, agency, item) if one.state in PUBLIC), None)


def _changed(tx: Tx, agency: str, item: str) -> Entry:
    """The edition whose filing waits, else the one that is public, else the last one."""
    held = _editions(tx, agency, item)
    waiting = (one for one in held if one.unfiled is not None or one.state is EntryState.PUBLISHED)
    return next(waiting, next((one for one in held if one.state in PUBLIC), held[0]))


def _meant(tx: Tx, agency: str, item: str, edition: int | None) -> Entry:
    """The edition that is to be withdrawn."""
    held = _editions(tx, agency, item)
    if edition is not None:
        return tx.catalogue.get(agency, item, edition)
    standing = [one for one in held if one.state in OPEN | PUBLIC]
    if len(standing) > 1:
        known = ", ".join(f"{one.content.edition} ({one.state.value})" for one in standing)
        raise Invalid("catalogue_edition_needed", agency=agency, item=item, known=known)
    return standing[0] if standing else held[0]
