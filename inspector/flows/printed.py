"""What is public, held to the ledger: each line by the digest that its entry names, and what was taken back by the entries of that.

The table of duties is the house's own; what a person has said to be public stands in the ledger. Nothing is mended here: whoever builds the
register, and whoever asks whether the ledger holds, is told which line says otherwise; and once a day a person of the house.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from inspector.domain.errors import Missing, Newer, Refusal
from inspector.domain.publicationduty import PublicationDuty, PublicationState
from inspector.flows.lookback import named
from inspector.flows.office import Office
from inspector.store.codec import load
from inspector.store.lookback import LookbackRoom
from inspector.store.store import Store
from inspector.store.tx import Tx

DONE, KEPT, RECALL, REMOVED = "publication.done", "publication.kept", "publication.recall", "publication.removed"
DROP = "publication.drop"
"""Of what goes, or has gone, while a court stayed it: it fell meanwhile, which is why it is gone from then on."""
MATTER = "publication_contradicted"
"""The refusal, and the matter, of public lines that are not what the ledger tells."""
_TOGETHER = 500
"""So many duties are looked at again in one transaction."""


@dataclass(slots=True)
class _Said:
    """What the ledger tells of one duty. `lines`: digests; `whys` and `days`: why and on which day it was taken back."""

    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    lines: set[str] = field(default_factory=set)
    whys: set[str] = field(default_factory=set)
    days: set[str] = field(default_factory=set)
    altered: set[str] = field(default_factory=set)
    erased: bool = False


def refuse(office: Office, suspected: Sequence[str]) -> None:
    """Raise Refusal (`publication_contradicted`), naming the lines, where some of these are still not what the ledger tells."""
    if found := confirmed(office.store, suspected):
        raise Refusal("publication_contradicted", rows=named(found))


def looked(office: Office, tx: Tx, found: Sequence[str], now: datetime) -> None:
    """The daily look has come: a person of the house is told which lines say otherwise, or need not be any more."""
    if found:
        tx.attention.open(MATTER, office.house, office.house, {"rows": named(found)}, now)
    else:
        tx.attention.close(f"{MATTER}:{office.house}", now)


def suspects(tx: Tx, duties: Sequence[PublicationDuty]) -> list[str]:
    """The ids of those that seem to say otherwise than the ledger; one that somebody changes at this moment may be among them."""
    said = _said(tx, duties)
    return [one.id for one in duties if next(_differing(one, said[one.id]), "")]


def confirmed(store: Store, suspected: Sequence[str]) -> list[str]:
    """What of these still says otherwise when nobody else changes it; a lawful purge has made a line nameless and is not told."""
    found: list[str] = []
    for start in range(0, len(suspected), _TOGETHER):
        with store.begin() as tx:
            held = [tx.publications.get(one, lock=True) for one in suspected[start : start + _TOGETHER]]
            said = _said(tx, held)
            found += [told for one in held if not _unnamed(tx, one) for told in _differing(one, said[one.id])]
    return list(dict.fromkeys(found))


def look(store: Store) -> list[str]:
    """Every line of the house that is not what the ledger tells, and every duty that nobody can read."""
    after, unread, suspected = "", list[str](), list[str]()
    while True:
        with store.read() as tx:
            rows = tx.publications.every(after, _TOGETHER)
            duties: list[PublicationDuty] = []
            for name, body in rows:
                try:
                    duties.append(load(PublicationDuty, body))
                except (ValueError, Newer):
                    unread.append(f"publication_duty {name}: body")
            suspected += suspects(tx, duties)
        if len(rows) < _TOGETHER:
            return [*unread, *confirmed(store, suspected)]
        after = rows[-1][0]


def _said(tx: Tx, duties: Sequence[PublicationDuty]) -> dict[str, _Said]:
    room, told = LookbackRoom(tx.ledger.batch), {one.id: _Said() for one in duties}
    by_about: defaultdict[str, list[_Said]] = defaultdict(list)
    for one in duties:
        by_about[one.about].append(told[one.id])
    entries, changed = room.told_of(by_about, (DONE, KEPT, RECALL, REMOVED, DROP))
    for entry in entries:
        try:
            body = json.loads(entry.body) if entry.body else None
        except ValueError:
            body = None
        facts = body.get("facts", {}) if isinstance(body, dict) else {}
        if entry.id in changed or not isinstance(facts, dict) or not facts:
            for unsaid in by_about[entry.about]:
                unsaid.erased = True
                unsaid.altered |= {entry.id} & changed
            continue
        assert isinstance(body, dict), "facts stand in a body"
        if (held := told.get(str(facts.get("duty") or body.get("publication")))) is None:
            continue  # of another agency, or of a release that named no duty
        held.counts[entry.rule] += 1
        for name, among in (("line", held.lines), ("why", held.whys)):
            among.update({str(facts[name])} if name in facts else ())
        if entry.rule == REMOVED:
            held.days.add(str(facts.get("on")))
    return told


def _differing(held: PublicationDuty, said: _Said) -> Iterator[str]:
    """What of a duty is not as its entries tell; of one whose entries went, or name no duty, only what they do tell is held to them."""
    yield from (f"ledger {one}: body" for one in sorted(said.altered))
    line = held.penalty.shown if held.penalty is not None else held.shown
    done, recalled, removed = (said.counts[rule] for rule in (DONE, RECALL, REMOVED))
    row, public = f"publication_duty {held.id}", held.posted is not None
    if public and line is None and said.lines:
        yield f"{row}: line"
    if public and line is not None and (said.lines or not said.erased) and line.digest not in said.lines:
        yield f"{row}: line"
    if said.erased:
        return
    stands = {
        PublicationState.PUBLISHED: done > recalled,
        PublicationState.TO_REMOVE: recalled > removed,
        PublicationState.REMOVED: not public or removed > 0,
        PublicationState.OWED: done <= removed,
        PublicationState.NOT_PUBLIC: done <= removed,
    }
    if (done or public) and not stands[held.state]:
        yield f"{row}: state"
    if public and held.why is not None and said.whys and held.why.value not in said.whys:
        yield f"{row}: why"
    if held.removed is not None and str(held.removed.on) not in said.days:
        yield f"{row}: removed"


def _unnamed(tx: Tx, held: PublicationDuty) -> bool:
    """Whether a line names nobody because what it rests on went lawfully (`purge.unnamed`), and the ledger says that it went."""
    line = held.penalty.shown if held.penalty is not None else held.shown
    if line is None or line.name:
        return False
    if not held.lead:
        return tx.purging.unnamed(held.about)
    try:
        tx.tips.check(held.lead)
    except Missing:
        return True
    return False
