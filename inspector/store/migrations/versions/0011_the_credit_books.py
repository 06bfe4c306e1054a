"""What was entered with credit platforms, as books of our own that can be held against theirs"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

import inspector.store.tables

revision = "0011"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Three new tables; the first is filled from the orders that are still there and from the ledger, which has them all."""
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
    _fill(op.get_bind())


def _fill(connection: sa.Connection) -> None:
    moment = inspector.store.tables.Moment()
    work = sa.table(
        "work", *map(sa.column, ("id", "key", "kind", "lane", "case_id", "payload", "state", "error", "fence")), sa.column("made_at", moment)
    )
    ledger = sa.table("ledger", *map(sa.column, ("id", "about", "rule", "body")), sa.column("at", moment))
    case = sa.table("case_file", sa.column("id"), sa.column("agency"))
    made = sa.table(
        "credit_entry",
        *map(sa.column, ("entry", "case_id", "agency", "lane", "state", "receipt", "body", "retraction")),
        sa.column("moved_at", moment),
    )
    held: dict[str, dict[str, Any]] = {}

    def entry(name: str, case_id: str, at: object, lane: str = "") -> dict[str, Any]:
        fresh = {
            "entry": name,
            "case_id": case_id,
            "lane": lane,
            "state": "ORDERED",
            "moved_at": at,
            "receipt": "",
            "body": "{}",
            "retraction": None,
        }
        return held.setdefault(name, fresh)

    for row in _pages(connection, work, work.c.kind == "credit"):
        gone = row.state == "done" and row.error is not None  # ended before it had left, or let go by a person
        if row.case_id is not None and not (gone and row.fence == 0):
            one = entry(row.key, row.case_id, row.made_at, row.lane)
            one["body"] = row.payload
            one["state"] = "ENTERED" if row.state == "done" and not gone else "ORDERED"
    for row in _pages(connection, ledger, ledger.c.rule == "credit.entered"):
        facts = json.loads(row.body).get("facts", {})
        if "entry" in facts:
            one = entry(str(facts["entry"]), row.about, row.at)
            one.update(state="ENTERED", moved_at=row.at, receipt=str(facts.get("receipt") or "")[:200])
    for row in _pages(connection, work, work.c.kind == "credit.retract"):
        told = json.loads(row.payload)
        if row.case_id is not None and "entry" in told:
            one = entry(str(told["entry"]), row.case_id, row.made_at, row.lane)
            one.update(state="FALLEN", moved_at=row.made_at, retraction=row.payload, lane=row.lane)
    for row in _pages(connection, ledger, ledger.c.rule == "credit.retracted"):
        facts = json.loads(row.body).get("facts", {})
        if "entry" in facts:
            one = entry(str(facts["entry"]), row.about, row.at)
            one.update(state="RETRACTED", moved_at=row.at, receipt=str(facts.get("receipt") or "")[:200])
            basis = (json.loads(row.body).get("basis") or [""])[0]
            told = {"entry": facts["entry"], "reason": facts.get("reason", ""), "basis": basis, "at": row.at.isoformat()}
            one["retraction"] = one["retraction"] or json.dumps(told, ensure_ascii=False)
    names = list(held)
    for start in range(0, len(names), 500):
        rows = [held[name] for name in names[start : start + 500]]
        wanted = {row["case_id"] for row in rows}
        agencies = dict(connection.execute(sa.select(case.c.id, case.c.agency).where(case.c.id.in_(wanted))).tuples().all())
        connection.execute(sa.insert(made), [{**row, "agency": agencies.get(row["case_id"], "")} for row in rows])


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
