"""The seals of the ledger: batches of entries in order, each seal the hash of the last one and of its entries' digests."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from inspector.domain.ledger import GENESIS, body_digest, chain, digest
from inspector.domain.strict import HEX32, matches
from inspector.domain.taking import PURGED, Taking, ahead, taking, wholes
from inspector.domain.treehead import Frontier, TreeHead
from inspector.store.ashanded import AsHanded
from inspector.store.room import Room, padded
from inspector.store.tables import REVIEW, ledger, ledger_tree, seal, tick

_SEAL_LOCK = int.from_bytes(hashlib.sha256(b"inspector/seal").digest()[:7])
_READ = 5_000
"""About so many entries are read at once."""
_SEALS = 400
"""So many seals are."""
_MARK = "ledger.verified"
"""The name of the tick that says how far the chain has been looked at."""
_LAST = sa.select(seal).order_by(seal.c.number.desc()).limit(1)
_MARKED = sa.update(ledger).where(ledger.c.id.in_(sa.bindparam("which", expanding=True))).values(seal=sa.bindparam("of_seal"))
_TOGETHER = 10 * 60 * 1000
"""So many milliseconds lie between the entries of one purge at most: one transaction writes them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """An entry of the ledger as it was sealed: the seal's number and head, None while it waits for one."""

    entry: str
    number: int | None
    head: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A seal to go on from: it held, with this head. `again`: so far those before it have been looked at once more, in their turn."""

    number: int = 0
    head: str = GENESIS
    again: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """How far the chain holds, and what does not hold first, in words; None when all does."""

    last: int
    head: str
    problem: str | None = None


class Seals(Room):
    """Sealing, and looking whether seals hold."""

    def take_seal_lock(self) -> bool:
        """Let one replica at a time seal; held to the end of the transaction. SQLite has one owner anyway."""
        if self.sqlite:
            return True
        return bool(self.connection.execute(sa.select(sa.func.pg_try_advisory_xact_lock(_SEAL_LOCK))).scalar_one())

    def seal(self, now: datetime, limit: int = 2000) -> int:
        """Chain what is unsealed behind the last head; how many rows."""
        asked = sa.select(ledger.c.id, ledger.c.digest).where(ledger.c.seal.is_(None)).order_by(ledger.c.id).limit(limit)
        rows = self.connection.execute(asked).all()
        if rows:
            last, head = self.head()
            number = last + 1
            sealed = {
                "number": number,
                "at": now,
                "entries": len(rows),
                "head": chain(head, number, now, [row.digest for row in rows]),
            }
            self.connection.execute(sa.insert(seal).values(**sealed))
            self.connection.execute(_MARKED, {"of_seal": number, "which": padded([row.id for row in rows])})
        return len(rows)

    def head(self) -> tuple[int, str]:
        """Number and head of the last seal: who notes them apart can tell later whether the end of the chain was cut."""
        row = self.connection.execute(_LAST).one_or_none()
        return (row.number, row.head) if row else (0, GENESIS)

    def verify(self) -> tuple[int, str | None]:
        """Recompute the chain: (seals checked, None), or the first thing that does not hold in words.

        Entries that wait for their seal must hold by themselves. A blank one is a change, unless a later entry says that its words
        went at the end of their days (`purged`).
        """
        told = self.verified(Mark())
        return told.last, told.problem

    def verified(self, since: Mark, until: int | None = None, *, entries: int | None = None, bodies: bool = True) -> Verified:
        """Recompute the chain behind a mark, `until` a seal or to its end with what waits there, or for about so many `entries`.

        Without `bodies` an entry is held to everything but its body: what happened when to whom, not what was said of it.
        """
        checked, head, seen = since.number, since.head, 0
        tree = None if checked else Frontier()
        grown, kept = self._kept()
        if checked and self._head_of(checked) != head:
            return Verified(last=checked - 1, head="", problem=f"seal {checked} does not hold")
        while held := self._following(checked, until, _READ if entries is None else min(_READ, entries - seen)):
            rows = self._rows_between(held[0].number, held[-1].number, bodies=bodies)
            gone = self.purged([row for some in rows.values() for row in some]).keys() if bodies else frozenset[str]()
            for sealed in held:
                if sealed.number != checked + 1:
                    return Verified(last=checked, head=head, problem=f"seal {checked + 1} is gone")
                within = rows.get(sealed.number, [])
                changed = next((row.id for row in within if not holds(row, bodies=bodies, gone=gone)), None)
                if changed is not None:  # an id may have been emptied
                    return Verified(last=checked, head=head, problem=f"entry {changed} was changed")
                due = chain(head, sealed.number, sealed.at, [row.digest for row in within])
                if len(within) != sealed.entries or due != sealed.head:
                    return Verified(last=checked, head=head, problem=f"seal {sealed.number} does not hold")
                tree = tree.grown(row.digest for row in within) if tree is not None else None
                if tree is not None and (off := _off(sealed, tree, grown, kept)):
                    return Verified(last=checked, head=head, problem=off)
                checked, head, seen = sealed.number, due, seen + len(within)
            if entries is not None and seen >= entries:
                break
        if until is not None:
            lost = checked < until and (entries is None or seen < entries)
            return Verified(last=checked, head=head, problem=f"seal {checked + 1} is gone" if lost else None)
        return Verified(last=checked, head=head, problem=self._astray(checked) or self._waiting(bodies=bodies) or self._ungrown())

    def unsound(self, numbers: Collection[int]) -> set[int]:
        """Those of some seals that do not hold: recomputed from the head before each, as it stands, and the digests of its entries.

        And those that follow them: one laid anew over other entries leaves the next one behind, for that holds its former head.
        """
        if self.batch.unsound is not None:
            return self.batch.unsound(numbers)
        known = {} if self.batch.writes else self.batch.seals
        asked = {one for number in numbers for one in (number, number + 1)}
        known |= self._recomputed(sorted(asked - known.keys()), numbers)
        return {number for number in asked if known.get(number, False)}

    def _recomputed(self, ordered: Sequence[int], numbers: Collection[int]) -> dict[int, bool]:
        """Whether each of some seals does not hold; of one that has not been laid, and that nobody asked for, nothing is told."""
        told: dict[int, bool] = {}
        last = self.head()[0] if ordered else 0
        for some in (ordered[start : start + _SEALS] for start in range(0, len(ordered), _SEALS)):
            asked = sa.select(seal).where(seal.c.number.in_({*some, *(number - 1 for number in some)}))
            seals = {row.number: row for row in self.connection.execute(asked)}
            digests: dict[int, list[str]] = {}
            entries = sa.select(ledger.c.seal, ledger.c.digest).where(ledger.c.seal.in_(some))
            for number, one in AsHanded(self.connection.execute(entries.order_by(ledger.c.seal, ledger.c.id))).rows:
                digests.setdefault(number, []).append(one)
            for number in some:
                sealed, before, within = seals.get(number), seals.get(number - 1), digests.get(number, [])
                if number > last and number not in numbers:
                    continue  # none has followed yet
                head = GENESIS if number == 1 else before.head if before is not None else ""
                whole = sealed is not None and len(within) == sealed.entries
                told[number] = not whole or sealed is None or chain(head, number, sealed.at, within) != sealed.head
        return told

    def purged(self, rows: Sequence[sa.Row[Any]]) -> dict[str, str]:
        """Those of some entries whose words went lawfully: a later entry about the same thing names them, and holds itself.

        Each with what that one leaves of it (JSON), empty where nothing.
        """
        bare = [row for row in rows if not row.body and not row.salt]
        takings = self._takings(sorted({row.about for row in bare}))
        takings = self._sound(takings) if takings else []
        named_by: dict[tuple[str, str], list[tuple[str, Taking]]] = {}
        for entry, told in takings:
            for one in told.entries:
                named_by.setdefault((told.about, one), []).append((entry, told))
        gone: dict[str, str] = {}
        for row in bare:
            for entry, told in named_by.get((row.about, row.digest), ()):
                if entry > row.id and told.may(row.rule):
                    gone[row.id] = told.left.get(row.digest, "")
        return gone

    def _takings(self, abouts: Sequence[str]) -> list[tuple[str, Taking]]:
        """Every purge about some things that holds itself, in order, with the id of its entry."""
        some = (abouts[start : start + _SEALS] for start in range(0, len(abouts), _SEALS))
        return [one for names in some for one in self._read(ledger.c.about.in_(padded(names)))]

    def _read(self, which: sa.ColumnElement[bool]) -> list[tuple[str, Taking]]:
        rows = self.connection.execute(_dated().where(which, ledger.c.rule == PURGED).order_by(ledger.c.id))
        sound = [row for row in rows if holds(row)]
        return [(row.id, told) for row in sound if (told := taking(row.body, row.at, row.about, _seen(row))) is not None]

    def ahead(self, rules: Collection[str], about: str | None = None) -> frozenset[str]:
        """The entries by some rules, about one thing or any, that are dated behind their own seal, or the last one."""
        asked = _dated(bodies=False).where(ledger.c.rule.in_(list(rules)))
        rows = self.connection.execute(asked if about is None else asked.where(ledger.c.about == about))
        return frozenset(row.id for row in rows if ahead(row.at, _seen(row)))

    def _sound(self, takings: Sequence[tuple[str, Taking]]) -> list[tuple[str, Taking]]:
        """Those whose days count from no moment before the first entry about what went, and which are that purge, or a part of it.

        A former release said not of which they are a part: it is one that was written together with them, of the same moment.
        """
        first = self._first({told.of for _, told in takings})
        own = [first.get(told.of, told.since) <= told.since for _, told in takings]
        lone = [entry for (entry, told), old in zip(takings, own, strict=True) if told.unnamed and not old]
        named = self._takings(sorted({told.of for _, told in takings if told.of != told.about}))
        whole = [told for _, told in (*named, *self._together(lone)) if told.of == told.about]
        first |= self._first({told.about for told in whole} - first.keys())
        known = wholes(told for told in whole if first.get(told.about, told.since) <= told.since)
        return [
            (entry, told)
            for (entry, told), old in zip(takings, own, strict=True)
            if (old and told.of == told.about) or told.key in known
        ]

    def _first(self, abouts: AbstractSet[str]) -> dict[str, datetime]:
        """When the first entry about each of some things was made."""
        first: dict[str, datetime] = {}
        ordered = sorted(abouts)
        for some in (ordered[start : start + _SEALS] for start in range(0, len(ordered), _SEALS)):
            asked = sa.select(ledger.c.about, sa.func.min(ledger.c.at)).where(ledger.c.about.in_(padded(some)))
            first |= {row[0]: row[1] for row in self.connection.execute(asked.group_by(ledger.c.about))}
        return first

    def _together(self, entries: Sequence[str]) -> list[tuple[str, Taking]]:
        """Every purge that was written together with some entries, by the moments that ids hold (`chance.Ids`)."""
        moments = sorted({int(one[:12], 16) for one in entries if matches(HEX32, one)})
        spans: list[tuple[int, int]] = []
        for one in moments:
            begun = spans.pop()[0] if spans and one <= spans[-1][1] else one - _TOGETHER
            spans.append((max(0, begun), one + _TOGETHER))
        return [one for begun, over in spans for one in self._read(ledger.c.id.between(f"{begun:012x}", f"{over:012x}"))]

    def mark(self) -> Mark:
        """How far the daily look has come; at the beginning where there was none, or where it cannot be read."""
        slot = self.connection.execute(sa.select(tick.c.slot).where(tick.c.name == _MARK)).scalars().first() or ""
        number, _, rest = slot.partition(":")
        head, _, again = rest.partition(":")
        readable = number.isdecimal() and again.isdecimal()
        return Mark(number=int(number), head=head, again=int(again)) if readable else Mark()

    def put_mark(self, mark: Mark, now: datetime) -> None:
        """Note how far the daily look has come: one row, in the place of the one before."""
        self.connection.execute(sa.delete(tick).where(tick.c.name == _MARK))
        slot = f"{mark.number}:{mark.head}:{mark.again}"
        self.insert_one(tick, {"name": _MARK, "slot": slot, "at": now, "replica": ""}, ("name", "slot"))

    def mark_at(self, number: int) -> Mark:
        """A seal as it stands, to go on from; the beginning for none."""
        return Mark(number=number, head=self._head_of(number) or "") if number > 0 else Mark()

    def _kept(self) -> tuple[int, tuple[int, str]]:
        """Up to which seal the tree has grown, and what is kept of it: its size and the roots of its whole parts."""
        row = self.connection.execute(sa.select(ledger_tree)).one_or_none()
        return (row.seal, (row.size, row.peaks)) if row is not None else (0, (0, ""))

    def _ungrown(self) -> str | None:
        """What is kept of the tree is of the last seal that names it; read at once, for another hand may let it grow meanwhile."""
        last = sa.select(sa.func.max(seal.c.number)).where(seal.c.root.is_not(None)).scalar_subquery()
        kept = sa.select(sa.func.max(ledger_tree.c.seal)).scalar_subquery()
        named, told = self.connection.execute(sa.select(last, kept)).one()
        return "what is kept of the tree does not hold" if (named or 0) != (told or 0) else None

    def _head_of(self, number: int) -> str | None:
        return self.connection.execute(sa.select(seal.c.head).where(seal.c.number == number)).scalar_one_or_none()

    def _following(self, checked: int, until: int | None, most: int) -> list[sa.Row[Any]]:
        """The next seals in order, of about so many entries together."""
        asked = sa.select(seal).where(seal.c.number > checked).order_by(seal.c.number).limit(_SEALS)
        if until is not None:
            asked = asked.where(seal.c.number <= until)
        some: list[sa.Row[Any]] = []
        count = 0
        for row in self.connection.execute(asked):
            some.append(row)
            count += row.entries
            if count >= most:
                break
        return some

    def _rows_between(self, first: int, last: int, *, bodies: bool) -> dict[int, list[sa.Row[Any]]]:
        asked = _columns(bodies=bodies).where(ledger.c.seal.between(first, last)).order_by(ledger.c.seal, ledger.c.id)
        rows: dict[int, list[sa.Row[Any]]] = {}
        for row in self.connection.execute(asked):
            rows.setdefault(row.seal, []).append(row)
        return rows

    def _astray(self, checked: int) -> str | None:
        """Entries that name a seal which is not there; a seal laid meanwhile is."""
        known = sa.select(seal.c.number).where(seal.c.number > checked)
        off = sa.or_(ledger.c.seal < 1, (ledger.c.seal > checked) & ledger.c.seal.not_in(known))
        cut = self.connection.execute(sa.select(ledger.c.seal).where(off).order_by(ledger.c.seal).limit(1)).scalar_one_or_none()
        return f"seal {cut} is gone" if cut is not None else None

    def _waiting(self, *, bodies: bool) -> str | None:
        """The first entry among those that wait for a seal that was changed."""
        after = ""
        asked = _columns(bodies=bodies).where(ledger.c.seal.is_(None)).order_by(ledger.c.id).limit(2000)
        while rows := self.connection.execute(asked.where(ledger.c.id > after)).all():
            gone = self.purged(rows).keys() if bodies else frozenset[str]()
            changed = next((row.id for row in rows if not holds(row, bodies=bodies, gone=gone)), None)
            if changed is not None:
                return f"entry {changed} was changed"
            after = rows[-1].id
        return None


def _off(sealed: sa.Row[Any], tree: Frontier, grown: int, kept: tuple[int, str]) -> str | None:
    """What does not hold of the tree at a seal, in words. A seal that the tree had not yet come to may name none."""
    told = TreeHead(size=sealed.size, root=sealed.root) if sealed.root is not None else None
    if told != tree.head and (told is not None or sealed.number <= grown):
        return f"the tree at seal {sealed.number} does not hold"
    same = sealed.number != grown or kept == (tree.size, " ".join(tree.peaks))
    return None if same else "what is kept of the tree does not hold"


def _dated(*, bodies: bool = True) -> sa.Select[Any]:
    """Entries with the moments of their own seal, and of the last one: a seal dated ahead, too, is followed by others."""
    last = sa.select(seal.c.at).order_by(seal.c.number.desc()).limit(1).scalar_subquery()
    asked = _columns(bodies=bodies).add_columns(seal.c.at.label("sealed_at"), last.label("last_at"))
    return asked.select_from(ledger.outerjoin(seal, seal.c.number == ledger.c.seal))


def _seen(row: sa.Row[Any]) -> datetime | None:
    """When an entry was there at the latest; None where it waits for its seal."""
    return min(row.sealed_at, row.last_at) if row.sealed_at is not None else None


def _columns(*, bodies: bool) -> sa.Select[Any]:
    """The columns of the ledger, with or without what is said."""
    return sa.select(*(column for column in ledger.c if bodies or column.name not in ("body", "salt")))


def holds(row: sa.Row[Any], *, bodies: bool = True, gone: AbstractSet[str] = frozenset()) -> bool:
    """Whether an entry is what was written, its body and everything else; of one whose words went (`gone`, by id) all but these."""
    whole = not bodies or ((row.id in gone or body_digest(row.salt, row.body) == row.body_digest) and _beside(row))
    return whole and bool(digest(row.id, row.at, row.about, row.rule, row.body_digest) == row.digest)


def told_of(review: Mapping[str, object]) -> dict[str, object]:
    """The columns of a review: what it cites, and whether it goes against its subject."""
    cited = review.get("evidence")
    return {"cites": "\n".join(("", *cited, "")) if isinstance(cited, list) else None, "adverse": review.get("adverse")}


def _beside(row: sa.Row[Any]) -> bool:
    """Whether the columns beside an entry's body, by which the invariants are counted, say what it says; only a review has any."""
    if row.rule != REVIEW or not row.body:
        return row.adverse is None and not (row.cites or "").strip("\n")
    due = told_of(json.loads(row.body).get("facts", {}))
    return bool(((row.cites or "").strip("\n"), row.adverse) == (str(due["cites"] or "").strip("\n"), due["adverse"]))
