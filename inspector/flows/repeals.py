"""A cited document is repealed: a matter for each item that rests on it, ended by a new edition or by somebody's word."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import NamedTuple

from inspector.domain import repeal
from inspector.domain.catalogue import OPEN, PUBLIC, Entry
from inspector.domain.decision import Decision
from inspector.domain.errors import Invalid, Missing, Refusal
from inspector.domain.policy import Item, Policy
from inspector.domain.repeal import Ended, Rereview, Word
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.store.tx import Tx

REREVIEW = "catalogue_rereview"
"""The matter for a person that an item rests on a document which is repealed."""


class Entered(NamedTuple):
    """What a repeal came to: the document's whole title, the re-reviews that are open since, and those whose day it has mended."""

    title: str
    opened: list[Rereview]
    mended: list[Rereview]


def enter(
    office: Office,
    tx: Tx,
    source: str,
    *,
    on: date,
    by: str,
    document: str,
    now: datetime,
    within: Collection[str] | None = None,
) -> Entered:
    """A document that packs in force or catalogues cite is repealed: a re-review opens for each item that rests on it.

    Entered again with another day, it is that day for all of them. `within`: items of these agencies alone. Raises Invalid
    (`catalogue_source_…`) and Refusal (`catalogue_repeal_known`).
    """
    packs = {agency: policy for agency, policy in office_packs(office, now.date()) if within is None or agency in within}
    entries = [one for one in tx.catalogue.page(None if within is None else sorted(within)) if one.state in OPEN | PUBLIC]
    title = repeal.named(source, packs.values(), entries)
    resting = {
        (agency, item.code): policy
        for agency, policy in packs.items()
        for item in policy.items.values()
        if title in repeal.titles(item, policy.sources)
    }
    for one in entries:
        if title in one.content.sources.values():
            resting.setdefault((one.content.agency, one.content.item), office.book.get(one.content.pack))
    opened, mended = [], []
    there = {(one.agency, one.item): one for one in tx.catalogue.rereviews(lock=True) if one.title == title}
    for (agency, item), policy in sorted(resting.items(), key=lambda told: told[0]):
        held = there.get((agency, item))
        if held is None or not held.holds:
            decision = repeal.open_for(agency, item, title, on=on, by=by, document=document, policy=policy, now=now)
            opened += _open(tx, decision, held, now)
    for held in there.values():
        if held.holds and held.repealed_on != on and (within is None or held.agency in within):
            policy = resting.get((held.agency, held.item)) or office.policy(held.agency, now.date())
            mended.append(_mend(tx, repeal.mended(held, on, by, document, policy, now), now))
    if resting and not opened and not mended:
        raise Refusal("catalogue_repeal_known", title=title)
    return Entered(title, opened, mended)


def take_back(office: Office, tx: Tx, source: str, given: Word, now: datetime, within: Collection[str] | None = None) -> Entered:
    """A document whose repeal was entered is not repealed: every re-review of it ends, on record. `within`: of these agencies alone.

    Raises Missing (`catalogue_repeal_unknown`) naming those that are held repealed, Invalid (`catalogue_source_ambiguous`).
    """
    known = [one for one in tx.catalogue.rereviews(lock=True) if one.holds and (within is None or one.agency in within)]
    asked = source.strip()
    coded = {policy.sources.get(asked) for _, policy in office_packs(office, now.date())}
    held = [one for one in known if one.title in coded or asked in (one.title, *repeal.names(one.title))]
    titles = sorted({one.title for one in held})
    if len(titles) > 1:
        raise Invalid("catalogue_source_ambiguous", source=asked, found="; ".join(titles))
    if not held:
        raise Missing("catalogue_repeal_unknown", source=asked, known="; ".join(sorted({one.title for one in known})) or "-")
    ended = [_end(tx, repeal.taken_back(one, given, office.policy(one.agency, now.date()), now), now) for one in held]
    return Entered(titles[0], [], ended)


def known(office: Office, tx: Tx, agency: str, item: str | None = None) -> list[Rereview]:
    """The re-reviews in force of an agency and of those above it; of an item if named."""
    line = office.line(agency)
    return [one for one in tx.catalogue.rereviews(item=item) if one.agency in line and one.holds]


def meet(office: Office, tx: Tx, applied: Entry, policy: Policy, now: datetime) -> None:
    """An application rests on a document that is repealed already: the item is to be looked at again, as if it had been there before."""
    told, told_of = applied.content, known(office, tx, applied.content.agency)
    own = {one.title: one for one in tx.catalogue.rereviews(told.agency, told.item, lock=True)}
    stands = {one.title for one in told_of if one.item == told.item and one.ended is Ended.CONFIRMED}
    for gone in {one.title: one for one in told_of if one.title in told.sources.values()}.values():
        held = own.get(gone.title)
        if gone.title in stands or (held is not None and held.ended is None):
            continue
        on, by, document = gone.repealed_on, gone.opened_by, gone.document
        decision = repeal.open_for(told.agency, told.item, gone.title, on=on, by=by, document=document, policy=policy, now=now)
        _open(tx, decision, held, now)


def refuse(office: Office, tx: Tx, entry: Entry, now: datetime) -> None:
    """Raise Refusal (`catalogue_basis_repealed`) for an edition on a repealed document while nobody has said that the item stands."""
    told = entry.content
    for gone in repeal.unsettled(entry, known(office, tx, told.agency), now.date()):
        facts = {"title": gone.title, "on": gone.repealed_on.isoformat(), "document": gone.document or "-"}
        raise Refusal("catalogue_basis_repealed", agency=told.agency, item=told.item, edition=told.edition, **facts)


def confirm(office: Office, tx: Tx, agency: str, item: str, given: Word, now: datetime, source: str = "") -> list[Rereview]:
    """The item stands although what it rests on is repealed. `source`: of this document alone, by a part of its title; all if empty.

    Raises Missing (`catalogue_rereview_unknown`), Refusal and Invalid.
    """
    held = [one for one in tx.catalogue.rereviews(agency, item, pending=True, lock=True) if source.strip() in one.title]
    if not held:
        raise Missing("catalogue_rereview_unknown", agency=agency, item=item, source=source or "-")
    policy = office.policy(agency, now.date())
    return [_end(tx, repeal.confirm(one, given, policy, now), now) for one in held]


def answer(tx: Tx, published: Entry, by: str, policy: Policy, now: datetime) -> None:
    """End the re-reviews that a published edition answers, since it cites the repealed document no longer."""
    told = published.content
    for one in tx.catalogue.rereviews(told.agency, told.item, pending=True, lock=True):
        if (decision := repeal.answered(one, published, by, policy, now)) is not None:
            _end(tx, decision, now)


def resting(office: Office, tx: Tx, day: date) -> Iterator[tuple[Policy, Item, Rereview]]:
    """Items of packs in force that still cite a document which is repealed, unless somebody has stated that they stand."""
    known = [one for one in tx.catalogue.rereviews() if one.holds]
    stands = {(one.agency, one.item, one.title) for one in known if one.ended is Ended.CONFIRMED}
    repealed = {one.title: one for one in known if one.repealed_on <= day}
    for agency, policy in office_packs(office, day) if repealed else ():
        for item in policy.items.values():
            for title in sorted(repeal.titles(item, policy.sources) & repealed.keys()):
                if (agency, item.code, title) not in stands:
                    yield policy, item, repealed[title]


def office_packs(office: Office, day: date) -> Iterator[tuple[str, Policy]]:
    """(agency, pack in force) of every agency that has a pack of its own; one without a version in force is told elsewhere."""
    for agency, node in sorted(office.tree.items()):
        if node.pack is None:
            continue
        try:
            yield agency, office.policy(agency, day)
        except Missing:
            continue


def _open(tx: Tx, decision: Decision[Rereview], before: Rereview | None, now: datetime) -> list[Rereview]:
    """Write a re-review, in the place of one that is over and is kept in it; the matter opens. Empty where another hand was first."""
    held = replace(decision.state, before=before)
    if before is not None:
        tx.catalogue.put_rereview(held)
    elif not tx.catalogue.reopen(held):
        return []
    record(tx, f"catalogue:{held.agency}:{held.item}", decision, now, {})
    _matter(tx, held, now)
    return [held]


def _mend(tx: Tx, decision: Decision[Rereview], now: datetime) -> Rereview:
    held = decision.state
    tx.catalogue.put_rereview(held)
    record(tx, f"catalogue:{held.agency}:{held.item}", decision, now, {})
    if held.ended is None:
        _matter(tx, held, now)
    return held


def _matter(tx: Tx, held: Rereview, now: datetime) -> None:
    facts = {"item": held.item, "title": held.title, "on": held.repealed_on.isoformat(), "document": held.document}
    tx.attention.open(REREVIEW, held.agency, held.about, facts, now)


def _end(tx: Tx, decision: Decision[Rereview], now: datetime) -> Rereview:
    held = decision.state
    tx.catalogue.put_rereview(held)
    record(tx, f"catalogue:{held.agency}:{held.item}", decision, now, {})
    tx.attention.close(f"{REREVIEW}:{held.about}", now)
    return held
