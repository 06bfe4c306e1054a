"""The ledger: each decision with its because, appended unchained; the sealer orders and chains batches of salted digests (`seals`)."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from inspector.domain.decision import Because
from inspector.domain.ledger import body_digest, digest, said
from inspector.store import chance
from inspector.store.room import Row
from inspector.store.sealed import own
from inspector.store.seals import Sealed, Seals, holds, told_of
from inspector.store.tables import REVIEW, REVIEWED, ledger, seal, visit

_APPEND = sa.insert(ledger)
_ABOUT = sa.select(ledger).where(ledger.c.about == sa.bindparam("of")).order_by(ledger.c.id)
_NEIGHBOURS = 1_000
_PREPARE = "draw.prepare"


class LedgerRoom(Seals):
    """The ledger's entries."""

    def last_at(self) -> datetime | None:
        """The latest office time of an entry. Ids follow the order of writing but for neighbours, so the last few tell."""
        latest = sa.select(ledger.c.at).order_by(ledger.c.id.desc()).limit(_NEIGHBOURS).subquery()
        last: datetime | None = self.connection.execute(sa.select(sa.func.max(latest.c.at))).scalar_one()
        return last

    def append(self, entry_id: str, about: str, because: Because, extra: Mapping[str, object], now: datetime) -> None:
        """Append one decision. Its digest covers the body through `body_digest` alone, so that the body may be erased one day."""
        body = said(because, extra)
        salt = chance.token_hex(16)
        hidden = body_digest(salt, body)
        row = {
            "id": entry_id,
            "at": now,
            "about": about,
            "rule": because.rule,
            "body": own(body, entry_id),
            "cites": None,
            "adverse": None,
            "salt": own(salt, entry_id),
            "body_digest": hidden,
            "digest": digest(entry_id, now, about, because.rule, hidden),
        }
        if because.rule == REVIEW:  # what `grounds` counts by
            row |= told_of(because.facts)
        self.batch.later(_APPEND, (row,))

    def erase(self, ids: Sequence[str]) -> None:
        """Take the words of entries out, with the salt by which they could be guessed; their digests stand, and so does the chain.

        Whoever does it appends an entry `ledger.purge` about the same thing that names them, in the same transaction: without it this
        is tampering, and is found.
        """
        for entry in ids:
            blank = {"body": own("", entry), "salt": "", "cites": None, "adverse": None}
            self.connection.execute(sa.update(ledger).where(ledger.c.id == entry).values(**blank))

    def sealed(self, entry: str) -> Sealed:
        """By which seal an entry is held; none while it waits for one, or is not there."""
        asked = sa.select(seal.c.number, seal.c.head).where(seal.c.number == ledger.c.seal, ledger.c.id == entry)
        row = self.connection.execute(asked).one_or_none()
        return Sealed(entry=entry, number=row.number if row else None, head=row.head if row else None)

    def about(self, what: str) -> list[Row]:
        """The decisions about a case, request or draw, in order."""
        return self.rows(_ABOUT, {"of": what})

    def cited(self, case_id: str) -> list[str]:
        """What the reviews that go against a case's subject name as their evidence, each a text of ids between line feeds."""
        asked = sa.select(ledger.c.cites).where(ledger.c.about == case_id, REVIEWED, ledger.c.adverse.is_distinct_from(False))
        return [told for told in self.connection.execute(asked.order_by(ledger.c.id)).scalars() if told]

    def facts(
        self, rules: Collection[str], what: str | Collection[str], since: datetime | None = None, until: datetime | None = None
    ) -> list[tuple[datetime, dict[str, Any]]]:
        """When each entry by these rules about one thing, or some, was made, and its facts, in order; of erased ones none.

        After `since` and until a moment. Bodies are read of these alone: the index of what entries are about leads to them.
        """
        names, rows = [what] if isinstance(what, str) else list(what), list[Any]()
        asked = sa.select(ledger.c.id, ledger.c.at, ledger.c.body).where(ledger.c.rule.in_(list(rules)))
        asked = asked if since is None else asked.where(ledger.c.at > since)
        asked = asked if until is None else asked.where(ledger.c.at <= until)
        for start in range(0, len(names), _NEIGHBOURS):
            rows += self.connection.execute(asked.where(ledger.c.about.in_(names[start : start + _NEIGHBOURS])))
        return [(row.at, json.loads(row.body)["facts"]) for row in sorted(rows, key=lambda row: row.id) if row.body]

    def behind(self, what: str, seal: int) -> list[tuple[str, int | None, datetime, dict[str, Any]]]:
        """(id, seal, at, facts) of the entries about something that are behind a seal or wait for one, as they stand now, in order.

        What bears a seal's number was written before that seal was: so a number, and the ids of those that waited, say what was there.
        An erased entry has no facts.
        """
        asked = sa.select(ledger.c.id, ledger.c.seal, ledger.c.at, ledger.c.body).where(ledger.c.about == what)
        asked = asked.where(sa.or_(ledger.c.seal.is_(None), ledger.c.seal > seal)).order_by(ledger.c.id)
        rows = self.connection.execute(asked).all()
        return [(row.id, row.seal, row.at, json.loads(row.body)["facts"] if row.body else {}) for row in rows]

    def some(self, ids: Sequence[str]) -> list[Row]:
        """Entries by their ids, in the order of these; one that is not there is left out."""
        found: dict[str, Row] = {}
        for start in range(0, len(ids), _NEIGHBOURS):
            asked = sa.select(ledger).where(ledger.c.id.in_(ids[start : start + _NEIGHBOURS]))
            found |= {row["id"]: row for row in self.rows(asked)}
        return [found[one] for one in ids if one in found]

    def between(self, since: datetime, until: datetime) -> Iterator[Row]:
        """The entries from `since` and before `until`, in order, read some hundred at a time."""
        asked = sa.select(ledger).where(ledger.c.at >= since, ledger.c.at < until).order_by(ledger.c.id)
        rows = self.connection.execute(asked, execution_options={"yield_per": _NEIGHBOURS}).mappings()
        yield from (dict(row) for row in rows)

    def checked(self, what: str, rules: Collection[str] = ()) -> tuple[list[tuple[Row, bool]], set[int]]:
        """The same, by these rules if any are named, each with whether it is what was written; and the seals that do not hold.

        Of one whose words went the body is what its purge leaves of it.
        """
        asked = sa.select(ledger).where(ledger.c.about == what)
        return self._checked(asked.where(ledger.c.rule.in_(list(rules))) if rules else asked)

    def by_rules(self, rules: Collection[str]) -> Iterator[tuple[Row, bool]]:
        """Every entry by these rules, in order, each with whether it is what was written; read some hundred at a time."""
        asked = sa.select(ledger).where(ledger.c.rule.in_(list(rules))).order_by(ledger.c.id)
        for some in self.connection.execute(asked, execution_options={"yield_per": _NEIGHBOURS}).partitions():
            gone = self.purged(some)
            yield from ((row._asdict(), holds(row, gone=gone.keys())) for row in some)

    def any_behind(self, rule: str, entry: str, margin: timedelta) -> bool:
        """Whether an entry by a rule was begun behind another one, or by so much before it: whoever wrote it may have been the slower one.

        By the moments that ids hold (`chance.Ids`), so that of a long ledger its end alone is read.
        """
        floor = f"{max(0, int(entry[:12], 16) - int(margin.total_seconds() * 1000)):012x}"
        asked = sa.select(sa.exists().where(ledger.c.id > floor, ledger.c.rule == rule))
        return bool(self.connection.execute(asked).scalar_one())

    def of_visits(self, number: str, rules: Collection[str]) -> tuple[list[tuple[Row, bool]], set[int]]:
        """The same of the visits of a draw, by these rules."""
        asked = sa.select(ledger).join(visit, visit.c.id == ledger.c.about)
        return self._checked(asked.where(visit.c.draw == number, ledger.c.rule.in_(list(rules))))

    def broken_since(self, numbers: Sequence[str]) -> str | None:
        """What does not hold of the chain from the entry on by which the first of some draws was prepared; None when all does.

        Of one whose entry waits for its seal, or is not there, the next is asked; without any the whole chain is recomputed. Nobody
        reads bodies for it: that a draw was prepared, under which number, the digests alone say.
        """
        asked = sa.select(ledger.c.about, ledger.c.seal).where(ledger.c.about.in_(list(numbers)), ledger.c.rule == _PREPARE)
        seals = {row.about: row.seal for row in self.connection.execute(asked.where(ledger.c.seal > 0))}
        first = next((seals[number] for number in numbers if number in seals), 1)
        return self.verified(self.mark_at(first - 1), bodies=False).problem

    def _checked(self, asked: sa.Select[Any]) -> tuple[list[tuple[Row, bool]], set[int]]:
        rows = self.connection.execute(asked.order_by(ledger.c.id)).all()
        broken = self.unsound({row.seal for row in rows if row.seal is not None})
        gone = self.purged(rows)
        return [
            ({**row._asdict(), "body": row.body or gone.get(row.id, "")}, holds(row, gone=gone.keys())) for row in rows
        ], broken

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
