"""A case's file: pages, its entries of the ledger and their proofs in one folder that needs nothing of this house (`domain.folio`).

Whoever is given one is an entry of the ledger before it is given, and that entry binds the file. No inspector is named in it, and
no visit that is still to be made (draw-protocol ruling 18): what would tell of either is withheld, and its digest stands in its place.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from inspector.domain import folio
from inspector.domain.decision import Because
from inspector.domain.errors import Stale
from inspector.domain.folio import Entry, Judged, Lack
from inspector.domain.suite import Suite, paths
from inspector.domain.treehead import Proof, TreeHead, consistency
from inspector.flows import filepage, narrative
from inspector.flows.explain import Explanation, explain
from inspector.flows.lodging import lodged
from inspector.flows.office import Office
from inspector.labels import LANGS, label
from inspector.store.codec import dump
from inspector.store.room import Row
from inspector.store.tx import Tx, new_id

_TRIES, _PAUSE = 100, 0.05
"""So often it is looked whether another hand has sealed the entry, so many seconds apart."""
_TURN = threading.Lock()
"""One at a time: for a file the digests of the whole ledger are read (a million: about two seconds, a quarter of a gigabyte)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A file by its names, the head that it is proven by, and what its own check says: a ledger that was altered is found at once."""

    files: Mapping[str, bytes]
    head: TreeHead
    judged: Judged


def about(case_id: str) -> str:
    """What the entries that a case's file was made are about: beside the case, whose own decisions they are none of."""
    return f"file:{case_id}"


def case_file(office: Office, case_id: str, by: str, door: str) -> Made:
    """Make a case's file for somebody, by his or her name and the door. Raises Missing, and Stale where nothing can be sealed now.

    Whether the asker may know of the case is the caller's affair.
    """
    with office.store.begin() as tx:
        now = office.now()
        told = explain(office, tx, case_id, outside=True)
        rows, hidden = _gathered(tx, case_id)
        mine = [row for row in rows if row["about"] == case_id]
        shown = (replace(one, facts={}) if row["id"] in hidden else one for row, one in zip(mine, told.decisions, strict=True))
        told = replace(told, decisions=tuple(shown))
        pages = _pages(office, told, rows, hidden, by, now)
        facts = {"by": by, "door": door, "case": case_id, **folio.facts(*listed(rows, hidden), pages)}
        entry = new_id()
        tx.ledger.append(entry, about(case_id), Because(rule="case.file", basis=(), pack=told.pack, facts=facts), {}, now)
    return bind(office, [row["id"] for row in rows], entry, hidden, pages)


def _gathered(tx: Tx, case_id: str) -> tuple[list[Row], frozenset[str]]:
    """The entries about a case, its files and its visits that are over, in their order; and the ids of those whose words are withheld."""
    visits = tx.visits.of_case(case_id)
    over = [held.id for held in visits if not held.state.open]
    known = {row["id"]: row for name in (case_id, about(case_id), *over) for row in tx.ledger.about(name)}
    rows = [known[name] for name in sorted(known)]
    hidden = {row["id"] for row in (*telling(tx, case_id, rows), *(row for row in rows if row["about"] in over))}
    return rows, frozenset(hidden)


def listed(rows: Sequence[Row], hidden: Collection[str]) -> tuple[list[str], dict[str, Lack]]:
    """(the digests of entries in their order, why the words of some are not in the file)."""
    why = {row["digest"]: lack(row, hidden) for row in rows}
    return [*why], {name: because for name, because in why.items() if because is not None}


def lack(row: Row, hidden: Collection[str]) -> Lack | None:
    """Why an entry's words are not in the file: there are none any more, or they are withheld."""
    if not row["body"]:
        return Lack.ERASED
    return Lack.WITHHELD if row["id"] in hidden else None


def telling(tx: Tx, case_id: str, rows: Sequence[Row]) -> list[Row]:
    """Those of some entries whose words name who was sent in a case, or tell of a visit of it that is still to be made."""
    visits = tx.visits.of_case(case_id)
    sent = {seat.inspector for held in visits for seat in tx.visits.team(held.id)}
    ahead = {name for held in visits if held.state.open for name in (held.id, held.draw)}
    return [row for row in rows if _tells(row["body"], sent, ahead)]


def _tells(body: str, sent: Collection[str], ahead: Collection[str]) -> bool:
    """Whether an entry names somebody who was sent, or a visit that is still to be made, or its draw."""
    texts = set(_texts(json.loads(body))) if body else set()
    return not texts.isdisjoint(sent) or any(name in text for text in texts for name in ahead)


def _texts(told: object) -> Iterator[str]:
    if isinstance(told, str):
        yield told
    elif isinstance(told, dict | list):
        for one in told.values() if isinstance(told, dict) else told:
            yield from _texts(one)


def _pages(
    office: Office, told: Explanation, rows: Sequence[Row], hidden: Collection[str], by: str, now: datetime
) -> dict[str, bytes]:
    titles = {lang: label("casefile.title", lang, case=told.case, reference=told.reference) for lang in LANGS}
    made = filepage.Making(titles=titles, by=by, at=office.calendar.local(now))
    signed = [filepage.signed(row, lack(row, hidden)) for row in rows]
    pages = {filepage.NAMES[lang]: filepage.page(made, list(narrative.lines(told, lang)), signed, lang) for lang in LANGS}
    return {**pages, "case.json": (json.dumps(json.loads(dump(told)), ensure_ascii=False, indent=1) + "\n").encode()}


def bind(office: Office, names: Sequence[str], making: str, hidden: Collection[str], pages: Mapping[str, bytes]) -> Made:
    """Pages and entries with their proofs, once the entry that the file was made is in the tree. Raises Stale."""
    entries, head, growth = proved(office, [*names, making], making, hidden)
    files = folio.bound(pages, entries, head, growth, lambda text: office.keys.word(office.house, text))
    return Made(files=files, head=head, judged=folio.judge(files, [head]))


def proved(
    office: Office, names: Sequence[str], last: str, hidden: Collection[str] = ()
) -> tuple[list[Entry], TreeHead, list[Proof]]:
    """Entries with their proofs, the head over them, and that it covers the heads lodged before; `last` is sealed first. Raises Stale."""
    _seal(office, last)
    with _TURN:
        return _proved(office, names, hidden)


def _proved(office: Office, names: Sequence[str], hidden: Collection[str]) -> tuple[list[Entry], TreeHead, list[Proof]]:
    with office.store.read() as tx:
        head = tx.tree.head()
        digests = tx.tree.digests(head.size)
        rows = tx.ledger.some(names)
        wanted = {row["digest"] for row in rows}
        places = {told: place for place, told in enumerate(digests) if told in wanted}
        former = sorted({one[-1].size for one in lodged(tx).values() if one and one[-1].size < head.size})
    there = [
        row for row in rows if row["digest"] in places
    ]  # one that is in no tree was altered, and the check says that it lacks
    steps = paths(Suite(), map(bytes.fromhex, digests), [places[row["digest"]] for row in there])
    entries = [_entry(row, places[row["digest"]], way, hidden) for row, way in zip(there, steps, strict=True)]
    growth = [Proof(size=head.size, root=head.root, path=consistency(digests, since), since=since) for since in former]
    return entries, head, growth


def _entry(row: Row, place: int, way: tuple[str, ...], hidden: Collection[str]) -> Entry:
    lacks = lack(row, hidden)
    said = {"lacks": lacks} if lacks is not None else {"salt": row["salt"], "body": row["body"]}
    told = {name: row[name] for name in ("id", "at", "about", "rule", "body_digest", "digest")}
    return Entry(**told, **said, place=place, path=way)


def _seal(office: Office, entry: str) -> None:
    """Seal what waits, up to an entry: another hand may be doing it just now. Raises Stale (`ledger_unsealed`)."""
    for tried in range(_TRIES):
        with office.store.begin() as tx:
            if tx.ledger.take_seal_lock():
                tx.ledger.seal(office.now())
                tx.tree.grow()
            if tx.tree.holds(entry):
                return
        if tried:
            time.sleep(_PAUSE)
    raise Stale("ledger_unsealed", entry=entry)
