"""What was entered with credit platforms, as books of our own that can be held against theirs"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

import inspector.store.tables

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Four new tables; the first is filled from the orders that are still there and from the ledger, which has them all."""
    moment = inspector.store.tables.Moment(timezone=True)
    op.create_table(
        "credit_entry",
        sa.Column("entry", sa.String(length=300), nullable=False),
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("agency", sa.String(length=200), nullable=False),
        sa.Column("lane", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("moved_at", moment, nullable=False),
        sa.Column("asked_at", moment, nullable=True),
        sa.Column("receipt", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("retraction", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("entry", name=op.f("pk_credit_entry")),
    )
    op.create_index(op.f("ix_credit_entry_case_id"), "credit_entry", ["case_id"])
    op.create_index("ix_credit_entry_lane", "credit_entry", ["lane", "asked_at"])
    op.create_table(
        "credit_difference",
        sa.Column("lane", sa.String(length=200), nullable=False),
        sa.Column("entry", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("agency", sa.String(length=200), nullable=False),
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("step", sa.String(length=12), nullable=False),
        sa.Column("since", moment, nullable=False),
        sa.Column("stepped_at", moment, nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("lane", "entry", name=op.f("pk_credit_difference")),
    )
    op.create_table(
        "credit_statement",
        sa.Column("lane", sa.String(length=200), nullable=False),
        sa.Column("tried_at", moment, nullable=False),
        sa.Column("error", sa.String(length=200), nullable=False),
        sa.Column("compared_at", moment, nullable=True),
        sa.Column("as_of", moment, nullable=True),
        sa.Column("source", sa.String(length=400), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("alike", sa.Integer(), nullable=False),
        sa.Column("moving", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("lane", name=op.f("pk_credit_statement")),
    )
    op.create_table(
        "credit_left",
        sa.Column("lane", sa.String(length=200), nullable=False),
        sa.Column("entry", sa.String(length=300), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.PrimaryKeyConstraint("lane", "entry", name=op.f("pk_credit_left")),
    )
    _fill(op.get_bind())


def _fill(connection: sa.Connection) -> None:
    moment = inspector.store.tables.Moment()
    work = sa.table(
        "work",
        *map(sa.column, ("id", "key", "kind", "lane", "case_id", "payload", "state", "error", "fence")),
        sa.column("made_at", moment),
    )
    ledger = sa.table("ledger", *map(sa.column, ("id", "about", "rule", "body")), sa.column("at", moment))
    case = sa.table("case_file", sa.column("id"), sa.column("agency"))
    made = sa.table(
        "credit_entry",
        *map(sa.column, ("entry", "case_id", "agency", "lane", "state", "receipt", "body", "retraction")),
        sa.column("moved_at", moment),
    )
    held = _Books()
    for row in _pages(connection, work, work.c.kind == "credit"):
        held.ordered(row)
    for row in _pages(connection, ledger, ledger.c.rule == "credit.entered"):
        held.entered(row)
    for row in _pages(connection, work, work.c.kind == "credit.retract"):
        held.fallen(row)
    for row in _pages(connection, ledger, ledger.c.rule == "credit.retracted"):
        held.retracted(row)
    found = list(held.rows.values())
    for start in range(0, len(found), 500):
        rows = found[start : start + 500]
        wanted = {row["case_id"] for row in rows}
        agencies = {
            row.id: row.agency for row in connection.execute(sa.select(case.c.id, case.c.agency).where(case.c.id.in_(wanted)))
        }
        connection.execute(sa.insert(made), [{**row, "agency": agencies.get(row["case_id"], "")} for row in rows])


class _Books:
    """Entries by their names, as orders and ledger tell of them; the ledger outlasts the orders and keeps no contents."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Any]] = {}

    def ordered(self, row: Any) -> None:
        """One that was ended, or let go by a person, before anybody claimed it has not left."""
        gone = row.state == "done" and row.error is not None
        if row.case_id is None or (gone and row.fence == 0):
            return
        state = "ENTERED" if row.state == "done" and not gone else "ORDERED"
        self._entry(row.key, row.case_id, row.made_at, lane=row.lane).update(body=row.payload, state=state)

    def entered(self, row: Any) -> None:
        """The platform's receipt."""
        self._receipt(row, "ENTERED")

    def fallen(self, row: Any) -> None:
        """What is or was to be taken back."""
        told = json.loads(row.payload)
        if row.case_id is not None and "entry" in told:
            one = self._entry(str(told["entry"]), row.case_id, row.made_at)
            one.update(state="FALLEN", moved_at=row.made_at, retraction=row.payload, lane=row.lane)

    def retracted(self, row: Any) -> None:
        """The receipt for that."""
        one = self._receipt(row, "RETRACTED")
        if one is not None and one["retraction"] is None:
            body = json.loads(row.body)
            told = {"reason": body["facts"].get("reason", ""), "basis": (body.get("basis") or [""])[0], "at": row.at.isoformat()}
            one["retraction"] = json.dumps({"entry": one["entry"], **told}, ensure_ascii=False)

    def _receipt(self, row: Any, state: str) -> dict[str, Any] | None:
        facts = json.loads(row.body).get("facts", {})
        if "entry" not in facts:
            return None
        one = self._entry(str(facts["entry"]), row.about, row.at)
        one.update(state=state, moved_at=row.at, receipt=str(facts.get("receipt") or "")[:200])
        return one

    def _entry(self, name: str, case_id: str, at: object, *, lane: str = "") -> dict[str, Any]:
        fresh = {"entry": name, "case_id": case_id, "lane": lane, "state": "ORDERED", "moved_at": at}
        return self.rows.setdefault(name, {**fresh, "receipt": "", "body": "{}", "retraction": None})


def _pages(connection: sa.Connection, table: sa.TableClause, where: sa.ColumnElement[bool]) -> Iterator[Any]:
    """The rows of a table in the order of their ids, some hundred at a time."""
    after: Any = None
    while True:
        asked = sa.select(table).where(where).order_by(table.c.id).limit(500)
        rows = connection.execute(asked if after is None else asked.where(table.c.id > after)).all()
        yield from rows
        if len(rows) < 500:
            return
        after = rows[-1].id
