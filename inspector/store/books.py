"""The credit books: each entry that has left or is to leave, and how the last comparison with its platform came out."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from inspector.domain.creditrecord import RecordState
from inspector.domain.decision import Order, OrderKind
from inspector.domain.ending import retraction_key
from inspector.domain.statement import COMPARED, BookState, Compared, Difference, Ours, Statement, Unlike
from inspector.store import payload
from inspector.store.booktables import credit_difference, credit_entry, credit_left, credit_statement
from inspector.store.recordtables import credit_copy, credit_record
from inspector.store.room import Room, Row, insert_new, padded
from inspector.store.sealed import own
from inspector.store.tables import EPOCH, work

_STANDS = (BookState.ORDERED.value, BookState.ENTERED.value)
_COPIED = ("lane", "state", "moved_at", "asked_at", "receipt", "retraction")
_PAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """An entry as it is kept: `body` is what was told, `retraction` what is told of its end.

    `copy`: as a further receiver has it, whose books are its own.
    """

    entry: str
    case_id: str
    agency: str
    lane: str
    state: BookState
    receipt: str
    moved_at: datetime
    body: Mapping[str, Any]
    retraction: Mapping[str, Any] | None
    copy: bool = False

    @property
    def key(self) -> str:
        """The key of its order: the entry's, and the receiver's name behind it for a copy."""
        return f"{self.entry}@{self.lane}" if self.copy else self.entry


class BookRoom(Room):
    """The books' tables."""

    def ordered(self, entry: str, case_id: str, agency: str, lane: str, body: Mapping[str, object], now: datetime) -> None:
        """An entry is to be handed over; ordered twice it is one."""
        row = {
            "entry": entry,
            "case_id": case_id,
            "agency": agency,
            "lane": lane,
            "state": BookState.ORDERED.value,
            "moved_at": now,
            "receipt": "",
            "body": own(json.dumps(body, ensure_ascii=False), entry),
        }
        self.batch.later(insert_new(self.sqlite, credit_entry, ("entry",)), [row])

    def copied(self, entry: str, lane: str, now: datetime) -> None:
        """A further receiver is to have it, too."""
        row = {"entry": entry, "lane": lane, "state": BookState.ORDERED.value, "moved_at": now, "receipt": ""}
        self.batch.later(insert_new(self.sqlite, credit_copy, ("entry", "lane")), [row])

    def entered(self, entry: str, lane: str, receipt: str, now: datetime, *, copy: bool = False) -> None:
        """The platform has it. One that is to be taken back, or has been, stays so."""
        told = {"state": BookState.ENTERED.value, "receipt": receipt[:200], "lane": lane, "moved_at": now}
        self.connection.execute(_here(entry, lane, copy=copy, states=_STANDS).values(**told))

    def amended(self, entry: str, lane: str, now: datetime, *, copy: bool = False) -> None:
        """The platform has been told what became of it: a statement of just before does not know."""
        self.connection.execute(_here(entry, lane, copy=copy, states=_STANDS).values(moved_at=now))

    def dropped(self, entry: str, lane: str = "", *, copy: bool = False) -> None:
        """It has not left the house, and never will."""
        table = credit_copy if copy else credit_entry
        held = sa.delete(table).where(table.c.entry == entry, table.c.state == BookState.ORDERED.value)
        self.connection.execute(held.where(table.c.lane == lane) if copy else held)

    def fallen(self, entry: str, lane: str, retraction: Mapping[str, object], now: datetime, *, copy: bool = False) -> None:
        """It is to be taken back."""
        told = own(json.dumps(retraction, ensure_ascii=False), entry)
        fresh = {"state": BookState.FALLEN.value, "lane": lane, "retraction": told, "moved_at": now}
        self.connection.execute(_here(entry, lane, copy=copy).values(**fresh))

    def retracted(self, entry: str, receipt: str, now: datetime, lane: str = "", *, copy: bool = False) -> None:
        """The platform has acknowledged that it is taken back."""
        told = {"state": BookState.RETRACTED.value, "receipt": receipt[:200], "moved_at": now}
        self.connection.execute(_here(entry, lane, copy=copy).values(**told))

    def get(self, entry: str, lane: str = "") -> Booked | None:
        """An entry as the platform `lane` is to have it, if that is a further receiver, else as the first; None: not in the books."""
        row = self.row(sa.select(credit_entry).where(credit_entry.c.entry == entry))
        if row is None:
            return None
        here = (credit_copy.c.entry == entry) & (credit_copy.c.lane == lane)
        copy = self.row(sa.select(credit_copy).where(here)) if lane else None
        return _booked(row, copy)

    def copies(self, entry: str) -> list[Booked]:
        """An entry as each further receiver is to have it."""
        row = self.row(sa.select(credit_entry).where(credit_entry.c.entry == entry))
        asked = sa.select(credit_copy).where(credit_copy.c.entry == entry).order_by(credit_copy.c.lane)
        return [_booked(row, copy) for copy in self.rows(asked)] if row is not None else []

    def of_case(self, case_id: str) -> list[Row]:
        """The entries of a case, oldest first, and behind them their copies with further receivers."""
        first = self.rows(sa.select(credit_entry).where(credit_entry.c.case_id == case_id).order_by(credit_entry.c.moved_at))
        both = sa.select(*credit_copy.c, credit_entry.c.case_id, credit_entry.c.agency, credit_entry.c.body).join(
            credit_entry, credit_entry.c.entry == credit_copy.c.entry
        )
        further = both.where(credit_entry.c.case_id == case_id).order_by(credit_copy.c.moved_at, credit_copy.c.lane)
        return [*first, *self.rows(further)]

    def amending(self, entry: str, lane: str, kinds: Collection[str], state: str = "") -> list[str]:
        """The keys of what this platform is still to be told of an entry, of these kinds; of rows in one `state` alone, or of all."""
        asked = sa.select(work.c.key, work.c.payload).where(work.c.kind == OrderKind.CREDIT_AMEND.value, work.c.state != "done")
        asked = asked.where(work.c.state == state) if state else asked
        rows = self.connection.execute(asked.where(work.c.lane == lane, work.c.key.startswith(f"credit.amend:{entry}:")))
        return [row.key for row in rows if (payload.read(row.payload) or {}).get("kind") in kinds]

    def falling(self) -> list[Booked]:
        """Every entry that a receiver is to have no more and has not taken back, as each has it; few at a time."""
        fallen = BookState.FALLEN.value
        first = sa.select(credit_entry.c.entry).where(credit_entry.c.state == fallen)
        copied = sa.select(credit_copy.c.entry).where(credit_copy.c.state == fallen)
        names = sorted(self.connection.execute(first.union(copied)).scalars())
        held = (one for name in names for one in (self.get(name), *self.copies(name)))
        return [one for one in held if one is not None and one.state is BookState.FALLEN]

    def retracting(self, entry: str, copy: str = "") -> list[Row]:
        """The rows of work (`id`, `key`, `state`) by which an entry is to be taken back of its first receiver, or of that of a copy."""
        key = retraction_key(f"{entry}@{copy}" if copy else entry)
        here = (work.c.key == key) | work.c.key.startswith(f"{key}:", autoescape=True)
        return self.rows(sa.select(work.c.id, work.c.key, work.c.state).where(here, work.c.state != "done").order_by(work.c.id))

    def ours(self, lane: str, entries: Collection[str] | None = None) -> Iterator[Ours]:
        """All that this platform was or is to be told, or these entries of it; read some hundred at a time.

        Of before there were books some have no lane; one that only waits for a platform has not left.
        """
        under_way = self._under_way(lane)
        here = (credit_entry.c.lane == lane) | ((credit_entry.c.lane == "") & (credit_entry.c.state != BookState.ORDERED.value))
        asked = sa.select(credit_entry).where(here)
        copied = sa.select(*(credit_copy.c[one.name] if one.name in _COPIED else one for one in credit_entry.c)).where(
            credit_copy.c.lane == lane, credit_copy.c.entry == credit_entry.c.entry
        )
        held = sa.union_all(asked, copied).subquery()
        record = (credit_record.c.state.label("became"), credit_record.c.adverse, credit_record.c.body.label("life"))
        both = held.outerjoin(credit_record, credit_record.c.entry == held.c.entry)
        whole = sa.select(held, *record).select_from(both).order_by(held.c.entry)
        for row in self._pages(whole, held) if entries is None else self._these(whole, held, entries):
            body = json.loads(row.body)
            yield Ours(
                entry=row.entry,
                case_id=row.case_id,
                agency=row.agency,
                state=BookState(row.state),
                moved_at=row.moved_at,
                told={name: str(body.get(name) or "") for name in COMPARED} if body else {},
                open=row.entry in under_way,
                record=RecordState(row.became or RecordState.STANDING),
                contested=bool(row.adverse) and json.loads(row.life)["contested"],
            )

    def _pages(self, asked: sa.Select[Any], held: sa.Subquery) -> Iterator[sa.Row[Any]]:
        after = ""
        while rows := self.connection.execute(asked.where(held.c.entry > after).limit(_PAGE)).all():
            yield from rows
            after = rows[-1].entry

    def _these(self, asked: sa.Select[Any], held: sa.Subquery, entries: Collection[str]) -> Iterator[sa.Row[Any]]:
        for some in _parts(entries):
            yield from self.connection.execute(asked.where(held.c.entry.in_(some))).all()

    def longest_unasked(self, lane: str, limit: int) -> list[str]:
        """The entries about which this platform was not asked one by one for longest; those never asked about come first."""
        parts = [sa.select(one.c.entry, one.c.asked_at).where(one.c.lane == lane) for one in (credit_entry, credit_copy)]
        held = sa.union_all(*parts).subquery().c
        order = (held.asked_at.is_not(None), held.asked_at, held.entry)
        asked = sa.select(held.entry).order_by(*order).limit(limit)
        return list(self.connection.execute(asked).scalars())

    def asked(self, lane: str, entries: Collection[str], now: datetime) -> None:
        """The platform has been asked about these."""
        for some in _parts(entries):
            for table in (credit_entry, credit_copy):
                held = sa.update(table).where(table.c.entry.in_(some), table.c.lane == lane)
                self.connection.execute(held.values(asked_at=now))

    def learned(self, lane: str, found: Mapping[str, tuple[BookState, str]], now: datetime) -> None:
        """Receipts that were lost, as a platform's statement shows them."""
        for entry, (state, receipt) in found.items():
            before = BookState.ORDERED if state is BookState.ENTERED else BookState.FALLEN
            for table, lanes in ((credit_entry, (lane, "")), (credit_copy, (lane,))):
                held = sa.update(table).where(table.c.entry == entry, table.c.state == before.value, table.c.lane.in_(lanes))
                self.connection.execute(held.values(state=state.value, receipt=receipt[:200], moved_at=now))

    def again(self, order: Order, now: datetime) -> bool:
        """Let a row of work that is done be carried out once more under its key, with fresh tries; False where there is none."""
        held = sa.update(work).where(work.c.key == order.key, work.c.state == "done").returning(work.c.key)
        told = {
            "lane": order.lane,
            "payload": own(json.dumps(order.payload, ensure_ascii=False), order.key),
            "urgent_by": order.urgent_by,
        }
        fresh = {"state": "ready", "due_at": now, "expires_at": order.expires_at, "lease_until": EPOCH, "owner": None}
        return self.connection.execute(held.values(**told, **fresh, attempts=0, error=None, done_at=None)).first() is not None

    def _under_way(self, lane: str) -> set[str]:
        """The entries for which something is ordered and not settled, or lies in quarantine, where a person has it already."""
        kinds = (OrderKind.CREDIT.value, OrderKind.CREDIT_RETRACT.value, OrderKind.CREDIT_AMEND.value)
        asked = sa.select(work.c.key, work.c.payload).where(work.c.kind.in_(kinds), work.c.state != "done")
        rows = self.connection.execute(asked.where(work.c.lane.in_((lane, ""))))
        return {str((payload.read(row.payload) or {}).get("entry", row.key)) for row in rows}

    # --- how comparisons came out

    def note(self, lane: str, statement: Statement, compared: Compared, now: datetime) -> None:
        """A comparison came to its end."""
        row = {
            "lane": lane,
            "tried_at": now,
            "error": "",
            "compared_at": now,
            "as_of": statement.as_of,
            "source": statement.source[:400],
            "digest": statement.digest,
            "alike": compared.alike,
            "moving": compared.moving,
        }
        self.upsert(credit_statement, row, ("lane",))

    def failed(self, lane: str, error: str, now: datetime) -> None:
        """A comparison could not be made; what the last one has shown stands."""
        row = {"lane": lane, "tried_at": now, "error": error[:200], "source": "", "digest": "", "alike": 0, "moving": 0}
        if not self.insert_one(credit_statement, row, ("lane",)):
            held = sa.update(credit_statement).where(credit_statement.c.lane == lane)
            self.connection.execute(held.values(tried_at=now, error=error[:200]))

    def statements(self) -> list[Row]:
        """How it stands with each platform."""
        return self.rows(sa.select(credit_statement).order_by(credit_statement.c.lane))

    def differ(self, lane: str, found: Iterable[Difference], now: datetime, of: Collection[str] | None = None) -> None:
        """Write down what differs now; what did before keeps its date, what does no more goes. `of`: only these were looked at."""
        new = {one.entry: one for one in found}
        held = credit_difference.c
        before = {row["entry"]: row for row in self.differences(lane)}
        gone = [entry for entry in before if entry not in new and (of is None or entry in of)]
        for some in _parts(gone):
            self.connection.execute(sa.delete(credit_difference).where(held.lane == lane, held.entry.in_(some)))
        for entry, one in new.items():
            same = before.get(entry, {}).get("kind") == one.kind.value
            row = {
                "lane": lane,
                "entry": entry[:300],
                "kind": one.kind.value,
                "agency": one.agency,
                "case_id": one.case_id[:40],
                "step": one.step.value,
                "since": before[entry]["since"] if same else now,
                "stepped_at": before[entry]["stepped_at"] if same else None,
                "body": own(json.dumps(asdict(one)["says"], ensure_ascii=False), lane, entry[:300]),
            }
            self.upsert(credit_difference, row, ("lane", "entry"))

    def stepped(self, lane: str, entry: str, now: datetime) -> None:
        """A step was ordered for a difference."""
        held = credit_difference.c
        here = sa.update(credit_difference).where(held.lane == lane, held.entry == entry)
        self.connection.execute(here.values(stepped_at=now))

    def leave(self, lane: str, entry: str, mark: str, now: datetime) -> None:
        """A person says that a difference is right as it is: it is told no more, until it is another one."""
        self.upsert(credit_left, {"lane": lane, "entry": entry, "mark": mark, "at": now}, ("lane", "entry"))
        held = credit_difference.c
        self.connection.execute(sa.delete(credit_difference).where(held.lane == lane, held.entry == entry))

    def left(self, lane: str) -> dict[str, str]:
        """By entry the mark of the difference that was left as it is."""
        asked = sa.select(credit_left.c.entry, credit_left.c.mark).where(credit_left.c.lane == lane)
        return {row.entry: row.mark for row in self.connection.execute(asked)}

    def differences(
        self, lane: str | None = None, *, sees: Collection[str] | None = None, after: str = "", limit: int | None = None
    ) -> list[Row]:
        """What differed at the last comparison, by entry and platform; `after` a row's `place`, or after all rows of an entry."""
        held = credit_difference.c
        entry, _, behind = after.rpartition("@")
        further = (held.entry == entry) & (held.lane > behind) if entry else sa.false()
        asked = sa.select(credit_difference).where((held.entry > (entry or after)) | further)
        asked = asked.order_by(held.entry, held.lane).limit(limit)
        if lane is not None:
            asked = asked.where(held.lane == lane)
        if sees is not None:
            asked = asked.where(held.agency.in_(sorted(sees)))
        found = self.rows(asked)
        return [{**row, "says": json.loads(row.pop("body")), "place": f"{row['entry']}@{row['lane']}"} for row in found]

    def difference(self, entry: str) -> Row | None:
        """The difference about an entry, at whichever platform it was seen first."""
        row = self.row(
            sa.select(credit_difference).where(credit_difference.c.entry == entry).order_by(credit_difference.c.lane).limit(1)
        )
        return {**row, "says": json.loads(row.pop("body"))} if row is not None else None

    def counts(self) -> list[tuple[str, str, int]]:
        """(platform, kind, how many differ); 0 is told, too, of every platform that was compared with."""
        held = credit_difference.c
        rows = self.connection.execute(sa.select(held.lane, held.kind, sa.func.count()).group_by(held.lane, held.kind)).all()
        found = {(row[0], row[1]): row[2] for row in rows}
        lanes = [row["lane"] for row in self.statements()]
        return [(lane, kind.value, found.get((lane, kind.value), 0)) for lane in lanes for kind in Unlike]


def _here(entry: str, lane: str, *, copy: bool, states: Collection[str] = ()) -> sa.Update:
    """The row of an entry with the first receiver, or of its copy with a further one, if it is in one of these states."""
    table = credit_copy if copy else credit_entry
    held = sa.update(table).where(table.c.entry == entry)
    held = held.where(table.c.lane == lane) if copy else held
    return held.where(table.c.state.in_(states)) if states else held


def _booked(row: Row, copy: Row | None) -> Booked:
    own = row if copy is None else copy
    told = json.loads(own["retraction"]) if own["retraction"] else None
    same = {name: row[name] for name in ("entry", "case_id", "agency")} | {
        name: own[name] for name in ("lane", "receipt", "moved_at")
    }
    body = json.loads(row["body"])
    return Booked(**same, state=BookState(own["state"]), body=body, retraction=told, copy=copy is not None)


def _parts(entries: Collection[str]) -> Iterator[list[str]]:
    """Entries in lists that a statement can hold, of few lengths."""
    held = sorted(entries)
    for start in range(0, len(held), _PAGE):
        yield padded(held[start : start + _PAGE])
