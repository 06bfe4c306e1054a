"""The life of each credit entry, its copies with further receivers, objections, and bars of other authorities"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import inspector.store.tables

revision = "0024"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Four new tables. The entries that are there are taken over at the next start: what they bar and how long only packs know."""
    moment = inspector.store.tables.Moment(timezone=True)
    op.create_table(
        "credit_record",
        sa.Column("entry", sa.String(length=300), nullable=False),
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("agency", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("code", sa.String(length=200), nullable=False),
        sa.Column("adverse", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("entry", name=op.f("pk_credit_record")),
    )
    op.create_index(op.f("ix_credit_record_case_id"), "credit_record", ["case_id"])
    op.create_index("ix_credit_record_subject", "credit_record", ["kind", "code"])
    op.create_table(
        "credit_copy",
        sa.Column("entry", sa.String(length=300), nullable=False),
        sa.Column("lane", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("moved_at", moment, nullable=False),
        sa.Column("asked_at", moment, nullable=True),
        sa.Column("receipt", sa.String(length=200), nullable=False),
        sa.Column("retraction", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("entry", "lane", name=op.f("pk_credit_copy")),
    )
    op.create_index("ix_credit_copy_lane", "credit_copy", ["lane", "asked_at"])
    op.create_table(
        "objection",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("about", sa.String(length=300), nullable=False),
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("agency", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("due_at", moment, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
    )
    op.create_index(op.f("ix_objection_about"), "objection", ["about"])
    op.create_index(op.f("ix_objection_case_id"), "objection", ["case_id"])
    op.create_table(
        "outside_bar",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("code", sa.String(length=200), nullable=False),
        sa.Column("agency", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outside_bar")),
    )
    op.create_index("ix_outside_bar_subject", "outside_bar", ["kind", "code"])
