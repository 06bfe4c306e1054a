"""What is said to subjects and how they are reached; findings of other systems, tip-offs, and lead checks"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import inspector.store.tables

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Five new tables; nothing that is there changes."""
    moment, code = inspector.store.tables.Moment(timezone=True), sa.String(length=200)
    op.create_table(
        "subject_notice",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("agency", code, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("due_at", moment, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subject_notice")),
    )
    op.create_index(op.f("ix_subject_notice_case_id"), "subject_notice", ["case_id"])
    op.create_index(op.f("ix_subject_notice_state"), "subject_notice", ["state"])
    op.create_table(
        "subject_contact",
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_subject_contact")),
    )
    op.create_table(
        "outside_finding",
        sa.Column("system", code, nullable=False),
        sa.Column("number", code, nullable=False),
        sa.Column("agency", code, nullable=False),
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("system", "number", name=op.f("pk_outside_finding")),
    )
    op.create_index(op.f("ix_outside_finding_case_id"), "outside_finding", ["case_id"])
    op.create_table(
        "tip_off",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("agency", code, nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("informant", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tip_off")),
    )
    op.create_index(op.f("ix_tip_off_state"), "tip_off", ["state"])
    op.create_table(
        "lead_check",
        sa.Column("id", sa.String(length=60), nullable=False),
        sa.Column("tip_off", sa.String(length=40), nullable=False),
        sa.Column("agency", code, nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("due_at", moment, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_check")),
    )
    op.create_index(op.f("ix_lead_check_tip_off"), "lead_check", ["tip_off"])
    op.create_index(op.f("ix_lead_check_state"), "lead_check", ["state"])
