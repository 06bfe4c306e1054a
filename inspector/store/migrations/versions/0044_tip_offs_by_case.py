"""The case that a tip-off is about, beside its body: what keeps a case is found by it, and nobody reads every tip-off for each case"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

from inspector.store.sealed import Sealed

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

_PAGE = 500


def upgrade() -> None:
    """A new column, filled in from each body. Raises Refusal (`key_missing`) where bodies lie under a key that nobody has given."""
    op.add_column("tip_off", sa.Column("case_id", sa.String(length=40), nullable=True))
    _fill()
    op.create_index(op.f("ix_tip_off_case_id"), "tip_off", ["case_id"])


def _fill() -> None:
    """Some hundred in hand at a time."""
    body: sa.ColumnClause[str] = sa.column("body", Sealed("tip_off.body", "id"))
    held = sa.table("tip_off", sa.column("id", sa.String()), body, sa.column("case_id", sa.String()))
    connection, after = op.get_bind(), ""
    asked = sa.select(held.c.id, held.c.body.label("body")).where(held.c.id > sa.bindparam("after"))
    asked = asked.order_by(held.c.id).limit(_PAGE)
    put = sa.update(held).where(held.c.id == sa.bindparam("of")).values(case_id=sa.bindparam("about"))
    while rows := connection.execute(asked, {"after": after}).all():
        told = [(one.id, json.loads(one.body).get("case_id")) for one in rows]
        if found := [{"of": tip, "about": case} for tip, case in told if case]:
            connection.execute(put, found)
        after = rows[-1].id
