"""Matters that wait for a named person and are not a case in review: garbled answers, empty seats, no known superior."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from inspector.domain.purge import SPOKEN, quoted, wordless
from inspector.store.assistancetables import assistance
from inspector.store.room import Batch, Room, Row
from inspector.store.sealed import own
from inspector.store.tables import attention, case_file

_CLOSE = sa.update(attention).where(attention.c.id == sa.bindparam("matter"), attention.c.closed_at.is_(None))
_ONE = sa.select(attention).where(attention.c.id == sa.bindparam("of"))
_OF_KIND = sa.select(attention.c.agency, attention.c.about, attention.c.body, attention.c.closed_at)
_OF_KIND = _OF_KIND.where(attention.c.kind == sa.bindparam("of")).order_by(attention.c.id)


@cache
def _ask(is_sqlite: bool) -> postgresql.Insert | sqlite.Insert:
    """Open a matter, or tell anew of one that is there; built once."""
    insert = sqlite.insert(attention) if is_sqlite else postgresql.insert(attention)
    fresh = insert.excluded
    since = sa.case((attention.c.closed_at.is_(None), attention.c.opened_at), else_=fresh.opened_at)
    told = {"agency": fresh.agency, "names": fresh.names, "opened_at": since, "closed_at": None, "body": fresh.body}
    return insert.on_conflict_do_update(index_elements=["id"], set_=told)


def _those(beginning: str) -> sa.ColumnElement[bool]:
    """Matters whose id begins so, found by their kind: what an id begins with is looked up in no index."""
    return sa.and_(attention.c.kind == beginning.partition(":")[0], attention.c.id.startswith(beginning, autoescape=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """A matter as it stands: whom it is for, what it is about, what was told, and whether it is open."""

    agency: str
    about: str
    facts: Mapping[str, object]
    open: bool


class AttentionRoom(Room):
    """The attention table."""

    def __init__(self, batch: Batch) -> None:
        super().__init__(batch)
        self._asked: set[str] = set()
        self._over: set[str] = set()

    def open(
        self, kind: str, agency: str, about: str, facts: Mapping[str, object], now: datetime, names: Sequence[str] = ()
    ) -> None:
        """Ask for a person, once for each kind and thing while it is open: written down with the transaction's rows.

        What happens again is told anew: an open matter takes the new facts and keeps its date, a closed one opens again. `names`: what
        its words are of, where its key does not name that, so that they go with it.
        """
        matter = f"{kind}:{about}"
        row = {
            "id": matter,
            "kind": kind,
            "agency": agency,
            "about": about,
            "names": ":".join(names),
            "opened_at": now,
            "body": own(_json(facts), matter),
        }
        if matter in self._over:  # it is over with this transaction, and opens behind that
            self.batch.write()
        self._asked.add(matter)
        self.batch.later(_ask(self.sqlite), (row,))

    def add(
        self, kind: str, agency: str, about: str, facts: Callable[[Mapping[str, Any]], Mapping[str, object]], now: datetime
    ) -> None:
        """Open a matter as `open` does, or tell more in one that is open: `facts` makes them of what is told there, {} in a new one.

        Two who add at once lose nothing of each other.
        """
        matter = f"{kind}:{about}"
        asked = sa.select(attention.c.body, attention.c.closed_at).where(attention.c.id == matter).with_for_update()
        held = self.connection.execute(asked).one_or_none()
        if held is None:  # whoever else inserts it meanwhile is waited for, and then read
            row = {
                "id": matter,
                "kind": kind,
                "agency": agency,
                "about": about,
                "names": "",
                "opened_at": now,
                "body": own(_json(facts({})), matter),
            }
            if self.insert_one(attention, row, ("id",)):
                return
            held = self.connection.execute(asked).one()
        self.open(kind, agency, about, facts({} if held.closed_at is not None else json.loads(held.body)), now)

    def hold(self, matter: str, *, those: bool = False) -> None:
        """Hold a matter to the transaction's end, or all `those` whose id begins so: who tells more of it meanwhile comes before or after.

        So whoever looks whether it is over looks behind this.
        """
        held = attention.c.id
        same = _those(matter) if those else held == matter
        self.connection.execute(sa.select(held).where(same).order_by(held).with_for_update()).all()

    def close(self, attention_id: str, now: datetime) -> bool:
        """A person has seen to it; whether it was open."""
        return bool(self.connection.execute(_CLOSE, {"matter": attention_id, "closed_at": now}).rowcount)

    def over(self, attention_id: str, now: datetime) -> None:
        """What was to be seen to, if anything was, has come about: written down with the transaction's rows."""
        if attention_id in self._asked:
            self.batch.write()
        self._over.add(attention_id)
        self.batch.later(_CLOSE, ({"matter": attention_id, "closed_at": now},))

    def close_those(self, beginning: str, now: datetime) -> int:
        """What was to be seen to has come about for all matters whose id begins so; how many were open."""
        held = sa.update(attention).where(_those(beginning), attention.c.closed_at.is_(None))
        return self.connection.execute(held.values(closed_at=now)).rowcount

    def get(self, attention_id: str) -> Row | None:
        """One matter, open or closed."""
        return self.row(_ONE, {"of": attention_id})

    def of_kind(self, kind: str) -> list[Matter]:
        """Every matter of a kind, open or closed."""
        return [
            Matter(agency=agency, about=about, facts=json.loads(body), open=closed_at is None)
            for agency, about, body, closed_at in self.connection.execute(_OF_KIND, {"of": kind})
        ]

    def standing(self, kind: str) -> list[Mapping[str, Any]]:
        """What is told in the open matters of a kind."""
        asked = sa.select(attention.c.body).where(attention.c.kind == kind, attention.c.closed_at.is_(None))
        return [json.loads(body) for body in self.connection.execute(asked).scalars()]

    def waiting(self, kind: str) -> set[str]:
        """The agencies for which a matter of a kind is open."""
        asked = sa.select(attention.c.agency).where(attention.c.kind == kind, attention.c.closed_at.is_(None)).distinct()
        return set(self.connection.execute(asked).scalars())

    def standing_about(self, kind: str, things: Collection[str]) -> set[str]:
        """Of these things those about which a matter of a kind is open."""
        held = attention.c
        asked = sa.select(held.about).where(held.id.in_([f"{kind}:{one}" for one in things]), held.closed_at.is_(None))
        return set(self.connection.execute(asked).scalars())

    def page(
        self, agencies: Sequence[str] | None, limit: int = 50, *, after: str | None = None, kind: str | None = None
    ) -> list[Row]:
        """What is open, oldest first, of these agencies and one kind; behind a matter, which may be over by now."""
        held = attention.c
        asked = sa.select(attention).where(held.closed_at.is_(None)).order_by(held.opened_at, held.id).limit(limit)
        if agencies is not None:
            asked = asked.where(held.agency.in_(list(agencies)))
        if kind is not None:
            asked = asked.where(held.kind == kind)
        if after is not None:
            former = attention.alias().c
            last = sa.select(former.opened_at, former.id).where(former.id == after)
            asked = asked.where(sa.tuple_(held.opened_at, held.id) > last.scalar_subquery())
        return self.rows(asked)

    def quoting(self, *, names: AbstractSet[str] | None = None, lock: bool = False) -> list[Row]:
        """The matters that quote somebody (`purge.SPOKEN`): all, or what one of these names is in; `lock`: to the transaction's end."""
        asked = sa.select(attention).where(attention.c.kind.in_(list(SPOKEN))).order_by(attention.c.id)
        rows = [(row, json.loads(row["body"])) for row in self.rows(asked.with_for_update() if lock else asked)]
        return [row for row, told in rows if wordless(row["kind"], told) != told and (names is None or names & quoted(told))]

    def unquote_of(self, names: AbstractSet[str]) -> int:
        """Take the words of what one of these names is of out of every matter; out of how many. Not where they are another's, too."""
        some = [row for row in self.quoting(names=names, lock=True) if not self._others(row, names)]
        for row in some:
            self.unquote(row)
        return len(some)

    def _others(self, row: Row, names: AbstractSet[str]) -> bool:
        """Whether a matter quotes a case, or a request, beside these names that is there."""
        beside = sorted(quoted(json.loads(row["body"])) - names)
        asked = sa.union_all(*(sa.select(one).where(one.in_(beside)) for one in (assistance.c.id, case_file.c.id)))
        return bool(beside) and self.connection.execute(asked.limit(1)).first() is not None

    def unquote(self, row: Row) -> None:
        """Take others' words out of a matter."""
        bare = _json(wordless(row["kind"], json.loads(row["body"])))
        self.connection.execute(sa.update(attention).where(attention.c.id == row["id"]).values(body=own(bare, row["id"])))

    def name(self, row: Row, names: Sequence[str]) -> None:
        """Write down what a matter of a release before quotes: its words are found by that."""
        self.connection.execute(sa.update(attention).where(attention.c.id == row["id"]).values(names=":".join(names)))

    def counts(self) -> Sequence[Any]:
        """(kind, count) of what is open."""
        asked = sa.select(attention.c.kind, sa.func.count()).where(attention.c.closed_at.is_(None))
        return self.connection.execute(asked.group_by(attention.c.kind)).all()


def _json(facts: Mapping[str, object]) -> str:
    return json.dumps(facts, ensure_ascii=False, default=str)
