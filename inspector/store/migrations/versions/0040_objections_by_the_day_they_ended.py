"""Objections by the day on which they ended"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import inspector.store.tables

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A column beside what the body says, which may be sealed: of those that ended before, the last such entry about their case.

    No earlier than the day itself, so that whoever narrows by it and then reads the body leaves out none.
    """
    moment = inspector.store.tables.Moment(timezone=True)
    op.add_column("objection", sa.Column("decided_at", moment, nullable=True))
    op.create_index(op.f("ix_objection_decided_at"), "objection", ["decided_at"])
    held = sa.table("objection", sa.column("case_id"), sa.column("state"), sa.column("decided_at", moment))
    told = sa.table("ledger", sa.column("about"), sa.column("rule"), sa.column("at", moment))
    ends = told.c.rule.in_(("objection.decided", "objection.ended"))
    last = sa.select(sa.func.max(told.c.at)).where(told.c.about == held.c.case_id, ends).scalar_subquery()
    op.execute(sa.update(held).where(held.c.state != "OPEN").values(decided_at=last))
