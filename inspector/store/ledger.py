"""The ledger: each decision with its because, appended unchained; the sealer orders and chains batches of salted digests."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from inspector.domain.decision import Because
from inspector.domain.ledger import GENESIS, body_digest, chain, digest
from inspector.store.room import Room, Row
from inspector.store.tables import ledger, seal

_SEAL_LOCK = int.from_bytes(hashlib.sha256(b"inspector/seal").digest()[:7])

_APPEND = sa.insert(ledger)
_NEIGHBOURS = 1_000
_PREPARE = "draw.prepare"


class LedgerRoom(Room):
    """The ledger and its seals."""

    def last_at(self) -> datetime | None:
        """The latest office time of an entry. Ids follow the order of writing but for neighbours, so the last few tell."""
        latest = sa.select(ledger.c.at).order_by(ledger.c.id.desc()).limit(_NEIGHBOURS).subquery()
        last: datetime | None = self.connection.execute(sa.select(sa.func.max(latest.c.at))).scalar_one()
        return last

    def append(self, entry_id: str, about: str, because: Because, extra: Mapping[str, object], now: datetime) -> None:
        """Append one decision. Its digest covers the body through `body_digest` alone, so that the body may be erased one day."""
        told = {"basis": list(because.basis), "pack": because.pack, "facts": dict(because.facts), **extra}
        body = json.dumps(told, ensure_ascii=False, sort_keys=True, default=str)
        salt = secrets.token_hex(16)
        hidden = body_digest(salt, body)
        row = {
            "id": entry_id,
            "at": now,
            "about": about,
            "rule": because.rule,
            "body": body,
            "salt": salt,
            "body_digest": hidden,
            "digest": digest(entry_id, now, about, because.rule, hidden),
        }
        self.batch.later(_APPEND, (row,))

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
            marked = sa.update(ledger).where(ledger.c.id == sa.bindparam("which")).values(seal=number)
            self.connection.execute(marked, [{"which": row.id} for row in rows])
        return len(rows)

    def verify(self) -> tuple[int, str | None]:
        """Recompute the chain: (seals checked, None), or the first thing that does not hold in words.

        Entries that wait for their seal must hold by themselves. Nothing erases bodies yet, so a blank one is a change.
        """
        head = GENESIS
        checked = 0
        for sealed in self.connection.execute(sa.select(seal).order_by(seal.c.number)).all():
            if sealed.number != checked + 1:
                return checked, f"seal {checked + 1} is gone"
            rows = self.connection.execute(_entries(ledger.c.seal == sealed.number)).all()
            if changed := next((row.id for row in rows if not _holds(row)), None):
                return checked, f"entry {changed} was changed"
            head = chain(head, sealed.number, sealed.at, [row.digest for row in rows])
            if len(rows) != sealed.entries or head != sealed.head:
                return checked, f"seal {sealed.number} does not hold"
            checked += 1
        astray = sa.select(ledger.c.seal).where(sa.or_(ledger.c.seal > checked, ledger.c.seal < 1)).order_by(ledger.c.seal)
        cut = self.connection.execute(astray.limit(1)).scalar_one_or_none()
        if cut is not None:
            return checked, f"seal {cut} is gone"
        return checked, self._waiting()

    def _waiting(self) -> str | None:
        """The first entry among those that wait for a seal that was changed."""
        after = ""
        while rows := self.connection.execute(_entries(ledger.c.seal.is_(None), ledger.c.id > after).limit(2000)).all():
            if changed := next((row.id for row in rows if not _holds(row)), None):
                return f"entry {changed} was changed"
            after = rows[-1].id
        return None

    def head(self) -> tuple[int, str]:
        """Number and head of the last seal: who notes them apart can tell later whether the end of the chain was cut."""
        row = self.connection.execute(sa.select(seal).order_by(seal.c.number.desc()).limit(1)).one_or_none()
        return (row.number, row.head) if row else (0, GENESIS)

    def about(self, what: str) -> list[Row]:
        """The decisions about a case, request or draw, in order."""
        return self.rows(sa.select(ledger).where(ledger.c.about == what).order_by(ledger.c.id))

    def checked(self, what: str) -> list[tuple[Row, bool]]:
        """The same, each with whether it is what was written."""
        asked = _entries(ledger.c.about == what)
        return [(row._asdict(), _holds(row)) for row in self.connection.execute(asked)]

    def prepared(self, numbers: Collection[str]) -> set[str]:
        """Which of these numbers a draw was prepared under, whether or not there is such a draw."""
        asked = sa.select(ledger.c.about).where(ledger.c.about.in_(list(numbers)), ledger.c.rule == _PREPARE)
        return set(self.connection.execute(asked).scalars())

    def prepared_by(self, agency: str) -> set[str]:
        """Every number under which an agency's draws were prepared; it reads all entries."""
        asked = sa.select(ledger.c.about).where(
            ledger.c.about.startswith(f"{agency}-", autoescape=True), ledger.c.rule == _PREPARE
        )
        own = re.compile(rf"{re.escape(agency)}-[0-9]{{4}}-[0-9]{{5,}}")
        return {about for about in self.connection.execute(asked).scalars() if own.fullmatch(about)}

    def unsealed(self) -> tuple[int, datetime | None]:
        """How many entries wait for a seal, and since when."""
        asked = sa.select(sa.func.count(), sa.func.min(ledger.c.at)).where(ledger.c.seal.is_(None))
        row = self.connection.execute(asked).one()
        return row[0], row[1]


def _entries(*where: sa.ColumnElement[bool]) -> sa.Select[tuple[Any, ...]]:
    return sa.select(ledger).where(*where).order_by(ledger.c.id)


def _holds(row: sa.Row[tuple[Any, ...]]) -> bool:
    """Whether an entry is what was written, its body and everything else."""
    whole = body_digest(row.salt, row.body) == row.body_digest
    return whole and bool(digest(row.id, row.at, row.about, row.rule, row.body_digest) == row.digest)
