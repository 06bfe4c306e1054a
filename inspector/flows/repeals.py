"""A cited document is repealed: a matter for each item that rests on it, ended by a new edition or by somebody's word."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime

from inspector.domain import repeal
from inspector.domain.catalogue import OPEN, PUBLIC, Entry
from inspector.domain.decision import Decision
from inspector.domain.errors import Missing, Refusal
from inspector.domain.policy import Item, Policy
from inspector.domain.repeal import Ended, Rereview, Word
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.store.tx import Tx

REREVIEW = "catalogue_rereview"
"""The matter for a person that an item rests on a document which is repealed."""


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
) -> tuple[str, list[Rereview]]:
    """A document that packs in force or catalogues cite is repealed: (its title, a re-review for each item that rests on it).

    `within`: items of these agencies alone. Raises Invalid (`catalogue_source_…`) and Refusal (`catalogue_repeal_known`).
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
    opened = []
    for (agency, item), policy in sorted(resting.items(), key=lambda told: told[0]):
        decision = repeal.open_for(agency, item, title, on=on, by=by, document=document, policy=policy, now=now)
        if not tx.catalogue.reopen(decision.state):
            continue
        held = decision.state
        facts = {"item": item, "title": title, "on": on.isoformat(), "document": held.document}
        record(tx, f"catalogue:{agency}:{item}", decision, now, {})
        tx.attention.open("catalogue_rereview", agency, held.about, facts, now)
        opened.append(held)
    if resting and not opened:
        raise Refusal("catalogue_repeal_known", title=title)
    return title, opened


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
    known = tx.catalogue.rereviews()
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


def _end(tx: Tx, decision: Decision[Rereview], now: datetime) -> Rereview:
    held = decision.state
    tx.catalogue.put_rereview(held)
    record(tx, f"catalogue:{held.agency}:{held.item}", decision, now, {})
    tx.attention.close(f"{REREVIEW}:{held.about}", now)
    return held
